"""Keeps what the registry answered, with its history; knows nothing of HTTP or Streamlit."""
