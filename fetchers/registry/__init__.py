"""Asking the registry: queries, fields, pages, one polite HTTP client."""
