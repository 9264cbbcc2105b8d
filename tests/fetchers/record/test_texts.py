"""Texts as people read them: no escapes, no entities, plain line breaks, nothing unseen."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchers.record.study import as_shown, decode_study
from fetchers.record.texts import plain, readable, shown, shown_line


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Score \\>= 5", "Score >= 5"),
        ("Crohn\\&#39;s disease", "Crohn's disease"),
        ("Bell&#39;s palsy", "Bell's palsy"),
        ("Sjogren\\&\\#x27;s", "Sjogren's"),
        ("Research &amp; Care", "Research & Care"),
        ("Head &Amp; neck", "Head & neck"),
        ("strength \\&amp;lt;27 kg", "strength <27 kg"),
        ("\\&gt; 4 giga/L &lt; 8", "> 4 giga/L < 8"),
        ("dose of 5&nbsp;mg", "dose of 5 mg"),
        ("&quot;pain&quot;", '"pain"'),
        ("20&#176;C, 5 &micro;g", "20°C, 5 µg"),
        # What is none stays.
        ("R&D; AT&T", "R&D; AT&T"),
        ("arms A&B", "arms A&B"),
        ("&notit; &unknown;", "&notit; &unknown;"),
        ("https://example.org/?a=1&lt=2", "https://example.org/?a=1&lt=2"),
        ("C:\\Users", "C:\\Users"),
    ],
)
def test_escapes_and_entities_are_undone(written: str, read: str) -> None:
    assert plain(written) == shown(written) == read


@pytest.mark.parametrize(
    ("written", "lines", "line"),
    [
        ("one\r\ntwo", "one\ntwo", "one two"),
        ("one\rtwo\u2028three\x85four", "one\ntwo\nthree\nfour", "one two three four"),
        ("one \n\n two", "one \n\n two", "one two"),
        ("fa\x00tig\x07ue\x1b", "fatigue", "fatigue"),
        ("a\tb", "a\tb", "a b"),
        ("half \ud800 of it", "half \ufffd of it", "half \ufffd of it"),
        ("&#7;bell&#10;rings", "bell\nrings", "bell rings"),
        ("naïve µ ≥ 5 日本", "naïve µ ≥ 5 日本", "naïve µ ≥ 5 日本"),
    ],
)
def test_line_breaks_and_control_characters(written: str, lines: str, line: str) -> None:
    assert (shown(written), shown_line(written)) == (lines, line)


@given(st.text())
def test_what_is_readable_stays_and_holds_no_control_character(text: str) -> None:
    found = readable(text)
    assert readable(found) == found
    assert not any((ord(one) < 32 and one not in "\n\t") or 127 <= ord(one) < 160 for one in found)
    assert [one for one in found if one.isprintable() and one != "\ufffd"] == [
        one for one in text if one.isprintable() and one != "\ufffd"
    ]


def test_a_record_is_shown_plain_and_keeps_its_body_and_its_criteria() -> None:
    record: dict[str, Any] = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT09990001", "briefTitle": "Bell&#39;s palsy \\& more"},
            "armsInterventionsModule": {"armGroups": [{"label": "Dose \\> 5", "description": "a\r\nb"}]},
            "eligibilityModule": {"eligibilityCriteria": "1\\. Age \\>= 18"},
            "statusModule": {"startDateStruct": {"date": "2020-05"}},
        },
        "hasResults": True,
    }
    study = decode_study(msgspec.json.encode(record))
    seen = as_shown(study)
    assert seen.identification.brief_title == "Bell's palsy & more"
    assert (seen.arms[0].label, seen.arms[0].description) == ("Dose > 5", "a\nb")
    assert seen.eligibility.eligibility_criteria == "1\\. Age \\>= 18"
    assert (seen.status.start_date_struct.date, seen.has_results) == ("2020-05", True)
    bare = decode_study(b'{"protocolSection": {"identificationModule": {"nctId": "NCT09990001"}}}')
    assert as_shown(bare) == bare
