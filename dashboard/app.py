"""The server: what ``python -m streamlit run dashboard/app.py`` starts. The pages begin in ``main.py``."""

import streamlit as st
from starlette.middleware import Middleware

from dashboard import routes
from dashboard.web.shell import Shell

app = st.App("main.py", routes=routes.ROUTES, middleware=[Middleware(Shell)])
