"""What was found, on a trial's page: every number of a results section, and nothing that is not in it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cache.read.results import WITHDRAWN, Posted
from tests.rigs import results_sections
from tests.rigs.pages import NOTHINGS, elements, shown, tables

RAW = [results_sections.record(), *results_sections.real()]
IDS = [one["protocolSection"]["identificationModule"]["nctId"] for one in RAW]
NASTY = "<b>x</b> **y** :red[z] [l](http://a.b)"


def section(posted: "Posted | None", has_results: "bool | None") -> None:
    from dashboard.findings import of_trial

    of_trial.findings(posted, has_results)


def opened(posted: Posted | None, has_results: bool | None = True) -> AppTest:
    app = AppTest.from_function(section, args=(posted, has_results), default_timeout=60).run()
    assert not app.exception, app.exception[0].message
    return app


def read(raw: dict[str, Any], error: str | None = None) -> Posted:
    results = results_sections.results("NCT09990001", raw)
    return Posted("NCT09990001", "read", results, "2026-11-20T08:00:00Z", "2026-10-01", error)


def numbers(node: Any, keys: tuple[str, ...]) -> Iterator[str]:
    """Every value under one of these keys, wherever it stands."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in keys and not isinstance(value, dict | list):
                yield str(value)
            yield from numbers(value, keys)
    if isinstance(node, list):
        for one in node:
            yield from numbers(one, keys)


def tokens(texts: list[str]) -> Counter[str]:
    plain = (re.sub(r"\\(.)|(?<=\d),(?=\d{3})", r"\1", text).replace(":color[]", "") for text in texts)
    return Counter(token for text in plain for token in re.split(r"[\s();:,]+", text) if token)


@pytest.mark.parametrize("raw", RAW, ids=IDS)
def test_every_number_of_the_record_stands_on_the_page(raw: dict[str, Any]) -> None:
    part = raw["resultsSection"]
    app = opened(read(part))
    cells = tokens([str(cell) for one in tables(app) for row in one.to_numpy() for cell in row])
    outcomes = part.get("outcomeMeasuresModule", {}).get("outcomeMeasures", [])
    primary = [one for one in outcomes if one["type"] == "PRIMARY"]
    wanted = list(numbers(part.get("participantFlowModule", {}), ("numSubjects", "numUnits")))
    for one in primary:
        wanted += numbers(
            [one.get("denoms", []), one.get("classes", [])], ("value", "spread", "lowerLimit", "upperLimit")
        )
    harm = ("deathsNumAffected", "deathsNumAtRisk", "seriousNumAffected", "seriousNumAtRisk", "otherNumAffected",
            "otherNumAtRisk")  # fmt: skip
    groups = part.get("adverseEventsModule", {}).get("eventGroups", [])
    wanted += numbers([{key: one[key] for key in harm if key in one} for one in groups], harm)
    told = tokens(wanted)
    assert not {one: n for one, n in told.items() if cells[one] < n}, "numbers that are missing on the page"


@pytest.mark.parametrize("raw", RAW, ids=IDS)
def test_every_analysis_and_outcome_stands_on_the_page(raw: dict[str, Any]) -> None:
    part = raw["resultsSection"]
    app = opened(read(part))
    said = shown(app)
    outcomes = part.get("outcomeMeasuresModule", {}).get("outcomeMeasures", [])
    assert said.count("as registered; method") == sum(len(one.get("analyses", [])) for one in outcomes)
    words = tokens([said])
    keys = ("pValue", "paramValue", "ciLowerLimit", "ciUpperLimit", "dispersionValue")
    told = Counter(word for one in outcomes for each in one.get("analyses", []) for word in numbers(each, keys))
    assert not {one: n for one, n in told.items() if words[one] < n}
    labels = " ".join(re.sub(r"\\(.)", r"\1", one.label) for one in app.expander)
    flat = " ".join(f"{said} {labels}".replace(":color[]", "").split())
    assert all(" ".join(one["title"].split()) in flat for one in outcomes)


