"""What the tests of the command line share beside their fixtures."""

import subprocess
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from cache.store.store import Store

Run = Callable[..., tuple[int, str, str]]
Start = Callable[..., subprocess.Popen[str]]
PATIENCE = 120  # for processes on a busy machine


def rows(url: str, table: Any) -> list[dict[str, Any]]:
    store = Store.open(url)
    try:
        with store.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(select(table))]
    finally:
        store.close()


def wait_until(true: Callable[[], Any], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
