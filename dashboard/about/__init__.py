"""The page about the data."""
