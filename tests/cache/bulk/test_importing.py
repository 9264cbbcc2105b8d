"""The registry's whole file becomes an answer of its own, or nothing changes; and it claims no more than it is."""

import dataclasses
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from cache.bulk import importing
from cache.read import trials as queries
from cache.recovery.check import integrity
from cache.recovery.derived import Derivation
from cache.refresh.heartbeat import Heartbeat
from cache.refresh.report import Result
from cache.store.schema import REGISTRY_SCOPE, answer, event, match, progress, refresh, scope, study, version
from fetchers.errors import Cancelled, LocalTrouble, Validation
from fetchers.registry.bulk import BulkFile
from fetchers.watchlist.model import Watchlist
from tests.fake_registry import make_study
from tests.rigs.bulk_files import bulk_file
from tests.rigs.records import Records, each_set_at_hand
from tests.rigs.refresh import MATCHER, WATCHLIST, Rig

pytestmark = pytest.mark.both_databases

EVERYTHING = dataclasses.replace(WATCHLIST, everything=True)
DAY, LATER = "2026-11-20", "2026-11-21"  # of the stand-in's data load, and the next
NAMED, SWEPT, FOREIGN = "NCT60000001", "NCT60000002", "NCT60000003"


def others(day: str = DAY) -> list[dict[str, Any]]:
    """Studies that the registry's answers for the agents do not hold."""
    return [
        make_study(NAMED, title="Asthma and prednisone", conditions=["Asthma"], version_holder=day),
        make_study(SWEPT, title="Rest", conditions=["Chronic Fatigue Syndrome"], version_holder=day),
        make_study(FOREIGN, title="Teeth", conditions=["Caries"], version_holder=day),
    ]


@pytest.fixture
def rig() -> Iterator[Rig]:
    with Rig(page_cap=100) as made:
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ctg-studies.json.zip"


def taken(rig: Rig, path: Path, watchlist: Watchlist = WATCHLIST, *, studies: int | None = 1, **options: Any) -> Result:
    with BulkFile(path) as bulk:
        return importing.run(
            rig.store, bulk, watchlist, studies=studies, matcher=MATCHER, now=lambda: rig.now, **options
        )


def held(rig: Rig, name: str = REGISTRY_SCOPE) -> set[str]:
    return {row["nct_id"] for row in rig.rows(answer) if row["scope"] == name and row["ended_at"] is None}


def whole(rig: Rig) -> list[dict[str, Any]]:
    """All that the stand-in holds."""
    return list(rig.fake.studies.values())


def sound(rig: Rig) -> None:
    assert integrity(rig.store, Derivation.of(WATCHLIST, MATCHER)) == []


# -- what is taken ----------------------------------------------------------------------------------------------------


def test_by_default_what_belongs_to_the_watch_list_is_taken(rig: Rig, path: Path) -> None:
    bulk_file(path, others())
    assert taken(rig, path) == Result("fresh", studies=2, new=2)
    assert held(rig) == {NAMED, SWEPT}
    sound(rig)


def test_everything_is_taken_when_the_watch_list_says_so(rig: Rig, path: Path) -> None:
    bulk_file(path, others())
    assert taken(rig, path, EVERYTHING).studies == 3
    assert set(queries.trials(rig.store)["nct_id"]) == {NAMED, SWEPT, FOREIGN}
    sound(rig)


def test_a_trial_that_an_agents_answer_holds_is_read_again_whatever_is_in_it(rig: Rig, path: Path) -> None:
    """The registry's own search knows more names than stand in a record."""
    with rig.store.writing() as connection:
        row = {"scope": "ivig", "nct_id": FOREIGN, "origin": "live", "asked": ["ivig:ivig"], "first_seen": DAY}
        connection.execute(insert(answer), [row])
    taken(rig, bulk_file(path, others()))
    assert held(rig) == {NAMED, SWEPT, FOREIGN}


def test_what_stops_belonging_is_no_longer_held_and_not_called_gone(rig: Rig, path: Path) -> None:
    taken(rig, bulk_file(path, others()), EVERYTHING)
    assert taken(rig, path).left == 1
    assert held(rig) == {NAMED, SWEPT}
    assert {row["left_registry"] for row in rig.rows(study)} == {None}


# -- what it claims ---------------------------------------------------------------------------------------------------


