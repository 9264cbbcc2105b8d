"""The whole dashboard, started from its router over a store: how a test opens a page and reads what stands on it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cache import codes
from cache.export import trials as export
from cache.store.store import Store
from dashboard.shared.escape import PART
from fetchers.settings import ROOT
from fetchers.watchlist import load as watchlists
from tests.rigs.refresh import Rig, url_of

MAIN = ROOT / "dashboard" / "main.py"
WATCHLIST = watchlists.load()
ME = {"conditions": ["Myalgic Encephalomyelitis"], "condition_mesh": ["Fatigue Syndrome, Chronic"]}
FDA = {"is_fda_regulated_drug": True, "path": {"protocolSection.oversightModule.isFdaRegulatedDevice": False}}
WORDS = ("title", "header", "header", "caption", "markdown", "text", "info", "success", "warning", "error")
# Codes that must never be read on a screen, and what missing values look like when nobody thought of them.
CODES = {
    *(code for code in codes.STATUSES if "_" in code),
    *("EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "PHASE1|PHASE2", "PHASE2|PHASE3", "EXPANDED_ACCESS"),
    *("INTERVENTIONAL", "OBSERVATIONAL", "OTHER_GOV", "ESTIMATED", "me_cfs", "tnf_inhibitors", "hyperbaric_oxygen"),
}
NOTHINGS = re.compile(r"\b(None(?! (?:found|posted|given)\b)|nan|NaN|NaT|<NA>)\b")


def forget() -> None:
    """Empty the caches that all sessions of a process share."""
    st.cache_resource.clear()
    st.cache_data.clear()


def use(monkeypatch: pytest.MonkeyPatch, url: str) -> str:
    """Show this store, with nothing of another test's environment. What pages keep, they keep by the store's address,
    file and version; a test that watches the reading itself asks for ``cold``."""
    for name in ("TRIALS_REGISTRY_URL", "TRIALS_WATCHLIST", "TRIALS_REFRESH", "TRIALS_PACE_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRIALS_CACHE_URL", url)
    return url


def live_url(folder: Path, studies: list[dict[str, Any]] | None = None, *, failing: str | None = None) -> Iterator[str]:
    """A store filled from the stand-in registry, which answers nothing about the name ``failing``."""
    with Rig(studies, page_cap=50, url=url_of(folder)) as rig:
        if failing:
            rig.fake.fault("503", when=lambda request: failing in str(request.params))
        assert (rig.refresh().exit_code == 0) is (failing is None)
        yield url_of(folder)


def damaged(folder: Path) -> str:
    """A file that is no store."""
    path = folder / "damaged.sqlite3"
    path.write_bytes(b"This is no database at all." * 500)
    return f"sqlite:///{path}"


def page(name: str = "overview", query: str = "", **address: str) -> AppTest:
    """A page as a browser opens it, by the query of an address or by its keys."""
    at = AppTest.from_file(str(MAIN), default_timeout=120)
    at.switch_page(f"app_pages/{name}.py")
    for key, value in {**parse_qs(query), **address}.items():
        at.query_params[key] = value
    return unfolded(at.run())


def unfolded(at: AppTest, ending: str = "_numbers") -> AppTest:
    """The page with the numbers of every chart open: what stands in a closed fold is made when a viewer opens it.
    ``ending``: of the keys of what is opened."""
    ids = [one.proto.id for one in at.expander if one.proto.id and not one.proto.expanded]
    closed = [key for one in ids if (key := one.split("-", 2)[2]).endswith(ending)]
    for key in closed:
        at.session_state[key] = True
    if closed and not at.exception:
        at.run()
    assert not at.exception, at.exception[0].message
    return at


def elements(at: Any, kind: str) -> list[Any]:
    """All elements of a kind, as their own kinds: Streamlit's types know them only as elements or blocks."""
    return list(at.get(kind))


def shown(at: Any) -> str:
    """All words on a page, or on its main part, as they are read: without the escapes that keep Markdown away."""
    said = "\n".join(str(element.value) for kind in WORDS for element in at.get(kind))
    return re.sub(r"\\(.)", r"\1", said).replace(PART, "")


def texts(at: Any) -> list[str]:
    """Every text as it was written, with labels and the cells of tables."""
    found = [str(element.value) for kind in (*WORDS, "metric") for element in at.get(kind)]
    found += [element.label for kind in ("metric", "expander", "button") for element in at.get(kind)]
    return [text.replace(PART, "") for text in [*found, *(cell for one in tables(at) for cell in _cells(one))]]


def _cells(table: pd.DataFrame) -> list[str]:
    """Texts of a table; a missing cell has none, because Streamlit writes its placeholder there."""
    read = table.drop(columns=[name for name in ("Trials", "NCT id") if name in table])
    return [str(name) for name in read.columns] + [
        value for column in read for value in read[column] if isinstance(value, str)
    ]


def assert_clean(at: AppTest) -> None:
    """No error, no code of the registry, no missing value that shows as such."""
    assert not at.exception
    for text in texts(at):
        assert not any(re.search(rf"(?<![\w?&=]){re.escape(code)}(?!\w)", text) for code in CODES), text
        assert not NOTHINGS.search(text), text


def frames(at: Any) -> list[Any]:
    """The tables that can be sorted."""
    return [element.value for element in at.get("dataframe")]


def tables(at: Any) -> list[Any]:
    """All tables."""
    return [*frames(at), *(element.value for element in at.get("table"))]


def table(at: Any, *columns: str) -> Any:
    """The first table that has these columns."""
    return next(found for found in tables(at) if set(columns) <= set(found.columns))


def numbers(at: AppTest, first: str) -> Any:
    """The table of numbers whose first column has this heading, with that column as index."""
    (found,) = (one for one in tables(at) if one.columns[0] == first and "Trials" in one)
    return found.set_index(first)


def metrics(at: AppTest) -> dict[str, str]:
    """The key figures by their labels."""
    return {metric.label: metric.value for metric in at.metric}


def key_figures(at: AppTest) -> dict[str, int]:
    """The numbers of the Overview's key figures by their words; one that is not known is missing."""
    labels = [link.proto.label for link in at.get("page_link")]
    found = (re.fullmatch(r"\*\*([\d,]+)\*\* (.+)", label) for label in labels)
    return {one[2]: int(one[1].replace(",", "")) for one in found if one}


def listed(at: AppTest) -> list[str]:
    """NCT ids of the list on screen, top down."""
    return [link.partition("nct=")[2] for link in table(at, "NCT id", "Title")["NCT id"]]


def exported(url: str, query: str | None = None) -> list[dict[str, Any]]:
    """The JSON export of a store, of everything or of a view."""
    store = Store.open(url)
    try:
        out = Path(url.removeprefix("sqlite:///")).parent / "export.json"
        export.write(store, WATCHLIST, "json", out, query)
        rows: list[dict[str, Any]] = json.loads(out.read_text(encoding="utf-8"))
        return rows
    finally:
        store.close()
