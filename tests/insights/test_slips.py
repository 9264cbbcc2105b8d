"""The slip ledger: what was promised first, what is said now, and the moves in between."""

import time
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cache.changes.weights import moved_days
from cache.ingest.load_starter import load_starter
from cache.read.versions import STATE_COLUMNS, ledger_states, promises, versions, with_copies
from cache.starter import PROMISES, records
from cache.store.errors import Damaged
from cache.store.store import Store
from dashboard.changes import charts as slip_charts
from dashboard.changes import tables as changes_tables
from fetchers.errors import LocalTrouble
from fetchers.matching.matcher import Matcher
from fetchers.record.dates import PartialDate
from fetchers.watchlist import load as watchlist
from insights import slips
from tests.rigs import moved_stores as moved
from tests.rigs.trial_rows import body, put, row

Date = str | None


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store.in_memory()
    yield opened
    opened.close()


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    plain = dict.fromkeys(STATE_COLUMNS) | {"nct_id": "NCT00000001", "origin": "live"}
    made = pd.DataFrame([plain | one for one in rows], columns=list(STATE_COLUMNS))
    return made.astype({"enrollment": "Int64"})


def told(*dates: str | None, kind: str = "ESTIMATED") -> pd.DataFrame:
    """One trial whose completion was said to be these dates, one after the other."""
    return frame(*({"completion_date": one, "completion_date_type": one and kind} for one in dates))


def line(states: pd.DataFrame, measure: str = "completion_date") -> dict[str, Any]:
    found = slips.ledger(states)
    (one,) = found[found["measure"] == measure].to_dict("records")
    return {str(key): value for key, value in one.items()}


def test_a_date_that_slipped_twice() -> None:
    one = line(told("2024-01-31", "2024-07-31", "2024-07-31", "2025-01-31"))
    assert (one["first"], one["now"], one["moves"], one["states"]) == ("2024-01-31", "2025-01-31", 2, 4)
    assert one["amount"] == 366
    assert changes_tables.slip_words(one["amount"], "completion_date") == "12 months later"


@pytest.mark.parametrize(
    ("dates", "amount", "moves"),
    [
        (("2024-12", "2024-12-09"), 0, 0),  # may mean the same
        (("2024", "2024-12"), 0, 0),
        (("2024-12-09", "2024-12"), 0, 0),
        (("2024-12", "2025-01"), 31, 1),
        (("2024-12", None, "2025-01"), 31, 1),  # what is not said is no move
        (("2025-01-31", "2024-12-31"), -31, 1),
        (("2024-01-01", "2025-01-01", "2024-01-01"), 0, 2),  # there and back again
    ],
)
def test_moves(dates: tuple[Date, ...], amount: int, moves: int) -> None:
    one = line(told(*dates))
    assert (one["amount"], one["moves"]) == (amount, moves)


def test_partial_dates_stay_as_the_registry_wrote_them() -> None:
    one = line(told("2024", "2025-03", "2026-04-09"))
    assert (one["first"], one["now"]) == ("2024", "2026-04-09")


def test_what_happened_was_never_a_promise() -> None:
    assert slips.ledger(told("2024-01", "2024-02", kind="ACTUAL")).empty
    late = pd.concat([told("2024-01"), told("2024-06-30", kind="ACTUAL")], ignore_index=True)
    one = line(late)
    assert (one["first"], one["now"], one["now_type"], one["moves"]) == ("2024-01", "2024-06-30", "ACTUAL", 1)


def test_a_value_that_is_gone_is_the_last_known_and_not_zero() -> None:
    one = line(told("2024-01", "2025-01", None))
    assert (one["now"], one["gone"]) == ("2025-01", True)
    people = frame({"enrollment": 300, "known_on": "2015-12"}, {"enrollment": 100, "known_on": "2016-04"}, {})
    one = line(people, "enrollment")
    assert (one["first"], one["now"], one["amount"], one["moves"], one["gone"]) == (300, 100, -200, 1, True)
    assert (one["first_known_on"], one["now_known_on"]) == ("2015-12", "2016-04")