def test_a_number_stands_with_its_group_its_denominator_and_its_spread() -> None:
    app = opened(read(results_sections.SECTION))
    found = [one for one in tables(app) if "Azathioprine" in one.columns and "Row" in one.columns]
    assert found[0].set_index("Row").loc["Mean (standard deviation)", "Azathioprine"].replace(":color[]", "") in (
        "-3.60 (5.1)", "\\-3.60 (5.1)",
    )  # fmt: skip
    assert found[1].set_index("Row")["Placebo"].tolist() == ["40", "39", "3 of 39", "4 of 40", "NA of 40 (note 1)"]
    assert "Note 1: The sheets were lost." in shown(app)
    assert len(app.get("plotly_chart")) == 1
    assert "Line: the number plus and minus its standard deviation." in shown(app)


def test_what_is_absent_says_so() -> None:
    said = shown(opened(read({})))
    for words in (
        "do not tell who took part",
        "give no primary outcome",
        "give no number of people harmed",
        "No secondary outcome",
    ):
        assert words in said
    said = shown(opened(read(results_sections.SECTION)))
    assert "No numbers are posted for this outcome. They are announced for January 2027." in said
    assert "No analysis of this outcome is registered." in said
    assert not NOTHINGS.search(said)


def changed(**fields: Any) -> dict[str, Any]:
    """The section by hand, its first outcome with other fields, and without groups of harm."""
    section: dict[str, Any] = json.loads(json.dumps(results_sections.SECTION))
    section["outcomeMeasuresModule"]["outcomeMeasures"][0].update(fields)
    section["adverseEventsModule"]["eventGroups"] = []
    return section


def test_an_outcome_of_which_nobody_was_analysed_shows_how_many_that_is() -> None:
    denoms = [{"units": "Participants", "counts": [{"groupId": "OG000", "value": "0"}]}]
    app = opened(read(changed(classes=[], denoms=denoms, reportingStatus="NOT_POSTED")))
    assert "No numbers are posted for this outcome." in shown(app)
    rows = [row for one in tables(app) for row in one.to_numpy().tolist()]
    assert ["Participants analysed", "0", "not given"] in rows


def test_what_is_said_of_harm_that_was_not_counted_is_shown() -> None:
    said = shown(opened(read(changed())))
    assert "The results give no number of people harmed." in said
    assert "How it was asked: Asked at every visit." in said


def test_columns_of_one_name_and_long_texts_do_no_harm() -> None:
    title = "Change in the score " * 13
    groups = [{"id": "OG000", "title": "Row"}, {"id": "OG001", "title": "Row"}]
    told = {"title": title, "timeFrame": "Week 24.", "dispersionType": "95% Confidence Interval"}
    app = opened(read(changed(groups=groups, **told)))
    assert " ".join(title.split()) in shown(app)
    assert "When: Week 24. Mean (95% Confidence Interval), in points." in shown(app)
    assert ["Row", "Row (2)", "Row (3)"] in [list(one.columns) for one in tables(app)]


STATES: dict[str, tuple[Posted | None, bool | None, str]] = {
    "not asked": (Posted("X", "not_asked", None, None, None, None), True, "have not been asked for yet"),
    "not stored": (None, True, "have not been asked for yet"),
    "failed": (Posted("X", "failed", None, None, None, "It answered <b>500</b>."), True, "failed: It answered <b>500"),
    "none posted": (Posted("X", "not_asked", None, None, None, None), False, ""),
    "not known": (None, None, ""),
}


@pytest.mark.parametrize(("posted", "has_results", "words"), STATES.values(), ids=STATES)
def test_results_that_are_not_here(posted: Posted | None, has_results: bool | None, words: str) -> None:
    app = opened(posted, has_results)
    assert bool(app.header) == bool(words)
    assert words in shown(app)


def test_results_withdrawn_since_are_shown_with_that_said() -> None:
    app = opened(read(results_sections.SECTION, WITHDRAWN), has_results=False)
    assert WITHDRAWN in shown(app)
    assert [one.value for one in app.header] == ["What was found"]


def test_a_hostile_text_is_shown_letter_by_letter() -> None:
    raw = json.loads(json.dumps(results_sections.SECTION).replace("Azathioprine", NASTY).replace("Remission", NASTY))
    app = opened(read(raw))
    markup = [text.value for kind in ("markdown", "caption", "badge") for text in elements(app, kind)]
    assert not [text for text in markup if "**y**" in text or "<b>" in text]
    for one in tables(app):
        for cell in [*one.columns, *one.to_numpy().ravel()]:
            assert "**y**" not in str(cell)
    (chart,) = app.get("plotly_chart")
    assert "<b>x</b>" not in chart.proto.spec
    assert any(NASTY in text.value for text in app.text)
