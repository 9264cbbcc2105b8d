"""What only a description says is given. The records are invented."""

import pytest

from fetchers.matching.names import Text
from fetchers.matching.sentences import says_given, sentences
from tests.fetchers.matching.invented import A, E, N, O, P, match_of, study, tiers


@pytest.mark.parametrize(
    "words",
    [
        "steroid injection",
        "The needle is placed at the foramen. A mixture of 2 ml lidocaine and 8 mg dexamethasone is injected.",
        "The solution consists of 3 ml bupivacaine, 1 ml saline and 40 mg methylprednisolone acetate",
        "Patients will receive prednisone, vincristine and etoposide during the first cycle",
        "IT: prednisone +/- cytarabine according to the stage",
        "Injection with prednisolon",
        "Triamcinolone (40 mg) will be deposited around the nerve",
        "0.5% ropivacaine plus dexamethasone",
        "Premedication with methylprednisolone 100 mg before each infusion",
    ],
)
def test_an_intervention_whose_description_says_so_is_given(words: str) -> None:
    match = match_of(
        study(interventions=[{"name": "Transforaminal epidural procedure", "description": words}]), "corticosteroids"
    )

    assert match
    assert (match.tier, match.found_in) == ("given", "description")
    assert match.quote
    assert match.quote in words


@pytest.mark.parametrize(
    "words",
    [
        "After a wash-out of prednisone the drug is started",
        "The comparator in the other study was prednisone 10 mg",
        "Another trial used prednisone 20 mg",
        "Prednisone 10 mg was the comparator in an earlier trial",
        "People previously treated with prednisone get the drug",
        "Prednisone may be continued",
        "Rescue treatment with prednisone if needed",
        "without prednisone",
        "The drug is compared with prednisone",
        "For patients who failed prednisone 20 mg a day",
        "Patients taking prednisone will receive the new drug",
        "No more than 10 mg prednisone equivalent a day is allowed",
        "Placebo matching prednisone",
        "Prednisone will not be given",
        "Prednisone will be stopped 2 weeks before baseline",
        "20 mg inhaled hydrocortisone",
        "The drug acts at the glucocorticoid receptor",
        "A new drug with fewer risks than those of long treatment with prednisone in this disease, it is hoped",
    ],
)
@pytest.mark.parametrize("place", ["intervention", "arm"])
def test_a_description_that_speaks_of_something_else_is_a_mention(words: str, place: str) -> None:
    named = {"name": "New drug", "description": words if place == "intervention" else "as told"}
    record = study(interventions=[named], arms=[(E, "New", ["New drug"], words if place == "arm" else "as told")])

    assert tiers(record).get("corticosteroids") != "given"


@pytest.mark.parametrize(
    ("arms", "role"),
    [
        ([(E, "Block + 8 mg dexamethasone", ["Block"]), (A, "Block", ["Block"])], "tested"),
        ([(A, "D", ["Block"], "ropivacaine plus 8 mg dexamethasone"), (A, "R", ["Block"], "ropivacaine")], "tested"),
        ([(E, "Ozone", ["Block"], "ozone 5 ml"), (A, "Steroid", ["Block"], "triamcinolone 40 mg")], "comparator"),
        (
            [(E, "a", ["Block"], "8 mg dexamethasone, 20 ml"), (A, "b", ["Block"], "8 mg dexamethasone, 30 ml")],
            "background",
        ),
    ],
)
def test_the_words_of_an_arm_say_what_it_gives(arms: list[tuple[object, ...]], role: str) -> None:
    match = match_of(
        study(interventions=["Xyzal block"], arms=[(*arm[:2], ["Xyzal block"], *arm[3:]) for arm in arms]),
        "corticosteroids",
    )

    assert match
    assert (match.tier, match.found_in, match.role) == ("given", "description", role)


@pytest.mark.parametrize("words", ["standard therapy", "conventional medical treatment", "usual care"])
def test_the_usual_treatment_that_one_arm_spells_out_is_that_of_the_other(words: str) -> None:
    arms = [
        (E, "New", ["Newdrug"], f"Newdrug on top of {words}"),
        (N, "Old", [], f"People receive {words} with prednisone 10 mg a day"),
    ]
    match = match_of(study(interventions=["Newdrug"], arms=arms), "corticosteroids")

    assert match
    assert match.role == "background"


