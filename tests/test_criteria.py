"""What the word rules find in eligibility texts, and that what they are allowed to say is what was measured."""

import pytest

from dashboard.insights import criteria
from dashboard.insights.criteria import BURDEN, DEFINITIONS, PEM, find, pem_of
from dashboard.insights.measured import Figures
from tests import measure_criteria


def text(inside: str, outside: str = "") -> str:
    return f"Inclusion Criteria:\n\n* {inside}\n\nExclusion Criteria:\n\n* {outside or 'Pregnancy'}"


def found(*texts: str) -> set[tuple[str, str]]:
    return {(one.rule, one.place) for one in find(text(*texts))}


# Texts in the manner of the registry, all ours.
@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("Meets the Canadian Consensus Criteria", {"ccc"}),
        ("ME/CFS by the 2003 CCC", {"ccc"}),
        ("Fulfilling the Canadian clinical case definition", {"ccc"}),
        ("Diagnosis after the International Consensus Criteria for ME", {"icc"}),
        ("Meets ME-ICC", {"icc"}),
        ("Meets the 2015 Institute of Medicine criteria", {"iom"}),
        ("IOM criteria for systemic exertion intolerance disease (SEID)", {"iom"}),
        ("Fukuda criteria", {"fukuda"}),
        ("Meets the 1994 CDC case definition of CFS", {"fukuda"}),
        ("CFS after the Centers for Disease Control criteria", {"fukuda"}),
        ("Fukuda or Canadian consensus criteria", {"fukuda", "ccc"}),
        ("1988 CDC definition (Holmes)", {"holmes"}),
        ("Oxford criteria for CFS", {"oxford"}),
        ("Diagnosed after the NICE guideline", {"nice"}),
        ("A nice person from Oxford", set()),
        ("Physician-diagnosed chronic fatigue syndrome", set()),
        ("Squamous cell carcinoma (icc) of the skin", set()),
    ],
)
def test_case_definitions(words: str, rules: set[str]) -> None:
    assert {rule for rule, place in found(words) if rule in DEFINITIONS and place == "in"} == rules


@pytest.mark.parametrize(
    ("inside", "outside", "answer"),
    [
        ("Post-exertional malaise for more than 14 hours", "", "required"),
        ("Suffers from PEM", "", "required"),
        ("Postexertional malaise is present", "", "required"),
        ("Fatigue and at least four of: sore throat, headache, post-exertional malaise", "", "mentioned"),
        ("Fukuda criteria\n* Symptoms such as post-exertional malaise", "", "mentioned"),
        ("Canadian consensus criteria", "", "implied"),
        ("IOM criteria\n* Symptoms such as PEM", "", "implied"),
        ("CCC\n* Post-exertional malaise of at least 24 hours", "", "required"),
        ("Fukuda criteria", "", "none"),
        ("Healthy", "Post-exertional malaise", "excluded"),
        ("Healthy", "Canadian consensus criteria", "none"),
        ("Chronic fatigue", "", "none"),
        ("Take the pem out", "", "none"),
    ],
)
def test_post_exertional_malaise(inside: str, outside: str, answer: str) -> None:
    key, quote = pem_of(text(inside, outside))
    assert key == answer
    assert key in PEM
    assert (quote is None) == (answer == "none")


def test_no_text_is_not_a_text_without() -> None:
    assert pem_of(None) == ("unknown", None)
    assert pem_of("") == ("unknown", None)
    assert find(None) == []


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("Willing to return for follow-up visits", {"visits"}),
        ("Able to attend three visits in person", {"visits"}),
        ("Unable to travel to the clinic", {"visits"}),
        ("Positive test at the screening visit", set()),
        ("No steroids before Visit 1", set()),
        ("Lost to follow-up in an earlier trial", set()),
        ("Access to the internet and a smartphone", {"remote"}),
        ("Has a telephone", {"remote"}),
        ("Exposed to cats at home", set()),
        ("Computer tomography of the chest", set()),
        ("ECOG 0 or 1", {"function"}),
        ("Karnofsky of 60 or more", {"function"}),
        ("Bell disability score between 30 and 70", {"function"}),
        ("NYHA class III", set()),
        ("Wheelchair users", {"mobility"}),
        ("House-bound or bed-bound", {"mobility"}),
        ("Unable to leave the house", {"mobility"}),
        ("Ambulatory blood pressure above 140", set()),
    ],
)
def test_burden(words: str, rules: set[str]) -> None:
    assert {rule for rule, _ in found(words) if rule in BURDEN} == rules


def test_a_finding_says_where_and_in_the_registrys_words() -> None:
    long = "Words. " * 80 + "must be able to attend visits every week" + ", and more" * 60
    inside, outside = find(text(long, "Wheelchair \\<= 5 \\[users\\]"))
    assert (inside.rule, inside.place, inside.trait) == ("visits", "in", "burden")
    assert "able to attend visits" in inside.quote
    assert inside.quote.startswith("… ")
    assert inside.quote.endswith(" …")
    assert len(inside.quote) <= criteria.QUOTE + 10
    assert outside.quote == "* Wheelchair <= 5 [users]"
    assert (outside.rule, outside.place) == ("mobility", "out")


# -- what was measured ----------------------------------------------------------------------------------------------


def test_every_rule_has_its_figures() -> None:
    assert tuple(criteria.figures()) == criteria.rules()


def test_figures() -> None:
    figures = Figures(texts=50, positives=20, right=18, wrong=2)
    assert (figures.precision, figures.recall) == (0.9, 0.9)
    assert figures.holds
    assert not figures._replace(wrong=3).holds
    assert not Figures(50, 5, 5, 0).holds  # too few to say anything
    assert (Figures(50, 0, 0, 0).precision, Figures(50, 0, 0, 0).recall) == (None, None)


def test_only_rules_that_hold_are_said_without_possibly() -> None:
    for rule, figures in criteria.figures().items():
        hits = figures.right + figures.wrong
        good = hits >= 10 and figures.right / hits >= 0.9
        assert criteria.certain(rule) == good
    for one in find(text("ECOG 0. Fukuda criteria; post-exertional malaise", "Wheelchair")):
        assert one.certain == criteria.certain(one.rule)
    # No ME/CFS text is among the real ones, so nothing about definitions and malaise can be said for sure.
    assert not any(criteria.certain(rule) for rule in (*DEFINITIONS, "pem"))
    assert not criteria.certain("a rule nobody wrote")


def test_enough_texts_were_labelled() -> None:
    labelled = measure_criteria.labels()
    for name in ("visits", "remote", "function", "mobility"):
        assert sum(name in row for row in labelled.values()) >= 100
        assert sum(row.get(name, False) for row in labelled.values()) >= 10


@pytest.mark.skipif(not measure_criteria.RECORDS.exists(), reason="the real records are not on this machine")
def test_the_figures_are_what_the_real_texts_give() -> None:
    assert measure_criteria.measure(measure_criteria.labels(), measure_criteria.texts()) == criteria.figures()