def test_it_adds_nothing_to_an_agents_answer(rig: Rig, path: Path) -> None:
    rig.refresh()
    mine = rig.rows(answer)
    rules = rig.rows(match)
    bulk_file(path, [*whole(rig), *others()])
    taken(rig, path)
    assert [row for row in rig.rows(answer) if row["scope"] != REGISTRY_SCOPE] == mine
    found = [row for row in rig.rows(match) if row["nct_id"] not in (NAMED, SWEPT)]
    unlike = [row for row in found if row not in rules]
    # Further agents whose names stand in a record may be found; those are the ones a swept condition would find, too.
    assert [row for row in rules if row not in found] == []
    assert all(row["found_by"] for row in unlike)


def test_a_trial_belongs_to_an_agent_by_the_names_in_its_record(rig: Rig, path: Path) -> None:
    taken(rig, bulk_file(path, others()))
    rows = [(row["nct_id"], row["agent"], row["tier"], row["found_by"]) for row in rig.rows(match)]
    assert rows == [(NAMED, "corticosteroids", "mentioned", ["prednisone"])]


def test_agents_that_were_never_asked_stay_so(rig: Rig, path: Path) -> None:
    taken(rig, bulk_file(path, others()))
    scopes = queries.scopes(rig.store, WATCHLIST)
    assert scopes["refreshed_at"].isna().all()
    assert (scopes["studies"] == 0).all()
    assert not queries.freshness(rig.store).live


def test_the_scope_says_of_which_day_the_data_are(rig: Rig, path: Path) -> None:
    taken(rig, bulk_file(path, others()))
    (row,) = rig.rows(scope)
    assert (row["scope"], row["kind"], row["registry_timestamp"], row["error"]) == (REGISTRY_SCOPE, "sweep", DAY, None)


# -- the same record by both doors ------------------------------------------------------------------------------------


@each_set_at_hand
def test_a_record_of_the_file_asked_by_the_api_is_no_change(at_hand: Records, path: Path) -> None:
    with Rig(at_hand.raw, page_cap=500) as rig:
        taken(rig, bulk_file(path, whole(rig)), EVERYTHING)
        before = rig.rows(version)
        assert len(before) == len(at_hand.raw)
        report = rig.refresh(full=True)
        assert report.exit_code == 0
        assert sum(one.studies for one in report.agents.values()) > 0
        assert {one.changed for one in (*report.agents.values(), *report.sweeps.values())} == {0}
        assert rig.rows(version) == before
        sound(rig)


def test_the_file_after_a_refresh_is_no_change(rig: Rig, path: Path) -> None:
    rig.refresh()
    before, told = rig.rows(version), rig.rows(event)
    result = taken(rig, bulk_file(path, whole(rig)))
    assert (result.changed, rig.rows(version), rig.rows(event)) == (0, before, told)
    sound(rig)


def test_the_same_file_again_writes_nothing(rig: Rig, path: Path) -> None:
    taken(rig, bulk_file(path, [*whole(rig), *others()]))
    before = rig.data()
    result = taken(rig, path)
    assert (result.new, result.changed, result.left) == (0, 0, 0)
    assert rig.data() == before


def test_a_later_file_tells_what_has_changed(rig: Rig, path: Path) -> None:
    taken(rig, bulk_file(path, others()))
    later = [*others(LATER), make_study("NCT60000004", title="Methotrexate again", version_holder=LATER)]
    later[0]["protocolSection"]["statusModule"]["overallStatus"] = "TERMINATED"
    result = taken(rig, bulk_file(path, later))
    assert (result.studies, result.new, result.changed) == (3, 1, 1)
    assert {(row["nct_id"], row["kind"]) for row in rig.rows(event)} == {
        (NAMED, "status"), ("NCT60000004", "new_trial"),
    }  # fmt: skip
    sound(rig)


def test_a_changed_watch_list_matches_what_is_stored_anew(rig: Rig, path: Path) -> None:
    fewer = dataclasses.replace(WATCHLIST, agents=WATCHLIST.agents[1:])
    taken(rig, bulk_file(path, others()), fewer)
    taken(rig, path)
    assert [row["agent"] for row in rig.rows(match)] == ["corticosteroids"]


# -- a study that cannot be read --------------------------------------------------------------------------------------


def test_a_study_that_cannot_be_read_costs_one_study(rig: Rig, path: Path) -> None:
    bulk_file(path, others(), {"09/NCT60000009.json": b"[]"})
    result = taken(rig, path)
    assert (result.studies, result.set_aside, result.error) == (2, 1, "1 record could not be read.")
    assert [row["outcome"] for row in rig.rows(refresh)] == ["partial"]


