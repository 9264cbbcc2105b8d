"""The newest stored state of many records at once: whole, or only the facts that results, delays and links rest on.

Facts are decoded out of the packed bodies with a small struct, so that 25,000 records take a second or two; a whole
``Study`` takes several times as long and is only made of the records that are asked for.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

import msgspec
import pandas as pd
from sqlalchemy import Select, func, select

from cache.read import frames, lists
from cache.store.batches import batches
from cache.store.bodies import tried
from cache.store.collector import paused
from cache.store.errors import Damaged
from cache.store.packing import BrokenBody
from cache.store.schema import study, version
from cache.store.store import Store
from fetchers.errors import Parsing
from fetchers.record.modules import Design, Identification, Location, Module, Oversight, References, Status
from fetchers.record.study import Study, decode_study
from fetchers.record.texts import shown_line

# One row a stored trial. ``phases``, ``countries``: lists, None when not known. ``references``: [type, PubMed id,
# citation] of each. ``cited``: other NCT ids that stand anywhere in the record.
FACT_COLUMNS = (
    "nct_id", "origin", "study_type", "overall_status", "last_known_status", "status_verified", "why_stopped",
    "phases", "primary_purpose", "start_date", "start_date_type", "primary_completion_date",
    "primary_completion_date_type", "completion_date", "completion_date_type", "first_submitted", "first_posted",
    "certificate", "results_submitted", "results_posted", "has_results", "waived", "fda_drug", "fda_device",
    "unapproved_device", "us_export", "countries", "references", "cited",
)  # fmt: skip
_FLAGS = frozenset({"has_results", "waived", "fda_drug", "fda_device", "unapproved_device", "us_export"})
_LISTS = frozenset({"phases", "countries", "references", "cited"})
_NCT = re.compile(rb"NCT[0-9]{8}(?![0-9])")


class _Places(Module, frozen=True):
    locations: tuple[Location, ...] = ()


class _Protocol(Module, frozen=True):
    identification_module: Identification
    status_module: Status = Status()
    oversight_module: Oversight = Oversight()
    design_module: Design = Design()
    contacts_locations_module: _Places = _Places()
    references_module: References = References()


class _Body(Module, frozen=True):
    protocol_section: _Protocol
    has_results: bool | None = None


_decode = msgspec.json.Decoder(_Body).decode


def facts(store: Store, nct_ids: Collection[str] | None = None) -> pd.DataFrame:
    """The facts of every stored trial, or of these, by NCT id; columns ``FACT_COLUMNS``, what is not said missing.

    Raises Damaged for a record that cannot be read.
    """
    rows = []
    with paused():
        for nct_id, origin, body in _bodies(store, nct_ids):
            try:
                rows.append(_facts(nct_id, origin, body))
            except msgspec.MsgspecError as error:
                raise _damaged(store, nct_id, error) from error
        columns = frames.columns(rows, len(FACT_COLUMNS))
        return pd.DataFrame({name: _series(name, got) for name, got in zip(FACT_COLUMNS, columns, strict=True)})


def newest(store: Store) -> pd.DataFrame:
    """Which state of each record is the newest: nct_id, its origin and the hash of its body; by NCT id."""
    last = select(func.max(version.c.id)).group_by(version.c.nct_id)
    query = select(version.c.nct_id, version.c.origin, version.c.body_hash).where(version.c.id.in_(last))
    with paused():
        with store.reading() as connection:
            rows = connection.execute(query.order_by(version.c.nct_id)).all()
        columns = zip(("nct_id", "origin", "body_hash"), frames.columns(rows, 3), strict=True)
        return pd.DataFrame({name: frames.texts(values) for name, values in columns})


def studies(store: Store, nct_ids: Collection[str] | None = None) -> Iterator[Study]:
    """The newest state of every stored record, or of these, by NCT id. Raises Damaged for one that cannot be read."""
    for nct_id, _, body in _bodies(store, nct_ids):
        try:
            yield decode_study(body)
        except Parsing as error:
            raise _damaged(store, nct_id, error) from error


def _bodies(store: Store, nct_ids: Collection[str] | None) -> Iterator[tuple[str, str, bytes]]:
    """A page at a time, each in a transaction of its own, so that a slow reader keeps nobody from writing."""
    for query in _pages(store, nct_ids):
        with store.reading() as connection:
            rows = connection.execute(query).all()
            found = tried(connection, {number: packed for number, *_, packed in rows})
        for number, nct_id, origin, _ in rows:
            body = found[number]
            if isinstance(body, BrokenBody):
                raise _damaged(store, nct_id, body) from body
            yield nct_id, origin, body


def _pages(store: Store, nct_ids: Collection[str] | None) -> Iterator[Select[Any]]:
    if nct_ids is None:
        with store.reading() as connection:
            nct_ids = list(connection.scalars(select(study.c.nct_id)))
    for ids in batches(nct_ids):
        newest = select(func.max(version.c.id)).where(version.c.nct_id.in_(ids)).group_by(version.c.nct_id)
        columns = [version.c.id, version.c.nct_id, version.c.origin, version.c.body]
        yield select(*columns).where(version.c.id.in_(newest)).order_by(version.c.nct_id)


def _damaged(store: Store, nct_id: str, error: Exception) -> Damaged:
    return Damaged(f"The store {store.place} is damaged (the record of {nct_id} cannot be read: {error}).")


def _facts(nct_id: str, origin: str, body: bytes) -> tuple[Any, ...]:
    record = _decode(body)
    protocol = record.protocol_section
    status, design, oversight = protocol.status_module, protocol.design_module, protocol.oversight_module
    dates = (status.start_date_struct, status.primary_completion_date_struct, status.completion_date_struct)
    certificate = status.disp_first_submit_date or status.disp_first_post_date_struct.date
    results = (status.results_first_submit_date, status.results_first_post_date_struct.date)
    sites = protocol.contacts_locations_module.locations
    countries = list(dict.fromkeys(site.country_name for site in sites if site.country_name)) or None
    references = [(one.type, one.pmid, _line(one.citation)) for one in protocol.references_module.references]
    return (
        nct_id, origin, design.study_type, status.overall_status, status.last_known_status,
        status.status_verified_date, _line(status.why_stopped), None if design.phases is None else list(design.phases),
        design.design_info.primary_purpose, *(part for one in dates for part in (one.date, one.type)),
        status.study_first_submit_date, status.study_first_post_date_struct.date, certificate, *results,
        record.has_results, status.results_waived, oversight.is_fda_regulated_drug, oversight.is_fda_regulated_device,
        oversight.is_unapproved_device, oversight.is_us_export, countries, references, _cited(nct_id, body),
    )  # fmt: skip


def _line(text: str | None) -> str | None:
    return text and shown_line(text)


def _cited(nct_id: str, body: bytes) -> list[str]:
    found = {one.decode() for one in _NCT.findall(body)}
    return sorted(found - {nct_id})


def _series(name: str, values: tuple[Any, ...]) -> "pd.Series[Any]":
    if name in _LISTS:
        return lists.series(values)
    return frames.booleans(values) if name in _FLAGS else frames.texts(values)
