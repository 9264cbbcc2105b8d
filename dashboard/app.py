"""The server: what ``python -m streamlit run dashboard/app.py`` starts. The pages begin in ``main.py``."""

import streamlit as st

from dashboard import routes

app = st.App("main.py", routes=routes.ROUTES)
