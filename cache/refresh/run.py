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
from cache.ingest.keep import ScopeReport, fail
from cache.refresh import journal
from cache.refresh.ask import TRIES, Context, Source, ask
from cache.refresh.heartbeat import Heartbeat, Interruptible
from cache.refresh.plan import Kind, Mode, PlannedScope, ScopeState, mode_of, plan, question
from cache.refresh.report import Report, Result, Step
from cache.store.errors import Damaged
from cache.store.lock import Busy, hold
from cache.store.store import Store, timestamp, utcnow
from fetchers.errors import Cancelled, DataReloaded, Incomplete, LocalTrouble, Refused, TrackerError, Transport
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
    tell: Callable[[Step], None] = lambda step: None,
    now: Callable[[], datetime] = utcnow,
) -> Report:
    """Refresh the named agents, or all agents and sweeps.

    ``heartbeat`` is the ``stop`` the source was made with, else a cancel is heard only between two pages; ``probe`` is
    the same registry without patience, asked whether it is there at all; ``matcher`` that of the watch-list, when
    there is one already. Raises Validation for an unknown agent, Busy, LocalTrouble when the store fails before the
    run has begun, and Damaged whenever it turns out to be.
    """
    plan(watchlist, agents, {})  # an unknown agent is told before anything is locked
    heartbeat = heartbeat or Heartbeat()
    try:
        with hold(store.engine):
            states = journal.states(store)
            scopes = plan(watchlist, agents, {scope: state.studies for scope, state in states.items() if state.is_live})
            refresh_id = journal.begin(store, [planned.scope for planned in scopes], full=full, now=now())
            matcher = matcher or Matcher(watchlist)
            context = Context(store, Interruptible(source, heartbeat), matcher, refresh_id, question(watchlist), now)
            sources = [context.source, *([Interruptible(probe, heartbeat)] if probe else [])]
            job = _Job(context, sources, scopes, states, full, tell)
            with heartbeat.running(job.beat):
                return job.run()
    except Busy as error:
        raise Busy(_who_is_running(store)) from error


def _who_is_running(store: Store) -> str:
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
        scopes: Sequence[PlannedScope],
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
            exit_code = self._exit_code()
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
            self._results("agent"),
            self._results("sweep"),
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
        place = [planned.scope for planned in self.scopes].index(scope)
        self.tell(Step(scope, place + 1, len(self.scopes), values, requests))

    def _exit_code(self) -> int:
        """Do the work; every expected way to end becomes an exit code and, for what was not reached, a reason."""
        try:
            self._ask_all()
        except Cancelled as error:
            return self._stop_early(str(error), CANCELLED)
        except Damaged:
            raise
        except LocalTrouble as error:
            return self._stop_early(str(error), LOCAL)
        judged = self._results("agent") or self._results("sweep")
        failed = [result for result in self.results.values() if result.status == "failed"]
        if all(result.status == "failed" for result in judged.values()):
            return NO_REGISTRY
        return SOME_FAILED if failed else FRESH

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
            if failure and (
                isinstance(failure, Refused)
                or (unanswered and (unanswered_before or not self._registry_answers(place)))
            ):
                self._give_up(failure)
                return
            unanswered_before = unanswered

    def _ask_scope(self, planned: PlannedScope) -> TrackerError | None:
        """Ask one scope and write down how it came out; the error when it failed."""
        scope, state = planned.scope, self.states.get(planned.scope)
        self.requests_before = self.context.source.requests
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
        self._finish(scope, _result_of(report))
        return None

    def _mode(self, planned: PlannedScope) -> Mode:
        context = self.context
        state = self.states.get(planned.scope)
        return mode_of(state, timestamp=context.timestamp, question=context.question, now=self.now(), full=self.full)

    def _registry_answers(self, place: int) -> bool:
        """Whether the registry answers at all: its version and the next scope's question, each asked once."""
        due = [planned for planned in self.scopes[place:] if self._mode(planned) != "unchanged"]
        if not due:
            return True
        try:
            self.sources[-1].version()
            query = due[0].queries[0]
            next(self.sources[-1].pages({query.parameter: query.value}, SWEEP_FIELDS), None)
        except (Cancelled, LocalTrouble):
            raise
        except TrackerError as error:
            return not _is_no_answer(error)
        return True

    def _give_up(self, error: TrackerError) -> None:
        """The registry cannot be used: every scope not yet asked fails with the same reason, without being asked."""
        self.error = str(error)
        for planned in self.scopes:
            if planned.scope not in self.results:
                self._fail(planned, self.error)

    def _fail(self, planned: PlannedScope, reason: str) -> None:
        fail(self.context.store, self.context.refresh_id, planned.scope, reason, kind=planned.kind, now=self.now)
        self._finish(planned.scope, Result("failed", self._studies_held(planned.scope), error=reason))

    def _finish(self, scope: str, result: Result) -> None:
        self.results[scope] = result
        self.note(scope, ended_at=timestamp(self.now()), **result._asdict())

    def _stop_early(self, reason: str, exit_code: int) -> int:
        """Stop in mid-run: scopes already kept stay, the others keep their old data."""
        self.error = reason
        for planned in self.scopes:
            if planned.scope not in self.results:
                self.results[planned.scope] = Result("failed", self._studies_held(planned.scope), error=reason)
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

    def _studies_held(self, scope: str) -> int:
        state = self.states.get(scope)
        return state.studies if state else 0

    def _results(self, kind: Kind) -> dict[str, Result]:
        return {planned.scope: self.results[planned.scope] for planned in self.scopes if planned.kind == kind}


def _result_of(report: ScopeReport) -> Result:
    return Result("fresh", report.studies, report.new, report.changed, report.left, report.set_aside)


def _is_no_answer(error: TrackerError | None) -> bool:
    """No answer at all, as against a wrong one: only this says that the registry may be down."""
    return isinstance(error, Transport) and not isinstance(error, DataReloaded | Incomplete)
