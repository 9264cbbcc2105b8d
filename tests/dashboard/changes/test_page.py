"""The Changes page and a trial's history, run from the router over stores in every state."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pandas as pd
import pytest
from hypothesis import given, settings, strategies
from streamlit.testing.v1 import AppTest

from cache.changes.changelog import Refreshed
from cache.changes.differences import KINDS
from cache.changes.wording import KIND_WORDS
from cache.store.store import Store, timestamp
from dashboard.changes import address as changes_view
from dashboard.changes import tables as changes_tables
from dashboard.changes.address import MEASURES, ChangesView, read, since
from dashboard.shared import columns
from tests.rigs import moved_stores as moved
from tests.rigs.pages import elements, page, shown, unfolded, use
from tests.rigs.refresh import url_of

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
LAST = Refreshed("2026-11-20T07:59:00Z", "2026-11-20T08:00:00Z", "2026-11-01T08:00:00Z")


pytestmark = pytest.mark.usefixtures("starter")


@pytest.fixture
def store(starter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The test's own store with nothing in it, shown in the place of the common one."""
    found = Store.open(use(monkeypatch, url_of(tmp_path)))
    yield found
    found.close()


def opened(query: str = "", name: str = "changes") -> AppTest:
    return page(name, query)


def listed(app: AppTest) -> pd.DataFrame:
    """The list of changes; an empty frame when there is none."""
    found = [one.value for one in app.dataframe if "Change" in one.value]
    return found[0] if found else pd.DataFrame(columns=["Change"])


def press(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label == label).click()
    app.run()
    assert not app.exception
    return app


def address(app: AppTest) -> dict[str, list[str]]:
    """The page's own keys; a test's session holds single values as texts."""
    return {key: value if isinstance(value, list) else [value] for key, value in app.query_params.items()}


def recently(store: Store, number: int, kind: str, days: float = 1) -> None:
    moved.happened(store, number, kind, at=timestamp(datetime.now(UTC) - timedelta(days=days)))


# --- states of the store --------------------------------------------------------------------------------------------


def test_the_starter_state_explains_itself_and_has_the_known_slips() -> None:
    app = opened()
    assert "Starter snapshot of" in shown(app)
    assert "The registry has not been asked yet, so no change is known" in shown(app)
    assert "The first refresh is the baseline" in shown(app)
    assert listed(app).empty
    app = opened("show=slips&every=1")
    assert "the furthest is NCT05350774, 48 months later" in shown(app)
    assert "From public copies of earlier records, not read from the registry by this tracker" in shown(app)
    (table,) = (one.value for one in app.dataframe)
    assert table["NCT id"].tolist() == ["trial?nct=NCT05350774", "trial?nct=NCT00215813"]
    assert table["Moved"].tolist() == ["48 months later", "36 months later"]
    people = opened("show=slips&every=1&measure=enrolment").dataframe[0].value
    assert people[["First promised", "Moved"]].to_numpy().tolist() == [["300", "200 fewer"], ["60", "15 fewer"]]


def test_a_store_without_events_explains_the_baseline(store: Store) -> None:
    moved.live(store)
    app = opened()
    assert "No change seen yet" in shown(app)
    assert "baseline (it began on 20 November 2026, 07:59 UTC)" in shown(app)
    assert "No known primary completion has moved in this view." in shown(opened("show=slips"))


def test_every_kind_is_told_with_both_dates_and_opens_its_trial(store: Store) -> None:
    moved.live(store)
    for kind in KINDS:
        recently(store, 1, kind)
    app = opened("weight=noise")
    table = listed(app)
    assert len(table) == len(KINDS)
    assert all(any(change.startswith(word) for change in table["Change"]) for word in KIND_WORDS.values())
    assert table["Claim"].dropna().tolist() == ["claims?claim=c1"]
    assert set(table["NCT id"]) == {"trial?nct=NCT00000001"}
    assert set(table["Registry date"]) == {"2026-11-18"}
    assert table["Seen"].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d").all()
    assert set(table["Weight"]) == {"High", "Medium", "Low", "Noise"}
    assert "21 changes in 1 trial: 12 high, 4 medium, 3 low and 2 noise" in shown(app)
    numbers = next(one.value for one in app.dataframe if "Kind" in one.value)
    assert numbers["All"].sum() == len(KINDS)
    assert (numbers[["High", "Medium", "Low", "Noise"]].sum(axis=1) == numbers["All"]).all()
    assert "changes?weight=noise" not in "".join(numbers["Changes"])  # its own kind comes first
    assert {parse_qs(link.partition("?")[2])["weight"][0] for link in numbers["Changes"]} == {"noise"}


