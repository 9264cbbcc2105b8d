"""Parts of a snapshot compared: tests of it share this."""

from dataclasses import fields, is_dataclass
from typing import Any

import pandas as pd

from cache.read.later import Later


def same(one: Any, other: Any) -> None:
    """Whether both say the same, frames column by column with their types."""
    if isinstance(one, Later):
        one, other = one.frame, other.frame
    assert type(one) is type(other)
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
    elif is_dataclass(one):
        for field in fields(one):
            same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, tuple):
        assert len(one) == len(other)
        for mine, theirs in zip(one, other, strict=True):
            same(mine, theirs)
    else:
        assert one == other
