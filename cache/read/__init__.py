"""From the store to frames and records."""
