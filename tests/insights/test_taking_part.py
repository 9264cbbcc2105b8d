"""What taking part asks for: found in the words, quoted from where they stand, with "possibly" when not measured."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchers.record.study import Study, decode_study
from insights.taking_part import asked
from insights.taking_part.asked import SAID
from tests.fake_registry import make_study
from tests.rigs.records import Records, each_set_at_hand


def study(**path: object) -> Study:
    return decode_study(msgspec.json.encode(make_study("NCT09000001", path=path)))


SUMMARY = "protocolSection.descriptionModule.briefSummary"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("A nurse makes home visits every week.", "home"),
        ("Infusions are given by home infusion.", "home"),
        ("People take part in telephone interviews.", "remote"),
        ("Follow up by video call.", "remote"),
        ("There are six clinic visits.", "visits"),
        ("Participants will be admitted to the ward and stay overnight.", "stay"),
        ("Also for people who are house-bound or bedbound.", "severity"),
        ("Patients with severe ME can take part.", "severity"),
    ],
)
def test_words_are_found_and_quoted(text: str, rule: str) -> None:
    found = asked.found(study(**{SUMMARY: text}))
    assert (f"{SAID[rule]}, possibly", "Brief summary", text) in [tuple(one) for one in found]


@pytest.mark.parametrize(
    "text", ["", "Housing is measured.", "The severe cutaneous reaction.", "At the homeless shelter."]
)
def test_other_words_are_not(text: str) -> None:
    assert asked.found(study(**{SUMMARY: text})) == []


def test_eligibility_says_whether_it_lets_in_or_keeps_out() -> None:
    text = "Inclusion Criteria:\n\n* Adults\n\nExclusion Criteria:\n\n* Bedridden people"
    found = asked.found(study(**{"protocolSection.eligibilityModule.eligibilityCriteria": text}))
    assert [(one.where, one.quote) for one in found] == [("Eligibility, exclusion", "Bedridden people")]


@given(st.text(max_size=200))
def test_any_text_is_read_and_quotes_are_its_words(text: str) -> None:
    for one in asked.found(study(**{SUMMARY: f"{text} home visits {text}"})):
        assert one.said.endswith("possibly")
        assert len(one.quote) <= asked.QUOTE + 20


@each_set_at_hand
def test_every_finding_quotes_its_record(at_hand: Records) -> None:
    for study in at_hand.studies:
        for one in asked.found(study):
            assert one.quote
            assert one.where
