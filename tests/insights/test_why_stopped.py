"""The classes of the reasons why trials stopped, and that what they are allowed to say is what was measured."""

import pytest

from insights import why_stopped
from insights.measured import Figures
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
        ("Sponsor", ["sponsor"]),
        ("Per sponsor", ["sponsor"]),
        ("Change in company's strategy", ["sponsor"]),
        ("Pfizer decided to stop the trial", ["sponsor"]),
        ("Sponsor pulled out", ["sponsor"]),
        ("The firm was wound up", ["sponsor"]),
        ("Decision to discontinue the clinical program", ["sponsor"]),
        ("Development of the product was halted", ["sponsor"]),
        ("Enrolment stalled", ["people"]),
        ("Nobody was enrolled", ["people"]),
        ("The recruitment rate was below expectations", ["people"]),
        ("Target sample size was not reached", ["people"]),
        ("The drug did not help patients", ["no_effect"]),
        ("Safety", ["harm"]),
        ("Emerging safety information", ["harm"]),
        ("Interim analysis showed superiority", ["goal_met"]),
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
        # Words of the people who run a trial.
        ("Terminated by sponsor", ["sponsor"]),
        ("The study was closed by the company", ["sponsor"]),
        ("Strategic reasons", ["sponsor"]),
        ("A change of corporate strategy", ["sponsor"]),
        ("Company was dissolved", ["sponsor"]),
        ("The company went out of business", ["sponsor"]),
        ("Sponsor is bankrupt", ["sponsor"]),
        ("Merger of two companies", ["sponsor"]),
        ("Portfolio review", ["sponsor"]),
        ("The compound was out-licensed", ["sponsor"]),
        ("Funding was withdrawn by the sponsor", ["money"]),
        ("Treatment strategy of the ward", ["unclassified"]),
        # Too few people, and what only looks like it.
        ("Lagging enrollment", ["people"]),
        ("Enrolment lagged behind the plan", ["people"]),
        ("Accrual slower than planned", ["people"]),
        ("Very few eligible people", ["people"]),
        ("No benefit for participants", ["no_effect"]),
        ("No difference between the patients of both groups", ["no_effect"]),
        ("Insufficient response of the subjects", ["no_effect"]),
        # Safety, and what is no reason.
        ("Safety data", ["harm"]),
        ("New safety data from animals", ["harm"]),
        ("Unfavourable benefit/risk balance", ["harm"]),
        ("Two SAEs", ["harm"]),
        ("Business reasons; the decision was not related to any safety finding", ["sponsor"]),
        ("Non-safety related company decision", ["sponsor"]),
        ("Not terminated due to any safety concern but because of slow accrual", ["people"]),
        ("Interim data were inconclusive", ["no_effect"]),
        ("Futility of recruitment", ["people"]),
        ("The device is no longer available", ["logistics"]),
        ("Production of the drug was stopped: nationwide shortage", ["logistics"]),
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
    assert sum(one.unseen for one in labelled) >= 200
    assert all(measure_why_stopped.kept(one.nct_id) for one in labelled if one.unseen)
    assert not any(UNCLASSIFIED in one.classes and len(one.classes) > 1 for one in labelled)


def test_the_committed_figures_are_those_of_the_reasons_that_were_kept_aside() -> None:
    unseen = tuple(one for one in measure_why_stopped.labels() if one.unseen)
    assert measure_why_stopped.measure(unseen) == why_stopped.figures()


def test_only_a_rule_that_proved_itself_speaks_without_possibly() -> None:
    figures = why_stopped.figures()
    assert tuple(figures) == why_stopped.rules()
    for name in CLASSES:
        plain = name not in figures or _proved(*figures[name])
        assert why_stopped.said(name) == CLASSES[name] + ("" if plain else ", possibly")
    assert {why_stopped.said(name) == CLASSES[name] for name in figures} == {True, False}


def _proved(texts: int, positives: int, right: int, wrong: int) -> bool:
    return right + wrong >= 10 and right >= 0.9 * (right + wrong) and right >= 0.9 * positives


@pytest.mark.parametrize(
    ("figures", "holds"),
    [
        (Figures(100, 10, 10, 0), True),
        (Figures(100, 20, 20, 2), True),
        (Figures(100, 20, 17, 0), False),  # misses more than a tenth
        (Figures(100, 9, 9, 0), False),  # too few to tell
        (Figures(100, 20, 20, 4), False),  # wrong too often
        (Figures(100, 0, 0, 0), False),
    ],
)
def test_a_rule_holds_when_it_is_seldom_wrong_and_misses_little(figures: Figures, holds: bool) -> None:
    assert figures.holds == holds
