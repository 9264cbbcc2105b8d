"""One record of the registry as typed data."""
