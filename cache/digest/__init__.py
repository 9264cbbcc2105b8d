"""Tells those who follow a view what is new since they were last told: nothing twice, nothing lost."""
