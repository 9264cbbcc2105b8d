"""The server: what ``python -m streamlit run dashboard/app.py`` starts. The pages begin in ``main.py``."""

import streamlit as st
from starlette.middleware import Middleware

from dashboard import routes, watching
from dashboard.api import problems
from dashboard.web import patience, shell, sign_in
from dashboard.web.meter import METER

sign_in.check()
patience.watch()
app = st.App(
    "main.py",
    routes=routes.ROUTES,
    lifespan=watching.lifespan,
    middleware=[Middleware(shell.Shell, problem=problems.response, meter=METER, tell=watching.log())],
    exception_handlers={Exception: shell.failed},
)
