"""What dates of the registry allow to say: spans of days, and dates that cannot be right."""
