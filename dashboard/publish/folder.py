"""A folder that is written whole or stays as it was."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from dashboard.publish.site import File
from fetchers.errors import LocalTrouble, Validation

MARK = ".trial-tracker-site"  # says that a folder is one of ours
_SAID = "Written by “python -m dashboard publish”, which replaces this whole folder when it runs again.\n"


def write(out: Path, files: Iterable[File], *, force: bool = False) -> int:
    """Write the files to a new folder and put it in the place of ``out``; returns their number.

    Until the last file is written the old folder stays as it is. Raises Validation for a folder with content that is
    not a site of ours (``force``: replace it anyway), LocalTrouble when it cannot be written.
    """
    target = out.resolve()
    new, old = (target.with_name(f".{target.name}.{kind}") for kind in ("new", "old"))
    try:
        _put_back(target, old)
        _check(out, target, force=force)
        _clear(new)
        number = _fill(new, files)
        _swap(target, new, old)
    except OSError as error:
        raise LocalTrouble(
            f"The site cannot be written to {out} ({error.strerror or error}). Choose another place or free some space."
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return number


def _put_back(target: Path, old: Path) -> None:
    """What a run left that was killed between the two steps of the swap: the old site goes back to its place."""
    if not target.exists() and (old / MARK).exists():
        old.rename(target)
    else:
        _clear(old)


def _check(out: Path, target: Path, *, force: bool) -> None:
    if not target.parent.is_dir():
        raise Validation(f"There is no folder {target.parent}; make it first or choose another place for the site.")
    if target.exists() and not target.is_dir():
        raise Validation(f"{out} is a file; give the name of a folder.")
    ours = (target / MARK).exists()
    if target.is_dir() and not ours and any(target.iterdir()) and not force:
        raise Validation(f"{out} holds something that is no site of this command. Choose another folder, or --force.")


def _clear(folder: Path) -> None:
    """Remove what an earlier run left beside the site; nothing that is not ours has these names and the mark."""
    if folder.exists():
        shutil.rmtree(folder)


def _fill(folder: Path, files: Iterable[File]) -> int:
    folder.mkdir()
    (folder / MARK).write_text(_SAID, encoding="utf-8")
    written = [(folder / file.name).write_bytes(file.content) for file in files]
    return len(written)


def _swap(target: Path, new: Path, old: Path) -> None:
    had = target.exists()
    if had:
        os.rename(target, old)
    try:
        os.rename(new, target)
    except OSError:
        if had:
            os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)
