"""A store that is gone, or was cut to nothing, is said to be; a new one is begun where none was, or when told to."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from cache.__main__ import main
from cache.opening import open_store
from cache.recovery import backup as backups
from cache.store import files
from cache.store.errors import Damaged, Gone
from cache.store.lock import SUFFIX, hold
from cache.store.schema import scope
from cache.store.store import Store, bump
from fetchers.settings import VARIABLES, Settings
from tests.fake_registry import FakeRegistry, agent_studies
from tests.rigs.refresh import WATCHLIST, Rig, url_of

Lose = Callable[[Path], None]


def removed(path: Path) -> None:
    path.unlink()


def removed_with_its_pages(path: Path) -> None:
    for one in files.family(path):
        one.unlink(missing_ok=True)


def cut(path: Path) -> None:
    os.truncate(path, 0)


LOSSES = [removed, removed_with_its_pages, cut]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store that holds an answer of the registry, and with all a refresh leaves beside it."""
    folder = tmp_path_factory.mktemp("asked")
    with Rig(agent_studies(), url=url_of(folder)) as rig:
        rig.refresh("sizofiran")
    return folder


@pytest.fixture
def path(asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that holds an answer of the registry."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    monkeypatch.setenv("TRIALS_CACHE_URL", url_of(tmp_path))
    shutil.copytree(asked, tmp_path, dirs_exist_ok=True)
    return tmp_path / "trials.sqlite3"


@pytest.mark.parametrize("lose", LOSSES)
@pytest.mark.parametrize(
    "command", ["status", "changes --json", "export --format csv --out out.csv", "refresh", "cancel"]
)
def test_every_command_says_so_and_makes_nothing(
    path: Path, lose: Lose, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lose(path)
    before = {one.name: one.stat().st_size for one in path.parent.iterdir()}
    assert main(command.split()) == 5
    said = capsys.readouterr().err
    assert ("is empty (0 bytes)" if lose is cut else "is gone") in said
    assert "restore --from" in said
    assert "refresh --new" in said
    assert {one.name: one.stat().st_size for one in path.parent.iterdir()} == before


@pytest.mark.parametrize("lose", LOSSES)
@pytest.mark.parametrize("rescue", [[], ["--rescue"]])
def test_check_does_not_call_it_sound(
    path: Path, lose: Lose, rescue: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    lose(path)
    assert main(["check", *rescue]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "restore --from" in printed.err


def test_check_calls_a_file_with_nothing_in_it_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new.sqlite3"
    path.touch()
    monkeypatch.setenv("TRIALS_CACHE_URL", f"sqlite:///{path}")
    assert main(["check"]) == 1
    assert f"The store {path} is empty (0 bytes)" in capsys.readouterr().err
    assert path.stat().st_size == 0
    assert main(["status", "--json"]) == 0  # nobody has stored anything here yet
    assert json.loads(capsys.readouterr().out)["starter"] is True
    assert main(["check"]) == 0


@pytest.mark.parametrize("lose", LOSSES)
def test_a_new_one_is_begun_when_told_to(path: Path, lose: Lose, monkeypatch: pytest.MonkeyPatch) -> None:
    lose(path)
    with FakeRegistry(agent_studies()) as registry:
        monkeypatch.setenv("TRIALS_REGISTRY_URL", registry.url)
        monkeypatch.setenv("TRIALS_PACE_SECONDS", "0")
        assert main(["refresh", "--agent", "ivig", "--new", "--quiet"]) == 0
        assert main(["refresh", "--agent", "ivig", "--quiet"]) == 0
    assert main(["check"]) == 0


def test_a_store_that_is_there_is_not_begun_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()
    open_store(Settings(cache_url=f"sqlite:///{path}"), WATCHLIST, anew=True).close()
    assert path.read_bytes() == before


@pytest.mark.parametrize("lose", LOSSES)
def test_a_backup_is_put_in_its_place(path: Path, lose: Lose, tmp_path: Path) -> None:
    url = f"sqlite:///{path}"
    backups.backup(url, tmp_path / "kept")
    lose(path)
    with pytest.raises(Gone):
        backups.backup(url, tmp_path / "kept", force=True)
    backups.restore(url, tmp_path / "kept")
    assert main(["check"]) == 0


@pytest.mark.parametrize(
    "trace", [SUFFIX, ".refresh.log", ".damaged-20261122T120000Z", ".before-restore-20261122T120000Z-2", "-wal"]
)
def test_what_is_left_of_a_store_shows_that_there_was_one(tmp_path: Path, trace: str) -> None:
    path = tmp_path / "trials[1]?.sqlite3"
    path.with_name(path.name + trace).write_text("x")
    for readonly in (False, True):
        with pytest.raises(Gone, match=r"as .* beside it shows"):
            Store.open(f"sqlite:///{path}", readonly=readonly)
    assert not path.exists()


@pytest.mark.parametrize(
    "name", ["trials.sqlite3-journal", "other.sqlite3.refresh-lock", "trials.sqlite3.bak", "notes"]
)
def test_other_files_are_no_trace_of_a_store(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    Store.open(url_of(tmp_path)).close()


def test_a_starter_is_not_missed_and_an_answer_is(tmp_path: Path) -> None:
    settings, path = Settings(cache_url=url_of(tmp_path)), tmp_path / "trials.sqlite3"
    open_store(settings, WATCHLIST).close()
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    removed(path)
    store = open_store(settings, WATCHLIST)
    with store.writing() as connection:
        connection.execute(update(scope).values(refreshed_at="2026-11-22T12:00:00Z"))
        bump(connection)
    store.close()
    open_store(settings, WATCHLIST).close()
    removed(path)
    with pytest.raises(Gone):
        open_store(settings, WATCHLIST)


def test_a_store_that_is_cut_while_it_is_open_is_damage_and_no_mistake_of_the_program(path: Path) -> None:
    store = Store.open(f"sqlite:///{path}", readonly=True)
    removed_with_its_pages(path)
    path.touch()
    with pytest.raises(Damaged):
        store.version()
    with hold(store.engine), pytest.raises(Gone):
        Store.open(f"sqlite:///{path}")
    store.close()
