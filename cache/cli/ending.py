"""How every command ends: with an exit code, and with a sentence instead of a traceback for every known trouble."""

import sys
from collections.abc import Callable

from cache.cli.streams import make_ready, put_out, silence
from cache.exit_codes import CANCELLED, DONE
from fetchers.errors import TrackerError


def ended(run: Callable[[], int]) -> int:
    """Run one command, the reading of its options included, and return its exit code."""
    make_ready()
    try:
        try:
            return run()
        finally:
            put_out(b"")  # what is left in the buffer: the help, when it was asked for
    except TrackerError as error:
        # Imported here: --help and a wrong option need neither the database nor pandas.
        from cache.cli.terminal import complain

        return complain(error)
    except BrokenPipeError:
        # Whoever read our output has gone (``| head``): nothing may be written to it any more, not even at exit.
        silence(sys.stdout)
        return DONE
    except KeyboardInterrupt:
        return CANCELLED
