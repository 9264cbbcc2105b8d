"""The starter snapshot that comes with the product: only what its sources said, in the registry's shape."""

import gzip
import re
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from cache.ingest.load_starter import load_starter
from cache.recovery.check import integrity
from cache.recovery.derived import Derivation
from cache.starter import DATA, StarterRecord, copies, derived, names, records, snapshot_date
from cache.starter.build import NOT_BELIEVED
from cache.starter.packed import packed
from cache.store import seal
from cache.store.seal import SEALED
from cache.store.store import Store
from fetchers.errors import LocalTrouble
from fetchers.matching.matcher import Matcher
from fetchers.record.study import decode_study
from fetchers.settings import ROOT
from fetchers.watchlist.load import load

MOST_BYTES = 600_000
MADE = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture(scope="module")
def snapshot() -> dict[str, StarterRecord]:
    return {record.study.nct_id: record for record in records(watchlist=load())}


def test_snapshot_holds_each_trial_once_with_its_source_and_stays_small(snapshot: dict[str, StarterRecord]) -> None:
    every = list(records())
    assert len(every) == len(snapshot) > 2_000
    assert [record.study.nct_id for record in every] == sorted(snapshot)
    assert all(record.source and record.study.identification.brief_title for record in every)
    assert snapshot_date() == max(record.as_of for record in every if record.as_of)
    assert DATA.stat().st_size + derived.FILE.stat().st_size < MOST_BYTES
    assert not snapshot.keys() & NOT_BELIEVED.keys()
    assert f"about {round(len(every), -2):,} real trials" in (ROOT / "README.md").read_text(encoding="utf-8")


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
    assert snapshot["NCT00036153"].study.conditions == ()  # its source has a key of its own there
    assert snapshot["NCT06118138"].study.design.phases is None
    undated = [record for record in snapshot.values() if record.as_of is None]
    assert undated
    assert all(names.NO_DATE in (record.note or "") for record in undated)


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
    record = snapshot["NCT00000117"]
    assert record.source == "reesewang25/enrollment_and_studylength, NCT0000xxxx/NCT00000117.xml (record as XML)"
    assert record.as_of == "2023-02-03"


def test_no_old_copy_says_that_a_trial_is_open_now(snapshot: dict[str, StarterRecord]) -> None:
    newest = snapshot_date()
    year_before = f"{int(newest[:4]) - 1}{newest[4:]}"
    for record in snapshot.values():
        if record.as_of is None or record.as_of < year_before:
            assert record.study.status.overall_status not in copies.OPEN
    moved = [one for one in snapshot.values() if one.study.status.overall_status is None]
    moved = [one for one in moved if one.study.status.last_known_status]
    assert len(moved) > 100
    assert all(one.study.status.last_known_status in copies.OPEN for one in moved)
    assert all("Its status was" in (one.note or "") for one in moved)


def test_names_that_a_source_made_itself_are_left_out(snapshot: dict[str, StarterRecord]) -> None:
    tables = [one for one in snapshot.values() if not re.search(r"\((record as|the registry)", one.source)]
    assert len(tables) > 500
    for one in tables:
        assert not [name for name in one.study.conditions if names.is_condition_slug(name)]
        assert not [given.name for given in one.study.interventions if given.name and names.is_slug(given.name)]


def test_rows_of_which_only_the_first_phase_was_kept_say_so(snapshot: dict[str, StarterRecord]) -> None:
    marked = [record for record in snapshot.values() if "first phase only" in record.source]
    assert len(marked) > 100
    assert all(names.FIRST_PHASE in (record.note or "") for record in marked)
    phase_2 = [record for record in marked if record.study.design.phases == ("PHASE2",)]
    assert phase_2
    assert all("phase 2 may be phase 2/3" in (record.note or "") for record in phase_2)


def test_no_person_no_site_and_no_sentence_of_a_record_is_in_it(snapshot: dict[str, StarterRecord]) -> None:
    assert b"@" not in gzip.decompress(DATA.read_bytes())
    for record in snapshot.values():
        protocol = record.study.protocol_section
        assert all(site == type(site)(country=site.country) for site in record.study.locations)
        assert protocol.description_module == type(protocol.description_module)()
        assert protocol.outcomes_module == type(protocol.outcomes_module)()
        assert record.study.eligibility.eligibility_criteria is None
        assert record.study.status.why_stopped is None
        assert not [one for one in record.study.arms if one.description]
        assert not [one for one in record.study.interventions if one.description]
        assert not [one for one in protocol.references_module.references if one.citation]
        sponsors = (record.study.sponsors.lead_sponsor, *record.study.sponsors.collaborators)
        assert not [one for one in sponsors if one.name and names.is_person(one.name, one.class_)]


def test_the_file_is_what_its_own_lines_give() -> None:
    lines = gzip.decompress(DATA.read_bytes()).splitlines()
    assert gzip.decompress(packed(lines)) == gzip.decompress(DATA.read_bytes())
    assert packed(lines) == packed(lines)
    for line in lines:
        study = bytes(msgspec.json.decode(line, type=dict[str, msgspec.Raw])["study"])
        assert msgspec.json.encode(decode_study(study)) == study


def test_what_was_derived_is_what_the_records_give_today(snapshot: dict[str, StarterRecord]) -> None:
    """When this fails, matching or the watch-list has changed: ``python -m cache.starter.build`` mends it."""
    matcher = Matcher(load())
    assert [one.study.nct_id for one in snapshot.values() if one.derived != derived.derive(one.study, matcher)] == []


def test_a_new_store_is_the_same_whether_it_is_derived_or_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "uuid4", lambda: UUID(int=0))  # the name of the state, which no two stores share
    known, loaded = load(), []
    for given in (records(watchlist=known), records()):
        with closing(Store.in_memory(now=lambda: MADE)) as store:
            load_starter(store, given, Matcher(known), known, now=lambda: MADE)
            with store.reading() as connection:
                loaded.append([connection.execute(select(one).order_by(*one.primary_key)).all() for one in SEALED])
            assert integrity(store, Derivation.of(known)) == []
    assert loaded[0] == loaded[1]


@pytest.mark.parametrize(
    "damage",
    [b"", b"no gzip", DATA.read_bytes()[:9000] + b"!" * 9000, gzip.compress(b'{"source": 3}\n'), None],
    ids=["empty", "no gzip", "torn", "another shape", "cut"],  # packed bytes hold the time, and ids must not
)
def test_a_damaged_file_is_a_local_trouble(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / DATA.name
    path.write_bytes(DATA.read_bytes()[:-20] if damage is None else damage)
    with pytest.raises(LocalTrouble, match="Install the product again"):
        list(records(path))


def test_the_snapshot_covers_all_agents_but_few_and_every_condition(snapshot: dict[str, StarterRecord]) -> None:
    known = load()
    found = [record.derived for record in snapshot.values() if record.derived]
    agents = Counter(match.agent for one in found for match in one.matches if match.tier == "given")
    groups = Counter(group for one in found for group in one.groups)
    assert {agent.id for agent in known.agents} - set(agents) == {"autologous_lymph_node_cells"}
    assert {condition.id for condition in known.conditions} == set(groups)
    held = [one for one in found if one.matches or "me_cfs" in one.groups]
    assert len(held) > 0.99 * len(found)  # hardly any of it is left out when a new store is made
