"""An answer while it is collected, page by page; nothing of it is in the store until it is kept."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Set
from datetime import datetime
from typing import NamedTuple, Self

from sqlalchemy import Connection, Text, and_, case, cast, exists, func, insert, select

from cache.ingest.derive import Arrival, Hashed, Rules, derive_ahead
from cache.ingest.spool import Place, Spool
from cache.store.batches import batches
from cache.store.held import held_live
from cache.store.packing import hash_of, pack
from cache.store.schema import answer, study, version
from cache.store.schema import set_aside as aside
from cache.store.store import Store, timestamp, utcnow
from fetchers.record.study import Study
from fetchers.registry.pages import SetAside

AT_ONCE = 500


class Known(NamedTuple):
    """What a slim sweep compares a trial with."""

    last_update_posted: str | None
    overall_status: str | None
    has_results: bool | None


class Before(NamedTuple):
    """What of a scope's last live answer the store holds when the next one is kept."""

    settled: set[str]  # seen unchanged by a sweep, brought by the same queries as the last time: they stand as they are
    unseen: list[str]  # did not come this time, whatever the reason
    cut: list[str]  # of which a part could not be read


class _Record(NamedTuple):
    body_hash: str
    body: Place
    derived: Place


class Staging:
    """What one refresh has collected for ``scope``: the ids in memory, the records in a file that is thrown away.

    With ``rules`` (``cache.ingest.derive.rules_for``) what follows from a record is worked out when it is added;
    without, ``keep`` has it to do. Use as a context manager.
    """

    def __init__(self, store: Store, refresh_id: int, scope: str, rules: Rules | None = None) -> None:
        self.store, self.refresh_id, self.scope = store, refresh_id, scope
        self.rules = rules
        self._spool = Spool(store)
        self._queries: dict[str, tuple[str, ...]] = {}
        self._records: dict[str, _Record] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Throw away what was collected."""
        self._spool.close()

    @property
    def ids(self) -> Set[str]:
        """The trials collected so far."""
        return self._queries.keys()

    def add(self, query_id: str, studies: Iterable[Study]) -> None:
        """Put one page of records aside, with what follows from them. Nothing a reader sees changes."""
        records: dict[str, Hashed] = {}
        packed: dict[str, bytes] = {}
        for record in studies:
            body = record.body()
            records[record.nct_id] = Hashed(record, hash_of(body))
            packed[record.nct_id] = pack(body)
        if not records:
            return
        derived = derive_ahead(self.store, self.scope, records, self.rules) if self.rules else {}
        places = self._spool.put([*packed.values(), *(derived.get(nct_id, b"") for nct_id in records)])
        bodies, follows = places[: len(packed)], places[len(packed) :]
        for (nct_id, one), body_place, derived_place in zip(records.items(), bodies, follows, strict=True):
            self._records[nct_id] = _Record(one.body_hash, body_place, derived_place)
        self.add_unchanged(query_id, records)

    def add_unchanged(self, query_id: str, nct_ids: Iterable[str]) -> None:
        """Note that the registry returned these trials for a query: unchanged since they were stored (see ``known``),
        or with a record that has been added."""
        mine = (query_id,)
        for nct_id in nct_ids:
            before = self._queries.setdefault(nct_id, mine)
            if query_id not in before:
                self._queries[nct_id] = (*before, query_id)

    def before(self, connection: Connection) -> Before:
        """What of the last live answer the store holds, as this one finds it."""
        stands = case((and_(study.c.origin == "live", study.c.left_registry.is_(None)), 1), else_=0)
        cut = case((study.c.note.is_not(None), 1), else_=0)
        query = select(answer.c.nct_id, cast(answer.c.asked, Text), stands, cut)
        query = query.join_from(answer, study, answer.c.nct_id == study.c.nct_id, isouter=True)
        held = connection.execute(query.where(*held_live(self.scope))).all()
        # Thousands of trials were brought by the same few queries: their lists are read once.
        asked = {text: tuple(json.loads(text)) for text in {row[1] for row in held}}
        queries, records = self._queries, self._records
        return Before(
            settled={id for id, text, stood, _ in held
                     if stood and id not in records and queries.get(id) == asked[text]},
            unseen=[id for id, *_ in held if id not in queries],
            cut=[id for id, _, _, note in held if note],
        )  # fmt: skip

    def arrivals(self, without: Set[str]) -> Iterator[dict[str, Arrival]]:
        """The others, in NCT order, a few hundred at a time so that memory stays flat."""
        for some in batches(self._queries.keys() - without, AT_ONCE):
            yield {nct_id: self._arrival(nct_id) for nct_id in some}

    def _arrival(self, nct_id: str) -> Arrival:
        queries, record = list(self._queries[nct_id]), self._records.get(nct_id)
        if record is None:
            return Arrival(queries)
        body, derived = self._spool.get(record.body), self._spool.get(record.derived)
        return Arrival(queries, record.body_hash, body, derived or None)


def set_aside(
    store: Store,
    refresh_id: int,
    scope: str,
    records: Iterable[SetAside],
    *,
    now: Callable[[], datetime] = utcnow,
) -> None:
    """Keep the reasons why records could not be read. One with an id is noted once for a scope and refresh, one
    without as often as it is given."""
    given = list(records)
    if not given:
        return
    mine = (aside.c.refresh_id == refresh_id, aside.c.scope == scope)
    seen_at = timestamp(now())
    with store.writing() as connection:
        noted = set(connection.scalars(select(aside.c.nct_id).where(*mine, aside.c.nct_id.is_not(None))))
        rows = []
        for record in given:
            if record.nct_id is None or record.nct_id not in noted:
                row = {"refresh_id": refresh_id, "scope": scope, "seen_at": seen_at}
                rows.append(row | {"nct_id": record.nct_id, "reason": record.reason})
                noted.add(record.nct_id)
        if rows:
            connection.execute(insert(aside), rows)


def known(store: Store, scope: str) -> dict[str, Known]:
    """The live trials this scope holds, by NCT id.

    Left out, and so asked for again, are those whose record we lack (a rescued store), that were set aside the last
    time, or of which a part could not be read; all of them, when one without an id was set aside: it may be any.
    """
    unread = select(aside.c.nct_id).where(aside.c.scope == scope, aside.c.nct_id.is_not(None))
    nameless = exists().where(aside.c.scope == scope, aside.c.nct_id.is_(None))
    have_body = exists().where(version.c.nct_id == study.c.nct_id, version.c.body_hash == study.c.body_hash)
    query = (
        select(study.c.nct_id, study.c.last_update_posted, study.c.overall_status, study.c.has_results)
        .join_from(answer, study, answer.c.nct_id == study.c.nct_id)
        .where(*held_live(scope), study.c.origin == "live", have_body)
        .where(study.c.note.is_(None), study.c.nct_id.not_in(unread), ~nameless)
    )
    with store.reading() as connection:
        return {row[0]: Known._make(row[1:]) for row in connection.execute(query).all()}


def leavers(staging: Staging, known: Set[str] = frozenset()) -> tuple[str, ...]:
    """Live trials its scope holds that the staged answer lacks, sorted. ``known``: some of those it holds; when all of
    them came, and are as many as there are, nobody has to look for others.

    A trial whose record was set aside has not left; and when the id of such a record could not be read, it may be any
    trial, so none has left.
    """
    held = held_live(staging.scope)
    with staging.store.reading() as connection:
        if len(known & staging.ids) == connection.scalar(select(func.count()).select_from(answer).where(*held)):
            return ()
        every = connection.scalars(select(answer.c.nct_id).where(*held)).all()
        return left_out(connection, staging, [nct_id for nct_id in every if nct_id not in staging.ids])


def left_out(connection: Connection, staging: Staging, unseen: Collection[str]) -> tuple[str, ...]:
    """``leavers`` inside a transaction; ``unseen``: those of ``Before``."""
    if not unseen:
        return ()
    mine = (aside.c.refresh_id == staging.refresh_id, aside.c.scope == staging.scope)
    explained = set(connection.scalars(select(aside.c.nct_id).where(*mine)))
    if None in explained:
        return ()
    return tuple(sorted({*unseen} - explained))
