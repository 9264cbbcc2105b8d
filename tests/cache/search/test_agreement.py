"""Every place that applies a filter finds the same trials for the same words."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cache.export import trials as export
from cache.filters.filter import Filter
from cache.read import trials as queries
from cache.search.find import finder
from cache.store.store import Store
from dashboard.shared import data
from dashboard.web import answers
from insights.cli.answer import rows_of
from insights.snapshot.parts import Held, Parts
from tests.rigs.pages import WATCHLIST, live_url, use

WORDS = ("methotrexate", '"chronic fatigue"', "post-exertional", "metho*", "nowhere-at-all")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    (made,) = live_url(tmp_path_factory.mktemp("agreeing"))
    return made


@pytest.mark.parametrize("text", WORDS)
def test_store_snapshot_pages_export_commands_and_programs_agree(
    url: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, url)
    query = Filter(text=text, everywhere=True, background=True)
    store = Store.open(url)
    frames = queries.trials(store), queries.matches(store)
    expected = list(query.apply(*frames, WATCHLIST, finder(store, WATCHLIST)).trials["nct_id"])
    with store.steady() as still:
        parts = Parts(still, WATCHLIST, Held.of(still, WATCHLIST))
        kept = query.apply(parts.trials(), parts.matches(), WATCHLIST, finder(still, WATCHLIST))
    assert list(kept.trials["nct_id"]) == expected
    assert list(data.selection(query).trials["nct_id"]) == expected
    assert list(answers._selected(query.to_query()).trials["nct_id"]) == expected
    address = "&".join(f"{key}={value}" for key, values in query.to_query().items() for value in values)
    export.write(store, WATCHLIST, "json", tmp_path / "found.json", address)
    assert [one["nct_id"] for one in json.loads((tmp_path / "found.json").read_text())] == expected
    listed = rows_of(store, WATCHLIST, "results", query, today=datetime(2026, 11, 20, tzinfo=UTC).date())
    assert {one["nct_id"] for one in listed} <= set(expected)
    store.close()


def test_a_view_with_words_is_never_shown_without_them(url: str) -> None:
    store = Store.open(url)
    with pytest.raises(LookupError):
        Filter(text="methotrexate").apply(queries.trials(store), queries.matches(store), WATCHLIST)
    store.close()
