"""The refresh: one version call, then scope by scope, small ones first; ends with a report whatever happens.

It is handed a registry and a store and knows nothing of HTTP. It raises only what is wrong before it starts
(Validation, Busy, LocalTrouble); once its row stands in the journal, every outcome is a Report.
"""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cache.exit_codes import CANCELLED, FRESH, LOCAL, NO_REGISTRY, SOME_FAILED
from cache.ingest import posted
from cache.ingest.keep import Kind, fail
from cache.refresh import journal
from cache.refresh.alone import alone
from cache.refresh.ask import TRIES, Context, Source, ask
from cache.refresh.heartbeat import Heartbeat, Interruptible
from cache.refresh.plan import Mode, PlannedScope, ScopeState, mode_of, plan, question
from cache.refresh.report import Report, Result, Step
from cache.refresh.results import Reading, ResultsStep
from cache.store.errors import Damaged
from cache.store.lock import Held
from cache.store.store import Store, timestamp, utcnow
from fetchers.errors import (
    Cancelled,
    DataReloaded,
    Incomplete,
    LocalTrouble,
    Postponed,
    Refused,
    TrackerError,
    Transport,
)
from fetchers.matching.matcher import Matcher
from fetchers.registry.fields import SWEEP_FIELDS
from fetchers.watchlist.model import Watchlist

_OUTCOMES = {FRESH: "fresh", SOME_FAILED: "partial", CANCELLED: "cancelled"}


def run(
    store: Store,
    source: Source,
    watchlist: Watchlist,
    *,
    agents: Sequence[str] = (),
    full: bool = False,
    heartbeat: Heartbeat | None = None,
    probe: Source | None = None,
    matcher: Matcher | None = None,
    results: Reading | None = None,
    unless_since: datetime | None = None,
    tell: Callable[[Step], None] = lambda step: None,
    now: Callable[[], datetime] = utcnow,
) -> Report:
    """Refresh the named agents, or all agents and sweeps; then read the posted ``results`` of their trials, if any.

    ``heartbeat`` is the ``stop`` the source was made with, else a cancel takes effect only between two pages; ``probe``
    is a client of the same registry without retries, to test whether it answers at all; ``matcher`` is that of the
    watch-list, when there is one already. Raises Validation for an unknown agent, Busy (also when another refresh has
    begun ``unless_since``), LocalTrouble when the store fails before the run has begun, and Damaged whenever it turns
    out to be.
    """
    plan(watchlist, agents, {})  # raises for an unknown agent before anything is locked
    heartbeat = heartbeat or Heartbeat()
    with alone(store, unless_since) as lock:
        states = journal.states(store)
        scopes = plan(watchlist, agents, {scope: state.studies for scope, state in states.items() if state.is_live})
        scopes += (PlannedScope(posted.SCOPE, "results", ()),) if results else ()
        refresh_id = journal.begin(store, [planned.scope for planned in scopes], full=full, now=now())
        patient = Interruptible(source, heartbeat)
        context = Context(store, patient, lambda: matcher or Matcher(watchlist), refresh_id, question(watchlist), now)
        sources = [patient, *([Interruptible(probe, heartbeat)] if probe else [])]
        step = results and ResultsStep.of(context, watchlist, agents, results, states.get(posted.SCOPE), full=full)
        job = _Job(context, sources, scopes, states, full, tell, step, lock)
        with heartbeat.running(job.beat):
            return job.run()


