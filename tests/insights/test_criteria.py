"""What the word rules find in eligibility texts, and that what they are allowed to say is what was measured."""

import msgspec
import pytest

from fetchers.record import criteria_words
from fetchers.record.study import decode_study
from insights import criteria
from insights.criteria import BURDEN, DEFINITIONS, PEM, find, pem_of
from insights.measured import Figures
from tests import measure_criteria
from tests.fake_registry.studies import make_study
from tests.rigs.records import MADE, Records, each_set_at_hand

# What a reader finds in texts of the hand-made records; every matter that is not named was read for and not found.
_READ = {
    "NCT90000001": ("definition", "pem", "visits", "mobility"),
    "NCT90000003": ("definition", "remote"),
    "NCT90000008": ("remote",),
    "NCT90000009": ("definition",),
    "NCT90000010": ("function", "mobility"),
    "NCT90000012": ("function",),
    "NCT90000013": ("function", "visits"),
    "NCT90000014": ("definition", "pem", "mobility"),
    "NCT90000018": ("definition",),
    "NCT90000019": (),
    "NCT90000024": ("definition", "remote"),
}
MADE_LABELS = {
    nct_id: {matter: matter in found for matter in map(measure_criteria.matter, criteria_words.rules())}
    for nct_id, found in _READ.items()
}
# One visit is missed: the rule does not know "attend the clinic".
MADE_FIGURES = {
    rule: Figures(texts=len(_READ), positives=positives, right=right, wrong=0)
    for rule, positives, right in [
        ("ccc", 6, 3), ("icc", 6, 0), ("iom", 6, 1), ("fukuda", 6, 3), ("holmes", 6, 1), ("oxford", 6, 0),
        ("nice", 6, 0), ("pem", 2, 2), ("visits", 2, 1), ("remote", 3, 3), ("function", 3, 3), ("mobility", 3, 3),
    ]
}  # fmt: skip


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


# Each name says what the words do; "mentioned" and "none" are the answers when nothing is asked for.
@pytest.mark.parametrize(
    ("inside", "answer"),
    [
        pytest.param("Post-exertional malaise is not required.", "mentioned", id="not required, behind"),
        pytest.param("Fukuda criteria, no PEM needed", "mentioned", id="no, in front"),
        pytest.param("CFS without post-exertional malaise", "mentioned", id="without"),
        pytest.param("CFS without post-exertional malaise (PEM)", "mentioned", id="without, abbreviation behind"),
        pytest.param("PEM (post-exertional malaise) is not required", "mentioned", id="not required, short name"),
        pytest.param("CFS with or without PEM", "mentioned", id="with or without"),
        pytest.param("CFS with/without PEM", "mentioned", id="with/without"),
        pytest.param("Fatigue regardless of post-exertional malaise", "mentioned", id="regardless of"),
        pytest.param("Absence of post-exertional malaise", "mentioned", id="absence of"),
        pytest.param("Patients need not report PEM", "mentioned", id="need not report"),
        pytest.param("Post-exertional malaise need not be present", "mentioned", id="need not be present"),
        pytest.param("Does not have to have PEM", "mentioned", id="does not have to"),
        pytest.param("Doesn’t suffer from PEM", "mentioned", id="n’t"),
        pytest.param("PEM and poor sleep are not required", "mentioned", id="two matters not required"),
        pytest.param("Fukuda criteria (PEM not mandatory)", "mentioned", id="not mandatory, in brackets"),
        pytest.param("PEM, but this is not a requirement", "mentioned", id="but not a requirement"),
        pytest.param("Post-exertional malaise is optional", "mentioned", id="optional"),
        pytest.param("Severity of PEM, if present", "mentioned", id="if present"),
        pytest.param("No sore throat, or PEM", "mentioned", id="no, over a list with or"),
        pytest.param("Whether PEM is there is asked", "mentioned", id="whether"),
        pytest.param("Symptoms other than PEM", "mentioned", id="other than"),
        pytest.param("PEM is not needed. Post-exertional malaise is welcome", "required", id="one of two is negated"),
        pytest.param("PEM required", "required", id="required"),
        pytest.param("Must report post-exertional malaise", "required", id="must report"),
        pytest.param("No other explanation for PEM", "required", id="no other explanation"),
        pytest.param("Fatigue not relieved by rest, and post-exertional malaise", "required", id="not, before a comma"),
        pytest.param("Fatigue not relieved by rest and with PEM", "required", id="not relieved"),
        pytest.param("PEM not relieved by rest", "required", id="not relieved, behind"),
        pytest.param("PEM that is not explained by another illness", "required", id="not explained, behind"),
        pytest.param("PEM is required, a treadmill test is not required", "required", id="not required is another"),
        pytest.param("PEM required but poor sleep not required", "required", id="but another not required"),
        pytest.param("Not pregnant; PEM for 6 months", "required", id="not, before a semicolon"),
        pytest.param("Not in hospital but has PEM", "required", id="not, before but"),
        pytest.param("Cannot be enrolled without PEM", "required", id="two negations"),
        pytest.param("Nobody is enrolled unless PEM is present", "required", id="unless"),
        pytest.param("Not only fatigue and PEM", "required", id="not only"),
        pytest.param("PEM for no less than 6 months", "required", id="no less than, behind"),
        pytest.param("Ill for no less than 6 months with PEM", "required", id="no less than, in front"),
        pytest.param("Fatigue not reduced by rest and PEM", "required", id="not reduced by rest"),
        pytest.param("Lack of energy and PEM", "required", id="lack of something else"),
        pytest.param("Fatigue that cannot be attributed to work and PEM", "required", id="not attributed"),
        pytest.param("Unable to work because of PEM", "required", id="unable because of"),
    ],
)  # fmt: skip
def test_a_negation_asks_for_no_malaise(inside: str, answer: str) -> None:
    key, quote = pem_of(text(inside))
    assert (key, quote is not None) == (answer, True)


