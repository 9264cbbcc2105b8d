"""Backup and restore: a whole copy while others work, a restore that loses nothing, and clear words for the rest."""

import io
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, delete

from cache import starter
from cache.__main__ import main
from cache.ingest.load_starter import load_starter
from cache.opening import open_store
from cache.recovery import backup as backups
from cache.recovery.backup import backup, restore
from cache.recovery.check import integrity
from cache.store.errors import Damaged, Locked, NewerStore
from cache.store.lock import SUFFIX, hold
from cache.store.schema import event, meta, study
from cache.store.store import bump
from fetchers.errors import LocalTrouble, Validation
from fetchers.matching.matcher import Matcher
from fetchers.settings import VARIABLES, Settings
from tests.rigs.answering import Refresher, everything, record, rows
from tests.rigs.refresh import WATCHLIST
from tests.rigs.stores import opened

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
REPLACED = "copy.sqlite3.replaced-20261122T123000Z"
ASIDE = "trials.sqlite3.before-restore-20261122T123000Z"


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def contents(path: Path) -> dict[str, list[Any]]:
    """Every row but the number that counts the states."""
    with opened(path, patience=2.0) as store:
        assert integrity(store) == []
        return everything(store, skip=[meta])


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir() if not one.name.endswith(SUFFIX)}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of five trials, one of them in two versions."""
    folder = tmp_path_factory.mktemp("original")
    with opened(folder / "store" / "trials.sqlite3", patience=2.0) as store:
        refresher = Refresher(store)
        refresher.answer("azathioprine", [record(number, "azathioprine") for number in range(1, 6)])
        refresher.answer("azathioprine", [record(1, "azathioprine", title="New")], [f"NCT{n:08d}" for n in range(2, 6)])
    return folder


@pytest.fixture(scope="module")
def went_on(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with that store and a backup of it, after which the store went on."""
    folder = tmp_path_factory.mktemp("went_on") / "folder"
    shutil.copytree(original, folder)
    path = folder / "store" / "trials.sqlite3"
    assert backup(url(path), folder / "kept.sqlite3") == ((5, 6), None)
    with opened(path, patience=2.0) as store:
        refresher = Refresher(store)
        refresher.id = 2
        refresher.answer("methotrexate", [record(number, "methotrexate") for number in range(6, 9)])
    return folder


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    return tmp_path / "store" / "trials.sqlite3"


@pytest.fixture
def kept(path: Path, went_on: Path, tmp_path: Path) -> Path:
    shutil.copytree(went_on, tmp_path, dirs_exist_ok=True)
    return tmp_path / "kept.sqlite3"


# -- backup -----------------------------------------------------------------------------------------------------------


def test_a_backup_holds_every_row(path: Path, tmp_path: Path) -> None:
    assert backup(url(path), tmp_path / "copy.sqlite3") == ((5, 6), None)
    assert contents(tmp_path / "copy.sqlite3") == contents(path)
    assert names(tmp_path) == {"store", "copy.sqlite3"}


