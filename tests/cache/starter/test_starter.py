"""The starter snapshot: only what its sources said, in the registry's shape, the same bytes every time."""

import csv
import gzip
import re
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.starter import DATA, StarterRecord, build, records, snapshot_date
from fetchers.errors import LocalTrouble, Validation
from fetchers.matching.matcher import Matcher
from fetchers.record.study import decode_study
from fetchers.watchlist.load import load
from tests.rigs.records import SHARED

FACTS = SHARED / "facts" / "trials.csv"


@pytest.fixture(scope="module")
def snapshot() -> dict[str, StarterRecord]:
    return {record.study.nct_id: record for record in records()}


def line(**facts: str) -> dict[str, str]:
    return dict.fromkeys(build.COLUMNS, "") | {"nct_id": "NCT00000001", "source": "somewhere"} | facts


def table(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, build.COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


# --- the file that comes with the product ---------------------------------------------------------------------------


def test_snapshot_holds_each_trial_once_with_its_source(snapshot: dict[str, StarterRecord]) -> None:
    every = list(records())
    assert len(every) == len(snapshot) == 297
    assert [record.study.nct_id for record in every] == sorted(snapshot)
    assert all(record.source and record.study.identification.brief_title for record in every)
    assert snapshot_date() == max(record.as_of for record in every if record.as_of) == "2026-07-06"


def test_what_a_source_did_not_say_is_absent(snapshot: dict[str, StarterRecord]) -> None:
    study = snapshot["NCT00034060"].study
    assert study.design.study_type is None
    assert study.has_results is None
    assert study.enrollment is None
    assert study.countries == ()
    assert study.sponsors.lead_sponsor.name is None
    assert study.status.start_date_struct.date == "2002-04"
    assert study.status.start_date_struct.type is None
    assert snapshot["NCT00036153"].study.status.start_date_struct.date == "2002"
    assert snapshot["NCT05986422"].study.status.overall_status is None
    assert snapshot["NCT06118138"].study.design.phases is None
    assert snapshot["NCT04316702"].as_of is None
    assert "not recorded" in (snapshot["NCT04316702"].note or "")


def test_what_a_source_said_is_there(snapshot: dict[str, StarterRecord]) -> None:
    study = snapshot["NCT06470100"].study
    assert study.countries == ("Poland",)
    assert study.has_results is False
    assert study.design.phases == ("PHASE4",)
    assert study.status.start_date_struct == type(study.status.start_date_struct)("2024-07-01", "ESTIMATED")
    assert study.enrollment == 90
    assert snapshot["NCT01471652"].study.enrollment == 0  # withdrawn: nobody took part, which is known
    assert snapshot["NCT00364572"].study.design.phases == ("PHASE1", "PHASE2")
    assert snapshot["NCT00215813"].study.design.study_type == "EXPANDED_ACCESS"
    assert snapshot["NCT00232193"].study.interventions[0].name == "Dexamethasone"
    assert snapshot["NCT00232193"].study.conditions == ("Multiple sclerosis",)


def test_rows_of_which_only_the_first_phase_was_kept_say_so(snapshot: dict[str, StarterRecord]) -> None:
    marked = [record for record in snapshot.values() if "first phase only" in record.source]
    assert len(marked) == 152
    assert all(build.FIRST_PHASE in (record.note or "") for record in marked)
    phase_2 = [record for record in marked if record.study.design.phases == ("PHASE2",)]
    assert phase_2
    assert all("phase 2 may be phase 2/3" in (record.note or "") for record in phase_2)


def test_no_person_and_no_site_is_in_it() -> None:
    raw = gzip.decompress(DATA.read_bytes())
    lines = raw.splitlines()
    assert b"@" not in raw
    for content in lines:
        protocol = msgspec.json.decode(content)["study"]["protocolSection"]
        assert set(protocol.get("contactsLocationsModule", {"locations": []})) == {"locations"}
        assert all(
            set(site) == {"country"} for site in protocol.get("contactsLocationsModule", {}).get("locations", ())
        )


def row_of(record: StarterRecord) -> dict[str, str]:
    """A row of facts that gives this record."""
    study, own_names = record.study, build.OWN_CONDITIONS in (record.note or "")
    status = study.status
    dates = {
        "start": status.start_date_struct,
        "primary_completion": status.primary_completion_date_struct,
        "completion": status.completion_date_struct,
    }
    facts = {
        "nct_id": study.nct_id,
        "last_known_status": status.last_known_status,
        "enrollment_type": study.design.enrollment_info.type,
        "first_posted": status.study_first_post_date_struct.date,
        "last_update_posted": status.last_update_post_date_struct.date,
        "sponsor_class": study.sponsors.lead_sponsor.class_,
        "interventions": "|".join(":".join(filter(None, (one.type, one.name))) for one in study.interventions),
        "conditions": "|".join(slug(name) if own_names else name for name in study.conditions),
        "as_of": record.as_of,
        "source": record.source,
    }
    facts |= {f"{name}_type": struct.type for name, struct in dates.items()}
    facts["primary_completion"] = status.primary_completion_date_struct.date
    return line(**{name: fact for name, fact in facts.items() if fact}, **told(study))


def slug(name: str) -> str:
    return name.lower().replace(" ", "-") if re.fullmatch(r"[A-Z][a-z]+( [a-z]+)*", name) else name


def test_the_file_is_what_its_own_facts_give(tmp_path: Path) -> None:
    facts = table(tmp_path / "facts.csv", *map(row_of, records()))
    for source in (facts, *([FACTS] if FACTS.exists() else [])):
        out = tmp_path / "trials.jsonl.gz"
        assert build.build(source, out) == 297
        assert out.read_bytes() == DATA.read_bytes()


# --- building it ----------------------------------------------------------------------------------------------------

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
    assert told(decode_study(msgspec.json.encode(build.record(line(**facts))))) == facts


def test_the_placeholder_is_no_enrollment() -> None:
    assert told(decode_study(msgspec.json.encode(build.record(line(enrollment="99999999"))))) == {}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("DRUG:Etanercept", [("DRUG", "Etanercept")]),
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
    study = decode_study(msgspec.json.encode(build.record(line(interventions=written))))
    assert [(one.type, one.name) for one in study.interventions] == expected


def test_slugs_become_words_and_names_stay(tmp_path: Path) -> None:
    study = decode_study(
        msgspec.json.encode(build.record(line(conditions="low-back-pain|Long COVID|Fatigue Syndrome, Chronic")))
    )
    assert study.conditions == ("Low back pain", "Long COVID", "Fatigue Syndrome, Chronic")


def test_the_same_facts_give_the_same_bytes_whatever_their_order(tmp_path: Path) -> None:
    rows = [line(nct_id="NCT00000002"), line(nct_id="NCT00000001", title="Ünïcode")]
    first, second = tmp_path / "a.gz", tmp_path / "another-name.gz"
    assert build.build(table(tmp_path / "one.csv", *rows), first) == 2
    assert build.build(table(tmp_path / "two.csv", *reversed(rows)), second) == 2
    assert first.read_bytes() == second.read_bytes()
    assert [record.study.nct_id for record in records(first)] == ["NCT00000001", "NCT00000002"]


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
        build.build(table(tmp_path / "facts.csv", line(**facts)), tmp_path / "out.gz")
    assert not (tmp_path / "out.gz").exists()


def test_a_trial_named_twice_and_a_missing_column_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Validation, match="twice"):
        build.build(table(tmp_path / "facts.csv", line(), line()), tmp_path / "out.gz")
    (tmp_path / "short.csv").write_text("nct_id,title\nNCT00000001,A\n")
    with pytest.raises(Validation, match="lacks the columns status"):
        build.build(tmp_path / "short.csv", tmp_path / "out.gz")


