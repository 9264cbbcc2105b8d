"""The highest phase entered, anywhere and in one condition."""

import pandas as pd
from hypothesis import given, settings

from cache.codes import LANES, PHASE_PATH
from cache.filters.filter import Filter
from dashboard.gaps import charts as gap_charts
from dashboard.gaps import tables as gap_words
from insights import ladder
from tests.rigs.insight_rows import AGENTS, CONDITIONS, LISTED, Frames, Made, frames, stores
from tests.rigs.trial_rows import Why, row

NAMES = {agent.id: agent.name for agent in LISTED.agents}


def steps(found: Frames, condition: str = "me_cfs") -> pd.DataFrame:
    every = ladder.ladders(LISTED, *found[:3])
    return every[every["condition"] == condition].reset_index(drop=True)


@settings(deadline=None, max_examples=20)
@given(stores())
def test_no_condition_is_further_than_all_of_them_and_some_condition_is_as_far(made: Made) -> None:
    found = made.frames()
    every = ladder.ladders(LISTED, *found[:3])
    assert list(every["condition"]) == [condition for condition in CONDITIONS for _ in AGENTS]
    for at, agent in enumerate(AGENTS):
        rows = [row_ for _, row_ in every[at :: len(AGENTS)].iterrows()]
        assert {row_["agent"] for row_ in rows} == {agent}
        assert len({row_["any_lane"] for row_ in rows}) == 1
        top = ladder.step(rows[0]["any_lane"])
        here = [ladder.step(row_["here_lane"]) for row_ in rows]
        assert max((one for one in here if one is not None), default=None) == top
        for row_ in rows:
            assert bool(row_["here_lane"]) == bool(row_["here_ids"])
            assert row_["here_lane"] is None or row_["here_lane"] in PHASE_PATH


@settings(deadline=None, max_examples=12)
@given(stores())
def test_every_number_is_the_length_of_the_list_it_opens(made: Made) -> None:
    found = made.frames()

    def address(wanted: Filter) -> str:
        return ",".join(wanted.apply(*found[:2], LISTED).trials["nct_id"])

    table = steps(found)
    shown = gap_words.ladder_rows(table, NAMES, "ME/CFS", address)
    for column, key in (("Trials there", "any_ids"), ("Trials there, ME/CFS", "here_ids")):
        for link, ids in zip(shown[column], table[key], strict=True):
            assert (link if isinstance(link, str) else "") == (f"{','.join(ids)}#{len(ids)}" if ids else "")


def example() -> Frames:
    rows = [
        row(1, phases=["PHASE2", "PHASE3"]), row(2, phases=["PHASE2"]),
        row(3, phases=["PHASE3"], overall_status="WITHDRAWN"), row(4, phases=["PHASE4"], condition_groups=["lupus"]),
        row(5, phases=["PHASE4"], overall_status="NOT_YET_RECRUITING"), row(6, phases=["NA"]),
    ]  # fmt: skip
    why = {number: [Why("methotrexate")] for number in (1, 2, 3, 4, 5)} | {6: [Why("ivig")]}
    return frames(rows, why, {"methotrexate": {}, "ivig": {}})


def test_the_highest_phase_entered_counts_and_joint_phases_have_their_own() -> None:
    first, second, third = steps(example()).to_dict("records")
    assert (first["any_lane"], first["any_ids"]) == ("PHASE4", ("NCT00000004",))
    assert (first["here_lane"], first["here_ids"]) == ("PHASE2|PHASE3", ("NCT00000001",))
    assert (first["any_trials"], first["here_trials"]) == (5, 4)
    assert (second["any_lane"], second["any_trials"]) == (None, 1)  # a trial without a phase is no step
    assert (third["any_lane"], third["state"]) == (None, "not_asked")
    assert ladder.step("PHASE1") == LANES.index("PHASE1")
    assert ladder.step(None) is None


def test_the_ladder_in_words() -> None:
    table = steps(example())
    shown = gap_words.ladder_rows(table, NAMES, "ME/CFS", lambda wanted: "x")
    assert list(shown["Highest in any condition"]) == ["Phase 4", "No phase entered", "Not asked yet"]
    assert list(shown["Highest in ME/CFS"]) == ["Phase 2/3", "No phase entered", "Not asked yet"]
    assert gap_words.ladder_say(table, NAMES, "ME/CFS").startswith("Further elsewhere than in ME/CFS: methotrexate.")
    nothing = steps(frames([], {}, {}))
    assert gap_words.ladder_say(nothing, NAMES, "lupus") == "No agent is known to have entered a phase."


def test_the_picture_keeps_a_row_for_every_agent_and_two_marks() -> None:
    figure = gap_charts.ladder(steps(example()), NAMES, "ME/CFS", lambda row, key: f"trials?{row['agent']}&{key}")
    assert list(figure.layout.yaxis.categoryarray) == list(NAMES.values())
    marks = {trace.name: (list(trace.x), trace.marker.symbol) for trace in figure.data if trace.mode == "markers"}
    assert marks == {"In any condition": (["Phase 4"], "circle-open"), "In ME/CFS": (["Phase 2/3"], "circle")}
    assert [list(trace.x) for trace in figure.data if trace.mode == "lines"] == [["Phase 2/3", "Phase 4"]]
    (mark,) = (trace for trace in figure.data if trace.name == "In ME/CFS")
    assert [address.endswith("&here") for address in mark.customdata] == [True]
    assert mark.hovertext[0].endswith("in ME/CFS: 1 trial in phase 2/3")
