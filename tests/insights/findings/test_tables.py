"""That every number in the tables of a trial's findings is the record's, by an extraction written for this test alone,
and nothing of the record is left out: for a section by hand and for every real one."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from fetchers.record.result_modules import Group
from fetchers.record.results import Results, read_results
from insights.findings import analysis, outcome, tables
from tests.rigs import results_sections

RAW = [results_sections.record(), *results_sections.real()]
IDS = [one["protocolSection"]["identificationModule"]["nctId"] for one in RAW]


@pytest.fixture(params=RAW, ids=IDS)
def raw(request: pytest.FixtureRequest) -> dict[str, Any]:
    section: dict[str, Any] = request.param["resultsSection"]
    return section


@pytest.fixture
def read(raw: dict[str, Any]) -> Results:
    return results_sections.results("NCT09990001", raw)


def cells(table: tables.Table) -> Iterator[tuple[str, str, str]]:
    """Row, column and text of every cell."""
    for row in table.rows:
        for head, cell in zip(table.head[1:], row[1:], strict=True):
            yield row[0], head, cell


def words(cell: str) -> list[str]:
    """What a cell says beside our own words."""
    told = re.sub(r"\(note \d+\)|not given|nobody analysed|\bof\b|\bto\b|\bunits\b", " ", cell)
    return [one for one in re.split(r"[\s();]+", told) if one]


def titles(groups: list[dict[str, Any]]) -> list[str]:
    return [" ".join(one["title"].split()) for one in groups]


def primary(raw: dict[str, Any]) -> list[dict[str, Any]]:
    found = raw.get("outcomeMeasuresModule", {}).get("outcomeMeasures", [])
    return [one for one in found if one["type"] == "PRIMARY"]


def test_who_took_part_is_told_number_by_number(raw: dict[str, Any], read: Results) -> None:
    flow = raw["participantFlowModule"]
    made = tables.periods(read.flow)
    assert [title for title, _ in made] == [one["title"] for one in flow["periods"]]
    for (_, table), period in zip(made, flow["periods"], strict=True):
        assert len(table.head) == 1 + len(flow["groups"])
        kinds = [*period["milestones"], *period.get("dropWithdraws", [])]
        assert len(table.rows) == len(kinds)
        for row, kind in zip(table.rows, kinds, strict=True):
            given = {one["groupId"]: one for one in kind.get("achievements", kind.get("reasons", []))}
            for group, cell in zip(flow["groups"], row[1:], strict=True):
                one = given.get(group["id"], {})
                assert words(cell) == [one[key] for key in ("numSubjects", "numUnits") if key in one]


def test_every_number_of_a_primary_outcome_stands_in_its_place_and_no_other_does(
    raw: dict[str, Any], read: Results
) -> None:
    assert len(read.primary) == len(primary(raw))
    for made, one in zip(map(outcome.table, read.primary), primary(raw), strict=True):
        by_place: dict[tuple[int, int], list[str]] = {}
        rows = [(denom["counts"], "value") for denom in one.get("denoms", [])]
        counted = one["paramType"].startswith("COUNT_OF") if "paramType" in one else False
        for kind in one.get("classes", []):
            rows += [(denom["counts"], "value") for denom in kind.get("denoms", [])]
            of = {c["groupId"]: c["value"] for d in (kind.get("denoms") or one["denoms"])[:1] for c in d["counts"]}
            rows += [([with_of(m, of) if counted else m for m in category.get("measurements", [])], "")
                     for category in kind["categories"]]  # fmt: skip
        order = {group["id"]: at for at, group in enumerate(one["groups"])}
        for at, (numbers, _) in enumerate(rows):
            for number in numbers:
                said = [number[key] for key in ("value", "of", "spread", "lowerLimit", "upperLimit") if number.get(key)]
                by_place[at, order[number["groupId"]]] = [word for text in said for word in text.split()]
        assert len(made.rows) == len(rows)
        shown = {
            (at, column): words(cell)
            for at, row in enumerate(made.rows)
            for column, cell in enumerate(row[1:])
            if words(cell)
        }
        assert shown == by_place
        assert made.head[1:] == tuple(titles(one["groups"]))


def with_of(measurement: dict[str, Any], of: dict[str, str]) -> dict[str, Any]:
    return {**measurement, "of": of.get(measurement["groupId"])}


def test_every_comment_of_a_number_is_told(raw: dict[str, Any], read: Results) -> None:
    for made, one in zip(map(outcome.table, read.primary), primary(raw), strict=True):
        comments = {
            " ".join(m["comment"].split())
            for kind in one.get("classes", [])
            for category in kind["categories"]
            for m in category.get("measurements", [])
            if m.get("comment")
        }
        assert {note.partition(": ")[2] for note in made.notes} == comments


def test_every_number_of_every_analysis_is_in_its_sentence(raw: dict[str, Any], read: Results) -> None:
    keys = ("pValue", "paramValue", "ciLowerLimit", "ciUpperLimit", "dispersionValue")
    measures = raw.get("outcomeMeasuresModule", {}).get("outcomeMeasures", [])
    assert [len(one.analyses) for one in read.outcomes] == [len(one.get("analyses", [])) for one in measures]
    for made, one in zip(read.outcomes, measures, strict=True):
        for analysed, given in zip(made.analyses, one.get("analyses", []), strict=True):
            said = analysis.say(analysed, made)
            told = set(re.split(r"[\s(),;]+", said.sentence))
            assert {given[key] for key in keys if key in given} <= told, said
            assert len(said.groups) == len(given["groupIds"])


def test_harm_is_told_as_people_affected_of_people_at_risk(raw: dict[str, Any], read: Results) -> None:
    groups = raw.get("adverseEventsModule", {}).get("eventGroups", [])
    made = tables.harms(read)
    assert len(made.rows) == len(groups)
    for row, group in zip(made.rows, groups, strict=True):
        for cell, kind in zip(row[1:], ("deaths", "serious", "other"), strict=True):
            found = [group.get(f"{kind}Num{what}") for what in ("Affected", "AtRisk")]
            numbers = [int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*", cell)]
            assert numbers == [one for one in found if one is not None]
            assert ("not given" in cell) == (None in found)


def test_a_chart_is_made_of_one_number_a_group_with_its_spread_or_limits(raw: dict[str, Any], read: Results) -> None:
    for made, one in zip(map(outcome.dots, read.primary), primary(raw), strict=True):
        numbers = [m for kind in one.get("classes", []) for c in kind["categories"] for m in c.get("measurements", [])]
        places = sum(len(kind["categories"]) for kind in one.get("classes", []))
        fits = places == 1 and any(
            re.fullmatch(r"-?[\d.,]+", m["value"]) and ("spread" in m or "lowerLimit" in m) for m in numbers
        )
        assert (made is not None) == fits
        if made:
            assert [point.value for point in made.points] == [float(m["value"].replace(",", "")) for m in numbers]
            for point, number in zip(made.points, numbers, strict=True):
                if "lowerLimit" in number:
                    assert (point.low, point.high) == (float(number["lowerLimit"]), float(number["upperLimit"]))


def test_the_class_has_its_own_denominators_before_the_outcomes() -> None:
    made = outcome.table(results_sections.results().primary[1])
    assert made.rows == (
        ("Participants analysed", "40", "43"),
        ("Participants analysed, Week 12", "39", "41"),
        ("Week 12", "3 of 39", "9 of 41"),
        ("Week 24 · whole", "4 of 40", "8 of 43"),
        ("Week 24 · in part", "NA of 40 (note 1)", "not given"),
    )
    assert made.notes == ("Note 1: The sheets were lost.",)


def test_periods_milestones_and_reasons_are_named() -> None:
    (first, table), (second, _) = tables.periods(results_sections.results().flow)
    assert (first, second) == ("Weeks 1 to 12", "Weeks 13 to 24")
    assert [row[0] for row in table.rows] == [
        "Started", "Received >= 1 dose (note 2)", "Completed", "Did not complete", "Left: Adverse Event",
        "Left: Lost to Follow-up",
    ]  # fmt: skip
    assert table.rows[1][1:] == ("40 (note 1)", "not given")


OF_RISK = {
    (3, 41): "3 of 41", (0, 41): "0 of 41", (0, 0): "0 of 0: nobody at risk", (3, None): "3, number at risk not given",
    (None, 41): "not given, of 41 at risk", (None, None): "not given", (1107, 2437): "1,107 of 2,437",
}  # fmt: skip


@pytest.mark.parametrize(("given", "said"), OF_RISK.items(), ids=str)
def test_people_affected_of_people_at_risk(given: tuple[int | None, int | None], said: str) -> None:
    assert tables.of_risk(*given) == said


def changed(**fields: Any) -> Any:
    """The first outcome of the section by hand with other fields."""
    section = json.loads(json.dumps(results_sections.SECTION))
    section["outcomeMeasuresModule"]["outcomeMeasures"][0].update(fields)
    return results_sections.results(section=section).primary[0]


def test_a_group_that_only_the_numbers_name_has_its_column() -> None:
    made = outcome.table(changed(groups=[]))
    assert made.head == ("Row", "OG000", "OG001")


def test_two_groups_of_one_title_stay_apart() -> None:
    groups = [{"id": "OG000", "title": "Placebo"}, {"id": "OG001", "title": "Placebo"}]
    assert outcome.table(changed(groups=groups)).head == ("Row", "Placebo", "Placebo (2)")


def test_a_group_of_which_nobody_was_analysed_says_so() -> None:
    counts = [{"groupId": "OG000", "value": "40"}, {"groupId": "OG001", "value": "0"}]
    numbers = [{"groupId": "OG000", "value": "-1.5"}]
    made = outcome.table(changed(
        denoms=[{"units": "Participants", "counts": counts}],
        classes=[{"categories": [{"measurements": numbers}]}],
    ))  # fmt: skip
    assert made.rows[1] == ("Mean (standard deviation)", "-1.5", "nobody analysed")


def test_a_count_is_of_no_denominator_in_other_units() -> None:
    made = outcome.table(changed(
        paramType="COUNT_OF_PARTICIPANTS", dispersionType=None,
        denoms=[{"units": "Eyes", "counts": [{"groupId": "OG000", "value": "80"}]}],
        classes=[{"categories": [{"measurements": [{"groupId": "OG000", "value": "3"}]}]}],
    ))  # fmt: skip
    assert made.rows == (("Eyes analysed", "80", "not given"), ("Count of participants", "3", "not given"))


NUMBERS = {"1,234": 1234.0, "-1.5": -1.5, "−2": -2.0, "NA": None, "<0.001": None, "": None, "nan": None, "inf": None}


@pytest.mark.parametrize(("text", "number"), NUMBERS.items(), ids=repr)
def test_what_a_chart_takes_for_a_number(text: str, number: float | None) -> None:
    assert outcome.number(text) == number


def test_the_spread_is_told_by_its_name_and_never_as_a_limit() -> None:
    made = outcome.dots(results_sections.results().primary[0])
    assert made is not None
    assert made.interval == "the number plus and minus its standard deviation"
    assert [(point.group, point.said) for point in made.points] == [
        ("Placebo", "-1.5 (4.25)"), ("Azathioprine", "-3.60 (5.1)"),
    ]  # fmt: skip


def test_a_section_with_nothing_in_it_makes_empty_tables() -> None:
    empty = read_results(json.dumps(results_sections.record(section={})).encode())
    assert (tables.periods(empty.flow), empty.primary, tables.harms(empty).rows) == ((), (), ())


def test_a_count_of_units_is_of_the_units_that_are_counted_and_never_of_people() -> None:
    people = {"units": "Participants", "counts": [{"groupId": "OG000", "value": "40"}]}
    eyes = {"units": "Eyes", "counts": [{"groupId": "OG000", "value": "80"}]}
    cells = [{"categories": [{"measurements": [{"groupId": "OG000", "value": "3"}]}]}]
    count = {"paramType": "COUNT_OF_UNITS", "dispersionType": None, "classes": cells, "groups": results_sections.GROUPS}
    said = [
        outcome.table(changed(**count, denoms=denoms, **named)).rows[-1][1]
        for denoms, named in (
            ([people, eyes], {"typeUnitsAnalyzed": "Eyes"}),
            ([people, eyes], {"denomUnitsSelected": "eyes"}),
            ([people, eyes], {}),
            ([people], {}),
        )
    ]
    assert said == ["3 of 80", "3 of 80", "3 of 80", "3"]


# A line of plus and minus is drawn for a spread that is told as one distance to both sides, and for no other.
SPREADS = {
    "Standard Deviation": True, "Standard Error": True, "Geometric Coefficient of Variation": False,
    "Inter-Quartile Range": False, "Full Range": False, "95% Confidence Interval": False, None: False,
}  # fmt: skip


@pytest.mark.parametrize(("name", "drawn"), SPREADS.items(), ids=repr)
def test_only_a_distance_to_both_sides_is_drawn_as_one(name: str | None, drawn: bool) -> None:
    one = changed(dispersionType=name)
    assert (outcome.dots(one) is not None) == drawn
    assert outcome.table(one).rows[1][1] == "-1.5 (4.25)"  # the number stands in the table all the same


LIMITS = ("Inter-Quartile Range", "Full Range", "95% Confidence Interval", "80% Confidence Interval")


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("kind", ["GEOMETRIC_MEAN", "LEAST_SQUARES_MEAN", "MEDIAN"])
def test_limits_are_drawn_and_told_by_their_name(kind: str, name: str) -> None:
    numbers = [
        {"groupId": "OG000", "value": "1,200.5", "lowerLimit": "900", "upperLimit": "1,900"},
        {"groupId": "OG001", "value": "7", "lowerLimit": "2", "upperLimit": "NA", "comment": "Not reached."},
    ]
    one = changed(paramType=kind, dispersionType=name, classes=[{"categories": [{"measurements": numbers}]}])
    made, drawn = outcome.table(one), outcome.dots(one)
    told = name if "%" in name else name.lower()
    assert made.rows[1] == (
        f"{outcome.PARAMS[kind].capitalize()} ({told})", "1,200.5 (900 to 1,900)", "7 (2 to NA) (note 1)",
    )  # fmt: skip
    assert drawn is not None
    assert [(point.low, point.high) for point in drawn.points] == [(900, 1900), (2, None)]
    assert drawn.interval == f"{told}; none on a side without a limit"


def test_a_group_may_have_any_title_and_every_column_has_its_own_name() -> None:
    given = ["Placebo", "Placebo (2)", "Placebo", "Row", "", "Placebo"]
    groups = [{"id": f"OG{at:03}", "title": title} for at, title in enumerate(given)]
    head = outcome.table(changed(groups=groups)).head
    assert len(set(head)) == len(head) == 7
    assert head[1:5] == ("Placebo", "Placebo (2)", "Placebo (3)", "Row (2)")


@over(titles=st.lists(st.sampled_from(["A", "A (2)", "A (3)", "Row", "People", "", " A "]), max_size=8))
def test_columns_never_share_a_name(titles: list[str]) -> None:
    groups = [Group(f"OG{at}", title) for at, title in enumerate(titles)]
    for people in (True, False):
        head = tables.names_of(groups, ()).head(people=people)
        assert len(set(head)) == len(titles) + 1


def test_groups_of_harm_without_ids_keep_their_titles() -> None:
    section = {"adverseEventsModule": {"eventGroups": [
        {"title": "Drug", "seriousNumAffected": 1, "seriousNumAtRisk": 9}, {"title": "Placebo"}, {},
    ]}}  # fmt: skip
    made = tables.harms(results_sections.results(section=section))
    assert [row[:3] for row in made.rows] == [
        ("Drug", "not given", "1 of 9"), ("Placebo", "not given", "not given"),
        ("Group without a name", "not given", "not given"),
    ]  # fmt: skip


def test_groups_and_numbers_without_denominators_stand_as_they_are() -> None:
    made = outcome.table(changed(denoms=[], paramType="COUNT_OF_PARTICIPANTS", dispersionType=None))
    assert made.rows == (("Count of participants", "-1.5 (4.25)", "-3.60 (5.1)"),)


def test_an_outcome_of_which_nobody_was_analysed_keeps_its_denominators() -> None:
    made = outcome.table(changed(denoms=[{"units": None, "counts": [{"groupId": "OG000", "value": "0"}]}], classes=[]))
    assert made.rows == (("Analysed, units not named", "0", "not given"),)
