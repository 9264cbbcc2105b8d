"""Every page in every state of the store, run the way Streamlit runs it, from the router."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cache.store.store import Store
from dashboard.shared import data
from tests.rigs.pages import MAIN, assert_clean, damaged, exported, key_figures, texts
from tests.rigs.refresh import Rig, url_of

PAGES = ("overview", "agents", "trials", "trial", "changes", "about")
Open = Callable[..., AppTest]


@pytest.mark.parametrize("state", ["starter", "live", "failed", "damaged", "empty"])
def test_every_page_opens_in_every_state(stores: Callable[[str], str], opened: Open, state: str) -> None:
    url = stores(state)
    for page in PAGES:
        app = opened(url, page)
        assert_clean(app)
        assert app.title, page
        said = " ".join(texts(app))
        assert "Not medical advice." in said
        assert "ClinicalTrials.gov" in said
        line = {"live": "Registry data of 20 November 2026", "failed": "Registry data of", "empty": "No data yet"}
        assert line.get(state, "Starter snapshot of") in said


@pytest.mark.parametrize("query", ["agent=foo&phase=9&from=abc&all=perhaps&nonsense=1", "from=2020&to=1990", "%00=%ff"])
@pytest.mark.parametrize("page", ["overview", "agents", "trials"])
def test_a_nonsense_address_opens_the_default_view_and_says_so(live: str, opened: Open, page: str, query: str) -> None:
    app = opened(live, page, query)
    assert not app.exception
    assert any("Parts of this link could not be used" in text for text in texts(app))
    assert any("ignored" in text.value for text in app.text)


@pytest.mark.parametrize("state", ["damaged", "newer", "folder"])
def test_a_store_that_cannot_be_used_is_said_and_the_starter_shown(opened: Open, tmp_path: Path, state: str) -> None:
    url = damaged(tmp_path)
    if state == "newer":
        url = url_of(tmp_path)
        Store.open(url).close()
        with sqlite3.connect(tmp_path / "trials.sqlite3") as connection:
            connection.execute("update alembic_version set version_num = 'from_the_future'")
        connection.close()
    if state == "folder":
        url = f"sqlite:///{tmp_path}"
    before = (tmp_path / "damaged.sqlite3").read_bytes()
    app = opened(url)
    assert_clean(app)
    assert any("Until then the starter snapshot is shown" in warning.value for warning in app.warning)
    assert key_figures(app)["trials in this sample"] > 0
    assert (tmp_path / "damaged.sqlite3").read_bytes() == before


def test_a_watch_list_that_cannot_be_read_is_said(
    opened: Open, live: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "mine.toml"
    broken.write_text("[[agents]]\nid = 3\n", encoding="utf-8")
    monkeypatch.setenv("TRIALS_WATCHLIST", str(broken))
    app = AppTest.from_file(str(MAIN), default_timeout=60)
    monkeypatch.setenv("TRIALS_CACHE_URL", live)
    app.run()
    assert not app.exception
    assert "mine.toml" in app.error[0].value.replace("\\", "")


def test_a_change_in_the_store_shows_with_the_next_run(opened: Open, tmp_path: Path) -> None:
    folder = tmp_path / "moving"
    folder.mkdir()
    with Rig(url=url_of(folder)) as rig:
        rig.refresh()
        app = opened(url_of(folder), "overview", "all=1")
        recruiting = key_figures(app)["recruiting"]
        given = {row["nct_id"] for row in exported(url_of(folder), "all=1&status=recruiting")}
        moved = sorted(given)[0]
        rig.fake.edit(moved, **{"protocolSection.statusModule.overallStatus": "COMPLETED"})
        rig.fake.reload()
        rig.refresh(full=True)
        app.run()
        assert key_figures(app)["recruiting"] == recruiting - 1


def test_frames_are_read_once_for_all_sessions(live: str, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(live)
    monkeypatch.setattr("cache.read.trials.trials", lambda store: pytest.fail("read again though nothing changed"))
    assert key_figures(opened(live))["trials"]
    monkeypatch.setenv("TRIALS_CACHE_URL", live)
    assert len(data.trials()) > 0
