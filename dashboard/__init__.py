"""The dashboard: pages, charts, the refresh button. The only place that knows Streamlit; nothing below imports it."""
