"""Building the starter snapshot from a folder of facts: the newest copy whole, nothing added, the same bytes always."""

import csv
import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.starter import DATA, StarterRecord, build, copies, derived, records, supplement, table
from cache.starter.copies import Copy
from fetchers.errors import Validation
from fetchers.record.study import decode_study
from tests.rigs.records import SHARED

FACTS = SHARED / "facts"


def line(**facts: str) -> dict[str, str]:
    return dict.fromkeys(table.COLUMNS, "") | {"nct_id": "NCT00000001", "source": "somewhere"} | facts


def told_of(**facts: str) -> dict[str, str]:
    """A row of provenance."""
    plain = {"nct_id": "NCT00000001", "repository": "someone/copies", "path": "a/b.xml", "form": "xml"}
    return dict.fromkeys(supplement.COLUMNS, "") | plain | facts


def record(nct_id: str = "NCT00000001", **modules: Any) -> dict[str, Any]:
    """A record of the supplement."""
    return {"protocolSection": {"identificationModule": {"nctId": nct_id, "briefTitle": "A trial"}, **modules}}


def written(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]], delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def folder(path: Path, *rows: dict[str, str], more: list[tuple[dict[str, Any], dict[str, str]]] | None = None) -> Path:
    """A folder of facts: rows of the table, and records with their provenance."""
    path.mkdir(parents=True, exist_ok=True)
    written(path / build.TRIALS, table.COLUMNS, list(rows))
    written(path / build.PROVENANCE, supplement.COLUMNS, [told for _, told in more or ()], "\t")
    with gzip.open(path / build.SUPPLEMENT, "wb") as file:
        file.writelines(msgspec.json.encode(study) + b"\n" for study, _ in more or ())
    return path


def built(path: Path, *rows: dict[str, str], **more: Any) -> dict[str, StarterRecord]:
    out = path / "out"
    out.mkdir(parents=True)
    build.build(folder(path / "facts", *rows, **more), out)
    return {one.study.nct_id: one for one in records(out / DATA.name)}


@pytest.mark.parametrize("name", [DATA.name, derived.FILE.name])
def test_the_file_that_comes_with_the_product_is_what_the_facts_give(tmp_path: Path, name: str) -> None:
    """Of the facts where they are at hand; else what is derived from the records alone."""
    if not FACTS.exists():
        (tmp_path / DATA.name).write_bytes(DATA.read_bytes())
    assert build.build(FACTS if FACTS.exists() else None, tmp_path) == len(list(records()))
    assert gzip.decompress((tmp_path / name).read_bytes()) == gzip.decompress(DATA.with_name(name).read_bytes())


# --- the newest copy whole ------------------------------------------------------------------------------------------


def test_the_newest_copy_wins_whole(tmp_path: Path) -> None:
    old = record(statusModule={"overallStatus": "COMPLETED"}, conditionsModule={"conditions": ["Lupus"]})
    (one,) = built(
        tmp_path, line(title="Newer", as_of="2026-07-06"), more=[(old, told_of(as_of="2023-02-03"))]
    ).values()
    assert (one.study.identification.brief_title, one.source) == ("Newer", "somewhere")
    assert one.study.status.overall_status is None
    assert one.study.conditions == ()


COPIES = st.builds(
    Copy,
    nct_id=st.sampled_from(["NCT00000001", "NCT00000002"]),
    study=st.just({}),
    source=st.text(max_size=2),
    as_of=st.sampled_from([None, "2018", "2025-05", "2025-05-31", "2026-07-06"]),
    rank=st.integers(0, 3),
)


@given(st.lists(COPIES))
def test_one_copy_a_trial_and_none_is_newer(given_: list[Copy]) -> None:
    kept = copies.newest(given_)
    assert [one.nct_id for one in kept] == sorted({one.nct_id for one in given_})
    for one in kept:
        others = [other for other in given_ if other.nct_id == one.nct_id]
        assert one in others
        assert (one.as_of or "") == max(other.as_of or "" for other in others)
        assert one.rank == min(other.rank for other in others if other.as_of == one.as_of)


