"""``python -m cache import --bulk FILE``: the registry's whole file into the store."""

import sys
import time
from pathlib import Path

from cache.bulk import importing
from cache.cli.refresh import stoppable, wake
from cache.cli.terminal import Progress, put_out_json, say
from cache.english import count
from cache.exit_codes import CANCELLED, DONE, SOME_FAILED
from cache.opening import open_store
from cache.refresh.heartbeat import Heartbeat
from cache.store.schema import REGISTRY_NAME, REGISTRY_SCOPE
from fetchers.errors import Cancelled, Validation
from fetchers.registry.bulk import BulkFile
from fetchers.settings import Settings
from fetchers.watchlist.model import Watchlist


def import_command(
    settings: Settings, watchlist: Watchlist, *, file: Path, studies: int | None = None, as_json: bool = False
) -> int:
    """Take the file over and report; 1 when some studies could not be read. Raises what ``importing.run`` raises."""
    if studies is not None and studies < 1:
        raise Validation("--studies needs a number of at least 1.")
    began = time.monotonic()
    heartbeat = Heartbeat(wake=wake)
    with stoppable(heartbeat), BulkFile(file) as bulk:
        store = open_store(settings, watchlist)
        try:
            progress = Progress(sys.stderr, {REGISTRY_SCOPE: REGISTRY_NAME})
            result = importing.run(store, bulk, watchlist, studies=studies, heartbeat=heartbeat, tell=progress)
        except Cancelled as error:
            say(sys.stderr, f"{error}\n")
            return CANCELLED
        finally:
            store.close()
    passed = f", {count(bulk.others, 'other file')} in it passed over" if bulk.others else ""
    seconds = time.monotonic() - began
    say(sys.stderr, f"{count(len(bulk), 'study', 'studies')} in the file{passed}; {seconds:.1f} s\n")
    if as_json:
        in_file = {"studies_in_file": len(bulk), "others_in_file": bulk.others, "seconds": round(seconds, 3)}
        put_out_json({**result._asdict(), **in_file})
    return SOME_FAILED if result.error else DONE
