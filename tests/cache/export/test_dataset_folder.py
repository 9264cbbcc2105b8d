"""The folder of a data set: whole or not there, and never in the place of something else."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from cache.export import atomic_folder
from cache.export.dataset import parts
from cache.export.dataset import write as dataset
from cache.store.errors import Damaged
from cache.store.store import Store
from fetchers.errors import LocalTrouble, Validation
from fetchers.settings import ROOT
from tests.rigs import databases
from tests.rigs.trial_rows import Why, body, put, row, watchlist

WATCHLIST = watchlist()
Content = dict[str, bytes]


@pytest.fixture
def store() -> Iterator[Store]:
    opened = databases.empty()
    put(opened, [row(1), row(2)], {1: [Why("ivig")]})
    yield opened
    opened.close()


@pytest.fixture
def out(store: Store, tmp_path: Path) -> Path:
    dataset.write(store, WATCHLIST, tmp_path / "out", None)
    return tmp_path / "out"


def content(folder: Path) -> Content:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_data_set_of_ours_is_replaced_as_a_whole(store: Store, out: Path) -> None:
    (gone,) = (out / "trials").iterdir()
    recruiting = [row(number, overall_status="RECRUITING") for number in (3, 4)]
    put(store, recruiting, {3: [Why("ivig")], 4: [Why("ivig")]})
    assert dataset.write(store, WATCHLIST, out, "status=recruiting")["trials"] == 2
    assert [path.name for path in (out / "trials").iterdir()] == ["status=RECRUITING"]
    assert gone.name == "status=COMPLETED"
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert {path.name for path in out.iterdir() if path.is_file()} == {
        dataset.MARK, dataset.MANIFEST, dataset.SCHEMA, dataset.README,
    }  # fmt: skip


def test_a_folder_of_somebody_else_is_never_touched(store: Store, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "cat.png").write_bytes(b"cat")
    for beside in (".out.new", ".out.old"):
        (tmp_path / beside).mkdir()
        (tmp_path / beside / "dog.png").write_bytes(b"dog")
    before = content(tmp_path)
    for out, said in ((theirs, "no data set"), (tmp_path / "out", "in the way"), (theirs / "cat.png", "is a file")):
        with pytest.raises(Validation, match=said):
            dataset.write(store, WATCHLIST, out, None)
    with pytest.raises(Validation, match="There is no folder"):
        dataset.write(store, WATCHLIST, tmp_path / "no" / "out", None)
    assert content(tmp_path) == before


def test_a_file_put_into_a_data_set_is_not_thrown_away(store: Store, out: Path) -> None:
    (out / "trials" / "mine.sql").write_text("SELECT 1")
    before = content(out)
    with pytest.raises(Validation, match="trials/mine"):
        dataset.write(store, WATCHLIST, out, None)
    assert content(out) == before


def test_an_empty_folder_is_taken(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert dataset.write(store, WATCHLIST, tmp_path / "out", None)["trials"] == 2


def test_a_query_that_makes_no_sense_leaves_everything(store: Store, out: Path) -> None:
    before = content(out.parent)
    with pytest.raises(Validation, match="aspirin"):
        dataset.write(store, WATCHLIST, out, "agent=aspirin")
    assert content(out.parent) == before


def test_a_full_disk_leaves_the_old_one(store: Store, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(out.parent)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LocalTrouble, match="No space left"):
        dataset.write(store, WATCHLIST, out, None)
    assert content(out.parent) == before
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_damaged_store_leaves_the_old_one(store: Store, out: Path) -> None:
    before = content(out.parent)
    body(store, "NCT00000001", b"{}", seen_at="yesterday")
    with pytest.raises(Damaged, match="cannot be read"):
        dataset.write(store, WATCHLIST, out, None)
    assert content(out.parent) == before


def test_two_at_once_do_not_mix(store: Store, out: Path) -> None:
    new = out.with_name(".out.new")
    new.mkdir()
    (new / dataset.MARK).touch()
    with FileLock(new / atomic_folder.LOCK), pytest.raises(LocalTrouble, match="Another run"):
        dataset.write(store, WATCHLIST, out, None)
    assert dataset.write(store, WATCHLIST, out, None)["trials"] == 2
    assert [path.name for path in out.parent.iterdir()] == ["out"]


KILLED = """
import os, signal, sys
from pathlib import Path
from cache.export.dataset import parts, write
from cache.store.store import Store
from tests.rigs.trial_rows import watchlist

store = Store.open(sys.argv[1])
written = parts.write

def killed(folder, table, *rest):
    if table.name == "events":
        os.kill(os.getpid(), signal.SIGKILL)
    return written(folder, table, *rest)

parts.write = killed
write.write(store, watchlist(), Path(sys.argv[2]), None)
"""


def test_a_run_that_is_killed_leaves_the_old_one_and_no_rubbish_for_long(out: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/trials.sqlite3"
    before = content(out)
    store = Store.open(url)
    put(store, [row(7)])
    done = subprocess.run([sys.executable, "-c", KILLED, url, str(out)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert content(out) == before
    left = out.with_name(".out.new")
    assert (left / "trials").is_dir()
    assert not (left / dataset.MANIFEST).exists()
    assert dataset.write(store, WATCHLIST, out, None)["trials"] == 1
    store.close()
    assert not left.exists()


def test_a_table_larger_than_a_row_group_is_whole(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "_GROUP_BYTES", 1)
    monkeypatch.setattr("cache.export.dataset.rows._AT_ONCE", 2)
    monkeypatch.setattr("cache.export.dataset.rows._RECORDS", 2)
    put(store, [row(number) for number in range(3, 10)])
    held: list[int] = []
    add = parts._Writer.add

    def counted(self: Any, rows: list[Any]) -> None:
        held.append(len(rows))
        add(self, rows)

    monkeypatch.setattr(parts._Writer, "add", counted)
    assert dataset.write(store, WATCHLIST, tmp_path / "out", None)["trials"] == 9
    assert max(one for one in held) <= len(WATCHLIST.agents) + len(WATCHLIST.conditions)
