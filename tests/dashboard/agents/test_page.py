"""The agent's page in every state of the store: the story, and that each number leads to just its trials."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from cache.changes.differences import KINDS
from cache.filters.filter import Filter
from cache.read import trials as queries
from cache.store.store import Store
from dashboard.agents import parts as agent_parts
from dashboard.agents import story as agent_story
from dashboard.agents.story import Newest, Rung, Story
from dashboard.shared import record_data
from fetchers.watchlist import load as watchlists
from insights.evidence import Asked
from tests.fake_registry import agent_studies
from tests.fake_registry.agents import AGENT_ROLES
from tests.fake_registry.holdings import nct_id_of
from tests.fake_registry.shorthand import dates, experimental, phase
from tests.fake_registry.studies import make_study
from tests.rigs import moved_stores as moved
from tests.rigs.pages import FDA, MAIN, ME, elements, exported, live_url, page, shown, table, tables, use
from tests.rigs.refresh import url_of

WATCHLIST = watchlists.load()
NOWHERE = ("sizofiran", "autologous_lymph_node_cells")  # in the full store no trial gives them


def studies() -> list[dict[str, Any]]:
    """The stand-in's records but those of two small agents, and some of IVIG that owe, are stale or have stopped."""
    ivig = experimental("Intravenous Immunoglobulin")
    return [
        *(one for one in agent_studies() if AGENT_ROLES[nct_id_of(one)][0] not in NOWHERE),
        make_study("NCT08000001", **ME, **phase(2), **ivig, **dates("2019-01-10", "2021-03", "2021-06", True), **FDA),
        make_study("NCT08000002", **ME, **phase(2), **ivig, **dates("2020-02", "2024-01", "2024-02"),
                   status="RECRUITING", verified="2021-05"),
        make_study("NCT08000003", **ME, **phase(1), **ivig, status="TERMINATED", why_stopped="Slow *accrual*"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from live_url(tmp_path_factory.mktemp("full"), studies())


@pytest.fixture
def live(full: str, monkeypatch: pytest.MonkeyPatch) -> str:
    return use(monkeypatch, full)


def ids(url: str, query: str) -> list[str]:
    """The trials the list of this address holds."""
    wanted, ignored = Filter.from_query(query, WATCHLIST)
    assert not ignored
    return list(wanted.apply(*stored(url), WATCHLIST).trials["nct_id"])


@cache
def stored(url: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    store = Store.open(url)
    try:
        return queries.trials(store), queries.matches(store)
    finally:
        store.close()


def first_number(text: str) -> int:
    found = re.search(r"[\d,]+", text)
    assert found, text
    return int(found.group().replace(",", ""))


def blocks(block: Any) -> Iterator[list[Any]]:
    """The children of every block of the page that holds any element itself."""
    children = list(block.children.values())
    yield [child for child in children if not hasattr(child, "children")]
    for child in children:
        if hasattr(child, "children"):
            yield from blocks(child)


def cards(at: AppTest) -> dict[str, tuple[str, str, dict[str, str]]]:
    """Each key figure: its value, its note, and the queries of its links by their labels."""
    found = {}
    for inside in blocks(at.main):
        metric = next((one for one in inside if one.type == "metric"), None)
        if metric:
            (note,) = (one.value for one in inside if one.type == "caption")
            links = {one.label: one.proto.query_string for one in inside if one.type == "page_link"}
            found[metric.label] = (metric.value, note, links)
    return found


def links(at: AppTest, target: str) -> dict[str, str]:
    """Labels and queries of the page's links to another page."""
    return {
        one.label.replace("\\", ""): one.proto.query_string
        for one in elements(at.main, "page_link")
        if one.proto.page == target
    }


# --- every number opens its list --------------------------------------------------------------------------------------

VIEWS: list[dict[str, str]] = [
    {},
    {"agent": "corticosteroids"},
    {"agent": "corticosteroids", "all": "1", "background": "1"},
    {"agent": "ivig"},
    {"agent": "rintatolimod", "condition": "me_cfs"},
    {"agent": "sizofiran"},
    {"agent": "autologous_lymph_node_cells", "all": "1"},
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: " ".join(view.values()))
def test_each_key_figure_and_each_row_of_numbers_opens_just_its_trials(live: str, view: dict[str, str]) -> None:
    at = page("agents", **view)
    check_figures(live, at)
    check_rows(live, at)


def check_figures(url: str, at: AppTest) -> None:
    checked = 0
    for label, (value, note, doors) in cards(at).items():
        for door, query in doors.items():
            expected = first_number(note) if "phase" in label.lower() or "Highest" in label or door == "Ended" else None
            assert len(ids(url, query)) == (first_number(value) if expected is None else expected), (label, door)
            checked += 1
        assert doors or value in ("–", "0"), label
    assert checked >= 4


def check_rows(url: str, at: AppTest) -> None:
    for found in tables(at):
        if {"Trials", "All"} <= set(found.columns):
            for number, address in zip(found["All"], found["Trials"], strict=True):
                path, _, query = address.partition("?")
                assert path == "trials"
                assert len(ids(url, query)) == number, address
        for column in found.columns:
            for cell in found[column].dropna():
                if isinstance(cell, str) and re.match(r"trials\?.*#[\d,]+$", cell):
                    query, _, number = cell.partition("?")[2].rpartition("#")
                    assert len(ids(url, query)) == first_number(number), cell


def test_each_link_with_a_number_opens_as_many(live: str) -> None:
    at = page("agents", agent="ivig", all="1", show="results")
    to_trials = {label: query for label, query in links(at, "trials").items() if re.search(r": [\d,]+ trials?$", label)}
    assert len(to_trials) >= 3
    for label, query in to_trials.items():
        assert len(ids(live, query)) == first_number(label.rpartition(":")[2]), label
    to_results = {label: query for label, query in links(at, "results").items() if ":" in label}
    assert {"Overdue", "Past its completion date and still open"} <= {one.partition(":")[0] for one in to_results}
    for label, query in to_results.items():
        (listed,) = tables(page("results", **{key: values[0] for key, values in parse_qs(query).items()}))
        assert len(listed) == first_number(label.rpartition(":")[2]), label


def test_roles_lead_to_their_trials(live: str) -> None:
    roles = table(page("agents", agent="corticosteroids", all="1"), "Role").set_index("Role")
    assert roles["Trials"].str.contains(r"role=\w+").all()
    assert roles.loc["Comparator", "All"] > 0
    comparators = ids(live, roles.loc["Comparator", "Trials"].partition("?")[2])
    assert len(comparators) == roles.loc["Comparator", "All"]
    assert comparators == [row["nct_id"] for row in exported(live, "agent=corticosteroids&all=1&role=comparator")]
    at = page("trials", agent="corticosteroids", all="1", role="comparator")
    assert f"{len(comparators)} trial" in shown(at)
    assert "corticosteroids as comparator in any condition" in shown(at)
    assert at.multiselect(key="filter_roles").value == ["comparator"]


def test_the_role_is_chosen_in_the_panel(live: str) -> None:
    at = page("trials", all="1")
    at.multiselect(key="filter_roles").set_value(["background"]).run()
    assert at.query_params["role"] == "background"
    assert any(one.label == "Filters (1 set)" for one in at.expander)


# --- the story --------------------------------------------------------------------------------------------------------


def test_the_first_screen_tells_who_what_and_how_fresh(live: str) -> None:
    at = page("agents", agent="rintatolimod")
    said = shown(at)
    assert at.header[0].value == "Rintatolimod (Ampligen)"
    assert "Named in “Chronic Fatigue Syndrome (CFS) and Immunotherapy" in said
    assert "data of 20 November 2026" in said
    (story,) = (one.value for one in at.markdown if "the highest phase entered" in one.value)
    assert story.startswith("2 trials give rintatolimod ")
    assert story.count(".") == 1
    assert "the one that ended has posted results" in story
    assert "Newest activity: NCT09070002" in links(at, "trial")
    assert links(at, "trial")["Newest activity: NCT09070002"] == "nct=NCT09070002"
    assert "C3: Rintatolimod (Ampligen) is experimental and looks promising in ME/CFS." in said
    assert links(at, "claims")["Reasons, evidence and rules of these verdicts"] == "agent=rintatolimod"


def test_what_was_kept_by_hand_stands_apart_with_its_source_and_day(live: str) -> None:
    (kept,) = (one for one in page("agents", agent="rintatolimod").expander if one.label.startswith("Papers and"))
    said = "\n".join(str(one.value) for kind in ("markdown", "text", "caption") for one in elements(kept, kind))
    assert "**not from the registry**" in said
    assert "The U.S. FDA refused approval" in said
    assert "Written on 22 November 2026" in said


def test_an_agent_with_nothing_is_none_found_here_and_anywhere(live: str) -> None:
    for agent in NOWHERE:
        at = page("agents", agent=agent)
        (info,) = (one.value for one in at.info if one.value.startswith("None found. The registry was asked"))
        assert "That does not mean that none exists." in info
        assert links(at, "trials")["In ME/CFS: 0 trials"] == f"agent={agent}&condition=me_cfs"
        assert "Trials" not in cards(at)
        assert "No trial with a known start is in this view." in shown(at)


def test_an_agent_that_was_asked_in_vain_is_not_known(unanswered: str) -> None:
    at = page("agents", agent="sizofiran", condition="lupus")
    said = shown(at)
    assert "Not known. The registry did not answer for sizofiran, and" in said
    assert "None found" not in said
    assert "The last refresh failed; earlier data is shown." in said
    assert "Nothing to compare yet" in said


def test_the_starter_is_a_sample_on_every_line(starter: str) -> None:
    at = page("agents", agent="corticosteroids")
    found = cards(at)
    assert "In the sample" in found
    assert "Trials" not in found
    said = shown(at)
    assert "The starter sample holds " in said
    assert "This is a sample, not a count: the registry has not been asked yet." in said
    assert "recruiting when the record was copied" in said
    assert "recruiting now;" not in said
    assert "In ME/CFS: not asked yet" in said
    assert "Nothing to compare yet" in said
    for value, note, doors in found.values():
        assert value != "0" or doors or "ended" not in note
    for door in found["In the sample"][2].values():
        assert len(ids(starter, door)) == first_number(found["In the sample"][0])


def test_sections_are_opened_by_the_address_and_only_then_read_every_record(
    live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_data, "verdicts", lambda: pytest.fail("read although nobody looks at it"))
    at = page("agents", agent="ivig", show="changes")
    assert at.session_state["agent_sections"] == "Changes"
    monkeypatch.undo()
    use(monkeypatch, live)
    assert "the US rule covers" in shown(page("agents", agent="ivig", show="results"))
    assert "This page has no section “other”" in shown(page("agents", agent="ivig", show="other"))
    assert set(agent_parts.SECTIONS) == {
        "timeline", "claims", "conditions", "changes", "findings", "results", "counting",
    }  # fmt: skip


def test_the_timeline_shows_a_few_and_leads_to_the_rest(live: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.timeline.parts.FEW", 2)
    at = page("agents", agent="ivig", all="1")
    bars = table(at, "Actual until")
    assert len(bars) == 2
    (label,) = (one for one in links(at, "timeline") if one.startswith("All "))
    whole = table(page("timeline", agent="ivig", all="1"), "Actual until")
    assert first_number(label) == len(whole) > 2
    assert list(bars["NCT id"]) == list(whole["NCT id"][:2])
    assert links(at, "timeline")[label] == "agent=ivig&all=1"


# --- changes and slips ------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    use(monkeypatch, url_of(tmp_path))
    opened = Store.open(url_of(tmp_path))
    yield opened
    opened.close()


def test_the_newest_changes_of_the_agent_and_the_way_to_all(store: Store) -> None:
    moved.every_kind(store)
    at = page("agents", agent="ivig")
    found = table(at, "Change")
    assert len(found) == 10
    assert set(found["NCT id"]) == {"trial?nct=NCT00000001"}
    assert "Agents" not in found
    assert {"High", "Medium"} <= set(found["Weight"]) <= {"High", "Medium", "Low"}
    assert "Planned size: 300 → 100, 67% fewer" in set(found["Change"])
    (headline,) = (one.value for one in at.markdown if "since the first load" in one.value)
    query = links(at, "changes")["All changes of this agent"]
    assert query == "agent=ivig&since=2026-11-20"
    there = page("changes", agent="ivig", since="2026-11-20")
    assert headline.partition("** since")[0] in "\n".join(one.value for one in there.markdown)
    assert len(table(there, "Change")) == first_number(headline) == len(KINDS) - 2  # two are noise


def test_changes_of_another_agent_are_none_of_its_business(store: Store) -> None:
    moved.every_kind(store)
    said = shown(page("agents", agent="methotrexate", background="1"))
    assert "No change seen in these trials since the first load on 20 November 2026." in said


def test_slips_are_counted_by_what_was_promised_with_their_lists(starter: str) -> None:
    found = table(page("agents", agent="ivig", all="1"), "First promised against now")
    slips = found.set_index("First promised against now")
    assert slips.loc[["Completion", "Enrolment"], "Moved"].tolist() == [1, 1]
    assert slips.loc["Completion", "Furthest"] == "48 months later, NCT05350774"
    assert slips.loc["Start", ["Moved", "Trials"]].isna().tolist() == [False, True]
    for address, number in slips.loc[slips["Moved"] > 0, ["Trials", "Moved"]].to_numpy():
        path, _, query = address.partition("?")
        assert path == "changes"
        listed = table(page(path, **{key: values[0] for key, values in parse_qs(query).items()}), "First promised")
        assert len(listed) == number


# --- side by side -----------------------------------------------------------------------------------------------------


def test_side_by_side_each_number_opens_its_list(live: str) -> None:
    at = AppTest.from_file(str(MAIN), default_timeout=120)
    at.switch_page("app_pages/agents.py")
    at.query_params["compare"] = ["corticosteroids", "ivig", "sizofiran"]
    at.query_params["all"] = "1"
    at.run()
    assert not at.exception
    found = table(at, "Highest phase anywhere").set_index("Agent")
    assert list(found.index) == ["Corticosteroids", "Intravenous immunoglobulin (IVIG)", "Sizofiran"]
    for agent, row in found.iterrows():
        for column in ("Given", "Recruiting now", "Results posted"):
            if isinstance(row[column], str):
                query, _, number = row[column].partition("?")[2].rpartition("#")
                assert len(ids(live, query)) == first_number(number), (agent, column)
    assert found.loc["Corticosteroids", "Highest phase here"] == found.loc["Corticosteroids", "Highest phase anywhere"]
    assert re.fullmatch(r"trial\?nct=NCT\d{8}", found.loc["Corticosteroids", "By trial"])
    assert found.loc["Sizofiran", "Given"].endswith("#0")
    for phases in (one for one in tables(at) if one.columns[0] == "Phase"):
        for number, address in zip(phases["All"], phases["Trials"], strict=True):
            assert len(ids(live, address.partition("?")[2])) == number


def test_the_look_is_switched_by_the_address(live: str) -> None:
    at = page("agents", agent="ivig")
    at.segmented_control(key="agents_look").set_value("several").run()
    assert at.query_params["compare"] == "ivig"
    assert "Choose two to four agents to see them on one scale." in shown(at)
    at.multiselect(key="compare").set_value([]).run()
    assert at.segmented_control(key="agents_look").value == "several"
    assert "Not compared" not in shown(at)
    at.segmented_control(key="agents_look").set_value("one").run()
    assert at.selectbox(key="agent").value == "ivig"


# --- the sentence -----------------------------------------------------------------------------------------------------

TOLD = Story(
    Filter(agents=("ivig",)), "IVIG", Asked("asked", "2026-11-20", "2026-11-20T08:00:00Z", None),
    "in the documents’ conditions", 3, 3, 1, 2, 2, 1, Rung("PHASE2", ("NCT00000001",)),
    Rung("PHASE3", ("NCT00000009",)), Newest("2026-04", "record updated", "NCT00000001"),
)  # fmt: skip
NEVER, FAILED = Asked("not_asked", None, None, None), Asked("failed", None, None, "No.")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "3 trials give IVIG in the documents’ conditions; the highest phase entered is phase 2 here and phase 3 "
             "elsewhere; 1 is recruiting now; newest activity in April 2026 (record updated, NCT00000001); "
             "1 of the 2 that ended has posted results."),
        ({"trials": 1, "recruiting": 0}, "1 trial gives IVIG in the documents’ conditions; the highest phase entered "
         "is phase 2 here and phase 3 elsewhere; none of the 3 with a recorded status is recruiting now;"),
        ({"here": Rung(None, ())}, "none here is known to have entered a phase; elsewhere the highest is phase 3;"),
        ({"here": Rung("PHASE3", ())}, "the highest phase entered is phase 3, here and anywhere;"),
        ({"anywhere": Rung(None, ()), "here": Rung(None, ())}, "none is known to have entered a phase;"),
        ({"status_known": 2, "recruiting": 2}, "2 of the 2 with a recorded status are recruiting now;"),
        ({"status_known": 1, "recruiting": 0}, "the one with a recorded status is not recruiting now;"),
        ({"trials": 1, "status_known": 1, "recruiting": 1}, "the trial is recruiting now;"),
        ({"status_known": 0}, "how many recruit is not known;"),
        ({"newest": None}, "no activity has a date;"),
        ({"ended": 0}, "none is known to have ended."),
        ({"ended_known": 0}, "2 ended; whether results are posted is not known."),
        ({"ended_known": 1, "posted": 0}, "none of the 2 that ended has posted results (not known for 1)."),
        ({"ended": 3, "ended_known": 3, "posted": 2}, "2 of the 3 that ended have posted results."),
        ({"ended": 1, "ended_known": 1, "posted": 1}, "the one that ended has posted results."),
        ({"ended": 1, "ended_known": 1, "posted": 0}, "the one that ended has posted no results."),
        ({"answer": NEVER}, "The starter sample holds 3 trials that give IVIG in the documents’ conditions;"),
        ({"answer": NEVER}, "This is a sample, not a count: the registry has not been asked yet."),
        ({"answer": FAILED}, "This is a sample, not a count: the registry did not answer."),
        ({"trials": 0}, "None found. The registry was asked, and sent no trial that gives IVIG here. "
                        "That does not mean that none exists. Try “All conditions”."),
        ({"trials": 0, "answer": NEVER}, "Not asked yet. The starter snapshot holds no trial that gives IVIG here"),
        ({"trials": 0, "answer": FAILED}, "Not known. The registry did not answer for IVIG, and"),
    ],
)  # fmt: skip
def test_sentences(changed: dict[str, Any], said: str) -> None:
    sentence = agent_story.sentence(TOLD._replace(**changed))
    assert said in sentence
    assert sentence.endswith(".")


def test_a_place_is_named_as_long_as_it_is_short() -> None:
    names = {one.id: one.name for one in WATCHLIST.conditions}
    assert agent_story.place(Filter(everywhere=True), names) == "in any condition"
    assert agent_story.place(Filter(conditions=("lupus", "me_cfs"), everywhere=True), names) == "in ME/CFS or lupus"
    assert agent_story.place(Filter(conditions=tuple(names)), names) == f"in the {len(names)} conditions chosen"