def test_a_backup_while_a_refresh_writes_is_one_state(path: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    with opened(path, patience=2.0) as store:

        def write() -> None:
            refresher = Refresher(store)
            refresher.id = 2
            while not stop.is_set():
                number = 10 * refresher.id
                refresher.answer("methotrexate", [record(number + at, "methotrexate") for at in range(10)])

        with hold(store.engine):  # a backup needs no lock
            thread = threading.Thread(target=write)
            thread.start()
            try:
                for number in range(8):
                    backup(url(path), tmp_path / f"{number}.sqlite3")
            finally:
                stop.set()
                thread.join()
    sizes = []
    for number in range(8):
        found = contents(tmp_path / f"{number}.sqlite3")
        live = [row for row in found["answer"] if row[0] == "methotrexate" and row[-1] is None]
        assert len(live) in (0, 10), "half an answer"
        sizes.append(len(found["study"]))
    assert sizes == sorted(sizes)
    assert sizes[-1] > 5


def test_a_backup_overwrites_only_when_told_to(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.sqlite3"
    out.write_text("precious")
    with pytest.raises(Validation, match=r"exists already.*--force"):
        backup(url(path), out)
    assert out.read_text() == "precious"
    done = backup(url(path), out, force=True, now=lambda: NOW)
    assert contents(out) == contents(path)
    assert done.aside == tmp_path / REPLACED
    assert done.aside.read_text() == "precious", "what cannot be compared is kept"


def lost(path: Path) -> None:
    """Begun anew with the starter snapshot."""
    path.unlink()
    open_store(Settings(cache_url=url(path)), WATCHLIST, anew=True).close()


def asked_again(path: Path) -> None:
    """Begun anew, and grown richer in numbers than the backup."""
    path.unlink()
    with opened(path, patience=2.0) as store:
        refresher = Refresher(store)
        refresher.now = refresher.now.replace(year=2027)
        for title in ("One", "Two", "Three"):
            refresher.answer("azathioprine", [record(number, "azathioprine", title=title) for number in range(1, 9)])


def without_its_changes(path: Path) -> None:
    with opened(path, patience=2.0) as store, store.writing() as connection:
        connection.execute(delete(event))
        bump(connection)


def an_older_one(path: Path) -> None:
    shutil.copy(path.with_name("older"), path)


@pytest.mark.parametrize(
    ("lose", "words"),
    [
        (lost, "6 versions and 1 change that the store does not have .it holds only the starter snapshot"),
        (asked_again, "6 versions and 1 change that the store does not have .it holds 24 versions"),
        (without_its_changes, "0 versions and 1 change that the store does not have .it holds 6 versions"),
        (an_older_one, "1 version and 1 change that the store does not have .it holds 5 versions"),
    ],
)
def test_a_rich_backup_is_never_replaced_by_a_poorer_store(
    tmp_path: Path, lose: Callable[[Path], None], words: str
) -> None:
    path, out = tmp_path / "store" / "trials.sqlite3", tmp_path / "kept.sqlite3"
    with opened(path, patience=2.0) as store:
        refresher = Refresher(store)
        refresher.answer("azathioprine", [record(number, "azathioprine") for number in range(1, 6)])
        backup(url(path), path.with_name("older"))
        stopped = record(1, "azathioprine", status={"overallStatus": "TERMINATED"})
        refresher.answer("azathioprine", [stopped], [f"NCT{n:08d}" for n in range(2, 6)])
    backup(url(path), out)
    rich = out.read_bytes()
    lose(path)
    with pytest.raises(LocalTrouble, match=words) as caught:
        backup(url(path), out, force=True, now=lambda: NOW)
    assert "--even-if-poorer" in str(caught.value)
    assert out.read_bytes() == rich
    assert names(tmp_path) == {"store", out.name}
    done = backup(url(path), out, even_if_poorer=True, now=lambda: NOW)
    assert done.aside == tmp_path / "kept.sqlite3.replaced-20261122T123000Z"
    assert done.aside.read_bytes() == rich
    assert contents(out) == contents(path)
    restore(url(path), done.aside)
    assert contents(path) == contents(done.aside)


def test_a_store_that_went_on_replaces_its_backup_without_a_word(kept: Path, path: Path) -> None:
    assert backup(url(path), kept, force=True) == ((8, 9), None)
    assert backup(url(path), kept, force=True) == ((8, 9), None)
    with opened(path, patience=2.0) as store:  # a first live answer takes the place of starter rows
        load_starter(store, starter.records(), Matcher(WATCHLIST), WATCHLIST)
    backup(url(path), kept, force=True)
    with opened(path, patience=2.0) as store:
        refresher = Refresher(store)
        refresher.id = 4
        refresher.answer("rintatolimod", [])
    done = backup(url(path), kept, force=True)
    assert done.aside is None
    assert names(kept.parent) == {"store", kept.name}


@pytest.mark.parametrize("shape", ["cut", "text", "gone"])
def test_what_is_no_backup_is_kept_aside(path: Path, tmp_path: Path, shape: str) -> None:
    out = tmp_path / "copy.sqlite3"
    backup(url(path), out)
    content = {"cut": out.read_bytes()[:5000], "text": b"no database " * 500, "gone": b""}[shape]
    out.write_bytes(content)
    done = backup(url(path), out, force=True, now=lambda: NOW)
    assert done.aside is not None
    assert done.aside.read_bytes() == content
    assert names(tmp_path) == {"store", out.name, REPLACED}


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", SUFFIX])
def test_a_backup_never_overwrites_the_store_itself(path: Path, suffix: str) -> None:
    before = contents(path)
    with pytest.raises(Validation, match="belongs to the store itself"):
        backup(url(path), path.with_name(path.name + suffix), force=True)
    link = path.with_name("link.sqlite3")
    link.symlink_to(path)
    with pytest.raises(Validation, match="belongs to the store itself"):
        backup(url(path), link, force=True)
    assert contents(path) == before


def test_a_damaged_store_never_replaces_a_good_backup(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.sqlite3"
    backup(url(path), out)
    good = out.read_bytes()
    with opened(path, patience=2.0) as store, store.writing() as connection:
        connection.exec_driver_sql("UPDATE version SET body = x'00'")
    with pytest.raises(Damaged, match="no backup was written"):
        backup(url(path), out, force=True)
    path.write_bytes(b"no database" + path.read_bytes()[11:])
    with pytest.raises(Damaged):
        backup(url(path), out, force=True)
    assert out.read_bytes() == good
    assert names(tmp_path) == {"store", "copy.sqlite3"}


def test_a_backup_of_nothing_and_to_nowhere(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LocalTrouble, match=r"There is no store at .*none"):
        backup(url(tmp_path / "none.sqlite3"), tmp_path / "out.sqlite3")
    with pytest.raises(Validation, match="is a folder"):
        backup(url(path), tmp_path)
    with pytest.raises(Validation, match="There is no folder"):
        backup(url(path), tmp_path / "no" / "folder.sqlite3")
    with pytest.raises(LocalTrouble, match="SQLite file"):
        backup("sqlite://", tmp_path / "out.sqlite3")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(LocalTrouble, match="disk is full"):
        backup(url(path), tmp_path / "out.sqlite3")
    assert names(tmp_path) == {"store"}


# -- restore ----------------------------------------------------------------------------------------------------------


def test_a_restore_brings_the_backup_back_and_keeps_the_present_store_aside(path: Path, kept: Path) -> None:
    present, wanted, file = contents(path), contents(kept), kept.read_bytes()
    assert present != wanted
    with opened(path, patience=2.0) as store:
        number = store.version()
    done = restore(url(path), kept, lambda: NOW)
    assert done == ((5, 6), path.with_name(ASIDE))
    assert contents(path) == wanted
    assert contents(path.with_name(ASIDE)) == present
    assert kept.read_bytes() == file
    assert names(path.parent) == {path.name, ASIDE}
    assert names(kept.parent) == {"store", kept.name}
    with opened(path, patience=2.0) as store:
        assert store.version() > number, "a reader could take the restored state for one it has seen"


def test_a_reader_with_the_store_open_sees_the_restored_state(path: Path, kept: Path) -> None:
    wanted = contents(kept)
    with opened(path, patience=2.0) as reader, opened(path, patience=2.0) as busy:
        assert len(rows(reader, study, "nct_id")) == 8
        with busy.reading() as held:
            assert held.exec_driver_sql("SELECT count(*) FROM study").scalar() == 8
            restore(url(path), kept, lambda: NOW)
            assert held.exec_driver_sql("SELECT count(*) FROM study").scalar() == 8, "a view is one state"
        assert everything(reader, skip=[meta]) == wanted
        refresher = Refresher(reader)
        refresher.id = 2
        refresher.begin()  # and it can go on writing
    assert len(contents(path)["refresh"]) == len(wanted["refresh"]) + 1 == 3


def test_a_restore_can_be_taken_back(path: Path, kept: Path) -> None:
    present = contents(path)
    restore(url(path), kept, lambda: NOW)
    done = restore(url(path), path.with_name(ASIDE), lambda: NOW)
    assert done.aside == path.with_name(ASIDE + "-2")
    assert contents(path) == present


def test_a_restore_from_another_store_that_is_in_use(path: Path, kept: Path, tmp_path: Path) -> None:
    with opened(kept, patience=2.0) as other:
        refresher = Refresher(other)
        refresher.id = 2
        refresher.answer("azathioprine", [record(9, "azathioprine")])
        assert kept.with_name(kept.name + "-wal").stat().st_size > 0
        restore(url(path), kept, lambda: NOW)
    assert "NCT00000009" in str(contents(path)["study"])
    assert contents(path) == contents(kept)


def test_a_restore_where_there_is_no_store_yet(kept: Path, tmp_path: Path) -> None:
    new = tmp_path / "new" / "folder" / "trials.sqlite3"
    assert restore(url(new), kept, lambda: NOW) == ((5, 6), None)
    assert contents(new) == contents(kept)
    assert names(new.parent) == {new.name}


def test_a_restore_replaces_a_damaged_store_and_keeps_its_bytes(path: Path, kept: Path) -> None:
    damaged = b"no database" + path.read_bytes()[11:]
    path.write_bytes(damaged)
    path.with_name(path.name + "-wal").write_bytes(b"left over")
    done = restore(url(path), kept, lambda: NOW)
    assert done.aside == path.with_name(ASIDE)
    assert done.aside.read_bytes() == damaged
    assert contents(path) == contents(kept)


def test_a_backup_of_a_running_refresh_lets_the_next_one_run(path: Path, kept: Path, tmp_path: Path) -> None:
    with opened(path, patience=2.0) as store:
        refresher = Refresher(store)
        refresher.id = 10
        refresher.begin()
        refresher.stage("azathioprine", [record(99)])
    backup(url(path), tmp_path / "running.sqlite3")
    restore(url(path), tmp_path / "running.sqlite3", lambda: NOW)
    assert "running" in contents(path)["refresh"][-1]  # the next one closes it, see test_journal


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = b"\xff" * (len(content) - 4096 * 3)
    path.write_bytes(content)


def spoiled(statement: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(statement)
            connection.commit()

    return spoil


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (damaged, "not a sound backup; nothing was changed"),
        (lambda path: path.write_bytes(b"no database at all" * 500), "not a sound backup; nothing was changed"),
        (lambda path: path.write_bytes(b""), "is not a store of this product"),
        (spoiled("DROP TABLE alembic_version"), "is not a store of this product"),
        (spoiled("DROP TABLE study"), "not a sound backup; nothing was changed.*tables are missing: study"),
        (spoiled("UPDATE version SET body = x'00' WHERE id = 1"), "Version 1 of NCT00000001 cannot be read back"),
        (spoiled("UPDATE alembic_version SET version_num = 'f00d'"), "newer version of this product"),
    ],
    ids=["pages", "no database", "empty", "another program", "table", "record", "newer"],
)
def test_what_is_no_sound_backup_changes_nothing(
    path: Path, kept: Path, spoil: Callable[[Path], None], words: str
) -> None:
    before = contents(path)
    spoil(kept)
    file = kept.read_bytes()
    with pytest.raises(LocalTrouble, match=words) as caught:
        restore(url(path), kept, lambda: NOW)
    assert not isinstance(caught.value, Damaged), "the store itself is not damaged"
    assert str(kept) in str(caught.value)
    assert contents(path) == before
    assert kept.read_bytes() == file
    assert names(path.parent) == {path.name}


def test_a_restore_does_not_disturb_a_refresh(path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(path)
    monkeypatch.setenv("TRIALS_CACHE_URL", url(path))
    with hold(create_engine(url(path))):
        assert main(["restore", "--from", str(kept), "--yes"]) == 4
    assert contents(path) == before
    assert names(path.parent) == {path.name}


def test_a_store_somebody_writes_to_is_left_alone(path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "PATIENCE_SECONDS", 0.2)
    before = contents(path)
    with opened(path, patience=2.0) as store, store.writing(), pytest.raises(Locked, match="locked by another process"):
        restore(url(path), kept, lambda: NOW)
    assert contents(path) == before


def test_a_newer_store_is_never_replaced(path: Path, kept: Path) -> None:
    spoiled("UPDATE alembic_version SET version_num = 'f00d'")(path)
    before = path.read_bytes()
    with pytest.raises(NewerStore):
        restore(url(path), kept, lambda: NOW)
    assert path.read_bytes() == before
    assert names(path.parent) == {path.name}


def test_a_full_disk_leaves_the_store_as_it_was(path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(path)

    def full(*_: object) -> None:
        raise LocalTrouble("The disk is full.")

    monkeypatch.setattr(backups, "_overwrite_pages", full)
    with pytest.raises(LocalTrouble, match="disk is full"):
        restore(url(path), kept, lambda: NOW)
    assert contents(path) == before
    assert names(path.parent) == {path.name, ASIDE}


def test_a_restore_from_nothing_itself_and_a_folder(path: Path, tmp_path: Path) -> None:
    with pytest.raises(Validation, match="There is no backup file"):
        restore(url(path), tmp_path / "none.sqlite3")
    with pytest.raises(Validation, match="There is no backup file"):
        restore(url(path), tmp_path)
    with pytest.raises(Validation, match="is the store itself"):
        restore(url(path), path)
    with pytest.raises(LocalTrouble, match="is a folder"):
        restore(url(tmp_path), path)


# -- the commands -----------------------------------------------------------------------------------------------------

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    monkeypatch.setenv("TRIALS_CACHE_URL", url(path))

    def run_here(*arguments: object) -> tuple[int, str]:
        code = main([str(one) for one in arguments])
        printed = capsys.readouterr()
        assert printed.out == ""
        return code, printed.err

    return run_here


def test_the_commands_say_what_they_did(run: Run, path: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.sqlite3"
    assert run("backup", "--out", out) == (0, f"5 trials, 6 versions written to {out}\n")
    code, said = run("backup", "--out", out)
    assert (code, said) == (2, f"{out} exists already; name another file, or overwrite it with --force.\n")
    out.write_bytes(b"no backup")
    assert "what stood there before was kept as" in run("backup", "--out", out, "--even-if-poorer")[1]
    assert run("backup", "--out", out, "--force")[0] == 0
    code, said = run("restore", "--from", out, "--yes")
    (aside,) = (one for one in path.parent.iterdir() if "before-restore" in one.name)
    assert code == 0
    assert said == (
        f"{path} now holds what {out} holds: 5 trials, 6 versions. What stood there before was kept as {aside}.\n"
    )


def test_troubles_have_their_exit_codes(run: Run, path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite3"
    other.write_bytes(b"no database at all" * 500)
    code, said = run("restore", "--from", other, "--yes")
    assert (code, "check --rescue" in said) == (5, False)
    assert run("restore", "--from", tmp_path / "none", "--yes")[0] == 2
    shutil.copy(other, path)
    code, said = run("backup", "--out", tmp_path / "copy.sqlite3")
    assert (code, "check --rescue" in said) == (5, True)
    path.unlink()
    assert run("backup", "--out", tmp_path / "copy.sqlite3")[0] == 5
    assert not path.exists(), "a backup may not make a store"


@pytest.mark.parametrize("command", [["backup", "--out"], ["restore", "--yes", "--from"]])
def test_a_store_url_that_is_none_is_told(
    run: Run, path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("TRIALS_CACHE_URL", "no url at all")
    code, said = run(*command, path)
    assert (code, "TRIALS_CACHE_URL is not a database URL" in said) == (2, True)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "done"), [("y\n", True), ("YES\n", True), ("\n", False), ("n\n", False), ("", False)]
)
def test_a_restore_asks_on_a_terminal(
    run: Run, path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, typed: str, done: bool
) -> None:
    before = contents(path)
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    code, said = run("restore", "--from", kept)
    assert "[y/N]" in said
    assert code == (0 if done else 130)
    assert (contents(path) != before) is done
    assert ("Nothing was done" in said) is not done


def test_a_restore_without_a_terminal_wants_to_be_told(
    run: Run, path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(path)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    code, said = run("restore", "--from", kept)
    assert code == 2
    assert "--yes" in said
    assert contents(path) == before
