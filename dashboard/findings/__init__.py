"""Findings: what posted results report, of one trial, of an agent's trials, and of all trials in a view."""
