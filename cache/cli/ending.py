"""How every command ends: with an exit code, and with a sentence instead of a traceback for every known trouble."""

import os
import sys
from collections.abc import Callable

from fetchers.errors import LocalTrouble, TrackerError, Validation

USAGE, BUSY, LOCAL, CANCELLED = 2, 4, 5, 130


def ended(run: Callable[[], int]) -> int:
    """Run one command and return its exit code."""
    try:
        return run()
    except Validation as error:
        return _tell(error, USAGE)
    except (LocalTrouble, TrackerError) as error:
        return _tell(error, LOCAL)
    except BrokenPipeError:
        # The reader of our output has left (``| head``): nothing more to say to it, also not at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return CANCELLED


def _tell(error: TrackerError, exit_code: int) -> int:
    # Imported here: --help and a wrong option need neither the database nor pandas.
    from cache.cli.terminal import RESCUE, printable, say
    from cache.store.lock import Busy
    from cache.store.store import Damaged

    advice = f" {RESCUE}" if isinstance(error, Damaged) else ""
    say(sys.stderr, f"{printable(error)}{advice}\n")
    return BUSY if isinstance(error, Busy) else exit_code
