"""A frame that is made when somebody looks at it: of a dozen a page shows one or two."""

from collections.abc import Callable
from functools import cached_property

import pandas as pd


class Later:
    """What ``make`` makes, once."""

    def __init__(self, make: Callable[[], pd.DataFrame]) -> None:
        self._make = make

    @cached_property
    def frame(self) -> pd.DataFrame:
        return self._make()

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "Later":
        """One that is there already."""
        return cls(lambda: frame)
