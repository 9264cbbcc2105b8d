"""From an answer of the registry to what the store holds."""