@dataclass
class _Job:
    context: Context
    sources: Sequence[Interruptible]  # the one with retries, and last the probe
    scopes: Sequence[PlannedScope]
    states: Mapping[str, ScopeState]
    full: bool
    tell: Callable[[Step], None]
    step: ResultsStep | None = None
    lock: Held = field(default_factory=Held)
    results: dict[str, Result] = field(default_factory=dict)
    error: str | None = None
    lost: LocalTrouble | None = None
    requests_before: int = 0

    def __post_init__(self) -> None:
        self.now = self.context.now
        self.context.note = self.note

    def run(self) -> Report:
        began = time.monotonic()
        try:
            exit_code = self._exit_code()
        except BaseException:
            with contextlib.suppress(LocalTrouble):
                self._close(None)
            raise
        self._close(exit_code)
        seconds = time.monotonic() - began
        agents, sweeps = self._results("agent"), self._results("sweep")
        read = self.results.get(posted.SCOPE)
        return Report(exit_code, self.context.timestamp, *self._traffic(), seconds, agents, sweeps, self.error, read)

    def beat(self) -> bool:
        try:
            self.lock.check()
        except LocalTrouble as error:  # without the lock another refresh may begin
            self.lost = error
            return True
        requests, size = self._traffic()
        return journal.beat(self.context.store, self.context.refresh_id, requests=requests, size=size, now=self.now())

    def note(self, scope: str, **values: Any) -> None:
        """Record how far a scope has come, and tell whoever watches."""
        requests, _ = self._traffic()
        values["requests"] = requests - self.requests_before
        journal.mark(self.context.store, self.context.refresh_id, scope, **values)
        place = [planned.scope for planned in self.scopes].index(scope)
        self.tell(Step(scope, place + 1, len(self.scopes), values, requests))

    def _exit_code(self) -> int:
        """Ask everything; every expected end becomes an exit code and a reason for the scopes not reached."""
        try:
            self._ask_all()
        except Cancelled as error:
            return self._stop_early(str(self.lost or error), LOCAL if self.lost else CANCELLED)
        except Damaged:
            raise
        except LocalTrouble as error:
            return self._stop_early(str(error), LOCAL)
        judged = self._results("agent") or self._results("sweep")
        if all(result.status == "failed" for result in judged.values()):
            return NO_REGISTRY
        # What could not be read counts too: a scheduled refresh is judged by nothing else.
        return SOME_FAILED if any(result.error for result in self.results.values()) else FRESH

    def _ask_all(self) -> None:
        try:
            self.context.timestamp = self.context.source.version().data_timestamp
        except (Cancelled, LocalTrouble):
            raise
        except TrackerError as error:
            self._give_up(error)
            return
        unanswered_before = False
        for place, planned in enumerate(self.scopes, 1):
            failure = self._ask_scope(planned)
            unanswered = _is_no_answer(failure)
            shut = isinstance(failure, Refused | Postponed)
            if failure and (shut or (unanswered and (unanswered_before or not self._registry_answers(place)))):
                self._give_up(failure)
                return
            unanswered_before = unanswered

    def _ask_scope(self, planned: PlannedScope) -> TrackerError | None:
        """Ask one scope and record the outcome; returns the error when it failed."""
        scope, state = planned.scope, self.states.get(planned.scope)
        self.requests_before = self.context.source.requests
        if planned.kind == "results":
            self._read_results(planned)
            return None
        mode = self._mode(planned)
        if mode == "unchanged" and state is not None:
            self._finish(scope, Result("unchanged", state.studies))
            return None
        self.note(scope, status="asking", started_at=timestamp(self.now()))
        try:
            report = ask(self.context, planned, mode)
        except (Cancelled, LocalTrouble):
            raise
        except TrackerError as error:
            if isinstance(error, DataReloaded | Incomplete):
                self.context.tries = 1  # enough for the others, until an answer is whole again
            self._fail(planned, str(error))
            return error
        self.context.tries = TRIES
        self._finish(scope, Result.of(report))
        return None

    def _read_results(self, planned: PlannedScope) -> None:
        """The second step; whatever becomes of it, what the agents brought stands."""
        self.note(planned.scope, status="asking", started_at=timestamp(self.now()))
        try:
            outcome = self.step.run() if self.step else None
        except (Cancelled, LocalTrouble):
            raise
        except TrackerError as error:
            self._fail(planned, str(error))
            return
        if outcome:
            self._finish(planned.scope, outcome.as_result())

    def _mode(self, planned: PlannedScope) -> Mode:
        context = self.context
        state = self.states.get(planned.scope)
        return mode_of(state, timestamp=context.timestamp, question=context.question, now=self.now(), full=self.full)

    def _registry_answers(self, place: int) -> bool:
        """Whether the registry answers at all, tested with its version and the next scope's first query."""
        due = [planned for planned in self.scopes[place:] if planned.queries and self._mode(planned) != "unchanged"]
        if not due:
            return True
        try:
            self.sources[-1].version()
            query = due[0].queries[0]
            self.sources[-1].first_page({query.parameter: query.value}, SWEEP_FIELDS)
        except (Cancelled, LocalTrouble):
            raise
        except TrackerError as error:
            return not _is_no_answer(error)
        return True

    def _give_up(self, error: TrackerError) -> None:
        """The registry cannot be used: every scope not yet asked fails with the same reason, without being asked."""
        self.error = str(error)
        for planned in self._open():
            self._fail(planned, self.error)

    def _open(self) -> list[PlannedScope]:
        return [planned for planned in self.scopes if planned.scope not in self.results]

    def _fail(self, planned: PlannedScope, reason: str) -> None:
        fail(self.context.store, self.context.refresh_id, planned.scope, reason, kind=planned.kind, now=self.now)
        self._finish(planned.scope, self._failed(planned, reason))

    def _finish(self, scope: str, result: Result) -> None:
        self.results[scope] = result
        self.note(scope, ended_at=timestamp(self.now()), **result._asdict())

    def _stop_early(self, reason: str, exit_code: int) -> int:
        """End before all scopes were asked: kept answers stay, the other scopes keep their old data."""
        self.error = reason
        self.results |= {planned.scope: self._failed(planned, reason) for planned in self._open()}
        return exit_code

    def _close(self, exit_code: int | None) -> None:
        """Write the last entry of the journal; when the store cannot take it, the exit code says so already."""
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

    def _failed(self, planned: PlannedScope, reason: str) -> Result:
        if planned.kind == "results":
            return Result("failed", self.step.read if self.step else 0, error=reason)
        state = self.states.get(planned.scope)
        return Result("failed", state.studies if state else 0, error=reason)

    def _results(self, kind: Kind) -> dict[str, Result]:
        return {planned.scope: self.results[planned.scope] for planned in self.scopes if planned.kind == kind}


def _is_no_answer(error: TrackerError | None) -> bool:
    """No answer, as opposed to a wrong one: only this suggests that the registry is down."""
    return isinstance(error, Transport) and not isinstance(error, DataReloaded | Incomplete)