def test_noise_only_on_request(store: Store) -> None:
    moved.live(store)
    for kind in ("status", "eligibility"):
        recently(store, 1, kind)
    app = opened()
    assert listed(app)["Change"].tolist() == ["Status: recruiting → terminated"]
    assert "1 change of noise not shown." in shown(app)
    app = press(app, "Show all weights")
    assert len(listed(app)) == 2
    assert address(app)["weight"] == ["noise"]


def test_registry_text_is_never_read_as_markup(store: Store) -> None:
    moved.live(store, title=":red[x] <b>y</b>")
    recently(store, 1, "why_stopped")
    app = opened()
    assert listed(app)["Change"].tolist() == ["Reason for stopping: nothing → “No *funding* <b>left</b>”"]
    markdown = "\n".join(str(one.value) for kind in ("markdown", "caption", "info") for one in elements(app, kind))
    assert "<b>" not in markdown
    assert ":red[" not in markdown


def words(app: AppTest) -> str:
    """The words taken out and put in, as the page writes them."""
    return "".join(one.proto.body for one in app.get("html"))


def test_the_words_of_a_text_are_shown_when_they_are_opened(store: Store) -> None:
    moved.live(store, title=":red[x] <b>y</b>")
    moved.happened(store, 1, "eligibility", at=timestamp(datetime.now(UTC)), move=moved.CRITERIA)
    recently(store, 2, "status")
    app = opened()
    assert [one.label for one in app.expander if "Words" in one.label] == [
        "Words taken out and put in: 1 change of a text"
    ]
    assert words(app) == ""
    told = words(unfolded(app, "changes_words"))
    assert re.search(r'href="trial\?nct=NCT00000001"[^>]*>NCT00000001</a> · :red\[x\] &lt;b&gt;y&lt;/b&gt;', told)
    assert re.search(r"Pain \*over\* &lt;b&gt;<del[^>]*><span[^>]*>taken out: </span>6<span[^>]*>; </span></del>", told)
    assert re.search(r"<ins[^>]*><span[^>]*>put in: </span>3<span[^>]*>; </span></ins>&lt;/b&gt; months", told)
    assert "Exclusion criterion added: " in told
    assert "NCT00000002" not in told


def test_without_a_changed_text_there_are_no_words_to_open(store: Store) -> None:
    moved.live(store)
    recently(store, 1, "status")
    assert not [one.label for one in opened().expander if "Words" in one.label]


def test_a_change_of_order_only_says_so(store: Store) -> None:
    moved.live(store)
    moved.happened(
        store, 1, "eligibility", at=timestamp(datetime.now(UTC)),
        move=("noise", {"criteria": "* Adults\n* Pain"}, {"criteria": "* Pain\n* Adults"}),
    )  # fmt: skip
    assert "Only the order, the spelling or the layout differs." in words(
        unfolded(opened("weight=noise"), "changes_words")
    )


# --- since when -----------------------------------------------------------------------------------------------------


def test_periods(store: Store) -> None:
    moved.live(store)
    for kind, days in (("status", 2), ("phase", 20), ("sponsor", 60), ("arms", 200)):
        recently(store, 1, kind, days)

    def number(query: str) -> int:
        return len(listed(opened(query)))

    assert [number(f"since={days}") for days in (7, 30, 90)] == [1, 2, 3]
    assert number("") == 2
    day = f"{datetime.now(UTC) - timedelta(days=201):%Y-%m-%d}"
    assert number(f"since={day}") == 4
    app = opened("since=7&kind=phase")
    assert "No change in this view since" in shown(app)
    assert "The newest change of any trial was seen on" in shown(app)


def test_since_the_last_refresh(store: Store) -> None:
    moved.live(store)
    moved.happened(store, 1, "status", at="2026-11-20T07:58:00Z")
    moved.happened(store, 1, "phase", at="2026-11-20T08:10:00Z")
    app = opened("since=refresh")
    assert listed(app)["Change"].tolist() == ["Phase: phase 2 → phase 2/3"]
    assert "since the last refresh of 20 November 2026, 07:59 UTC" in shown(app)


def test_mark_all_as_seen_puts_the_moment_into_the_address(store: Store) -> None:
    moved.live(store)
    recently(store, 1, "status")
    app = press(opened("kind=status&kind=phase"), "Mark all as seen")
    assert listed(app).empty
    own = address(app)
    assert (own["since"], own["kind"]) == (["looked"], ["status", "phase"])
    recently(store, 2, "phase", days=0)
    later = opened(f"since=looked&looked={own['looked'][0]}")
    assert listed(later)["NCT id"].tolist() == ["trial?nct=NCT00000002"]
    assert "since you last looked" in shown(later)


