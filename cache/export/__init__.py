"""Trials as files."""
