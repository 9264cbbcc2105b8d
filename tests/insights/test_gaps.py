"""The gap map: all agents and all condition groups always, cells that add up, three kinds of empty."""

from datetime import date
from typing import Any

import pandas as pd
from hypothesis import given, settings

from cache.filters.filter import Filter
from dashboard.gaps import charts as gap_charts
from dashboard.gaps import tables as gap_words
from insights import evidence, gaps
from tests.rigs.insight_rows import AGENTS, CONDITIONS, LISTED, Frames, Made, frames, stores
from tests.rigs.trial_rows import Why, row

TODAY = date(2026, 11, 22)
NEVER = {"refreshed_at": None, "registry_timestamp": None, "starter": True}
NAMES = {agent.id: agent.name for agent in LISTED.agents}
GROUPS = {condition.id: condition.name for condition in LISTED.conditions}


def grid(found: Frames, *, background: bool = False) -> pd.DataFrame:
    return gaps.grid(LISTED, *found[:3], today=TODAY, background=background)


def cell(cells: pd.DataFrame, agent: str, condition: str) -> "pd.Series[Any]":
    return cells[(cells["agent"] == agent) & (cells["condition"] == condition)].iloc[0]


@settings(deadline=None, max_examples=20)
@given(stores())
def test_the_map_is_whole_and_adds_up_on_every_store(made: Made) -> None:
    found = made.frames()
    for background in (False, True):
        cells = grid(found, background=background)
        pairs = [(agent, condition) for agent in AGENTS for condition in CONDITIONS]
        assert list(zip(cells["agent"], cells["condition"], strict=True)) == pairs
        for agent in AGENTS:
            every = Filter(agents=(agent,), everywhere=True, background=background)
            known = set(every.apply(*found[:2], LISTED).trials["nct_id"])
            mine = cells[cells["agent"] == agent]
            assert {nct_id for ids in mine["ids"] for nct_id in ids} == known
        for one in cells.to_dict("records"):
            if one["state"] == gaps.FOUND or not one["sample"]:
                assert one["total"] == len(one["ids"]) == one["recruiting"] + one["stopped"] + one["other"]
            else:
                assert pd.isna(one["total"])
            assert (one["state"] == gaps.FOUND) == bool(one["ids"])


@settings(deadline=None, max_examples=12)
@given(stores())
def test_every_number_is_the_length_of_the_list_it_opens(made: Made) -> None:
    found = made.frames()
    opened: list[Filter] = []

    def address(wanted: Filter) -> str:
        opened.append(wanted)
        return f"trials?n={len(wanted.apply(*found[:2], LISTED).trials)}"

    table = gap_words.cell_rows(grid(found), NAMES, GROUPS, False, address)
    for column in ("Trials", "Recruiting", "Stopped or paused"):
        for link in table[column].dropna():
            listed, _, number = link.partition("#")
            assert listed == f"trials?n={number}"
    assert len(opened) == 3 * int(grid(found)["total"].notna().sum())


def test_the_three_kinds_of_empty() -> None:
    found = frames([], {}, {"methotrexate": {}, "ivig": NEVER | {"error": "No answer."}})
    cells = grid(found)
    assert cell(cells, "methotrexate", "lupus")["state"] == gaps.NONE
    assert cell(cells, "methotrexate", "lupus")["total"] == 0
    assert cell(cells, "methotrexate", "lupus")["registry_date"] == "2026-11-19"
    assert cell(cells, "ivig", "lupus")["state"] == gaps.FAILED
    assert cell(cells, "ivig", "lupus")["error"] == "No answer."
    assert cell(cells, "tnf_inhibitors", "lupus")["state"] == gaps.NOT_ASKED
    states = gap_words.cell_rows(cells, NAMES, GROUPS, False, lambda wanted: "x")["State"]
    assert set(states) == {
        "None found (data of 2026-11-19)", "No answer", "Not asked yet",
    }  # fmt: skip
    say = gap_words.gaps_say(cells)
    assert say == (
        "0 of 12 combinations have trials; none found for 4; 4 not asked yet; no answer for 4."
    )  # fmt: skip