def test_what_was_filled_in_from_other_copies_is_left_out(tmp_path: Path) -> None:
    study = record(
        statusModule={"overallStatus": "COMPLETED", "startDateStruct": {"date": "2020"}},
        designModule={"phases": ["PHASE2"], "studyType": "INTERVENTIONAL"},
        armsInterventionsModule={"interventions": [{"name": "Methotrexate"}]},
    ) | {"hasResults": True}
    told = told_of(
        as_of="2026-06-17",
        status_from_later_copy="2026-07-06 elsewhere",
        filled_from="interventions:elsewhere@2025-05; phases:elsewhere@; hasResults:elsewhere@2019-12-17",
    )
    (one,) = built(tmp_path, more=[(study, told)]).values()
    assert one.study.interventions == ()
    assert (one.study.design.phases, one.study.has_results) == (None, None)
    assert one.study.status.overall_status is None
    assert (one.study.design.study_type, one.study.status.start_date_struct.date) == ("INTERVENTIONAL", "2020")


@pytest.mark.parametrize("name", sorted(supplement._FIELDS))
def test_every_field_that_may_be_filled_in_can_be_left_out(name: str) -> None:
    where = supplement._FIELDS[name]
    made: dict[str, Any] = {where[-1]: 1}
    for part in reversed(where[:-1]):
        made = {part: made}
    supplement._remove(made, where)
    assert msgspec.json.encode(made).count(b"1") == 0
    supplement._remove({}, where)


def test_a_repeated_row_of_the_table_is_passed_over(tmp_path: Path) -> None:
    study = record(armsInterventionsModule={"interventions": [{"name": "From elsewhere"}]})
    (one,) = built(tmp_path, line(), more=[(study, told_of(form="given table"))]).values()
    assert one.source == "somewhere"


# --- statuses that are too old to hold ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "status", "now", "last"),
    [
        ("2026-07-06", "RECRUITING", "RECRUITING", None),
        ("2025-07-06", "RECRUITING", "RECRUITING", None),  # a year, and no day more
        ("2025-07-05", "RECRUITING", None, "RECRUITING"),
        ("2025-07", "AVAILABLE", None, "AVAILABLE"),  # a month counts from its first day
        ("", "NOT_YET_RECRUITING", None, "NOT_YET_RECRUITING"),
        ("2018-10-31", "ACTIVE_NOT_RECRUITING", None, "ACTIVE_NOT_RECRUITING"),
        ("2018-10-31", "COMPLETED", "COMPLETED", None),
        ("2018-10-31", "UNKNOWN", "UNKNOWN", None),
    ],
)
def test_an_open_status_of_an_old_copy_is_only_the_last_known_one(
    tmp_path: Path, as_of: str, status: str, now: str | None, last: str | None
) -> None:
    newest = line(nct_id="NCT00000002", as_of="2026-07-06")
    found = built(tmp_path, line(as_of=as_of, status=status), newest)["NCT00000001"]
    assert (found.study.status.overall_status, found.study.status.last_known_status) == (now, last)
    assert ("Its status was" in (found.note or "")) == (last is not None)


def test_the_note_tells_the_day_of_an_old_status(tmp_path: Path) -> None:
    newest = line(nct_id="NCT00000002", as_of="2026-07-06")
    found = built(tmp_path, line(as_of="2018-10-31", status="RECRUITING"), newest)["NCT00000001"]
    assert found.note == "Its status was “recruiting” on 31 October 2018; today’s is not known."


# --- a record of the supplement -------------------------------------------------------------------------------------


def test_a_record_comes_with_its_source_and_without_sentences_people_and_places(tmp_path: Path) -> None:
    study = record(
        descriptionModule={"briefSummary": "A summary."},
        outcomesModule={"primaryOutcomes": [{"measure": "A measure"}]},
        statusModule={"whyStopped": "No money."},
        eligibilityModule={"eligibilityCriteria": "Nobody.", "sex": "ALL"},
        armsInterventionsModule={
            "armGroups": [{"label": "Arm", "description": "In words."}],
            "interventions": [{"name": "low-dose-drug", "description": "In words."}],
        },
        contactsLocationsModule={"locations": [{"city": "Town", "facility": "House", "country": "Poland"}] * 2},
        referencesModule={"references": [{"pmid": "1", "citation": "Someone. A title."}]},
        sponsorCollaboratorsModule={
            "leadSponsor": {"name": "Doe, Jane, M.D.", "class": "OTHER"},
            "collaborators": [{"name": "M.D. Anderson Cancer Center"}, {"name": "John Doe", "class": "INDIV"}],
        },
    )
    (one,) = built(tmp_path, more=[(study, told_of(as_of="2023-02-03"))]).values()
    assert (one.source, one.as_of) == ("someone/copies, a/b.xml (record as XML)", "2023-02-03")
    kept = msgspec.to_builtins(one.study.protocol_section)
    assert (
        kept
        == record(
            eligibilityModule={"sex": "ALL"},
            armsInterventionsModule={"armGroups": ({"label": "Arm"},), "interventions": ({"name": "low-dose-drug"},)},
            contactsLocationsModule={"locations": ({"country": "Poland"},)},
            referencesModule={"references": ({"pmid": "1"},)},
            sponsorCollaboratorsModule={
                "leadSponsor": {"class": "OTHER"},
                "collaborators": ({"name": "M.D. Anderson Cancer Center"}, {"class": "INDIV"}),
            },
        )["protocolSection"]
    )