# --- which trials ---------------------------------------------------------------------------------------------------


def test_changes_outside_the_view_are_counted_and_one_click_away(store: Store) -> None:
    moved.live(store)
    for number in (1, 3, 4):
        recently(store, number, "status")
    app = opened()
    assert listed(app)["NCT id"].tolist() == ["trial?nct=NCT00000001"]
    assert "2 changes in trials outside this view" in shown(app)
    assert len(listed(opened("background=1"))) == 2
    app = press(app, "Show every trial")
    assert len(listed(app)) == 3
    assert set(listed(app)["Agents"]) >= {"Methotrexate", "none of them"}
    assert len(listed(press(app, "Only the trials that are counted"))) == 1


def test_an_agent_narrows_and_stays_in_the_address(store: Store) -> None:
    moved.live(store)
    for number in (1, 3):
        recently(store, number, "status")
    assert listed(opened("agent=methotrexate&background=1"))["NCT id"].tolist() == ["trial?nct=NCT00000003"]
    assert listed(opened("agent=ivig&every=1"))["NCT id"].tolist() == ["trial?nct=NCT00000001"]


def test_an_agent_of_a_store_without_changes_has_none() -> None:
    assert listed(opened("agent=ivig&every=1&since=90")).empty


def test_a_trial_that_left_the_registry_is_told_of(store: Store) -> None:
    moved.live(store, left_registry="2026-11-20")
    recently(store, 1, "left_registry")
    assert listed(opened())["Change"].tolist() == ["Left the registry"]


def test_a_link_that_makes_no_sense_is_said_and_does_no_harm(store: Store) -> None:
    moved.live(store)
    recently(store, 1, "status")
    app = opened("since=soon&kind=colour&weight=heavy&show=all&looked=now&measure=x&agent=aspirin")
    assert len(listed(app)) == 1
    for word in ("soon", "colour", "heavy", "now", "aspirin"):
        assert word in shown(app)


def test_the_links_out_carry_the_view(store: Store) -> None:
    moved.live(store)
    recently(store, 1, "status")
    links = [one.proto.url for one in opened("agent=ivig&weight=high").get("link_button")]
    assert links == [f"{path}?tier=given&agent=ivig&weight=high" for path in ("feed.xml", "calendar.ics")]
    assert [one.proto.url for one in opened().get("link_button")] == [
        f"{path}?tier=given" for path in ("feed.xml", "calendar.ics")
    ]
    every = [one.proto.url for one in opened("every=1&kind=status").get("link_button")]
    assert every == ["feed.xml?kind=status", "calendar.ics?kind=status"]


def test_a_long_list_comes_in_pages(store: Store) -> None:
    moved.live(store)
    for _ in range(columns.ROWS + 5):
        recently(store, 1, "status")
    assert len(listed(opened())) == columns.ROWS
    assert len(listed(opened("page=2"))) == 5
    assert len(listed(opened("page=99"))) == 5


# --- slips and history ----------------------------------------------------------------------------------------------


def test_slips_of_stored_versions(store: Store) -> None:
    moved.live(store)
    for number, dates in {1: ("2024-01-31", "2025-01-31"), 2: ("2024-02", "2024-02-29"), 3: ("2024", "2029")}.items():
        for day, until in zip(("2024-01-01", "2025-01-01"), dates, strict=True):
            moved.stated(store, number, day, primaryCompletionDateStruct=until)
    app = opened("show=slips")
    assert "The primary completion of NCT00000001 has moved: 12 months later." in shown(app)
    assert "This is the only one of 2 trials with more than one known state." in shown(app)
    assert "1 delay in trials outside this view" in shown(app)
    (table,) = (one.value for one in app.dataframe)
    assert table[["First promised", "Now", "Moves"]].to_numpy().tolist() == [["2024-01-31", "2025-01-31 (planned)", 1]]
    assert table["Known from"].tolist() == ["Registry, 2024-01-01"]