def test_the_starter_counts_as_not_asked() -> None:
    found = frames([row(1, origin="starter")], {1: [Why("ivig")]}, {"ivig": NEVER})
    cells = grid(found)
    assert (cell(cells, "ivig", "me_cfs")["state"], cell(cells, "ivig", "me_cfs")["sample"]) == (gaps.FOUND, True)
    assert cell(cells, "ivig", "lupus")["state"] == gaps.NOT_ASKED
    states = gap_words.cell_rows(cells, NAMES, GROUPS, False, lambda wanted: "x")["State"]
    assert "Sample: not asked yet" in set(states)


def test_an_agent_whose_newest_attempt_failed_keeps_its_earlier_answer() -> None:
    one = cell(grid(frames([], {}, {"ivig": {"error": "No answer."}})), "ivig", "me_cfs")
    assert (one["state"], one["error"], one["total"]) == (gaps.NONE, "No answer.", 0)


def test_what_a_cell_holds() -> None:
    rows = [
        row(1, overall_status="RECRUITING", phases=["PHASE1", "PHASE2"], last_update_posted="2026-03"),
        row(2, overall_status="WITHDRAWN", phases=["PHASE4"], last_update_posted="2026-09-01"),
        row(3, overall_status="NOT_YET_RECRUITING", phases=["PHASE3"], start_date="2026-12"),
        row(4, overall_status="COMPLETED", phases=["NA"]),
        row(5, phases=["PHASE3"]),
        row(6, phases=["PHASE3"]),
    ]
    why = {number: [Why("ivig")] for number in range(1, 5)} | {
        5: [Why("ivig", "given", "background")], 6: [Why("ivig", "excluded", None)],
    }  # fmt: skip
    found = frames(rows, why, {"ivig": {}})
    one = cell(grid(found), "ivig", "me_cfs")
    assert [one[name] for name in gaps.NUMBERS] == [4, 1, 1, 2]
    assert one["highest"] == "PHASE1|PHASE2"  # neither withdrawn nor planned trials have entered their phase
    assert (one["newest"], one["newest_what"], one["newest_id"]) == ("2026-09-01", "record updated", "NCT00000002")
    assert cell(grid(found, background=True), "ivig", "me_cfs")["highest"] == "PHASE3"


def test_the_kinds_of_empty_look_different_without_colour() -> None:
    found = frames([row(1, overall_status="RECRUITING")], {1: [Why("methotrexate")]},
                   {"methotrexate": {}, "ivig": NEVER | {"error": "No."}})  # fmt: skip
    figure = gap_charts.gap_map(grid(found), NAMES, GROUPS, lambda row: f"trials?agent={row['agent']}")
    assert len(set(gap_charts.EMPTY.values())) == 3
    signs = {
        (y, x): sign
        for trace in figure.data[1:]
        for x, y, sign in zip(trace.x, trace.y, trace.text, strict=True)
    }  # fmt: skip
    assert len(signs) == 12
    assert signs["Methotrexate", "ME/CFS"] == "<b>1</b>"  # bold: some recruit
    assert signs["Methotrexate", "Lupus"] == "0"
    assert signs["IVIG", "Lupus"] == "✕"
    assert signs["TNF inhibitors", "Lupus"] == "–"
    assert list(figure.data[0].z[0]) == [1, 0, 0, 0]
    assert list(figure.data[0].customdata[0]) == ["trials?agent=methotrexate", "", "", ""]
    assert figure.data[0].hovertext[0][1] == "Methotrexate, Fibromyalgia: none found"
    assert set(figure.data[0].z[1]) == {None}  # what nobody knows has no ground


def test_activity_is_no_plan() -> None:
    rows = [row(1, overall_status="RECRUITING", start_date="2020-01", completion_date="2026-01"),
            row(2, overall_status="COMPLETED", completion_date="2027-01"),
            row(3, completion_date="2026-02", completion_date_type="ESTIMATED")]  # fmt: skip
    found = evidence.dated(evidence.pairs(*frames(rows, {n: [Why("ivig")] for n in (1, 2, 3)}, {})[:2]), TODAY)
    assert dict(zip(found["nct_id"], found["newest"], strict=True)) == {
        "NCT00000001": "2020-01", "NCT00000002": None, "NCT00000003": None,
    }  # fmt: skip
