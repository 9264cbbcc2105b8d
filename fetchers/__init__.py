"""Asks the trial registry and reads its answers; knows nothing of SQL, pandas or Streamlit."""
