"""What posted results say: the registry's own numbers put in order and into words, by rules that are written down."""
