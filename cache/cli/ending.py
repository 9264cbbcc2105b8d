"""How every command ends: with an exit code, and with a sentence instead of a traceback for every known trouble."""

import os
import sys
from collections.abc import Callable

from cache.exit_codes import CANCELLED, DONE
from fetchers.errors import TrackerError


def ended(run: Callable[[], int]) -> int:
    """Run one command and return its exit code."""
    try:
        return run()
    except TrackerError as error:
        # Imported here: --help and a wrong option need neither the database nor pandas.
        from cache.cli.terminal import complain

        return complain(error)
    except BrokenPipeError:
        # Whoever read our output has gone (``| head``): nothing may be written to it any more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return CANCELLED
