"""The page of gaps, and the gaps of one agent."""
