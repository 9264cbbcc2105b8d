"""Where a snapshot lies: beside a file; for a store on a server in the folder that systemd gives, or nowhere."""

from pathlib import Path

import pytest

from cache.snapshot import place
from cache.store.store import Store
from fetchers.watchlist.load import load
from tests.rigs import databases

WATCHLIST = load()


@pytest.mark.both_databases
def test_a_snapshot_has_a_place_of_its_own_store(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_place = database == "sqlite"
    stores = [Store.open(databases.url(tmp_path / name)) for name in ("one.sqlite3", "other.sqlite3")]
    assert [place.folder(store, WATCHLIST) is not None for store in stores] == [with_place] * 2
    monkeypatch.setenv("CACHE_DIRECTORY", f"{tmp_path / 'given'}:{tmp_path / 'second'}")
    one, other = (place.folder(store, WATCHLIST) for store in stores)
    assert one
    assert other
    assert one.parent != other.parent
    assert {one.parent.parent, other.parent.parent} == {tmp_path if with_place else tmp_path / "given"}
    assert databases.PASSWORD not in str(one)
    for store in stores:
        store.close()


def test_a_store_in_memory_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path))
    assert place.folder(Store.in_memory(), WATCHLIST) is None
