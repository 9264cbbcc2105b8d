"""When a trial was last read: worked out from few writes, and the same as if every row were written every time."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cache.ingest.staging import known, set_aside
from cache.read.trials import trials
from cache.store.schema import study
from cache.store.store import timestamp
from fetchers.registry.pages import SetAside
from tests.rigs import databases
from tests.rigs.answering import AGENTS, START, Refresher, record, rows

pytestmark = pytest.mark.both_databases

NUMBERS = st.integers(1, 5)


def nct(number: int) -> str:
    return f"NCT{number:08d}"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(AGENTS),
        st.sets(NUMBERS),  # came
        st.sets(NUMBERS),  # could not be read
        st.booleans(),  # a record without an id could not be read
        st.sampled_from(["Old", "New"]),
        st.booleans(),  # asked in full
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_the_moment_a_trial_was_read_is_that_of_the_last_answer_that_brought_it(
    steps: list[tuple[str, set[int], set[int], bool, str, bool]],
) -> None:
    store = databases.empty()
    refresher = Refresher(store)
    read: dict[str, str] = {}  # the slow reference
    for number, (scope, came, unread, nameless, title, full) in enumerate(steps):
        refresher.begin()
        refresher.now = START + timedelta(days=number)
        have = known(store, scope)
        same = set() if full else {one for one in came if nct(one) in have}
        refresher.stage(scope, [record(one, title=title) for one in came - same], [nct(one) for one in same])
        aside = [SetAside(nct(one), "a wrong type") for one in unread - came]
        set_aside(store, refresher.id, scope, [*aside, *([SetAside(None, "no id")] if nameless else [])])
        refresher.keep(scope)
        read |= {nct(one): timestamp(refresher.now) for one in came}
        shown = trials(store)
        told = dict(zip(shown["nct_id"], shown["fetched_at"], strict=True))
        assert told == {nct_id: read[nct_id] for nct_id in told}
    store.close()


def test_a_sweep_that_finds_nothing_new_writes_no_trial() -> None:
    store = databases.empty()
    refresher = Refresher(store)
    refresher.answer(AGENTS[0], [record(1), record(2)])
    before = rows(store, study, *study.c.keys())
    report = refresher.answer(AGENTS[0], [record(2)], unchanged=[nct(1)])
    assert (report.studies, report.new, report.changed) == (2, 0, 0)
    assert rows(store, study, *study.c.keys()) == before
    store.close()