@pytest.mark.parametrize(
    ("inside", "answer"),
    [
        pytest.param("Meets IOM criteria", "implied", id="meets"),
        pytest.param("Patients not fulfilling the Canadian Consensus Criteria", "none", id="not fulfilling"),
        pytest.param("Failing to meet the Canadian Consensus Criteria", "none", id="failing to meet"),
        pytest.param("The IOM criteria need not be met", "none", id="need not be met"),
        pytest.param("Does not meet Fukuda or Canadian Consensus Criteria", "none", id="neither of two"),
        pytest.param("CFS not otherwise explained by the Canadian criteria", "implied", id="not otherwise explained"),
        pytest.param("Fulfilling Fukuda or Canadian Consensus Criteria", "none", id="or one without malaise"),
        pytest.param("Fukuda/Canadian consensus criteria", "none", id="slash"),
        pytest.param("Canadian consensus criteria and/or Fukuda criteria", "none", id="and/or"),
        pytest.param("Fukuda, Canadian consensus criteria or IOM criteria", "none", id="a list with or"),
        pytest.param("Fukuda criteria, Canadian criteria or ME-ICC", "none", id="a longer list with or"),
        pytest.param("Adults of any sex; Fukuda and Canadian criteria", "implied", id="any is not any of"),
        pytest.param("People of any age by Fukuda and Canadian criteria", "implied", id="any age is not any of"),
        pytest.param("One of: Fukuda, Canadian consensus criteria", "none", id="one of"),
        pytest.param("Fukuda and Canadian Consensus Criteria", "implied", id="and"),
        pytest.param("CDC/Fukuda criteria for ME/CFS and Canadian criteria", "implied", id="two names of one, and"),
        pytest.param("Fukuda, Canadian consensus criteria and IOM criteria", "implied", id="a list with and"),
        pytest.param("Canadian consensus criteria or ME-ICC", "implied", id="or another with malaise"),
        pytest.param("Fukuda and IOM criteria or ME-ICC", "implied", id="malaise on both sides of or"),
        pytest.param("Canadian criteria but not Fukuda criteria", "implied", id="but not one without"),
        pytest.param("Fukuda criteria but not Canadian criteria", "none", id="but not one with"),
        pytest.param("Fukuda criteria for 6 months or more and IOM criteria", "implied", id="or more is no or"),
        pytest.param("Fukuda criteria\n* Canadian criteria", "implied", id="two criteria"),
    ],
)
def test_a_definition_implies_malaise_only_when_nobody_gets_in_without(inside: str, answer: str) -> None:
    assert pem_of(text(inside))[0] == answer


def test_a_negated_definition_is_found_and_not_counted() -> None:
    body = text("Fukuda criteria\n* Not fulfilling the Canadian Consensus Criteria", "No IOM criteria")
    assert [(one.rule, one.place, one.negated) for one in find(body)] == [
        ("fukuda", "in", False), ("ccc", "in", True), ("iom", "out", False),
    ]  # fmt: skip
    study = decode_study(msgspec.json.encode(make_study("NCT07000001", eligibility=body)))
    (row,) = criteria.pem_table([study]).to_dict("records")
    assert row["definitions"] == ["fukuda"]
    assert list(criteria.table([study]).columns) == list(criteria.FINDING_COLUMNS)


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
    assert outside.quote == "Wheelchair <= 5 [users]"
    assert (outside.rule, outside.place) == ("mobility", "out")


# -- what was measured ----------------------------------------------------------------------------------------------


def test_every_rule_has_its_figures() -> None:
    assert tuple(criteria.figures()) == criteria_words.rules()


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


@each_set_at_hand
def test_the_figures_are_what_the_texts_give(at_hand: Records) -> None:
    labelled, expected = (MADE_LABELS, MADE_FIGURES) if at_hand is MADE else (
        measure_criteria.labels(), criteria.figures()
    )  # fmt: skip
    assert measure_criteria.measure(labelled, measure_criteria.texts(at_hand)) == expected
