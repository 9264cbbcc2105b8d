"""The commands behind ``python -m cache``, and how they speak to a terminal."""
