"""The job that asks the registry and stores what it answers."""
