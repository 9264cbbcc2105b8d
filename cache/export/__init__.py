"""Trials and posted outcomes as files."""
