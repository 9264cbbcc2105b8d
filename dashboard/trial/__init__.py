"""The page of one trial, and its brief."""