def test_a_table_loses_the_names_that_are_its_own_keys(tmp_path: Path) -> None:
    study = record(
        conditionsModule={"conditions": ["low-back-pain", "lupus", "Asthma"]},
        armsInterventionsModule={"interventions": [{"name": "low-dose-drug"}, {"name": "methotrexate"}]},
        designModule={"phases": ["PHASE1"]},
    )
    told = told_of(form="own table (first phase, condition only)", path="x.csv")
    (one,) = built(tmp_path, more=[(study, told)]).values()
    assert one.study.conditions == ("Asthma",)
    assert [given.name for given in one.study.interventions] == ["methotrexate"]
    assert one.source == "someone/copies, x.csv (table)"
    assert one.note == (
        "The source kept only the first phase, so phase 1 may be phase 1/2. The source kept only one condition. "
        "The date of these facts was not recorded."
    )


@pytest.mark.parametrize("nct_id", sorted(build.NOT_BELIEVED))
def test_a_trial_that_is_not_believed_is_left_out(tmp_path: Path, nct_id: str) -> None:
    found = built(tmp_path, line(), line(nct_id=nct_id), more=[(record(nct_id), told_of(nct_id=nct_id))])
    assert list(found) == ["NCT00000001"]


@pytest.mark.parametrize(
    ("study", "told", "word"),
    [
        (record(), told_of(nct_id="NCT00000009"), "where the facts on NCT00000001"),
        (record(), told_of(filled_from="weather:elsewhere@"), "'weather' of NCT00000001"),
        ({"protocolSection": {}}, told_of(), "cannot be read as records"),
    ],
)
def test_a_record_that_cannot_be_used_is_named(
    tmp_path: Path, study: dict[str, Any], told: dict[str, str], word: str
) -> None:
    with pytest.raises(Validation, match=word):
        built(tmp_path, more=[(study, told)])


# --- a row of the table ---------------------------------------------------------------------------------------------

TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="|:", exclude_categories=("Cc", "Zs", "Zl", "Zp")), min_size=1
)
SAID: dict[str, st.SearchStrategy[str]] = {
    "title": TEXT,
    "status": st.sampled_from(["COMPLETED", "UNKNOWN", "NEW_CODE"]),
    "study_type": st.sampled_from(["INTERVENTIONAL", "OBSERVATIONAL"]),
    "phases": st.sampled_from(["NA", "PHASE1", "PHASE1|PHASE2"]),
    "enrollment": st.integers(0, 10**7).map(str),
    "start": st.sampled_from(["2002", "2002-04", "2002-04-30"]),
    "completion": st.sampled_from(["2003", "2003-12"]),
    "results_posted": st.sampled_from(["yes", "no"]),
    "sponsor": TEXT,
    "countries": st.sampled_from(["Poland", "Poland|Germany"]),
}


