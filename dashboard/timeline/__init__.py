"""The page of trials over time."""
