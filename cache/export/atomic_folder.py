"""A folder that appears whole or not at all, in the place of an earlier one of ours."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from cache.export.atomic_write import unwritable
from fetchers.errors import LocalTrouble, Validation

LOCK = ".lock"


@contextlib.contextmanager
def replaced(out: Path, mark: str, said: str, *, what: str, advice: str, force: bool = False) -> Iterator[Path]:
    """A new folder to write into, which takes the place of ``out`` when the block ends without an error.

    Until then an earlier folder stays as it was, also when this process is killed; the next run removes what that one
    left. ``mark``: the name of a file that says a folder is one of ours, with the words ``said`` in it. Raises
    Validation for a folder with content that has no mark (``force``: it is replaced all the same), LocalTrouble when
    nothing can be written or another process is writing this very folder. ``what`` and ``advice`` are for messages.
    """
    target = out.resolve()
    new, old = (target.with_name(f".{target.name}.{kind}") for kind in ("new", "old"))
    with unwritable(out, what):
        _check_place(out, target, what)
        with _begun(new, mark, said, what):
            _put_back(target, old, mark)
            _check_content(out, target, mark, what, advice, force=force)
            yield new
        try:
            _swap(target, new, old, mark)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _check_place(out: Path, target: Path, what: str) -> None:
    if not target.parent.is_dir():
        raise Validation(f"There is no folder {target.parent}; make it first or choose another place for the {what}.")
    if target.exists() and not target.is_dir():
        raise Validation(f"{out} is a file; give the name of a folder.")


def _check_content(out: Path, target: Path, mark: str, what: str, advice: str, *, force: bool) -> None:
    if target.is_dir() and any(target.iterdir()) and not (target / mark).exists() and not force:
        raise Validation(f"{out} holds something that is no {what} of this command. {advice}")


@contextlib.contextmanager
def _begun(new: Path, mark: str, said: str, what: str) -> Iterator[None]:
    """The new folder, ours alone while the block runs; it goes when the block ends with an error."""
    lock = FileLock(new / LOCK, timeout=0)
    try:
        if new.is_dir():
            _refuse_foreign(new, mark)
            with lock:  # what a killed run left has no owner any more
                pass
            _remove(new, mark)
        new.mkdir()
        (new / mark).write_text(said, encoding="utf-8")
        lock.acquire()
    except (Timeout, FileExistsError):
        raise LocalTrouble(f"Another run is writing this {what} just now. Wait until it has ended.") from None
    try:
        yield
    except BaseException:
        lock.release()
        shutil.rmtree(new, ignore_errors=True)
        raise
    lock.release()
    (new / LOCK).unlink(missing_ok=True)


def _put_back(target: Path, old: Path, mark: str) -> None:
    """What a run left that was killed between the two steps of the swap: the earlier folder goes back to its place."""
    if not target.exists() and (old / mark).exists():
        old.rename(target)
    elif old.exists():
        _refuse_foreign(old, mark)
        _remove(old, mark)


def _refuse_foreign(folder: Path, mark: str) -> None:
    if any(folder.iterdir()) and not (folder / mark).exists():
        raise Validation(f"{folder} is in the way, and nothing of this command. Move it to another place.")


def _remove(folder: Path, mark: str) -> None:
    """Remove a folder of ours, its mark last: a run that is killed meanwhile leaves it to the next one."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != mark:
            path.unlink()
    shutil.rmtree(folder)


def _swap(target: Path, new: Path, old: Path, mark: str) -> None:
    had = target.exists()
    if had:
        os.rename(target, old)
    try:
        os.rename(new, target)
    except OSError:
        if had:
            os.rename(old, target)
        raise
    if had:
        with contextlib.suppress(OSError):  # the next run removes it
            _remove(old, mark)
