"""Interventions that no name of the watch-list explains."""

from collections.abc import Iterator

import pytest
from sqlalchemy import insert

from cache.read.unexplained import Unexplained, unexplained
from cache.store.schema import answer, study
from cache.store.store import Store
from fetchers.matching.matcher import Matcher
from fetchers.watchlist.load import load
from tests.rigs import databases

pytestmark = pytest.mark.both_databases

MATCHER = Matcher(load())
AT = "2026-11-01T00:00:00Z"


@pytest.fixture
def store() -> Iterator[Store]:
    made = databases.empty()
    yield made
    made.close()


def hold(store: Store, *rows: tuple[str, list[str] | None, list[str]], left: str | None = None) -> Store:
    """The store with these trials: id, interventions, condition groups."""
    with store.writing() as connection:
        for nct_id, interventions, groups in rows:
            row = insert(study).values(nct_id=nct_id, origin="live", interventions=interventions, aliases=[])
            row = row.values(condition_groups=groups, body_hash="", first_seen=AT, fetched_at=AT, left_registry=left)
            connection.execute(row)
            held = {"scope": "ivig", "nct_id": nct_id, "origin": "live", "asked": ["q"], "first_seen": AT}
            connection.execute(insert(answer).values(**held))
    return store


def test_names_are_counted_by_trials_and_united_by_spelling(store: Store) -> None:
    hold(
        store,
        ("NCT00000001", ["DRUG: Xolutide", "DRUG: Xolutide 5", "DRUG: Placebo"], ["lupus"]),
        ("NCT00000002", ["DRUG: XOLUTIDE", "BEHAVIORAL: Talk"], ["lupus", "other"]),
        ("NCT00000003", ["DRUG: Xolutide"], ["lupus"]),
        ("NCT00000004", ["DRUG: Elsewhere"], ["other"]),
        ("NCT00000005", None, ["lupus"]),
    )

    assert unexplained(store, ("lupus",), MATCHER) == (
        Unexplained("Xolutide", 3, ("NCT00000001", "NCT00000002", "NCT00000003")),
        Unexplained("Xolutide 5", 1, ("NCT00000001",)),
    )


@pytest.mark.parametrize(
    "name",
    ["DRUG: Prednisona", "DRUG: Budesonide", "DRUG: Humira", "BIOLOGICAL: GP 2017", "DRUG: Hyperbaric bupivacaine"],
)
def test_names_off_members_and_false_friends_explain(store: Store, name: str) -> None:
    assert unexplained(hold(store, ("NCT00000001", [name], ["lupus"])), ("lupus",), MATCHER) == ()


def test_an_intervention_of_no_type_is_shown_whole_and_a_trial_that_left_is_not(store: Store) -> None:
    hold(store, ("NCT00000001", ["Part one: Xolutide"], ["lupus"]))
    hold(store, ("NCT00000002", ["Gone"], ["lupus"]), left="2026-11-01")

    assert [one.name for one in unexplained(store, ("lupus",), MATCHER)] == ["Part one: Xolutide"]
