"""The refresh: one version call, then scope by scope, small ones first; ends with a report whatever happens.

It is handed a registry and a store and knows nothing of HTTP. It raises only what is wrong before it starts
(Validation, Busy, LocalTrouble); once its row stands in the journal, every outcome is a Report.
"""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cache.exit_codes import CANCELLED, FRESH, LOCAL, NO_REGISTRY, SOME_FAILED
from cache.ingest import keep as answers
from cache.ingest.keep import ScopeReport
from cache.refresh import journal
from cache.refresh.ask import TRIES, Context, Source, ask
from cache.refresh.heartbeat import Pulse, Watched
from cache.refresh.plan import Asked, Kind, ScopeState, Way, plan, question, way
from cache.refresh.report import Report, Result, Step
from cache.store.lock import Busy, hold
from cache.store.store import Damaged, Store, timestamp, utcnow
from fetchers.errors import Cancelled, DataReloaded, Incomplete, LocalTrouble, Refused, TrackerError, Transport
from fetchers.matching.matcher import Matcher
from fetchers.registry.fields import SWEEP_FIELDS
from fetchers.watchlist.load import Watchlist

_OUTCOMES = {FRESH: "fresh", SOME_FAILED: "partial", CANCELLED: "cancelled"}


def run(
    store: Store,
    source: Source,
    watchlist: Watchlist,
    *,
    agents: Sequence[str] = (),
    full: bool = False,
    pulse: Pulse | None = None,
    probe: Source | None = None,
    matcher: Matcher | None = None,
    tell: Callable[[Step], None] = lambda step: None,
    now: Callable[[], datetime] = utcnow,
) -> Report:
    """Refresh the named agents, or all agents and sweeps.

    ``pulse`` is the ``stop`` the source was made with, else a cancel is heard only between two pages; ``probe`` is
    the same registry without patience, asked whether it is there at all; ``matcher`` that of the watch-list, when
    there is one already. Raises Validation for an unknown agent, Busy, LocalTrouble when the store fails before the
    run has begun, and Damaged whenever it turns out to be.
    """
    plan(watchlist, agents, {})  # an unknown agent is told before anything is locked
    pulse = pulse or Pulse()
    try:
        with hold(store.engine):
            states = journal.states(store)
            scopes = plan(watchlist, agents, {scope: state.studies for scope, state in states.items() if state.is_live})
            refresh_id = journal.begin(store, [asked.scope for asked in scopes], full=full, now=now())
            matcher = matcher or Matcher(watchlist)
            context = Context(store, Watched(source, pulse), matcher, refresh_id, question(watchlist), now)
            sources = [context.source, *([Watched(probe, pulse)] if probe else [])]
            job = _Job(context, sources, scopes, states, full, tell)
            with pulse.beating(job.beat):
                return job.run()
    except Busy as error:
        raise Busy(_who_runs(store)) from error


def _who_runs(store: Store) -> str:
    found = journal.running(store)
    if found is None:
        return "Another refresh is just starting or ending; try again in a moment."
    return (
        f"Another refresh has been running since {found.started_at} (process {found.pid} on {found.host}); "
        "wait for it, or stop it with: python -m cache cancel"
    )


