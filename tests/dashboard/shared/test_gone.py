"""A store that goes while its page is open is said to be gone, and is not replaced."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rigs.pages import page, shown


def removed(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    os.truncate(path, 0)


def cut_with_its_pages(path: Path) -> None:
    cut(path)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


@pytest.mark.parametrize("lose", [removed, cut, cut_with_its_pages])
@pytest.mark.parametrize("was_open", [True, False])
def test_the_page_says_that_the_store_is_gone(
    own_live: str, tmp_path: Path, lose: Callable[[Path], None], was_open: bool
) -> None:
    path = tmp_path / "trials.sqlite3"
    if was_open:
        assert "Registry data of" in shown(page("overview"))
    lose(path)
    for _ in range(2):
        said = re.sub(r":\w+\[\]", "", shown(page("overview")))
        assert ("is gone" if lose is removed else "is empty (0 bytes)") in said
        assert "refresh --new" in said
        assert "Until then the starter snapshot is shown" in said
    assert not path.exists() or path.stat().st_size == 0
