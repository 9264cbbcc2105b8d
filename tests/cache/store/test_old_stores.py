"""A store of every release still opens: it is brought up to date, loses nothing, and can be refreshed."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from cache.export import trials as export
from cache.recovery import backup as backups
from cache.recovery.check import integrity
from cache.store import migrations
from cache.store.bodies import whole
from tests.fake_registry import agent_studies
from tests.rigs.refresh import WATCHLIST, Rig, held
from tests.rigs.stores import opened
from tests.stores import make

# A store of each release that is out (``tests/stores/make.py``).
RELEASES = sorted(file.stem for file in make.HERE.glob("*.sqlite3"))
# The tables whose rows may not be lost.
KEPT = ("study", "version", "answer", "match", "event", "scope", "refresh", "progress", "set_aside")


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def path(release: str, tmp_path: Path) -> Path:
    """A copy: the file in the repository stays as the release wrote it."""
    return Path(shutil.copy(make.HERE / f"{release}.sqlite3", tmp_path / "trials.sqlite3"))


def rows(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of the kept tables with the columns the file has, read by nothing of ours but the unpacking."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = {table: connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid') for table in KEPT}  # noqa: S608
        found = {table: [dict(row) for row in cursor] for table, cursor in tables.items()}
    # A record counts, not how it is packed.
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        bodies = whole(connection, {row["id"]: row["body"] for row in found["version"]})
    engine.dispose()
    for row in found["version"]:
        row["body"] = bodies[row["id"]]
    return found


def assert_holds(now: dict[str, list[dict[str, Any]]], before: dict[str, list[dict[str, Any]]]) -> None:
    """Each row of before is still there, whatever columns it has got since."""
    for table, old in before.items():
        columns = list(old[0])
        found = [tuple(row[name] for name in columns) for row in now[table]]
        assert [row for row in old if tuple(row.values()) not in found] == [], table


def test_the_file_is_small_and_of_a_known_revision(release: str) -> None:
    assert (make.HERE / f"{release}.sqlite3").stat().st_size < 200_000
    assert stamp(release) in migrations.KNOWN


def test_a_store_of_every_earlier_revision_is_kept() -> None:
    lacking = set(migrations.KNOWN) - {stamp(release) for release in RELEASES} - {migrations.HEAD}
    assert lacking == set(), "make one with tests/stores/make.py, on the commit before the new step"


def stamp(release: str) -> str:
    """The revision a file was written under."""
    with closing(sqlite3.connect(f"file:{make.HERE / release}.sqlite3?mode=ro&immutable=1", uri=True)) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(revision)


def test_it_holds_something_of_everything(path: Path) -> None:
    found = rows(path)
    assert all(found[table] for table in KEPT)
    assert {row["origin"] for row in found["version"]} == {"live", "starter"}
    kinds = {row["kind"] for row in found["event"]}
    assert kinds >= {"new_trial", "status", "enrollment", "primary_completion_date", "left_registry", "returned"}
    assert any(row["ended_at"] for row in found["answer"])
    assert any(row["error"] for row in found["scope"])


def test_it_opens_and_keeps_every_row(path: Path) -> None:
    before = rows(path)
    with opened(path) as store:
        assert integrity(store) == []
        with store.reading() as connection:
            assert migrations.revision(connection) == migrations.HEAD
    now = rows(path)
    assert_holds(now, before)
    assert {table: len(found) for table, found in now.items()} == {table: len(old) for table, old in before.items()}


def test_it_exports_what_it_exported_then(release: str, path: Path, tmp_path: Path) -> None:
    then = json.loads((make.HERE / f"{release}.json").read_text(encoding="utf-8"))
    with opened(path) as store:
        export.write(store, WATCHLIST, "json", tmp_path / "now.json", None)
    now = json.loads((tmp_path / "now.json").read_text(encoding="utf-8"))
    assert len(then) > 10
    assert [_as_then(new, old) for old, new in zip(then, now, strict=True)] == then


def _as_then(new: Any, old: Any) -> Any:
    """What was exported then, without what has been added since."""
    return {key: _as_then(new[key], value) for key, value in old.items()} if isinstance(old, dict) else new


def test_it_can_be_refreshed(path: Path) -> None:
    before = rows(path)
    with Rig(agent_studies(), url=f"sqlite:///{path}") as rig:
        rig.fake.reload("2027-01-05T09:00:05")
        report = rig.refresh("sizofiran", "rintatolimod", "ivig", "azathioprine")
        assert report.exit_code == 0, report
        assert len(held(rig, "azathioprine")) > 1
        assert integrity(rig.store) == []
    now = rows(path)
    past = {"event": before["event"], "refresh": before["refresh"]}
    assert_holds(now, past | {"version": [row for row in before["version"] if row["origin"] == "live"]})
    assert len(now["event"]) > len(before["event"])


def test_it_can_be_backed_up_as_it_is_and_restored_from(path: Path, tmp_path: Path) -> None:
    new, before = tmp_path / "new.sqlite3", rows(path)
    backups.backup(f"sqlite:///{path}", tmp_path / "copy.sqlite3")
    backups.restore(f"sqlite:///{new}", tmp_path / "copy.sqlite3")
    assert rows(tmp_path / "copy.sqlite3") == rows(path) == before
    assert_holds(rows(new), before)


def test_it_can_be_made_but_not_made_again(tmp_path: Path) -> None:
    """The script stays runnable; the file is the release's."""
    make.make(tmp_path / "today.sqlite3")
    with opened(tmp_path / "today.sqlite3") as store:
        assert integrity(store) == []
    found = rows(tmp_path / "today.sqlite3")
    assert {row["host"] for row in found["refresh"]} == {"example"}
    assert json.loads((tmp_path / "today.json").read_text(encoding="utf-8"))
