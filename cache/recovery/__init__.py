"""Damage: noticing it, backing up before it, saving what is left after it."""
