"""What every stored version of a trial said of its dates, its size and its status: the material of the slip ledger.

Only these few fields of a version are decoded, so that 25,000 versions are read in about a second.
"""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
from sqlalchemy import Select, func, select

from cache.read import frames
from cache.starter import PROMISES
from cache.store.batches import batches
from cache.store.bodies import tried
from cache.store.errors import Damaged
from cache.store.packing import BrokenBody
from cache.store.schema import study, version
from cache.store.store import Store
from fetchers.errors import LocalTrouble, Parsing
from fetchers.record.dates import PartialDate
from fetchers.record.modules import Enrollment, Module, Status
from fetchers.record.study import UNKNOWN_ENROLLMENT

# One row a state. ``origin``: live (a version read from the registry), starter, or copy (a public copy of the record).
# ``known_on``: the day the record says it was last updated, else the day it was read; missing when it is not known.
STATE_COLUMNS = (
    "nct_id", "origin", "known_on", "seen_at", "source", "overall_status", "start_date", "start_date_type",
    "primary_completion_date", "primary_completion_date_type", "completion_date", "completion_date_type", "enrollment",
    "enrollment_type",
)  # fmt: skip
FACTS = STATE_COLUMNS[5:]  # what ``facts`` gives
_AT_ONCE = 500


class _Size(Module, frozen=True):
    enrollment_info: Enrollment = Enrollment()


class _Protocol(Module, frozen=True):
    status_module: Status = Status()
    design_module: _Size = _Size()


class _Body(Module, frozen=True):
    protocol_section: _Protocol = _Protocol()


_decode = msgspec.json.Decoder(_Body).decode


def versions(store: Store, nct_ids: Collection[str] | None = None, *, at_least: int = 1) -> pd.DataFrame:
    """The states of all trials, or of these, oldest first within a trial; columns ``STATE_COLUMNS``.

    ``at_least``: only trials with so many stored versions. Raises Damaged for a version that cannot be read.
    """
    rows: list[tuple[Any, ...]] = []
    with store.reading() as connection:
        for query in _queries(nct_ids, at_least):
            for some in connection.execute(query).partitions(_AT_ONCE):
                found = tried(connection, {number: packed for number, *_, packed in some})
                for number, nct_id, origin, registry_date, seen_at, as_of, source, _ in some:
                    known_on = (registry_date or seen_at[:10]) if origin == "live" else as_of
                    told = facts(found[number], store.place, nct_id)
                    rows.append((nct_id, origin, known_on, seen_at, source, *told))
    return _frame(rows)


def ledger_states(store: Store) -> pd.DataFrame:
    """The states of every trial of which more than one is known, those of public copies included."""
    copied = {row[0] for row in promises()}
    query = select(study.c.nct_id).where(study.c.nct_id.in_(sorted(copied)))
    with store.reading() as connection:
        stored = set(connection.scalars(query))
    often = versions(store, at_least=2)
    once = versions(store, stored - set(often["nct_id"]))
    return with_copies(pd.concat([often, once], ignore_index=True), stored)


def _queries(nct_ids: Collection[str] | None, at_least: int) -> Iterator[Select[Any]]:
    columns = [version.c.id, version.c.nct_id, version.c.origin, version.c.registry_date, version.c.seen_at]
    query = select(*columns, study.c.as_of, study.c.source, version.c.body)
    query = query.join_from(version, study, version.c.nct_id == study.c.nct_id)
    query = query.order_by(version.c.nct_id, version.c.id)
    if at_least > 1:
        often = select(version.c.nct_id).group_by(version.c.nct_id).having(func.count() >= at_least)
        query = query.where(version.c.nct_id.in_(often))
    if nct_ids is None:
        yield query
        return
    for some in batches(nct_ids):
        yield query.where(version.c.nct_id.in_(some))


def facts(body: bytes | BrokenBody, place: str, nct_id: str) -> tuple[Any, ...]:
    """What a version says, in the order of ``FACTS``; ``place``: of the store. Raises Damaged for an unreadable one."""
    try:
        if isinstance(body, BrokenBody):
            raise body
        protocol = _decode(body).protocol_section
    except (BrokenBody, msgspec.MsgspecError) as error:
        raise Damaged(f"The store {place} is damaged (a version of {nct_id} cannot be read: {error}).") from error
    status, people = protocol.status_module, protocol.design_module.enrollment_info
    count = None if people.count == UNKNOWN_ENROLLMENT else people.count
    dates = (status.start_date_struct, status.primary_completion_date_struct, status.completion_date_struct)
    return (status.overall_status, *(part for one in dates for part in (one.date, one.type)), count, people.type)


def with_copies(states: pd.DataFrame, stored: Iterable[str], path: Path = PROMISES) -> pd.DataFrame:
    """The states with what public copies said of the same trials before, as far as the trials are ``stored``.

    A trial with a live version keeps no starter state: starter facts are never compared with the registry's own.
    """
    known = set(stored)
    rows = [row for row in promises(path) if row[0] in known]
    live = set(states["nct_id"][states["origin"] == "live"])
    kept = states[(states["origin"] != "starter") | ~states["nct_id"].isin(live)]
    if not rows:
        return kept.reset_index(drop=True)
    both = pd.concat([_frame(rows), kept], ignore_index=True)
    return both.sort_values("nct_id", kind="stable", ignore_index=True)


@cache
def promises(path: Path = PROMISES) -> tuple[tuple[Any, ...], ...]:
    """What public copies of different days said, oldest first within a trial: rows of ``STATE_COLUMNS``.

    Raises LocalTrouble when the file that comes with the product cannot be read.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))["state"]
        for one in told:
            for name in ("known_on", "start_date", "primary_completion_date", "completion_date"):
                if name in one:
                    PartialDate.parse(one[name])
        return tuple(
            (one["nct_id"], "copy", one.get("known_on"), None, one["source"], *(one.get(name) for name in FACTS))
            for one in told
        )
    except (OSError, ValueError, KeyError, Parsing) as error:
        raise LocalTrouble(f"The file {path} cannot be read ({error}). Install the product again.") from error


def _frame(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    columns = zip(STATE_COLUMNS, frames.columns(rows, len(STATE_COLUMNS)), strict=True)
    return pd.DataFrame(
        {name: frames.integers(one) if name == "enrollment" else frames.texts(one) for name, one in columns}
    )
