"""Whatever a page keeps as bytes and back: plain values by their types, each frame among them in columns."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
import pandas as pd
import pyarrow as pa

from cache.read.later import Later
from cache.snapshot import columns

T = TypeVar("T")


class Unreadable(ValueError):
    """The bytes are of something else."""


def packed(value: Any) -> list[bytes]:
    """The value without its frames, then each frame."""
    frames: list[bytes] = []

    def told(one: Any) -> int:
        if isinstance(one, Later):
            one = one.frame
        if not isinstance(one, pd.DataFrame):
            raise NotImplementedError(f"{type(one)} is not kept")
        frames.append(columns.packed(one))
        return len(frames)

    body = msgspec.msgpack.encode(value, enc_hook=told)
    return [body, *frames]


def unpacked(buffers: Sequence[pa.Buffer], kind: type[T]) -> T:
    """The value of that type. Raises Unreadable."""

    def made(wanted: Any, number: int) -> Any:
        if wanted is Later:
            return Later(lambda: columns.unpacked(buffers[number]))
        if wanted is not pd.DataFrame:
            raise NotImplementedError(f"{wanted} is not kept")
        return columns.unpacked(buffers[number])

    try:
        return msgspec.msgpack.decode(buffers[0], type=kind, dec_hook=made)
    except (msgspec.MsgspecError, pa.ArrowException, LookupError, AttributeError, TypeError) as error:
        raise Unreadable(str(error)) from error
