"""Condition groups case by case, and what holds for every record. The records are invented."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetchers.watchlist.model import Agent, Member
from tests.fetchers.matching.invented import MATCHER, WATCHLIST, E, study, tiers
from tests.rigs.records import MADE, Records, each_set_at_hand

# --- condition groups -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "groups"),
    [
        (["Chronic Fatigue Syndrome"], ("me_cfs",)),
        (["Fatigue Syndrome, Chronic"], ("me_cfs",)),
        (["ME/CFS"], ("me_cfs",)),
        (["Myalgic Encephalomyelitis/Chronic Fatigue Syndrome (ME/CFS)"], ("me_cfs",)),
        (["CFIDS"], ("me_cfs",)),
        (["CFS"], ("other",)),
        (["Chronic fatigue"], ("other",)),
        (["Cystic Fibrosis (CFS)"], ("other",)),
        (["Long COVID", "ME/CFS"], ("me_cfs", "long_covid")),
        (["Post-COVID-19 Syndrome"], ("long_covid",)),
        (["Post-Acute Sequelae of SARS-CoV-2 Infection"], ("long_covid",)),
        (["COVID-19"], ("other",)),
        (["Fibromyalgia Syndrome"], ("fibromyalgia",)),
        (["Chronic Low-back Pain"], ("chronic_pain",)),
        (["Pain, Postoperative"], ("other",)),
        (["Acute Pain"], ("other",)),
        (["Acute low back pain"], ("other",)),
        (["Post-herpetic Neuralgia"], ("chronic_pain",)),
        (["Arthritis, Rheumatoid"], ("rheumatoid_arthritis",)),
        (["Juvenile Rheumatoid Arthritis"], ("other",)),
        (["Rheumatoid Arthritis, Juvenile"], ("other",)),
        (["Arthritis, Juvenile Rheumatoid"], ("other",)),
        (["Juvenile Rheumatoid Arthritis", "Rheumatoid Arthritis"], ("rheumatoid_arthritis",)),
        (["Lupus Erythematosus, Systemic"], ("lupus",)),
        (["SLE"], ("lupus",)),
        (["Lupus Pernio"], ("other",)),
        (["Multiple Sclerosis, Relapsing-Remitting"], ("multiple_sclerosis",)),
        (["RRMS"], ("multiple_sclerosis",)),
        (["Amyotrophic Lateral Sclerosis"], ("other",)),
        ([], ("other",)),
    ],
)
def test_conditions_fall_into_groups(conditions: list[str], groups: tuple[str, ...]) -> None:
    assert MATCHER.condition_groups(study(conditions=conditions)) == groups


def test_titles_and_headings_count_but_keywords_and_descriptions_do_not() -> None:
    assert MATCHER.condition_groups(study(title="Exercise in myalgic encephalomyelitis")) == ("me_cfs",)
    assert MATCHER.condition_groups(study(official="Exercise in multiple sclerosis")) == ("multiple_sclerosis",)
    assert MATCHER.condition_groups(study(condition_mesh=["Arthritis, Rheumatoid"])) == ("rheumatoid_arthritis",)
    assert MATCHER.condition_groups(study(keywords=["Fibromyalgia"], summary="Fibromyalgia")) == ("other",)


def test_only_me_cfs_is_in_focus() -> None:
    assert MATCHER.in_focus(["rheumatoid_arthritis", "me_cfs"])
    assert not MATCHER.in_focus(["rheumatoid_arthritis"])
    assert not MATCHER.in_focus([])


def test_a_heading_does_not_make_juvenile_arthritis_rheumatoid() -> None:
    record = study(conditions=["Juvenile Rheumatoid Arthritis"], condition_mesh=["Arthritis, Rheumatoid"])

    assert MATCHER.condition_groups(record) == ("other",)


# --- properties -------------------------------------------------------------------------------------------------------

WORDS = st.lists(
    st.sampled_from(["aspirin", "yoga", "daily", "arm A", "20 mg", ";", ",", "(", ")", "*", "\n", "tumour"])
)
NAMES = st.sampled_from([name for agent in WATCHLIST.agents for member in agent.members for name in member.names])


@given(WORDS, WORDS)
def test_unrelated_words_never_make_a_match(name: list[str], label: list[str]) -> None:
    record = study(interventions=[" ".join(name)], arms=[(E, " ".join(label), [" ".join(name)])])

    assert MATCHER.matches(record) == ()


@given(NAMES, WORDS, WORDS)
def test_an_unrelated_intervention_changes_no_tier(name: str, words: list[str], more: list[str]) -> None:
    alone = study(interventions=[name])
    beside = study(interventions=[name, " ".join(words)], summary=" ".join(more))

    assert tiers(beside) == tiers(alone)


@given(NAMES, WORDS, st.sampled_from(["Exclusion Criteria:\n\n* ", "EXCLUSION:\n", "Key exclusion criteria\n- "]))
def test_exclusion_text_never_gives(name: str, words: list[str], heading: str) -> None:
    record = study(interventions=["Drug X"], eligibility=f"Inclusion Criteria:\n\n* Adults\n\n{heading}{name} {words}")

    assert set(tiers(record).values()) <= {"excluded"}


@given(NAMES, st.sampled_from(["Placebo for {}", "{} placebo", "Placebo to match {}", "Sham {}", "{} (placebo)"]))
def test_a_placebo_of_anything_never_gives(name: str, form: str) -> None:
    assert "given" not in tiers(study(interventions=[form.format(name)])).values()


@pytest.mark.parametrize("form", [str, str.upper, str.lower, lambda name: name.replace("-", " ")])
@pytest.mark.parametrize(
    ("agent", "member"), [(agent, member) for agent in WATCHLIST.agents for member in agent.members]
)
def test_every_name_of_a_member_that_is_on_is_found_again(
    agent: Agent, member: Member, form: Callable[[str], str]
) -> None:
    for name in (*member.names, *member.local_names):
        assert (agent.id in tiers(study(interventions=[form(name)]))) is member.on, name


@settings(max_examples=50)
@given(st.text(max_size=200), st.text(max_size=400))
def test_any_text_is_survived_and_the_answer_does_not_depend_on_what_came_before(name: str, eligibility: str) -> None:
    record = study(interventions=[name], eligibility=eligibility, title=eligibility)
    first = MATCHER.matches(record), MATCHER.condition_groups(record)
    MATCHER.matches(study(interventions=["Prednisone"]))

    assert (MATCHER.matches(record), MATCHER.condition_groups(record)) == first
    assert first[1]


# --- real records, where they are at hand -----------------------------------------------------------------------------


# Trial -> what a reader finds: tier, and role where the agent is given. "corticosteroid-refractory" gives nothing.
READ = {
    "NCT90000001": {
        "corticosteroids excluded", "azathioprine excluded", "methotrexate excluded", "rintatolimod given tested"
    },
    "NCT90000003": set(),
    "NCT90000004": {"rintatolimod given unclear"},
    "NCT90000010": {"azathioprine given tested"},
    "NCT90000011": {"methotrexate given background", "tnf_inhibitors given comparator"},
    "NCT90000015": {"corticosteroids given background", "azathioprine given comparator"},
    "NCT90000020": set(),
    "NCT90000021": set(),
    "NCT90000023": {
        "corticosteroids mentioned", "methotrexate mentioned", "tnf_inhibitors excluded", "ivig mentioned"
    },
    "NCT90000024": {"azathioprine excluded", "rintatolimod excluded"},
    "NCT90000025": {"autologous_lymph_node_cells given unclear"},
    "NCT90000026": {"sizofiran given unclear"},
    "NCT90000027": {"corticosteroids given comparator"},
    "NCT90000028": {"ivig given unclear"},
    "NCT90000029": set(),
    "NCT02883595": {"azathioprine excluded"},
    "NCT05931744": {"corticosteroids given comparator"},
    "NCT06478017": {"corticosteroids given background", "ivig excluded"},
    "NCT07343310": {"corticosteroids mentioned", "ivig mentioned"},
}  # fmt: skip


@each_set_at_hand
def test_whole_records_are_matched_as_a_reader_would(at_hand: Records) -> None:
    known = [one for one in at_hand.studies if one.nct_id in READ]
    assert known
    for one in known:
        found = {" ".join(filter(None, (match.agent, match.tier, match.role))) for match in MATCHER.matches(one)}
        assert found == READ[one.nct_id], one.nct_id


def test_hand_made_records_show_every_agent_condition_group_tier_and_role() -> None:
    matches = [match for one in MADE.studies for match in MATCHER.matches(one)]
    given = {match.agent for match in matches if match.tier == "given"}
    lacking = [agent.id for agent in WATCHLIST.agents if agent.id not in given]
    assert lacking == [], "write a record into tests/records that gives it"
    assert {match.tier for match in matches} == {"given", "mentioned", "excluded"}
    assert {match.role for match in matches if match.tier == "given"} == {
        "tested", "comparator", "background", "unclear",
    }  # fmt: skip
    groups = {group for one in MADE.studies for group in MATCHER.condition_groups(one)}
    assert groups == {condition.id for condition in WATCHLIST.conditions}