def told(study: Any) -> dict[str, str]:
    """What a record says, in the words of the table."""
    status, design = study.status, study.design
    facts = {
        "title": study.identification.brief_title,
        "status": status.overall_status,
        "study_type": design.study_type,
        "phases": None if design.phases is None else "|".join(design.phases),
        "enrollment": None if study.enrollment is None else str(study.enrollment),
        "start": status.start_date_struct.date,
        "completion": status.completion_date_struct.date,
        "results_posted": {True: "yes", False: "no", None: None}[study.has_results],
        "sponsor": study.sponsors.lead_sponsor.name,
        "countries": "|".join(study.countries) or None,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


@given(st.fixed_dictionaries({}, optional=SAID))
def test_a_record_says_exactly_what_the_row_says(facts: dict[str, str]) -> None:
    assert told(decode_study(msgspec.json.encode(table.record(line(**facts))))) == facts


def test_the_placeholder_is_no_enrollment() -> None:
    assert told(decode_study(msgspec.json.encode(table.record(line(enrollment="99999999"))))) == {}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("DRUG:Etanercept", [("DRUG", "Etanercept")]),
        ("low-dose-drug|methotrexate", [(None, "methotrexate")]),
        ("DRUG:0.9% Sodium Chloride|DRUG:Dexamethasone", [("DRUG", "0.9% Sodium Chloride"), ("DRUG", "Dexamethasone")]),
        ("TACROLIMUS ANHYDROUS", [(None, "Tacrolimus anhydrous")]),
        ("IVIG (Intravenous Immunoglobulin)", [(None, "IVIG (Intravenous Immunoglobulin)")]),
        ("IVIG", [(None, "IVIG")]),
        ("Vagus Nerve Stimulation: Low Intensity", [(None, "Vagus Nerve Stimulation: Low Intensity")]),
        ("CP-690,550", [(None, "CP-690,550")]),
    ],
)
def test_interventions_keep_their_type_and_get_readable_names(
    written: str, expected: list[tuple[str | None, str]]
) -> None:
    study = decode_study(msgspec.json.encode(table.record(line(interventions=written))))
    assert [(one.type, one.name) for one in study.interventions] == expected


def test_conditions_that_are_keys_are_left_out_and_names_stay() -> None:
    study = decode_study(
        msgspec.json.encode(table.record(line(conditions="low-back-pain|lupus|Long COVID|Fatigue Syndrome, Chronic")))
    )
    assert study.conditions == ("Long COVID", "Fatigue Syndrome, Chronic")


def test_the_same_facts_give_the_same_bytes_whatever_their_order(tmp_path: Path) -> None:
    rows = [line(nct_id="NCT00000002"), line(nct_id="NCT00000001", title="Ünïcode")]
    packed = []
    for name, ordered in (("one", rows), ("two", rows[::-1])):
        found = built(tmp_path / name, *ordered)
        assert list(found) == ["NCT00000001", "NCT00000002"]
        packed.append([(tmp_path / name / "out" / file.name).read_bytes() for file in (DATA, derived.FILE)])
    assert packed[0] == packed[1]


def test_without_facts_only_what_is_derived_is_written_again(tmp_path: Path) -> None:
    built(tmp_path, line(interventions="DRUG:Methotrexate"))
    data, follows = (tmp_path / "out" / file.name for file in (DATA, derived.FILE))
    kept, made = data.read_bytes(), follows.read_bytes()
    follows.unlink()
    assert build.build(None, tmp_path / "out") == 1
    assert (data.read_bytes(), follows.read_bytes()) == (kept, made)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"nct_id": "NCT1"}, "NCT1"),
        ({"start": "April 2002"}, "April 2002"),
        ({"enrollment": "about 30"}, "about 30"),
        ({"results_posted": "maybe"}, "maybe"),
    ],
)
def test_a_row_that_is_no_record_is_named(tmp_path: Path, facts: dict[str, str], word: str) -> None:
    with pytest.raises(Validation, match=word):
        built(tmp_path, line(**facts))
    assert not list((tmp_path / "out").iterdir())


def test_a_trial_named_twice_and_a_missing_column_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Validation, match="NCT00000001 twice"):
        built(tmp_path / "one", line(), line())
    given = folder(tmp_path / "two")
    (given / build.TRIALS).write_text("nct_id,title\nNCT00000001,A\n", encoding="utf-8")
    with pytest.raises(Validation, match="lacks the columns status"):
        build.build(given, tmp_path)


def test_command_line_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = str(folder(tmp_path / "facts", line()))
    assert build.main([facts, "--out", str(tmp_path)]) == 0
    assert "1 trials written" in capsys.readouterr().out
    assert build.main([str(tmp_path / "none"), "--out", str(tmp_path)]) == 2
    assert "trials.csv cannot be read" in capsys.readouterr().err
    assert build.main([facts, "--out", str(tmp_path / "no")]) == 5