days = st.dates(date(1990, 1, 1), date(2050, 12, 31))
dates = st.one_of(days.map(str), days.map(lambda day: f"{day:%Y-%m}"), days.map(lambda day: f"{day:%Y}"))


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), dates), min_size=1, max_size=8))
def test_the_first_promise_is_the_oldest_known_and_moves_add_up(said: list[str | None]) -> None:
    known = [one for one in said if one is not None]
    found = slips.ledger(told(*said))
    assert len(found) == bool(known)
    if not known:
        return
    one = line(told(*said))
    steps = [moved_by for before, after in pairwise(known) if (moved_by := moved_days(before, after))]
    assert (one["first"], one["now"]) == (known[0], known[-1])
    assert one["amount"] == sum(steps)
    assert one["moves"] == len(steps) <= len(known) - 1
    if all(PartialDate(text).precision == "day" for text in known):
        assert one["amount"] == (PartialDate(known[-1]).latest - PartialDate(known[0]).latest).days


@settings(deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=8))
def test_people_add_up(counts: list[int]) -> None:
    one = line(frame(*({"enrollment": count} for count in counts)), "enrollment")
    assert one["amount"] == counts[-1] - counts[0]
    assert one["moves"] == sum(a != b for a, b in pairwise(counts))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), dates), max_size=12))
def test_trials_do_not_mix(said: list[tuple[int, str]]) -> None:
    ordered = sorted(said, key=lambda one: one[0])
    rows = [
        {"nct_id": f"NCT{n:08d}", "completion_date": day, "completion_date_type": "ESTIMATED"} for n, day in ordered
    ]
    found = slips.ledger(frame(*rows)).set_index("nct_id")
    for number in {n for n, _ in said}:
        mine = [day for n, day in ordered if n == number]
        assert found.loc[f"NCT{number:08d}", "first"] == mine[0]
        assert found.loc[f"NCT{number:08d}", "states"] == len(mine)


def test_slipped_is_ordered_by_how_far_whatever_the_direction() -> None:
    states = pd.concat(
        [
            told("2024-01", "2024-03").assign(nct_id="NCT00000001"),
            told("2024-01", "2020-01").assign(nct_id="NCT00000002"),
            told("2024-01", "2024-01").assign(nct_id="NCT00000003"),
            told("2024-01", "2024-03").assign(nct_id="NCT00000000"),
        ],
        ignore_index=True,
    )
    found = slips.slipped(slips.ledger(states), "completion_date")
    assert found["nct_id"].tolist() == ["NCT00000002", "NCT00000000", "NCT00000001"]
    assert slips.slipped(slips.ledger(states), "start_date").empty


# --- states from a store --------------------------------------------------------------------------------------------


def test_versions_are_read_oldest_first_with_what_they_say(store: Store) -> None:
    put(store, [row(1), row(2)])
    moved.stated(store, 2, "2026-01-01", overallStatus="RECRUITING")
    moved.stated(store, 1, "2025-01-01", completionDateStruct="2025-06", people=30)
    moved.stated(store, 1, "2026-01-01", completionDateStruct="2026-06-30", people=99999999)
    states = versions(store)
    assert states["nct_id"].tolist() == ["NCT00000001", "NCT00000001", "NCT00000002"]
    assert states["known_on"].tolist() == ["2025-01-01", "2026-01-01", "2026-01-01"]
    assert states["completion_date"].tolist()[:2] == ["2025-06", "2026-06-30"]
    assert states["enrollment"].isna().tolist() == [False, True, True]  # the placeholder is no number of people
    assert states["overall_status"].isna().tolist() == [True, True, False]
    assert len(versions(store, ["NCT00000002"])) == 1
    assert len(versions(store, [])) == 0
    assert set(versions(store, at_least=2)["nct_id"]) == {"NCT00000001"}
    assert line(ledger_states(store))["amount"] == 365


