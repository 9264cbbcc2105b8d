"""What is told to those who follow a view: every key of the filter, and the moves by which a trial enters or leaves."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from cache.filters.choices import Choices
from cache.filters.filter import Filter
from cache.filters.keys import KEYS
from cache.filters.kinds import Ids, NctIds
from cache.filters.strict import LISTING, PAGE_KEYS, accepted
from cache.follow import told, view
from cache.follow.told import Frames
from cache.read import trials as queries
from cache.search.find import finder
from cache.store.store import Store
from dashboard.shared.address import OWN
from fetchers.errors import Validation
from fetchers.watchlist import load as watchlists
from tests.rigs import databases
from tests.rigs import moved_stores as moved
from tests.rigs.trial_rows import Why, put, row

pytestmark = pytest.mark.both_databases

WATCHLIST = watchlists.load()
# A value for each key by which some of the trials below are let in, or some more; a new key needs one here.
VALUES = {
    "tier": "mentioned", "agent": "ivig", "role": "comparator", "background": "1", "condition": "lupus", "all": "1",
    "frame": "1", "phase": "phase3", "status": "recruiting", "type": "observational", "sponsor": "industry",
    "country": "Norway", "from": "2020", "to": "2019", "results": "yes", "q": "zebra", "ids": "NCT00000001,NCT00000003",
    "left": "1", "near": "Berlin", "within": "25",
}  # fmt: skip


@pytest.fixture
def store() -> Store:
    """A trial for each key that it alone lets in or keeps out, and a change in every trial."""
    store = databases.empty()
    rows = [
        row(1), row(2), row(3), row(4), row(5), row(6, condition_groups=["lupus"]), row(7, condition_groups=["other"]),
        row(8), row(9, phases=["PHASE3"]), row(10, overall_status="RECRUITING"), row(11, study_type="OBSERVATIONAL"),
        row(12, sponsor_class="INDUSTRY"), row(13, countries=["Norway"]), row(14, start_date="2021-05"),
        row(15, start_date="2011"), row(16, has_results=True), row(17, title="Zebra"),
        row(18, left_registry="2026-11-19"), row(19, points=[52.5, 13.4, 2, 0]), row(20, points=[52.4, 13.06, 2, 0]),
    ]  # fmt: skip
    why = {number: [Why("ivig")] for number in range(1, 21)}
    why |= {
        2: [Why("ivig", "mentioned", None)], 3: [Why("methotrexate")], 4: [Why("ivig", "given", "comparator")],
        5: [Why("ivig", "given", "background")], 8: [],
    }  # fmt: skip
    put(store, rows, why)
    for number in range(1, 21):
        moved.happened(store, number, "sponsor")
    return store


def have(store: Store) -> Frames:
    return Frames(lambda: queries.trials(store), lambda: queries.matches(store), WATCHLIST, finder(store, WATCHLIST))


def told_ids(store: Store, **query: str) -> set[str]:
    followed = view.read({key: [value] for key, value in query.items()}, WATCHLIST)
    return {one.nct_id for one in told.told(store, followed, have(store))}


def test_every_key_of_the_table_has_a_value_here() -> None:
    assert {key.name for key in KEYS} <= set(VALUES), "a new key of the filter: follow it, and give it a value here"


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_key_of_a_page_decides_what_is_told(store: Store, key: Any) -> None:
    query = {"tier": "given", "near": "Berlin"} if key.name == "within" else {"tier": "given"}
    query |= {key.name: VALUES[key.name]}
    wanted = accepted({name: [value] for name, value in query.items()}, WATCHLIST)
    frames = have(store)

    def passing(one: Filter) -> set[str]:
        return set(one.apply(frames.trials, frames.matches, WATCHLIST, frames.finder).trials["nct_id"])

    expected = passing(wanted)
    assert passing(Filter()) != expected
    assert told_ids(store, **query) == passing(replace(wanted, left=True)) >= expected
    followed = view.read({name: [value] for name, value in query.items()}, WATCHLIST, calendar=True)
    assert set(told.shown(followed, frames)["nct_id"]) == expected


def test_every_key_of_a_page_is_known() -> None:
    assert {*view.OWN_KEYS, *PAGE_KEYS, *LISTING, "claim"} >= OWN
    for key in OWN - {"nct", "mine", "since", "kind", "weight", "claim"}:
        view.read({key: ["1"]}, WATCHLIST)


def test_without_a_view_every_trial_is_told(store: Store) -> None:
    assert len(told_ids(store)) == 20
    assert len(told_ids(store, every="1", agent="ivig", status="recruiting")) == 20


def test_agents_alone_mean_what_they_meant_to_older_feeds(store: Store) -> None:
    assert {"NCT00000002", "NCT00000005", "NCT00000007"} <= told_ids(store, agent="ivig")
    assert not {"NCT00000002", "NCT00000005", "NCT00000007"} & told_ids(store, agent="ivig", tier="given")


def test_a_trial_by_its_id_is_told_whatever_the_view(store: Store) -> None:
    assert told_ids(store, nct="nct00000002, NCT00000007") == {"NCT00000002", "NCT00000007"}
    assert told_ids(store, nct="NCT00000002", status="recruiting") == {"NCT00000002"}
    with pytest.raises(Validation, match="“NCT2” is not an NCT id"):
        told_ids(store, nct="NCT2")


@pytest.mark.parametrize(
    ("kind", "before", "after", "now", "query"),
    [
        ("status", "RECRUITING", "TERMINATED", {"overall_status": "TERMINATED"}, {"status": "recruiting"}),
        ("phase", ["PHASE3"], ["PHASE2"], {"phases": ["PHASE2"]}, {"phase": "phase3"}),
        ("start_date", {"date": "2027-01", "type": None}, None, {"start_date": None}, {"from": "2026"}),
        ("start_date", {"date": "2019", "type": None}, {"date": "2021", "type": None}, {"start_date": "2021"},
         {"to": "2019"}),
        ("results_posted", True, False, {"has_results": False}, {"results": "yes"}),
        ("countries", ["Norway"], ["Sweden"], {"countries": ["Sweden"]}, {"country": "Norway"}),
        ("left_registry", None, "2026-11-20", {"left_registry": "2026-11-20"}, {"status": "completed"}),
    ],
)  # fmt: skip
def test_a_change_that_takes_a_trial_out_of_the_view_is_told(
    kind: str, before: Any, after: Any, now: Mapping[str, Any], query: Mapping[str, str]
) -> None:
    store = databases.empty()
    put(store, [row(1, **now), row(2)], {1: [Why("ivig")], 2: [Why("ivig")]})
    moved.happened(store, 1, "sponsor", at="2026-11-19T08:00:00Z")  # before it, the trial was in the view
    moved.happened(store, 1, kind, move=("high", before, after))
    moved.happened(store, 1, "title", at="2026-11-22T08:00:00Z")  # after it, the trial was in it no more
    followed = view.read({key: [value] for key, value in query.items()}, WATCHLIST)
    found = [one.kind for one in told.told(store, followed, have(store))]
    assert found[-2:] == [kind, "sponsor"]
    assert ("title" in found) == (kind == "left_registry")


def test_a_trial_that_came_and_went_is_told_while_it_was_there() -> None:
    store = databases.empty()
    put(store, [row(1, overall_status="COMPLETED")], {1: [Why("ivig")]})
    course = ["NOT_YET_RECRUITING", "RECRUITING", "ACTIVE_NOT_RECRUITING", "COMPLETED"]
    for day, (before, after) in enumerate(pairwise(course), start=10):
        moved.happened(store, 1, "status", move=("high", before, after), at=f"2026-11-{day}T08:00:00Z")
    followed = view.read({"status": ["recruiting"]}, WATCHLIST)
    found = told.told(store, followed, have(store))
    assert [(one.before, one.after) for one in found] == [(course[1], course[2]), (course[0], course[1])]


def test_what_is_followed_survives_its_own_address() -> None:
    for query in (
        {}, {"agent": ["ivig"]}, {"tier": ["given"]}, {"nct": ["NCT00000001,NCT00000002"]},
        {"agent": ["ivig"], "status": ["recruiting"], "kind": ["status"], "weight": ["high"]},
    ):  # fmt: skip
        followed = view.read(query, WATCHLIST)
        assert view.read(followed.to_query(), WATCHLIST) == followed
    assert view.of(Filter(agents=("ivig",))).to_query() == {"tier": ["given"], "agent": ["ivig"]}


def test_newest_first_and_at_most_so_many(store: Store) -> None:
    moved.happened(store, 3, "status", at="2026-11-25T08:00:00Z")
    found = told.told(store, view.Followed(), have(store), limit=4)
    assert [one.nct_id for one in found] == ["NCT00000003", "NCT00000020", "NCT00000019", "NCT00000018"]
    assert told.told(store, view.Followed(), have(store), after=found[1].id) == found[:1]
    assert told.told(store, view.Followed(), have(store), after=found[2].id, through=found[1].id) == found[1:2]
    assert told.newest(store) == found[0].id


def test_the_values_name_each_field_once() -> None:
    assert {key.field for key in KEYS} == set(Choices.__dataclass_fields__)
    assert all(VALUES[key.name] for key in KEYS if isinstance(key.kind, Ids | NctIds))
