"""Signing in as it is seen on a page."""
