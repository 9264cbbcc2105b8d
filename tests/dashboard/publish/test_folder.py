"""A site is written whole or not at all; what is not ours is left alone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.publish import folder
from dashboard.publish.site import File
from fetchers.errors import LocalTrouble, Validation

OLD, NEW = [File("index.html", b"old"), File("gone.html", b"gone")], [File("index.html", b"new")]


class Killed(BaseException):
    """A run that ends in the middle."""


def content(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if path.name != folder.MARK}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    assert folder.write(tmp_path / "site", OLD) == 2
    return tmp_path / "site"


def test_a_site_is_replaced_as_a_whole(out: Path) -> None:
    assert folder.write(out, NEW) == 1
    assert content(out) == {"index.html": b"new"}
    assert [path.name for path in out.parent.iterdir()] == ["site"]


def test_a_run_that_is_killed_while_it_writes_leaves_the_old_site_whole(out: Path) -> None:
    def files() -> Iterator[File]:
        yield NEW[0]
        raise Killed

    with pytest.raises(Killed):
        folder.write(out, files())
    assert content(out) == {"index.html": b"old", "gone.html": b"gone"}
    assert folder.write(out, NEW) == 1


def test_a_run_that_is_killed_between_the_two_steps_of_the_swap_gives_the_old_site_back(out: Path) -> None:
    os.rename(out, out.with_name(".site.old"))  # what it leaves

    def files() -> Iterator[File]:
        assert content(out) == {"index.html": b"old", "gone.html": b"gone"}
        yield NEW[0]
        raise Killed

    with pytest.raises(Killed):
        folder.write(out, files())
    assert content(out) == {"index.html": b"old", "gone.html": b"gone"}


def test_a_swap_that_fails_gives_the_old_site_back(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = os.rename

    def fails(start: Path, end: Path) -> None:
        if start.name == ".site.new":
            raise OSError(28, "No space left on device")
        rename(start, end)

    monkeypatch.setattr(os, "rename", fails)
    with pytest.raises(LocalTrouble, match="No space left"):
        folder.write(out, NEW)
    assert content(out) == {"index.html": b"old", "gone.html": b"gone"}


def test_a_folder_of_somebody_else_is_not_replaced_without_being_asked(tmp_path: Path) -> None:
    theirs = tmp_path / "photos"
    theirs.mkdir()
    (theirs / "cat.png").write_bytes(b"cat")
    with pytest.raises(Validation, match="--force"):
        folder.write(theirs, NEW)
    assert content(theirs) == {"cat.png": b"cat"}
    assert folder.write(theirs, NEW, force=True) == 1
    assert content(theirs) == {"index.html": b"new"}


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    assert folder.write(tmp_path / "site", NEW) == 1


def test_a_file_or_a_missing_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "no" / "site"):
        with pytest.raises(Validation):
            folder.write(place, NEW)
    assert (tmp_path / "file").read_text() == "x"