def test_a_name_goes_before_a_description() -> None:
    record = study(interventions=["Prednisone", {"name": "Block", "description": "8 mg dexamethasone is injected"}])
    match = match_of(record, "corticosteroids")

    assert match
    assert (match.found_by, match.found_in, match.quote) == (("prednisone",), "name", None)


@pytest.mark.parametrize("kind", ["BEHAVIORAL", "DIAGNOSTIC_TEST"])
def test_a_talk_or_a_test_gives_no_medicine(kind: str) -> None:
    record = study(interventions=[{"name": "Talk", "type": kind, "description": "people receive prednisone 5 mg"}])

    assert tiers(record) == {"corticosteroids": "mentioned"}


def test_the_sentence_is_the_registrys_own_and_not_endless() -> None:
    long = (
        "Before the procedure "
        + "people rest for a while and " * 20
        + "then 8 mg dexamethasone is injected "
        + "slowly and " * 30
    )
    match = match_of(study(interventions=[{"name": "Procedure", "description": long}]), "corticosteroids")

    assert match
    assert match.quote
    assert "8 mg dexamethasone" in match.quote
    assert len(match.quote) < 310


def test_sentences_are_cut_at_stops_and_lines_not_at_decimals_and_shortenings() -> None:
    text = "Give 0.5 mg i.v. once. Then wait.\n* 2 mg more, e.g. at night"

    assert [sentence.quote for sentence in sentences(text)] == [
        "Give 0.5 mg i.v. once",
        "Then wait",
        "* 2 mg more, e.g. at night",
    ]


def test_a_single_arm_of_a_questionnaire_is_no_test_of_the_medicine() -> None:
    arms = [(O, "All", ["Lessons"], "treated with prednisone 20 mg")]
    match = match_of(study(interventions=["Lessons"], arms=arms), "corticosteroids")

    assert match
    assert match.role == "unclear"


@pytest.mark.parametrize("label", ["Placebo matching prednisone", "Placebo for prednisone 10 mg"])
def test_a_placebo_arm_gives_nothing(label: str) -> None:
    record = study(interventions=["X"], arms=[(P, label, ["X"])])

    assert tiers(record) == {"corticosteroids": "mentioned"}


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("prednisone 10 mg", True),
        ("up to prednisone, which is a medicine that many people have heard of in the past", False),
        ("they will, one after the other and at their own wish, all be given prednisone in the end", True),
    ],
)
def test_a_dose_or_a_verb_is_needed_in_a_long_sentence(words: str, given: bool) -> None:
    text = Text(words).folded
    start = text.index("prednisone")

    assert says_given(text, start, start + len("prednisone")) is given


@pytest.mark.parametrize(
    ("criterion", "tier"),
    [
        ("Methotrexate washout for 8 weeks", "excluded"),
        ("Methotrexate must be stopped 4 weeks before", "excluded"),
        ("Methotrexate therapy discontinued at least 2 weeks", "excluded"),
        ("More than 3 months since methotrexate", "excluded"),
        ("At least 4 weeks since the last dose of methotrexate", "excluded"),
        ("Last dose of methotrexate more than 8 weeks ago", "excluded"),
        ("Methotrexate must not have been given within 3 months", "excluded"),
        ("Methotrexate discontinued due to intolerance", "mentioned"),
        ("Relapse after methotrexate was stopped for 4 weeks", "mentioned"),
        ("Remission 6 months after the last methotrexate", "mentioned"),
        ("At least 4 weeks of methotrexate", "mentioned"),
    ],
)
def test_a_wash_out_that_lets_people_in_is_no_mention(criterion: str, tier: str) -> None:
    record = study(eligibility=f"Inclusion Criteria:\n* adults\n* {criterion}\nExclusion Criteria:\n* pregnancy")

    assert tiers(record) == {"methotrexate": tier}
