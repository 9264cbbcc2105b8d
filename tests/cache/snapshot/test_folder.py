"""A part of a snapshot is whole or not there, whatever befalls its files."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cache.snapshot import code, place
from cache.snapshot.folder import Folder, remove
from cache.store.store import Store, bump
from fetchers.watchlist.load import load
from tests.rigs.stores import opened

PIECES = [b"first piece", b"", bytes(range(256)) * 9]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "store.sqlite3.snapshot" / "1-a")
    with made.alone() as writable:
        assert writable
        assert made.save("part", PIECES)
    return made


def held(folder: Folder) -> list[bytes] | None:
    found = folder.load("part")
    return None if found is None else [piece.to_pybytes() for piece in found]


def files(folder: Folder) -> tuple[Path, Path]:
    """The bytes of the part, and its manifest."""
    manifest = folder.path / "part.json"
    (data,) = (one for one in folder.path.iterdir() if one != manifest)
    return data, manifest


def test_a_part_comes_back_as_it_was_kept(folder: Folder) -> None:
    assert held(folder) == PIECES
    assert folder.load("another") is None
    assert (folder.has("part"), folder.has("another")) == (True, False)
    assert folder.size() == (1, files(folder)[0].stat().st_size)


def test_each_piece_begins_where_columns_may(folder: Folder) -> None:
    found = folder.load("part")
    assert found is not None
    assert {piece.address % 64 for piece in found if piece.size} == {0}


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("left", [0.0, 0.3, 0.99])
def test_a_file_that_is_cut_off_is_not_read(folder: Folder, which: int, left: float) -> None:
    file = files(folder)[which]
    os.truncate(file, int(file.stat().st_size * left))
    assert held(folder) is None
    with folder.alone():
        folder.save("part", PIECES)
    assert held(folder) == PIECES


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("at", [0.0, 0.5, 0.999])
def test_a_byte_that_is_another_is_noticed(folder: Folder, which: int, at: float) -> None:
    file = files(folder)[which]
    whole = bytearray(file.read_bytes())
    whole[int(len(whole) * at)] ^= 1
    file.write_bytes(whole)
    assert held(folder) is None


def test_a_manifest_that_somebody_wrote_anew_is_not_believed(folder: Folder) -> None:
    data, manifest = files(folder)
    told = json.loads(manifest.read_bytes().partition(b" ")[2])
    manifest.write_text(json.dumps(told | {"pieces": [[0, 3]]}))
    assert held(folder) is None
    manifest.write_bytes(b"00000000 ")
    assert held(folder) is None
    data.unlink()
    assert held(folder) is None


@pytest.mark.parametrize("ends_at", range(6))
def test_a_writer_that_ends_anywhere_leaves_the_old_part_or_the_new_one(
    folder: Folder, ends_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def ended(real: Callable[..., object]) -> Callable[..., object]:
        def one(*args: object) -> object:
            calls.append(args)
            if len(calls) > ends_at:
                raise KeyboardInterrupt
            return real(*args)

        return one

    with monkeypatch.context() as killing:
        killing.setattr(os, "fsync", ended(os.fsync))
        killing.setattr(Path, "replace", ended(Path.replace))
        with folder.alone():
            try:
                folder.save("part", [b"new"])
            except KeyboardInterrupt:
                assert ends_at < 5
    assert held(folder) in (PIECES, [b"new"])
    with folder.alone():
        folder.sweep()
    assert len(list(folder.path.iterdir())) == 2
    assert held(folder) in (PIECES, [b"new"])


def test_the_folders_of_other_states_go_when_a_new_one_begins(folder: Folder) -> None:
    found = folder.load("part")
    assert found is not None
    (folder.home / "backup.sqlite3").write_text("of somebody else")
    later = Folder(folder.home / "2-b")
    with later.alone():
        later.save("part", [b"later"])
    assert {one.name for one in folder.home.iterdir()} == {"2-b", "lock", "backup.sqlite3"}
    assert [piece.to_pybytes() for piece in found] == PIECES  # who reads it has it still
    assert held(folder) is None


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite3.snapshot").write_text("a file where the folder should be")
    folder = Folder(tmp_path / "store.sqlite3.snapshot" / "1-a")
    with folder.alone() as writable:
        assert not writable
    assert not folder.save("part", PIECES)
    assert folder.load("part") is None
    assert folder.size() == (0, 0)


def test_the_folder_is_named_after_the_state_the_code_and_the_watch_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watchlist, path = load(), tmp_path / "store.sqlite3"
    with opened(path) as store:
        first = place.folder(store, watchlist)
        assert first == place.folder(store, watchlist)
        assert not place.is_whole(store, watchlist)
        with monkeypatch.context() as updated:
            updated.setattr(code, "digest", lambda: "of another release")
            other = place.folder(store, watchlist)
        with store.writing() as connection:
            bump(connection)
        assert len({first, other, place.folder(store, watchlist)}) == 3


def test_a_store_in_memory_has_no_folder() -> None:
    store = Store.in_memory()
    assert place.folder(store, load()) is None
    assert place.is_whole(store, load())
    store.close()


def test_a_snapshot_can_be_removed(folder: Folder) -> None:
    remove(folder.home.with_suffix(""))
    assert not folder.home.exists()


def test_another_store_of_the_same_version_has_another_folder(tmp_path: Path) -> None:
    states = set()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        with opened(tmp_path / name / "store.sqlite3") as store:
            assert store.version() == 0
            states.add(store.state())
    assert len(states) == 2


def test_the_digest_of_the_code_is_that_of_every_file(tmp_path: Path) -> None:
    for room in ("fetchers", "cache"):
        (tmp_path / room).mkdir()
    (tmp_path / "cache" / "one.py").write_text("1")
    digests = {code.digest.__wrapped__(tmp_path)}
    (tmp_path / "cache" / "one.py").write_text("2")
    digests.add(code.digest.__wrapped__(tmp_path))
    (tmp_path / "fetchers" / "list.toml").write_text("")
    digests.add(code.digest.__wrapped__(tmp_path))
    (tmp_path / "cache" / "one.pyc").write_text("no source")
    digests.add(code.digest.__wrapped__(tmp_path))
    assert len(digests) == 3
