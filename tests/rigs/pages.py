"""The whole dashboard, started from its router, over a store of its own: for tests of the insight pages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from tests.rigs.refresh import Rig, url_of

MAIN = Path(__file__).parents[2] / "dashboard" / "main.py"


def fresh(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Nothing of another test's environment or caches."""
    for name in ("TRIALS_REGISTRY_URL", "TRIALS_WATCHLIST", "TRIALS_REFRESH", "TRIALS_PACE_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRIALS_CACHE_URL", url)
    st.cache_resource.clear()
    st.cache_data.clear()


def starter_url(folder: Path) -> str:
    """A store nobody has filled: the product puts the starter snapshot into it."""
    return url_of(folder)


def live_url(folder: Path, *, failing: str | None = None) -> Iterator[str]:
    """A store filled from the stand-in registry, which answers nothing about the name ``failing``."""
    with Rig(page_cap=50, url=url_of(folder)) as rig:
        if failing:
            rig.fake.fault("503", when=lambda request: failing in str(request.params))
        rig.refresh()
        yield url_of(folder)


def page(name: str, **address: str) -> AppTest:
    """A page that was opened, with its address's query."""
    at = AppTest.from_file(str(MAIN), default_timeout=120)
    at.switch_page(f"app_pages/{name}.py")
    for key, value in address.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception, at.exception[0].message
    return at


def elements(at: AppTest | Block, kind: str) -> list[Any]:
    """All elements of a kind, as their own kinds: Streamlit's types know them only as elements or blocks."""
    return list(at.get(kind))


def shown(at: AppTest) -> str:
    """All words on the page; those that went through Markdown without its escapes."""
    kinds = ("title", "header", "subheader", "caption", "markdown", "text", "info", "warning", "error")
    return "\n".join(str(one.value) for kind in kinds for one in elements(at, kind)).replace("\\", "")


def tables(at: AppTest) -> list[Any]:
    return [frame.value for frame in at.dataframe]


def table(at: AppTest, *columns: str) -> Any:
    """The first table that has these columns."""
    return next(found for found in tables(at) if set(columns) <= set(found.columns))
