"""The rules that put posted results into words and tables."""
