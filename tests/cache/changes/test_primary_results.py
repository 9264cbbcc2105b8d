"""A change of primary results in words: what was there, what is there now, nothing that does not differ."""

from typing import Any

import pytest

from cache.changes.primary_results import changed, describe, primary
from tests.fake_registry.results import results_section
from tests.rigs.posted_results import answered

NCT = "NCT00000001"


def edited(edit: Any) -> dict[str, Any]:
    section = results_section()
    edit(section["outcomeMeasuresModule"]["outcomeMeasures"])
    return section


def analysis(outcomes: list[dict[str, Any]]) -> None:
    outcomes[0]["analyses"][0]["pValue"] = "0.2"


def limits(outcomes: list[dict[str, Any]]) -> None:
    outcomes[0]["classes"][0]["categories"][0]["measurements"][1] |= {
        "value": "3",
        "lowerLimit": "1",
        "upperLimit": "5",
    }


def twice(outcomes: list[dict[str, Any]]) -> None:
    outcomes[0]["classes"].append(outcomes[0]["classes"][0])


def added(outcomes: list[dict[str, Any]]) -> None:
    outcomes.append({"type": "PRIMARY", "title": "Sleep"})


def removed(outcomes: list[dict[str, Any]]) -> None:
    del outcomes[0]


def renamed_and_added(outcomes: list[dict[str, Any]]) -> None:
    outcomes[0]["title"] = "Tiredness"
    added(outcomes)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            analysis,
            "“Fatigue, change from baseline”, analysis: Mean Difference (Net) 2.1 [0.3 to 3.9], p 0.02, ANCOVA → Mean "
            "Difference (Net) 2.1 [0.3 to 3.9], p 0.2, ANCOVA",
        ),
        (limits, "“Fatigue, change from baseline”, Placebo: NA → 3 [1 to 5]"),
        (twice, "“Fatigue, change from baseline”, Drug (2): nothing → 4.2 (1.1)"),
        (added, "“Sleep” added"),
        (removed, "“Fatigue, change from baseline” removed"),
        (renamed_and_added, "“Tiredness”, and 1 other outcome"),
    ],
)
def test_a_change_is_told_with_before_and_after(edit: Any, words: str) -> None:
    (event,) = changed(answered(NCT, results_section()), answered(NCT, edited(edit)))
    assert (event.kind, event.weight) == ("results_posted", "high")
    assert describe(event.before, event.after) == f"primary result changed: {words}"


def test_what_tells_the_same_is_no_change() -> None:
    before = answered(NCT, results_section())
    assert changed(before, before) == ()
    section = edited(lambda outcomes: outcomes[1].update(title="Another secondary outcome"))
    assert changed(before, answered(NCT, section)) == ()
    assert primary(before)[0]["values"] == {"Drug": "4.2 (1.1)", "Placebo": "NA"}