def test_a_study_that_can_no_longer_be_read_keeps_its_old_record(rig: Rig, path: Path) -> None:
    taken(rig, bulk_file(path, others()))
    bulk_file(path, others()[1:], {f"01/{NAMED}.json": b"null"})
    assert taken(rig, path).left == 0
    assert held(rig) == {NAMED, SWEPT}


# -- a file that is not believed --------------------------------------------------------------------------------------


def refused(rig: Rig, path: Path, **options: Any) -> str:
    before = rig.data()
    with pytest.raises(Validation) as told:
        taken(rig, path, **options)
    assert rig.data() == before
    assert "othing was changed" in str(told.value)
    return str(told.value)


def test_too_few_studies_for_the_registry(rig: Rig, path: Path) -> None:
    bulk_file(path, others())
    assert "holds 3 studies, and the registry has about 600,000" in refused(rig, path, studies=None)
    assert "about 4" in refused(rig, path, studies=4)


def test_fewer_studies_than_the_last_file(rig: Rig, path: Path) -> None:
    taken(rig, bulk_file(path, others()))
    assert "about 3" in refused(rig, bulk_file(path, others()[:2]), studies=None)


def test_a_file_without_the_trials_that_are_stored(rig: Rig, path: Path) -> None:
    rig.refresh()
    assert len(whole(rig)) > 25
    assert "of the" in refused(rig, bulk_file(path, others()))


def test_a_file_that_is_older_than_the_store(rig: Rig, path: Path) -> None:
    rig.refresh()
    old = [*map(dated("2026-11-19"), whole(rig))]
    assert "older than the store's of 2026-11-20" in refused(rig, bulk_file(path, old))


def test_a_file_of_no_day(rig: Rig, path: Path) -> None:
    assert "of which day" in refused(rig, bulk_file(path, map(dated(None), others())))


def test_a_file_of_another_form(rig: Rig, path: Path) -> None:
    bulk_file(path, [], {f"{n:02d}/NCT600000{n:02d}.json": b'{"study": 1}' for n in range(5)})
    assert "5 studies" in refused(rig, path)
    (row,) = rig.rows(refresh)
    assert (row["state"], row["outcome"]) == ("ended", "failed")
    assert "not in the registry's form" in row["error"]
    assert rig.rows(scope) == []


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_damaged_study_anywhere_leaves_all_as_it_was(rig: Rig, path: Path, place: int) -> None:
    taken(rig, bulk_file(path, others()), EVERYTHING)
    content = bytearray(bulk_file(path, others(LATER)).read_bytes())
    with zipfile.ZipFile(path) as archive:
        at = archive.infolist()[place].header_offset
    content[at + 80] ^= 0xFF
    path.write_bytes(content)
    assert "is damaged" in refused(rig, path)
    assert [row["status"] for row in rig.rows(progress)] == ["fresh", "failed"]


# -- stopped ----------------------------------------------------------------------------------------------------------


def test_a_cancel_leaves_all_as_it_was(rig: Rig, path: Path) -> None:
    heartbeat = Heartbeat()
    heartbeat.interrupt()
    bulk_file(path, others())
    with pytest.raises(Cancelled):
        taken(rig, path, heartbeat=heartbeat)
    assert [(row["outcome"], row["exit_code"]) for row in rig.rows(refresh)] == [("cancelled", 130)]
    assert rig.rows(study) == []
    assert taken(rig, path).studies == 2


def test_a_full_disk_at_the_very_end_leaves_all_as_it_was(
    rig: Rig, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(rig, bulk_file(path, others()))
    before = rig.data()

    def full(*_: Any, **__: Any) -> None:
        raise LocalTrouble("The disk is full.")

    monkeypatch.setattr(importing, "keep", full)
    with pytest.raises(LocalTrouble):
        taken(rig, bulk_file(path, others(LATER)))
    assert rig.data() == before
    assert [row["outcome"] for row in rig.rows(refresh)] == ["fresh", "failed"]


def dated(day: str | None) -> Any:
    """A record as the data load of that day has it."""

    def made(record: dict[str, Any]) -> dict[str, Any]:
        copied: dict[str, Any] = json.loads(json.dumps(record))
        misc = copied["derivedSection"]["miscInfoModule"]
        misc.pop("versionHolder") if day is None else misc.update(versionHolder=day)
        return copied

    return made
