"""Our own standard streams, whatever they are: closed, full, gone, or unable to show a character."""

import io
import os
import sys
from contextlib import suppress
from typing import TextIO

from fetchers.errors import LocalTrouble

_FIRST_FREE = 3


def make_ready() -> None:
    """Let every standard stream take text, for the rest of the process.

    A closed one is opened on nothing, or else the next file opened (the store!) would get its number and its words.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) < _FIRST_FREE:
        pass
    os.close(number)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def put_out(content: bytes) -> None:
    """Write a result to standard output, after what is still in its buffer: as bytes, so that line ends stay as they
    are and no encoding interferes.

    A reader that has left (``| head``) wants no more; raises LocalTrouble for all other reasons why it cannot be
    written, a full disk above all.
    """
    try:
        sys.stdout.flush()
        if content:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except (OSError, ValueError) as error:
        silence(sys.stdout)
        reason = getattr(error, "strerror", None) or error
        raise LocalTrouble(f"Could not write to standard output ({reason}); everything else is done.") from error


def silence(stream: TextIO) -> None:
    """Let whatever is still in the buffer go nowhere, or the interpreter would fail over it when it ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
