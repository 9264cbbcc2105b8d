"""The classes of the reasons why trials stopped, and that what they are allowed to say is what was measured."""

import pytest

from insights import why_stopped
from insights.why_stopped import CLASSES, UNCLASSIFIED, why_classes
from tests import measure_why_stopped


# Reasons in the manner of the registry, ours except where they are too short to be anybody's.
@pytest.mark.parametrize(
    ("why", "classes"),
    [
        ("Slow recruitment", ["people"]),
        ("Low enrolment", ["people"]),
        ("Recruitment was too slow.", ["people"]),
        ("No participants enrolled", ["people"]),
        ("Unable to recruit enough patients", ["people"]),
        ("Loss of funding", ["money"]),
        ("Lack of funding and slow accrual", ["people", "money"]),
        ("Study costs", ["money"]),
        ("Interim analysis: futility", ["no_effect"]),
        ("The primary endpoint was not met", ["no_effect"]),
        ("Lack of efficacy", ["no_effect"]),
        ("Did not show benefit over placebo", ["no_effect"]),
        ("Serious adverse events", ["harm"]),
        ("Toxicity", ["harm"]),
        ("Stopped early because the primary endpoint was reached", ["goal_met"]),
        ("Sponsor decision", ["sponsor"]),
        ("Business reasons, not related to safety", ["sponsor"]),
        ("Company decision; no safety concerns", ["sponsor"]),
        ("Not due to safety but because of slow enrollment", ["people"]),
        ("PI left the institution", ["staff"]),
        ("The principal investigator moved", ["staff"]),
        ("Shortage of staff", ["staff"]),
        ("Drug supply issues", ["logistics"]),
        ("Study drug was not available", ["logistics"]),
        ("FDA", ["authority"]),
        ("Ethics committee withdrew its approval", ["authority"]),
        ("Protocol was amended", ["design"]),
        ("Replaced by another study", ["other_study"]),
        ("COVID-19", ["pandemic"]),
        ("Low recruitment due to the pandemic", ["people", "pandemic"]),
        ("The moon was full", ["unclassified"]),
        (None, ["none_given"]),
        ("", ["none_given"]),
        ("N/A", ["none_given"]),
        (" - ", ["none_given"]),
    ],
)
def test_why_classes(why: str | None, classes: list[str]) -> None:
    assert why_classes(why) == classes


def test_every_label_is_a_class_and_no_reason_is_labelled_twice() -> None:
    labelled = measure_why_stopped.labels()
    assert {name for one in labelled for name in one.classes} <= set(CLASSES)
    assert all(one.classes and one.why for one in labelled)
    ids = [one.nct_id for one in labelled]
    assert len(ids) == len(set(ids)) >= 400
    assert sum(one.unseen for one in labelled) >= 150
    assert not any(UNCLASSIFIED in one.classes and len(one.classes) > 1 for one in labelled)


def test_the_committed_figures_are_those_of_the_reasons_the_rules_never_saw() -> None:
    unseen = tuple(one for one in measure_why_stopped.labels() if one.unseen)
    assert measure_why_stopped.measure(unseen) == why_stopped.figures()


def test_only_a_rule_that_proved_itself_speaks_without_possibly() -> None:
    figures = why_stopped.figures()
    assert tuple(figures) == why_stopped.rules()
    for name in CLASSES:
        plain = name not in figures or (
            figures[name].right + figures[name].wrong >= 10
            and figures[name].right / (figures[name].right + figures[name].wrong) >= 0.9
        )
        assert why_stopped.said(name) == CLASSES[name] + ("" if plain else ", possibly")
    assert {why_stopped.said(name) == CLASSES[name] for name in figures} == {True, False}
