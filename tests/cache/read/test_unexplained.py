"""Interventions that no name of the watch-list explains."""

import pandas as pd
import pytest

from cache.read.unexplained import Unexplained, unexplained
from fetchers.matching.matcher import Matcher
from fetchers.watchlist.load import load

MATCHER = Matcher(load())


def trials(*rows: tuple[str, list[str] | None, list[str] | None]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["nct_id", "interventions", "condition_groups"])
    return frame.assign(left_registry=None)


def test_names_are_counted_by_trials_and_united_by_spelling() -> None:
    frame = trials(
        ("NCT00000001", ["DRUG: Xolutide", "DRUG: Xolutide 5", "DRUG: Placebo"], ["lupus"]),
        ("NCT00000002", ["DRUG: XOLUTIDE", "BEHAVIORAL: Talk"], ["lupus", "other"]),
        ("NCT00000003", ["DRUG: Xolutide"], ["lupus"]),
        ("NCT00000004", ["DRUG: Elsewhere"], ["other"]),
        ("NCT00000005", None, None),
    )

    assert unexplained(frame, ("lupus",), MATCHER) == (
        Unexplained("Xolutide", 3, ("NCT00000001", "NCT00000002", "NCT00000003")),
        Unexplained("Xolutide 5", 1, ("NCT00000001",)),
    )


@pytest.mark.parametrize(
    "name",
    ["DRUG: Prednisona", "DRUG: Budesonide", "DRUG: Humira", "BIOLOGICAL: GP 2017", "DRUG: Hyperbaric bupivacaine"],
)
def test_names_off_members_and_false_friends_explain(name: str) -> None:
    assert unexplained(trials(("NCT00000001", [name], ["lupus"])), ("lupus",), MATCHER) == ()


def test_an_intervention_of_no_type_is_shown_whole_and_a_trial_that_left_is_not() -> None:
    frame = trials(("NCT00000001", ["Part one: Xolutide"], ["lupus"]), ("NCT00000002", ["Gone"], ["lupus"]))
    frame.loc[1, "left_registry"] = "2026-11-01"

    assert [one.name for one in unexplained(frame, ("lupus",), MATCHER)] == ["Part one: Xolutide"]