class _Job:
    def __init__(
        self,
        context: Context,
        sources: Sequence[Source],
        scopes: Sequence[Asked],
        states: Mapping[str, ScopeState],
        full: bool,
        tell: Callable[[Step], None],
    ) -> None:
        self.context = context
        self.sources = sources  # the patient one, and last the one to probe with
        self.scopes = scopes
        self.states = states
        self.full = full
        self.tell = tell
        self.now = context.now
        self.results: dict[str, Result] = {}
        self.error: str | None = None
        self.requests_before = 0
        context.note = self.note

    def run(self) -> Report:
        began = time.monotonic()
        try:
            exit_code = self._guarded()
        except BaseException:
            with contextlib.suppress(LocalTrouble):
                self._close(None)
            raise
        self._close(exit_code)
        requests, size = self._traffic()
        return Report(
            exit_code,
            self.context.timestamp,
            requests,
            size,
            time.monotonic() - began,
            self._of("agent"),
            self._of("sweep"),
            self.error,
        )

    def beat(self) -> bool:
        requests, size = self._traffic()
        return journal.beat(self.context.store, self.context.refresh_id, requests=requests, size=size, now=self.now())

    def note(self, scope: str, **values: Any) -> None:
        """Journal how far a scope has come, and tell it."""
        requests, _ = self._traffic()
        values["requests"] = requests - self.requests_before
        journal.mark(self.context.store, self.context.refresh_id, scope, **values)
        place = [asked.scope for asked in self.scopes].index(scope)
        self.tell(Step(scope, place + 1, len(self.scopes), values, requests))

    def _guarded(self) -> int:
        """Do the work; every expected way to end becomes an exit code and, for what was not reached, a reason."""
        try:
            self._work()
        except Cancelled as error:
            return self._abandon(str(error), CANCELLED)
        except Damaged:
            raise
        except LocalTrouble as error:
            return self._abandon(str(error), LOCAL)
        judged = self._of("agent") or self._of("sweep")
        failed = [result for result in self.results.values() if result.status == "failed"]
        if all(result.status == "failed" for result in judged.values()):
            return NO_REGISTRY
        return SOME_FAILED if failed else FRESH

    def _work(self) -> None:
        try:
            self.context.timestamp = self.context.source.version().data_timestamp
        except (Cancelled, LocalTrouble):
            raise
        except TrackerError as error:
            self._give_up(error)
            return
        silent_before = False
        for place, asked in enumerate(self.scopes, 1):
            failure = self._one(asked)
            silent = _is_silence(failure)
            if failure and (isinstance(failure, Refused) or (silent and (silent_before or not self._is_there(place)))):
                self._give_up(failure)
                return
            silent_before = silent

    def _one(self, asked: Asked) -> TrackerError | None:
        """Ask one scope and write down how it came out; the error when it failed."""
        scope, state = asked.scope, self.states.get(asked.scope)
        self.requests_before = self.context.source.requests
        how = self._way(asked)
        if how == "unchanged" and state is not None:
            self._settle(scope, Result("unchanged", state.studies))
            return None
        self.note(scope, status="asking", started_at=timestamp(self.now()))
        try:
            report = ask(self.context, asked, how)
        except (Cancelled, LocalTrouble):
            raise
        except TrackerError as error:
            if isinstance(error, DataReloaded | Incomplete):
                self.context.tries = 1  # enough for the others, until an answer is whole again
            self._fail(asked, str(error))
            return error
        self.context.tries = TRIES
        self._settle(scope, _fresh(report))
        return None

    def _way(self, asked: Asked) -> Way:
        context = self.context
        state = self.states.get(asked.scope)
        return way(state, timestamp=context.timestamp, question=context.question, now=self.now(), full=self.full)

    def _is_there(self, place: int) -> bool:
        """Whether the registry answers at all: its version and the next scope's question, each asked once."""
        due = [asked for asked in self.scopes[place:] if self._way(asked) != "unchanged"]
        if not due:
            return True
        try:
            self.sources[-1].version()
            query = due[0].queries[0]
            next(self.sources[-1].pages({query.parameter: query.value}, SWEEP_FIELDS), None)
        except (Cancelled, LocalTrouble):
            raise
        except TrackerError as error:
            return not _is_silence(error)
        return True

    def _give_up(self, error: TrackerError) -> None:
        """The registry cannot be used: every scope not yet asked fails with the same reason, without being asked."""
        self.error = str(error)
        for asked in self.scopes:
            if asked.scope not in self.results:
                self._fail(asked, self.error)

    def _fail(self, asked: Asked, reason: str) -> None:
        answers.fail(self.context.store, self.context.refresh_id, asked.scope, reason, kind=asked.kind, now=self.now)
        self._settle(asked.scope, Result("failed", self._held(asked.scope), error=reason))

    def _settle(self, scope: str, result: Result) -> None:
        self.results[scope] = result
        self.note(scope, ended_at=timestamp(self.now()), **result._asdict())

    def _abandon(self, reason: str, exit_code: int) -> int:
        """Stop in mid-run: scopes already kept stay, the others keep their old data."""
        self.error = reason
        for asked in self.scopes:
            if asked.scope not in self.results:
                self.results[asked.scope] = Result("failed", self._held(asked.scope), error=reason)
        return exit_code

    def _close(self, exit_code: int | None) -> None:
        """The last entry of the journal; a store that cannot even take that is named by the exit code already."""
        requests, size = self._traffic()
        values = {
            "outcome": "broken" if exit_code is None else _OUTCOMES.get(exit_code, "failed"),
            "exit_code": exit_code,
            "registry_timestamp": self.context.timestamp,
            "requests": requests,
            "bytes": size,
        }
        try:
            journal.end(self.context.store, self.context.refresh_id, now=self.now(), error=self.error, **values)
        except LocalTrouble:
            if exit_code != LOCAL:
                raise

    def _traffic(self) -> tuple[int, int]:
        return sum(source.requests for source in self.sources), sum(source.bytes for source in self.sources)

    def _held(self, scope: str) -> int:
        state = self.states.get(scope)
        return state.studies if state else 0

    def _of(self, kind: Kind) -> dict[str, Result]:
        return {asked.scope: self.results[asked.scope] for asked in self.scopes if asked.kind == kind}


def _fresh(report: ScopeReport) -> Result:
    return Result("fresh", report.studies, report.new, report.changed, report.left, report.set_aside)


def _is_silence(error: TrackerError | None) -> bool:
    """No answer at all, as against a wrong one: only this says that the registry may be down."""
    return isinstance(error, Transport) and not isinstance(error, DataReloaded | Incomplete)
