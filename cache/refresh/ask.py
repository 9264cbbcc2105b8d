"""Asks one scope: its queries, page by page into the staging table, then into the store in one transaction.

No network call is made inside a write transaction, and nothing that was kept before is touched until the whole new
answer has been read and believed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from cache.ingest import keep as answers
from cache.ingest.derive import Rules, rules
from cache.ingest.keep import ScopeReport
from cache.refresh import journal
from cache.refresh.plan import Asked, Way
from cache.store.store import Store
from fetchers.errors import DataReloaded, Incomplete, TrackerError
from fetchers.matching.matcher import Matcher
from fetchers.record.study import Study
from fetchers.registry.fields import FIELDS, SWEEP_FIELDS
from fetchers.registry.queries import Query

# A data load in mid-paging or a wrong count is usually over with the next try; after three it is not.
TRIES = 3
# More losses than this at once are a fault of the answer, not news.
BELIEVED_LOSSES = 20
BELIEVED_SHARE = 0.2


class Unbelievable(TrackerError):
    """The answer was whole, but believing it would throw away too much of what is known."""


class Version(Protocol):
    @property
    def data_timestamp(self) -> str | None: ...


class SetAside(Protocol):
    @property
    def nct_id(self) -> str | None: ...
    @property
    def reason(self) -> str: ...


class Page(Protocol):
    @property
    def studies(self) -> tuple[Study, ...]: ...
    @property
    def set_aside(self) -> tuple[Any, ...]: ...
    @property
    def total(self) -> int | None: ...
    @property
    def version_holder(self) -> str | None: ...


class Source(Protocol):
    """What a refresh needs of a registry; ``fetchers.registry.client.Registry`` is one."""

    @property
    def requests(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    def version(self) -> Version: ...
    def pages(self, params: Mapping[str, str], fields: str = FIELDS) -> Iterator[Page]: ...
    def by_ids(self, nct_ids: Iterable[str], fields: str = FIELDS) -> Iterator[Page]: ...
    def exists(self, nct_id: str) -> bool: ...


@dataclass
class Context:
    """What all scopes of one refresh share; ``timestamp`` moves on when the registry reloads in between.

    ``note(scope, **columns)`` writes down progress.
    """

    store: Store
    source: Source
    matcher: Matcher
    refresh_id: int
    question: str
    now: Callable[[], datetime]
    timestamp: str | None = None
    tries: int = TRIES
    note: Callable[..., None] = lambda scope, **progress: None


def ask(context: Context, asked: Asked, way: Way) -> ScopeReport:
    """Ask a scope and keep its answer; asks anew, ``context.tries`` times in all, when the data moved under the pages.

    Raises what the source raises, Unbelievable, and LocalTrouble; whatever is raised, the old answer stands.
    """
    with context.store.reading() as connection:
        by = rules(connection, asked.scope, asked.kind, context.matcher, context.question)
    for tries_left in reversed(range(context.tries)):
        try:
            return _Attempt(context, asked, way, by).run()
        except (DataReloaded, Incomplete) as error:
            journal.forget_staged(context.store, context.refresh_id, asked.scope)
            if not tries_left:
                raise
            if isinstance(error, DataReloaded):
                context.timestamp = context.source.version().data_timestamp
    raise AssertionError("unreachable")


@dataclass
class _Attempt:
    context: Context
    asked: Asked
    way: Way
    by: Rules
    unread: set[str] = field(default_factory=set)  # ids of records set aside
    staged: set[str] = field(default_factory=set)
    nameless: int = 0  # records whose very id could not be read
    expected: int = 0
    holder: str | None = None

    def run(self) -> ScopeReport:
        context, scope = self.context, self.asked.scope
        known = answers.known(context.store, scope)
        context.note(scope, status="asking", fetched=0, expected=None)
        if self.way == "full":
            self._load()
        else:
            self._sweep(known)
        vanished = self._vanished(known)
        context.note(scope, status="storing", expected=self._done)
        return answers.keep(
            context.store,
            context.refresh_id,
            scope,
            self.asked.kind,
            context.matcher,
            registry_timestamp=context.timestamp or self.holder,
            question=context.question,
            full=self.way == "full",
            vanished=vanished,
            now=context.now,
        )

    def _load(self) -> None:
        """Every record of every query, in full."""
        for query in self.asked.queries:
            for page in self._pages(query, FIELDS):
                self._stage(query, page.studies)
                self._count()

    def _sweep(self, known: Mapping[str, answers.Known]) -> None:
        """Only what tells new and changed records from known ones; then those in full."""
        # Without a time stamp of the load, the records themselves have to say which load they are from.
        fields = SWEEP_FIELDS if self.context.timestamp else f"{SWEEP_FIELDS},VersionHolder"
        wanted: dict[str, list[Query]] = {}
        for query in self.asked.queries:
            for page in self._pages(query, fields):
                same = {study.nct_id for study in page.studies if _unchanged(study, known.get(study.nct_id))}
                for study in page.studies:
                    if study.nct_id not in same:
                        wanted.setdefault(study.nct_id, []).append(query)
                self._stage_ids(query, sorted(same))
                self._count()
        self._fetch(wanted, known)

    def _fetch(self, wanted: Mapping[str, list[Query]], known: Mapping[str, answers.Known]) -> None:
        missing = dict(wanted)
        for page in self.context.source.by_ids(list(wanted), FIELDS) if wanted else ():
            self._set_aside(page)
            for query in self.asked.queries:
                self._stage(query, tuple(study for study in page.studies if query in wanted.get(study.nct_id, ())))
            for nct_id in (*(study.nct_id for study in page.studies), *(one.nct_id for one in page.set_aside)):
                missing.pop(nct_id or "", None)
            self._count()
        if len(missing) > self.nameless:
            raise DataReloaded(f"The registry named {len(missing)} trials and then did not give them when asked by id.")
        for nct_id in missing.keys() & known.keys():  # one of the nameless: what is known of it stays
            self._stage_ids(wanted[nct_id][0], [nct_id])

    def _vanished(self, known: Collection[str]) -> tuple[str, ...]:
        """Of the trials this answer lacks, those the registry says by name it does not have any more."""
        context = self.context
        gone = answers.leavers(context.store, context.refresh_id, self.asked.scope)
        if not gone:
            return ()
        held = len({*known, *gone})
        if not self.staged:
            raise Unbelievable(
                f"The registry's answer was suddenly empty, though {held:,} trials were known; nothing was changed."
            )
        present: set[str | None] = set()
        for page in context.source.by_ids(gone, SWEEP_FIELDS):
            present.update(study.nct_id for study in page.studies)
            present.update(one.nct_id for one in page.set_aside)
        missing = [nct_id for nct_id in gone if nct_id not in present]
        if len(missing) > max(BELIEVED_LOSSES, BELIEVED_SHARE * held):
            raise Unbelievable(
                f"Too many trials vanished at once to believe it ({len(missing):,} of {held:,}); nothing was changed."
            )
        return tuple(nct_id for nct_id in missing if not context.source.exists(nct_id))

    def _pages(self, query: Query, fields: str) -> Iterator[Page]:
        announced = False
        for page in self.context.source.pages({query.parameter: query.value}, fields):
            if page.total is not None and not announced:
                announced = True
                self.expected += page.total
            self.holder = page.version_holder or self.holder
            self._set_aside(page)
            yield page

    def _stage(self, query: Query, studies: Iterable[Study]) -> None:
        """Keep each record once, and for every query that brought it its id."""
        new = tuple(study for study in studies if study.nct_id not in self.staged)
        answers.stage(self.context.store, self.context.refresh_id, self.asked.scope, query.id, new, self.by)
        self._stage_ids(query, [study.nct_id for study in studies if study.nct_id in self.staged])
        self.staged.update(study.nct_id for study in new)

    def _stage_ids(self, query: Query, nct_ids: list[str]) -> None:
        answers.stage_unchanged(self.context.store, self.context.refresh_id, self.asked.scope, query.id, nct_ids)
        self.staged.update(nct_ids)

    def _set_aside(self, page: Page) -> None:
        fresh = [one for one in page.set_aside if one.nct_id is None or one.nct_id not in self.unread]
        if fresh:
            self.unread.update(one.nct_id for one in fresh if one.nct_id)
            self.nameless += sum(one.nct_id is None for one in fresh)
            context = self.context
            answers.set_aside(context.store, context.refresh_id, self.asked.scope, fresh, now=context.now)

    @property
    def _done(self) -> int:
        """Trials dealt with; one found by several queries counts once."""
        return len(self.staged | self.unread) + self.nameless

    def _count(self) -> None:
        self.context.note(self.asked.scope, fetched=self._done, expected=max(self._done, self.expected))


def _unchanged(study: Study, known: answers.Known | None) -> bool:
    now = (study.last_update_posted, study.status.overall_status, study.has_results)
    return known is not None and now == (known.last_update_posted, known.overall_status, known.has_results)