def test_a_trials_page_tells_its_history(store: Store) -> None:
    moved.live(store)
    moved.stated(store, 1, "2025-01-01", overallStatus="RECRUITING", people=30)
    assert "Seen in one state so far" in shown(opened("nct=NCT00000001", "trial"))
    moved.stated(store, 1, "2026-01-01", overallStatus="TERMINATED", completionDateStruct="2026-06")
    moved.happened(store, 1, "status")
    moved.happened(store, 1, "why_stopped")
    moved.happened(store, 1, "eligibility")
    app = opened("nct=NCT00000001", "trial")
    tables = {tuple(one.value.columns)[:2]: one.value for one in elements(app, "table")}
    changes, states = tables[("Seen", "Change")], tables[("Record of", "From")]
    assert changes["Change"].tolist() == [
        r"Reason for stopping: nothing → “No \*funding\* \<b\>left\</b\>”",
        "Status: recruiting → terminated",
    ]
    assert "1 change of wording, order or a few days not listed." in shown(app)
    assert re.search(r"Reason for stopping added: <ins[^>]*>.*No \*funding\* &lt;b&gt;left&lt;/b&gt;", words(app))
    assert states[["Record of", "Status", "Completion", "People"]].to_numpy().tolist() == [
        ["2026-01-01", "Terminated", "2026-06 (planned)", "not stated"],
        ["2025-01-01", "Recruiting", "not stated", "30 (planned)"],
    ]


def test_the_history_of_a_public_copy_names_its_source() -> None:
    app = opened("nct=NCT00215813", "trial")
    states = next(one.value for one in elements(app, "table") if "Record of" in one.value)
    assert states["From"].tolist() == ["starter snapshot", "public copy", "public copy", "public copy"]
    assert states["People"].tolist() == ["not stated", "100 (planned)", "300 (planned)", "not stated"]
    assert "Source: public copy of the registry's record, April 2014" in shown(app)


def test_without_earlier_states_nothing_is_said_to_have_held() -> None:
    ledger = pd.DataFrame({name: [] for name in ("nct_id", "measure", "states", "moves", "amount")})
    found = changes_tables.slipped(ledger, lambda measure: measure)
    assert found["Moved"].tolist() == [0, 0, 0, 0]
    assert changes_tables.slipped_say(found).startswith("No earlier state of these trials is known")


# --- the address ----------------------------------------------------------------------------------------------------


views = strategies.builds(
    ChangesView,
    show=strategies.sampled_from(["changes", "slips"]),
    period=strategies.sampled_from(["refresh", "7", "30", "90"]),
    looked=strategies.one_of(strategies.none(), strategies.just("2026-11-20T08:00:01Z")),
    kinds=strategies.sets(strategies.sampled_from(KINDS)).map(lambda some: tuple(k for k in KINDS if k in some)),
    weight=strategies.sampled_from(["high", "medium", "low", "noise"]),
    every=strategies.booleans(),
    measure=strategies.one_of(strategies.none(), strategies.sampled_from([*MEASURES.values()])),
)


@settings(deadline=None)
@given(views)
def test_an_address_reopens_the_same_view(view: ChangesView) -> None:
    assert read(view.to_query()) == (view, ())


@settings(deadline=None)
@given(strategies.dates(changes_view.OLDEST))
def test_an_address_of_a_day_reopens_the_same_view(day: Any) -> None:
    view = ChangesView(period="date", day=day.isoformat())
    assert read(view.to_query()) == (view, ())
    assert since(view, LAST, NOW) == f"{day}T00:00:00Z"


keys = strategies.sampled_from(["show", "since", "looked", "kind", "weight", "every", "measure"])


@settings(deadline=None)
@given(strategies.dictionaries(keys, strategies.lists(strategies.text(), max_size=3)))
def test_reading_never_raises_and_what_is_read_can_be_written(query: dict[str, list[str]]) -> None:
    view, _ = read(query)
    assert read(view.to_query())[0] == view
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", since(view, LAST, NOW))


def test_the_default_address_is_empty_and_days_begin_at_midnight() -> None:
    assert ChangesView().to_query() == {}
    assert since(ChangesView(), LAST, NOW) == "2026-10-23T00:00:00Z"
    assert since(ChangesView(period="refresh"), LAST, NOW) == LAST.began
    assert since(ChangesView(period="refresh"), Refreshed(None, None, None), NOW) == "2026-11-22T15:30:00Z"
    assert since(ChangesView(period="looked", looked="2026-11-01T00:00:00Z"), LAST, NOW) == "2026-11-01T00:00:00Z"
    assert read({"since": ["looked"]})[0].period == changes_view.DEFAULT_PERIOD


def test_everything_seen_ends_just_behind_the_newest_change() -> None:
    assert changes_view.seen_up_to(LAST, NOW) == "2026-11-20T08:00:01Z"
    assert changes_view.seen_up_to(Refreshed(None, None, None), NOW) == "2026-11-22T15:30:00Z"
