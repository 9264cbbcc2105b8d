"""A query is read whole by everything that is not a page, or refused in a sentence."""

from collections.abc import Iterator

import pytest

from cache.export import trials as export
from cache.filters import query as queries
from cache.filters.filter import Filter
from cache.filters.strict import PAGE_KEYS, accepted
from cache.follow import view
from cache.store.store import Store
from fetchers.errors import Validation
from tests.rigs import databases
from tests.rigs.trial_rows import Why, put, row, watchlist

WATCHLIST = watchlist()
ONE, TWO, THREE = (f"NCT0000000{number}" for number in (1, 2, 3))


@pytest.fixture
def store() -> Iterator[Store]:
    opened = databases.empty()
    rows = [row(1), row(2, condition_groups=["other"]), row(3, phases=["PHASE4"])]
    put(opened, rows, {1: [Why("ivig")], 2: [Why("ivig", "excluded", None)], 3: [Why("methotrexate")]})
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "query",
    [
        "near=Cambridge", "agent=nope", "stauts=recruiting", "from=2020&to=2010", "nct=12", "nct=NCT00000001,x",
        "mine=1", "mine=perhaps&ids=NCT00000001", "compare=ivig&compare=methotrexate", "claim=C1",
        "within=50", "q=" + "word+" * 50,
    ],
)  # fmt: skip
def test_what_a_page_would_leave_out_is_refused(query: str) -> None:
    with pytest.raises(Validation) as raised:
        accepted(query, WATCHLIST)
    assert "ignored" not in str(raised.value)
    with pytest.raises(Validation):
        view.read(queries.listed(query), WATCHLIST)


@pytest.mark.parametrize("key", sorted(PAGE_KEYS))
def test_how_a_page_shows_its_trials_limits_nothing(key: str) -> None:
    assert accepted(f"https://t.example/trials?agent=ivig&{key}=2", WATCHLIST) == Filter(agents=("ivig",))


@pytest.mark.parametrize("more", ["", "&agent=methotrexate", "&phase=phase2&q=nothing"])
@pytest.mark.parametrize("asked", ["ids={}&mine=1", "nct={}", "nct={}&compare=1", "mine=yes&nct={}"])
def test_a_list_of_ones_own_is_whole_whatever_else_is_asked(store: Store, asked: str, more: str) -> None:
    query = asked.format(f"{TWO.lower()},{ONE}") + more
    shown, _, said, _ = export.viewed(store, WATCHLIST, query)
    assert list(shown["nct_id"]) == [ONE, TWO]
    assert "2 trials" in said
    followed = view.read(queries.listed(query), WATCHLIST)
    assert (followed.trials or (followed.wanted and followed.wanted.ids)) == (ONE, TWO)


def test_ids_alone_are_a_filter_like_every_other(store: Store) -> None:
    shown = export.viewed(store, WATCHLIST, f"ids={ONE},{TWO}").trials
    assert list(shown["nct_id"]) == [ONE]


def test_a_list_that_is_off_is_none() -> None:
    assert accepted(f"mine=0&ids={ONE}", WATCHLIST) == Filter(ids=(ONE,))
