"""What a snapshot takes over from the one before: the rows of trials whose material did not change.

A part that is made trial by trial is a function of the rows of its material. Material is compared value by value, never
by a mark that somebody has to keep up to date, so a row that is taken over is the row that would be made. The snapshot
before is one that the same code made by the same watch-list, and whole; what cannot be read of it is made.
"""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from cache.filters.select import among
from cache.snapshot import values
from cache.snapshot.compared import Material
from cache.snapshot.folder import Folder

Mask = npt.NDArray[np.bool_]
Make = Callable[[pd.DataFrame], pd.DataFrame]
Ids = Collection[str]
T = TypeVar("T")
Settled = Callable[[Material], Mask]
_ID, _DAY = "nct_id", "judged_on"


class Past:
    """The snapshot before that of ``folder``, as far as there is one."""

    def __init__(self, folder: Folder | None) -> None:
        self._folder = folder
        self._found: Folder | None = None
        self._parts: dict[str, Any] = {}
        self._compared: dict[str, Material] = {}

    def part(self, name: str, kind: type[T]) -> T | None:
        """A part as it was; None when it cannot be had."""
        if name not in self._parts:
            self._parts[name] = self._read(name, kind)
        found: T | None = self._parts[name]
        return found

    def rows(
        self, made: pd.DataFrame | None, make: Make, by: str, now: pd.DataFrame, columns: Ids | None = None,
        *, only: Ids | None = None, covered: Ids | None = None, settled: Settled | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """``make`` of the rows of ``now``, the part ``by``, of which those of trials that are the same in ``columns``
        are taken from ``made``, the same part before; None: there is none.

        ``make`` must give a trial's rows by that trial's row alone, in the order of what it gets. ``only``: the trials
        it is asked for; ``covered``: those it had been asked for before. None: all there are. ``settled``: rows that
        come out the same as well where nothing but the day they are judged on moved.
        """
        asked = np.ones(len(now), dtype=bool) if only is None else among(now[_ID], only)
        material = self._material(by, now) if made is not None else None
        if made is None or material is None:
            return _typed(make(now[asked].reset_index(drop=True)))
        names = {str(name) for name in (now if columns is None else columns)} - {_ID}
        same = asked & material.same(names - {_DAY} if settled else names)
        if settled:
            same &= settled(material) | (material.same({_DAY}) if _DAY in names else False)
        if covered is not None:
            same &= among(now[_ID], covered)
        fresh = _typed(make(now[asked & ~same].reset_index(drop=True)))
        return _merged(made, fresh, pd.Index(now[_ID]), same)

    def forget(self) -> None:
        """Hold nothing any more, and have no past."""
        self._folder = self._found = None
        self._parts.clear()
        self._compared.clear()

    def _material(self, by: str, now: pd.DataFrame) -> "Material | None":
        if by not in self._compared:
            before = self.part(by, pd.DataFrame)
            if before is None:
                return None
            self._compared[by] = Material(now, before)
        return self._compared[by]

    def _read(self, name: str, kind: type[T]) -> T | None:
        if self._found is None:
            self._found = self._folder.earlier() if self._folder else None
        pieces = self._found.load(name) if self._found else None
        try:
            return None if pieces is None else values.unpacked(pieces, kind)
        except values.Unreadable:
            return None


def _merged(made: pd.DataFrame, fresh: pd.DataFrame, ids: "pd.Index[str]", same: Mask) -> pd.DataFrame:
    """The rows of ``made`` of trials that are the same, and the fresh ones, in the order of the ids."""
    places = ids.get_indexer(pd.Index(made[_ID]))
    kept = (places >= 0) & same[places]
    if not len(fresh) and kept.all():
        return made
    both = pd.concat([made[kept], fresh], ignore_index=True) if len(fresh) else made[kept]
    order = np.argsort(np.concatenate([places[kept], ids.get_indexer(pd.Index(fresh[_ID]))]), kind="stable")
    return both.take(order).reset_index(drop=True)


def _typed(made: pd.DataFrame) -> pd.DataFrame:
    """Texts as texts also where pandas has seen none, or nothing but missing ones."""
    return made.astype({name: "str" for name in made if made[name].dtype == object})
