"""The page of an agent, and agents side by side."""