def test_a_damaged_version_is_called_so(store: Store) -> None:
    put(store, [row(1)])
    body(store, "NCT00000001", b"no json")
    with pytest.raises(Damaged, match="a version of NCT00000001 cannot be read"):
        versions(store)


def test_the_public_copies_are_there_and_marked() -> None:
    told_by = {(one[0], one[2]) for one in promises()}
    assert ("NCT00215813", "2014-04") in told_by
    assert ("NCT05350774", None) in told_by
    assert all(one[1] == "copy" and one[4] for one in promises())
    assert with_copies(frame(), []).empty
    states = with_copies(frame().iloc[:0], ["NCT00215813", "NCT05350774"])
    rows = slips.ledger(states).to_dict("records")
    found: dict[Any, Any] = {(row["nct_id"], row["measure"]): row for row in rows}
    end, people = found["NCT00215813", "completion_date"], found["NCT00215813", "enrollment"]
    assert (end["first"], end["now"], slips.months(end["amount"])) == ("2015-02", "2018-02", 36)
    assert (people["first"], people["now"]) == (300, 100)
    end, people = found["NCT05350774", "completion_date"], found["NCT05350774", "enrollment"]
    assert (end["first"], end["now"], people["first"], people["now"]) == ("2022-12-30", "2026-12-15", 60, 45)


def test_copies_come_before_live_states_and_starter_states_go() -> None:
    mine = {"nct_id": "NCT05350774"}
    starter = mine | {"origin": "starter", "completion_date": "2020-01", "known_on": "2026-06"}
    real = mine | {"completion_date": "2027-06-30", "known_on": "2026-10-01", "completion_date_type": "ESTIMATED"}
    alone = with_copies(frame(starter), ["NCT05350774"])
    assert alone["origin"].tolist() == ["copy", "copy", "starter"]
    both = with_copies(frame(starter, real), ["NCT05350774"])
    assert both["origin"].tolist() == ["copy", "copy", "live"]
    one = line(both)
    assert (one["first"], one["first_origin"], one["now"], one["now_origin"]) == (
        "2022-12-30", "copy", "2027-06-30", "live",
    )  # fmt: skip


def test_the_starter_snapshot_has_its_two_slips(store: Store) -> None:
    known = watchlist.load()
    load_starter(store, records(), Matcher(known), known)
    found = slips.slipped(slips.ledger(ledger_states(store)), "completion_date")
    assert found["nct_id"].tolist() == ["NCT05350774", "NCT00215813"]
    assert found["gone"].tolist() == [False, True]
    said = changes_tables.copies_say(found)
    assert said is not None
    assert "public copies" in said
    assert "NCT00215813" in said


def test_a_broken_file_of_copies_is_local_trouble(tmp_path: Path) -> None:
    broken = tmp_path / "promises.toml"
    for content in ("[[state]", "x = 1", '[[state]]\nnct_id = "NCT1"\nsource = "s"\ncompletion_date = "soon"\n'):
        broken.write_text(content)
        promises.cache_clear()
        with pytest.raises(LocalTrouble, match="cannot be read"):
            promises(broken)
    promises.cache_clear()
    assert PROMISES.is_file()


# --- on the screen --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "measure", "said"),
    [
        (1096, "completion_date", "36 months later"),
        (-30, "start_date", "1 month earlier"),
        (5, "start_date", "5 days later"),
        (-1, "start_date", "1 day earlier"),
        (0, "start_date", "back where it was"),
        (-200, "enrollment", "200 fewer"),
        (1500, "enrollment", "1,500 more"),
    ],
)
def test_how_far_in_words(amount: int, measure: str, said: str) -> None:
    assert changes_tables.slip_words(amount, measure) == said


