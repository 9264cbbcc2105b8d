"""Bytes put aside: read back as they were, and gone with whoever put them there."""

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.ingest.spool import Spool
from cache.store.store import Store
from fetchers.errors import LocalTrouble
from fetchers.settings import ROOT
from tests.rigs.stores import opened

HANGING = """
import sys, time
from cache.ingest.spool import Spool
from cache.store.store import Store
spool = Spool(Store.open(sys.argv[1]))
spool.put([b"x" * 100_000])
print("put", flush=True)
time.sleep(600)
"""


@given(st.lists(st.lists(st.binary(max_size=50), max_size=4), max_size=4))
def test_what_was_put_is_read_back_from_its_place(pages: list[list[bytes]]) -> None:
    store = Store.in_memory()
    spool = Spool(store)
    places = [spool.put(page) for page in pages]
    for page, there in reversed([*zip(pages, places, strict=True)]):
        assert [spool.get(place) for place in there] == page
    spool.close()
    store.close()


def test_nothing_lies_beside_the_store_when_the_process_is_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'trials.sqlite3'}"
    process = subprocess.Popen([sys.executable, "-c", HANGING, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "put\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert {one.name.removeprefix("trials.sqlite3") for one in tmp_path.iterdir()} <= {"", "-wal", "-shm"}


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_named: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    with opened(tmp_path / "trials.sqlite3") as store:
        spool = Spool(store)
        monkeypatch.setattr("cache.ingest.spool.tempfile.TemporaryFile", full)
        with pytest.raises(LocalTrouble, match="The disk is full"):
            spool.put([b"x"])
        spool.close()
