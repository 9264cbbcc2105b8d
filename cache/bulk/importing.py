"""The import: the registry's whole file becomes the answer of a scope of its own, or nothing changes at all.

What it takes and what it claims: ``docs/decisions/whole-registry.md``. Nothing is stored before all of the file
has been read and found whole and plausible, so a stopped import starts again with the first study.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from cache.bulk import plausible
from cache.exit_codes import CANCELLED, DONE, LOCAL, SOME_FAILED
from cache.ingest import staging
from cache.ingest.derive import rules_for
from cache.ingest.keep import ScopeReport, keep
from cache.refresh import journal
from cache.refresh.heartbeat import Heartbeat
from cache.refresh.plan import question
from cache.refresh.report import Result, Step
from cache.store.collector import paused, sweep_young
from cache.store.lock import hold
from cache.store.packing import hash_of
from cache.store.schema import REGISTRY_SCOPE, answer, study, version
from cache.store.store import Store, timestamp, utcnow
from cache.store.tidy import tidy
from fetchers.errors import Cancelled, LocalTrouble, TrackerError, Validation
from fetchers.matching.matcher import Matcher
from fetchers.record.study import Study
from fetchers.registry.bulk import BulkFile
from fetchers.registry.pages import Page
from fetchers.watchlist.model import OTHER, Watchlist

SCOPE = REGISTRY_SCOPE
# Stands where the id of a query stands: no query brought these trials.
FROM_FILE = f"{SCOPE}:file"


def run(
    store: Store,
    bulk: BulkFile,
    watchlist: Watchlist,
    *,
    studies: int | None = None,
    heartbeat: Heartbeat | None = None,
    matcher: Matcher | None = None,
    tell: Callable[[Step], None] = lambda step: None,
    now: Callable[[], datetime] = utcnow,
) -> Result:
    """Take the file over. ``studies``: about how many the registry has, when that is known.

    Raises Validation when the file is not to be believed, Busy, Cancelled and LocalTrouble; then the store holds what
    it held, but for the journal's note of the attempt.
    """
    with hold(store.engine):
        tidy(store)
        plausible.check_count(store, bulk, studies)
        plausible.check_losses(store, bulk)
        refresh_id = journal.begin(store, [SCOPE], full=True, now=now())
        matcher = matcher or Matcher(watchlist)
        job = _Import(store, bulk, watchlist, refresh_id, matcher, heartbeat or Heartbeat(), tell, now)
        with job.heartbeat.running(job.beat):
            return job.run()


@dataclass
class _Import:
    store: Store
    bulk: BulkFile
    watchlist: Watchlist
    refresh_id: int
    matcher: Matcher
    heartbeat: Heartbeat
    tell: Callable[[Step], None]
    now: Callable[[], datetime]
    day: str | None = None  # of the file's data
    read: int = 0
    unread: int = 0
    elsewhere: set[str] = field(default_factory=set)  # trials that other scopes hold

    def __post_init__(self) -> None:
        # Nine studies in ten belong nowhere: no other condition is looked for in them.
        self.sieve = Matcher(dataclasses.replace(self.watchlist, conditions=self.watchlist.swept))

    def run(self) -> Result:
        self._note(status="asking", started_at=timestamp(self.now()), expected=len(self.bulk))
        try:
            result = Result.of(self._take())
        except BaseException as error:
            with contextlib.suppress(LocalTrouble):
                self._close("failed" if isinstance(error, TrackerError) else "broken", _exit_code(error), error)
            raise
        self._note(ended_at=timestamp(self.now()), **result._asdict())
        self._close("partial" if result.error else "fresh", SOME_FAILED if result.error else DONE, None)
        return result

    def beat(self) -> bool:
        return journal.beat(self.store, self.refresh_id, requests=0, size=0, now=self.now())

    def _take(self) -> ScopeReport:
        asked = question(self.watchlist)
        with self.store.reading() as connection:
            rules = rules_for(connection, SCOPE, "sweep", self.matcher, asked)
            others = select(answer.c.nct_id).where(answer.c.ended_at.is_(None), answer.c.scope != SCOPE)
            self.elsewhere = set() if self.watchlist.everything else set(connection.scalars(others.distinct()))
        with paused(), staging.Staging(self.store, self.refresh_id, SCOPE, rules) as staged:
            self._stage(staged)
            self._note(status="storing")
            return keep(
                staged, "sweep", self.matcher, registry_timestamp=self.day, question=asked, full=True, vanished=(),
                now=self.now,
            )  # fmt: skip

    def _stage(self, staged: staging.Staging) -> None:
        """Put aside all that belongs here; whatever is wrong with the file shows before this has ended."""
        newest = plausible.newest_load(self.store)
        for page in self.bulk.pages():
            if self.heartbeat():
                raise Cancelled("The import was cancelled; nothing was changed.")
            self.day = max(filter(None, (self.day, page.version_holder)), default=None)
            self._set_aside(page)
            if page.studies:
                plausible.check_age(self.bulk, self.day, newest)
            self._put(staged, [one for one in page.studies if self._belongs(one)])
            self.read += len(page.studies) + len(page.set_aside)
            self._note(fetched=self.read)
            sweep_young()
        plausible.check_age(self.bulk, self.day, newest)

    def _belongs(self, study: Study) -> bool:
        if self.watchlist.everything or study.nct_id in self.elsewhere:
            return True
        return bool(self.sieve.matches(study)) or self.sieve.condition_groups(study) != (OTHER,)

    def _put(self, staged: staging.Staging, studies: Collection[Study]) -> None:
        """Put these aside; of those that are stored as they are, only that they are there."""
        stored = self._stored(one.nct_id for one in studies)
        same = {one.nct_id for one in studies if stored.get(one.nct_id) == hash_of(one.body())} if stored else set()
        staged.add(FROM_FILE, (one for one in studies if one.nct_id not in same))
        staged.add_unchanged(FROM_FILE, same)

    def _stored(self, nct_ids: Iterable[str]) -> Mapping[str, str]:
        """The hashes of the records that are in the store and were read from the registry."""
        have = (version.c.nct_id == study.c.nct_id, version.c.body_hash == study.c.body_hash)
        query = select(study.c.nct_id, study.c.body_hash).where(study.c.nct_id.in_(list(nct_ids)))
        query = query.where(study.c.origin == "live", select(version.c.id).where(*have).exists())
        with self.store.reading() as connection:
            return {row.nct_id: row.body_hash for row in connection.execute(query)}

    def _set_aside(self, page: Page) -> None:
        if not page.set_aside:
            return
        self.unread += len(page.set_aside)
        plausible.check_unread(self.bulk, self.unread, page.set_aside[0].reason)
        staging.set_aside(self.store, self.refresh_id, SCOPE, page.set_aside, now=self.now)

    def _note(self, **values: Any) -> None:
        journal.mark(self.store, self.refresh_id, SCOPE, **values)
        self.tell(Step(SCOPE, 1, 1, values, 0))

    def _close(self, outcome: str, exit_code: int | None, error: BaseException | None) -> None:
        values = {"outcome": "cancelled" if exit_code == CANCELLED else outcome, "exit_code": exit_code}
        told = str(error) if isinstance(error, TrackerError) else None
        values["registry_timestamp"] = self.day
        journal.end(self.store, self.refresh_id, now=self.now(), error=told, **values)


def _exit_code(error: BaseException) -> int | None:
    if isinstance(error, Validation):
        return SOME_FAILED
    return CANCELLED if isinstance(error, Cancelled) else LOCAL if isinstance(error, LocalTrouble) else None
