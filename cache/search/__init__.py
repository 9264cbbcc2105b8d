"""Search in everything that is kept of a trial."""
