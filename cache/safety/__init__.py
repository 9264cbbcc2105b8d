"""What happens when the store itself is in danger: checks, rescue of a damaged file, backup and restore."""
