"""The list of trials with its filters."""
