"""Asks the trial registry and reads its answers; knows nothing of SQL, pandas or Streamlit."""

__version__ = "0.1.0"  # the one place: the package and ``trial-tracker --version`` read it here