def test_command_line_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out.gz")
    facts = table(tmp_path / "facts.csv", line())
    assert build.main(["--facts", str(facts), "--out", out]) == 0
    assert "1 trials written" in capsys.readouterr().out
    assert build.main(["--facts", str(tmp_path / "none.csv"), "--out", out]) == 2
    assert "none.csv cannot be read" in capsys.readouterr().err
    assert build.main(["--facts", str(facts), "--out", str(tmp_path / "no" / "out.gz")]) == 5


@pytest.mark.parametrize(
    "damage",
    [b"", b"no gzip", DATA.read_bytes()[:9000] + b"!" * 9000, gzip.compress(b'{"source": 3}\n'), None],
    ids=["empty", "no gzip", "torn", "another shape", "gone"],  # packed bytes hold the time, and ids must not
)
def test_a_damaged_file_is_a_local_trouble(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "trials.jsonl.gz"
    path.write_bytes(DATA.read_bytes()[:-20] if damage is None else damage)
    with pytest.raises(LocalTrouble, match="Install the product again"):
        list(records(path))


def test_sources_of_the_snapshot(snapshot: dict[str, StarterRecord]) -> None:
    kinds = Counter(record.source.split(" ")[0].rstrip(",") for record in snapshot.values())
    assert kinds == {"osmf-research-tracker": 239, "franosei": 46, "public": 8, "full": 4}


def test_the_snapshot_covers_every_agent_but_one_and_every_condition(snapshot: dict[str, StarterRecord]) -> None:
    known = load()
    matcher = Matcher(known)
    studies = [record.study for record in snapshot.values()]
    agents = Counter(match.agent for study in studies for match in matcher.matches(study) if match.tier == "given")
    groups = Counter(group for study in studies for group in matcher.condition_groups(study))
    assert {agent.id for agent in known.agents} - set(agents) == {"autologous_lymph_node_cells"}
    assert {condition.id for condition in known.conditions} == set(groups)
    assert agents["sizofiran"] == 1
    assert agents["rintatolimod"] == 3
    held = [study for study in studies if matcher.matches(study) or "me_cfs" in matcher.condition_groups(study)]
    assert len(held) == len(studies)  # none of it is left out when a new store is made
