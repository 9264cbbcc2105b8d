"""The pages as they are, run without a browser: what a visitor would see is what is written, from the same code."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import logger
from streamlit.testing.v1 import AppTest

from dashboard.publish.links import Query
from fetchers.errors import LocalTrouble

_MAIN = Path(__file__).parents[1] / "main.py"
_PATIENCE = 600  # seconds for one page; the first one reads the whole store
# The tabs of a page that are made only when they are open, by the value of the key ``show`` that opens them.
_LATER = {"agents": ("findings", "results")}


@contextmanager
def quiet() -> Iterator[None]:
    """Keep to itself what Streamlit says of running without a browser."""
    logger.set_log_level(logging.CRITICAL)
    try:
        yield
    finally:
        logger.set_log_level(st.get_option("logger.level"))


def page(name: str, query: Query) -> Any:
    """The main part of a page at an address, with everything open that a visitor could open. Raises LocalTrouble when
    the page fails."""
    shown = _open(name, query)
    empty = [tab for tab in shown.tabs if not tab.children]
    for section in _LATER.get(name, ()) if empty else ():
        more = {tab.label: tab for tab in _open(name, (*query, ("show", section))).tabs}
        for tab in empty:
            if not tab.children and more[tab.label].children:
                tab.children = more[tab.label].children
    return shown.main


def _open(name: str, query: Query) -> AppTest:
    app = AppTest.from_file(str(_MAIN), default_timeout=_PATIENCE)
    app.switch_page(f"app_pages/{name}.py")
    for key in dict(query):
        app.query_params[key] = [value for given, value in query if given == key]
    _run(app, name)
    closed = [key for one in app.expander if one.proto.id and not one.proto.expanded and (key := _key(one))]
    for key in closed:
        app.session_state[key] = True
    if closed:
        _run(app, name)
    return app


def _run(app: AppTest, name: str) -> None:
    app.run()
    if app.exception:
        raise LocalTrouble(f"The page “{name}” cannot be written: {app.exception[0].message}")


def _key(node: Any) -> str:
    return str(node.proto.id).split("-", 2)[2]
