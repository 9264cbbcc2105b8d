"""The refresh as it is seen on a page: button, progress, outcome."""