def test_the_table_names_every_source_and_marks_what_is_last_known() -> None:
    states = with_copies(frame().iloc[:0], ["NCT00215813"])
    silent = pd.concat([states, frame({"nct_id": "NCT00215813", "known_on": "2026-01"})], ignore_index=True)
    table = changes_tables.slip_numbers(slips.slipped(slips.ledger(silent), "completion_date"), {"NCT00215813": "AMP"})
    assert table.to_dict("records") == [
        {
            "NCT id": "trial?nct=NCT00215813",
            "Trial": "AMP",
            "First promised": "2015-02",
            "Known from": "Public copies, 2014-04",
            "Now": "2018-02 (planned), last known",
            "As of": "Public copies, 2015-12",
            "Moved": "36 months later",
            "Moves": 1,
        }
    ]


def test_sentences() -> None:
    two = pd.concat([told("2024-01", "2024-03"), told("2024-01", "2023-01").assign(nct_id="NCT00000002")])
    found = slips.slipped(slips.ledger(two), "completion_date")
    said = changes_tables.slips_say(found, 5, "completion_date")
    assert said == (
        "The completion has moved in 2 of 5 trials with more than one known state (1 later and 1 earlier); "
        "the furthest is NCT00000002, 12 months earlier."
    )
    assert "This is the only one of 5 trials" in changes_tables.slips_say(found.head(1), 5, "completion_date")
    assert changes_tables.slips_say(found.head(0), 0, "start_date") == "No known start has moved in this view."
    assert changes_tables.copies_say(found) is None


def test_the_dumbbells_show_both_ends_and_read_no_tags() -> None:
    found = slips.slipped(slips.ledger(told("2024-02", "2025-01-15")), "completion_date")
    figure = slip_charts.dumbbells(found, {"NCT00000001": "<b>Bold</b> & more"})
    first, now = (trace for trace in figure.data if trace.mode == "markers")
    assert (first.name, now.name) == ("First promised", "Now")
    assert [str(day)[:10] for day in (*first.x, *now.x)] == ["2024-02-29", "2025-01-15"]
    assert [words.rpartition(": ")[2] for words in first.hovertext] == ["2024-02"]
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp;" in first.y[0]
    assert [note.text for note in figure.layout.annotations] == ["11 months later"]


def test_only_the_furthest_are_drawn_and_people_begin_at_zero() -> None:
    rows = [
        {"nct_id": f"NCT{number:08d}", "enrollment": count} for number in range(40) for count in (100, 100 + number)
    ]
    found = slips.slipped(slips.ledger(frame(*rows)), "enrollment")
    figure = slip_charts.dumbbells(found, {})
    assert len(found) == 39
    assert len([trace for trace in figure.data if trace.mode == "lines"]) == slip_charts.MOST
    assert figure.layout.xaxis.rangemode == "tozero"
    assert slip_charts.dumbbells(found.head(0), {}).layout.height > 0


def test_a_thousand_trials_take_no_time() -> None:
    rows = [
        {"nct_id": f"NCT{number:08d}", "completion_date": f"20{20 + move}-01", "enrollment": move}
        for number in range(1000)
        for move in range(3)
    ]
    states = frame(*rows)
    began = time.perf_counter()
    assert len(slips.ledger(states)) == 2000
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "strange",
    [
        {"completion_date": "2099-12-31"},
        {"completion_date": "1900-01"},
        {"start_date": "2024-01-01", "completion_date": "2023-05-31"},  # before the start: which is wrong is not known
    ],
)
def test_an_odd_date_is_no_promise_and_no_move(strange: dict[str, str]) -> None:
    states = frame({"completion_date": "2024-12-31"}, strange, {"completion_date": "2025-12-31"})
    (found,) = slips.ledger(states).query("measure == 'completion_date'").to_dict("records")
    assert (found["first"], found["now"], found["amount"], found["moves"]) == ("2024-12-31", "2025-12-31", 365, 1)
