"""Asks one scope: its queries, page by page put aside, then into the store in one transaction.

No network call is made inside a write transaction, and what is stored is not touched until the whole new answer has
been read and found plausible.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, Protocol

from cache import english
from cache.ingest import staging
from cache.ingest.derive import rules_for
from cache.ingest.keep import ScopeReport, keep
from cache.refresh import journal
from cache.refresh.plan import Mode, PlannedScope
from cache.store.collector import paused, sweep_young
from cache.store.store import Store, timestamp
from fetchers.errors import DataReloaded, Incomplete, TrackerError
from fetchers.matching.matcher import Matcher
from fetchers.record.study import Study
from fetchers.registry.fields import FIELDS, SWEEP_FIELDS
from fetchers.registry.pages import Page, ResultsPage
from fetchers.registry.queries import Query

# When the registry reloads its data between two pages, or miscounts, the next try is usually good.
TRIES = 3
# When more trials than this vanish at once, the answer is wrong.
PLAUSIBLE_LOSSES = 20
PLAUSIBLE_SHARE = 0.2


# The registry is asked for as many trials by name before their loss is believed; a second each.
NAMED = 300
# How far a scope has come is written down no more often than anybody can read it.
NOTED_EVERY = 0.5
DOUBT = "nothing was changed until another data load says the same"


class Implausible(TrackerError):
    """The answer was complete, but would throw away too much of what is known."""


class Version(Protocol):
    @property
    def data_timestamp(self) -> str | None: ...


class Source(Protocol):
    """What a refresh needs of a registry; ``fetchers.registry.client.Registry`` is one."""

    @property
    def requests(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    def version(self) -> Version: ...
    def pages(self, params: Mapping[str, str], fields: str = FIELDS) -> Iterator[Page]: ...
    def by_ids(self, nct_ids: Iterable[str], fields: str = FIELDS) -> Iterator[Page]: ...
    def results(self, nct_ids: Iterable[str]) -> Iterator[ResultsPage]: ...
    def exists(self, nct_id: str) -> bool: ...


@dataclass
class Context:
    """What all scopes of one refresh share. ``timestamp`` is that of the registry's newest data load.

    ``note(scope, **columns)`` records progress.
    """

    store: Store
    source: Source
    make_matcher: Callable[[], Matcher]  # compiling all names takes a while, and an unchanged registry needs none
    refresh_id: int
    question: str
    now: Callable[[], datetime]
    timestamp: str | None = None
    tries: int = TRIES
    note: Callable[..., None] = lambda scope, **progress: None

    @cached_property
    def matcher(self) -> Matcher:
        """That of the watch-list, made once."""
        return self.make_matcher()


def ask(context: Context, planned: PlannedScope, mode: Mode) -> ScopeReport:
    """Ask for a scope and keep its answer; up to ``context.tries`` times, when the data change between two pages.

    Raises what the source raises, Implausible, and LocalTrouble; whatever is raised, the old answer stays.
    """
    with context.store.reading() as connection:
        rules = rules_for(connection, planned.scope, planned.kind, context.matcher, context.question)
    for tries_left in reversed(range(context.tries)):
        try:
            with paused(), staging.Staging(context.store, context.refresh_id, planned.scope, rules) as staged:
                return _Attempt(context, planned, mode, staged).run()
        except (DataReloaded, Incomplete) as error:
            journal.forget_set_aside(context.store, context.refresh_id, planned.scope)
            if not tries_left:
                raise
            if isinstance(error, DataReloaded):
                context.timestamp = context.source.version().data_timestamp
    raise AssertionError("unreachable")


@dataclass
class _Attempt:
    context: Context
    planned: PlannedScope
    mode: Mode
    staged: staging.Staging
    unread: set[str] = field(default_factory=set)  # ids of records set aside
    # Records set aside of which not even the id could be read, by their reason, which holds a mark of their bytes.
    without_id: Counter[str] = field(default_factory=Counter)
    expected: int = 0
    version_holder: str | None = None
    noted_at: float = -math.inf

    def run(self) -> ScopeReport:
        context, scope = self.context, self.planned.scope
        known = staging.known(context.store, scope)
        context.note(scope, status="asking", fetched=0, expected=None)
        if self.mode == "full":
            self._load()
        else:
            self._sweep(known)
        self._check_readable()
        vanished = self._vanished(known)
        context.note(scope, status="storing", fetched=self._received, expected=self._received)
        return keep(
            self.staged,
            self.planned.kind,
            context.matcher,
            registry_timestamp=context.timestamp or self.version_holder,
            question=context.question,
            full=self.mode == "full",
            vanished=vanished,
            now=context.now,
        )

    def _load(self) -> None:
        """Every record of every query, in full."""
        for query in self.planned.queries:
            for page in self._pages(query, FIELDS):
                self._stage(query, page.studies)
                self._note_received()

    def _sweep(self, known: Mapping[str, staging.Known]) -> None:
        """A few fields of every record, to tell new and changed ones from known ones; then those in full."""
        # When the registry does not date its data load, the records have to.
        fields = SWEEP_FIELDS if self.context.timestamp else f"{SWEEP_FIELDS},VersionHolder"
        wanted: dict[str, list[Query]] = {}
        for query in self.planned.queries:
            for page in self._pages(query, fields):
                told = [_slim(study) for study in page.studies]
                same = {nct_id for nct_id, *now in told if known.get(nct_id) == (*now,)}
                for nct_id, *_ in told:
                    if nct_id not in same:
                        wanted.setdefault(nct_id, []).append(query)
                self.staged.add_unchanged(query.id, same)
                self._note_received()
        self._fetch(wanted, known)

    def _fetch(self, wanted: Mapping[str, list[Query]], known: Mapping[str, staging.Known]) -> None:
        missing = dict(wanted)
        without_id: Counter[str] = Counter()
        for page in self.context.source.by_ids(list(wanted), FIELDS) if wanted else ():
            self._set_aside(page, without_id)
            for query in self.planned.queries:
                self._stage(query, (study for study in page.studies if query in wanted.get(study.nct_id, ())))
            for nct_id in (*(study.nct_id for study in page.studies), *(one.nct_id for one in page.set_aside)):
                missing.pop(nct_id or "", None)
            self._note_received()
        if len(missing) > without_id.total():
            raise DataReloaded(f"The registry listed {len(missing)} trials, but did not send them when asked by id.")
        for nct_id in missing.keys() & known.keys():  # set aside without an id: what is known of it stays
            self.staged.add_unchanged(wanted[nct_id][0].id, [nct_id])

    def _check_readable(self) -> None:
        """An answer of which nothing could be read is no answer."""
        if not self.staged.ids and (self.unread or self.without_id):
            first = next(iter([*self.unread, *self.without_id]))
            raise Implausible(
                f"None of the {english.count(self._received, 'record')} of the registry's answer could be read "
                f"(the first of them: {first}); nothing was changed."
            )

    def _vanished(self, known: Mapping[str, staging.Known]) -> tuple[str, ...]:
        """Of the trials this answer lacks, those of which the registry says that it no longer has them.

        An answer that lost too much is believed when the registry says so by name of all it held, or when another data
        load says the same.
        """
        gone = staging.leavers(self.staged, known.keys())
        if not gone:
            return ()
        held = len({*known, *gone})
        missing = self._missing(gone)
        if not self.staged.ids:
            named = self._denied(missing) if len(missing) == len(gone) <= NAMED else ()
            if len(named) == len(gone):
                return named
            lost = f"The registry's answer was suddenly empty, though {english.count(held, 'trial')} were known"
        elif len(missing) > max(PLAUSIBLE_LOSSES, PLAUSIBLE_SHARE * held):
            lost = f"Too many trials vanished at once to be plausible ({len(missing):,} of {held:,})"
        else:
            return self._denied(missing)
        if not self._said_before():
            raise Implausible(f"{lost}; {DOUBT}.")
        return self._denied(missing) if len(missing) <= NAMED else missing

    def _missing(self, gone: Collection[str]) -> tuple[str, ...]:
        """Those the registry does not find by their ids either."""
        present: set[str | None] = set()
        for page in self.context.source.by_ids(gone, SWEEP_FIELDS):
            present.update(study.nct_id for study in page.studies)
            present.update(one.nct_id for one in page.set_aside)
        return tuple(nct_id for nct_id in gone if nct_id not in present)

    def _denied(self, nct_ids: Iterable[str]) -> tuple[str, ...]:
        """Those of which the registry says by name that there is no such study."""
        return tuple(nct_id for nct_id in nct_ids if not self.context.source.exists(nct_id))

    def _said_before(self) -> bool:
        """Whether an earlier data load gave an answer as doubtful as this one."""
        context = self.context
        load = context.timestamp or timestamp(context.now())[:10]
        return bool(journal.doubted_loads(context.store, self.planned.scope, DOUBT) - {load})

    def _pages(self, query: Query, fields: str) -> Iterator[Page]:
        announced = False
        without_id: Counter[str] = Counter()
        for page in self.context.source.pages({query.parameter: query.value}, fields):
            if page.total is not None and not announced:
                announced = True
                self.expected += page.total
            self.version_holder = page.version_holder or self.version_holder
            self._set_aside(page, without_id)
            yield page
            sweep_young()

    def _stage(self, query: Query, studies: Iterable[Study]) -> None:
        """Keep each record once, and its id for every query that found it."""
        given = tuple(studies)
        self.staged.add(query.id, (study for study in given if study.nct_id not in self.staged.ids))
        self.staged.add_unchanged(query.id, (study.nct_id for study in given))

    def _set_aside(self, page: Page, without_id: Counter[str]) -> None:
        """Note each record once, however many questions bring it; ``without_id``: of this question so far."""
        fresh = [one for one in page.set_aside if one.nct_id and one.nct_id not in self.unread]
        for one in page.set_aside:
            if one.nct_id is None:
                without_id[one.reason] += 1
                if without_id[one.reason] > self.without_id[one.reason]:
                    self.without_id[one.reason] += 1
                    fresh.append(one)
        if fresh:
            self.unread.update(one.nct_id for one in fresh if one.nct_id)
            context = self.context
            staging.set_aside(context.store, context.refresh_id, self.planned.scope, fresh, now=context.now)

    @property
    def _received(self) -> int:
        """Trials received so far; one found by several queries counts once."""
        return len(self.staged.ids | self.unread) + self.without_id.total()

    def _note_received(self) -> None:
        if time.monotonic() - self.noted_at >= NOTED_EVERY:
            self.context.note(self.planned.scope, fetched=self._received, expected=max(self._received, self.expected))
            self.noted_at = time.monotonic()


# The id and the fields of ``staging.Known`` in one go, for tens of thousands of records.
_slim: Callable[[Study], tuple[Any, ...]] = attrgetter(
    "protocol_section.identification_module.nct_id",
    "protocol_section.status_module.last_update_post_date_struct.date",
    "protocol_section.status_module.overall_status",
    "has_results",
)
