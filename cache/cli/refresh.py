"""``python -m cache refresh`` and ``cancel``: the one place that connects the registry with the store."""

import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import NamedTuple

from cache.cli.terminal import Progress, printable, put_out_json, say, summary
from cache.exit_codes import BUSY, DONE, LOCAL
from cache.ingest.posted import NAME, SCOPE
from cache.opening import open_store
from cache.refresh import journal
from cache.refresh import run as refresh
from cache.refresh.allowance import Allowance
from cache.refresh.heartbeat import Heartbeat
from cache.refresh.report import Report, Step
from cache.refresh.results import Reading
from cache.store import lock
from cache.store.errors import Damaged
from cache.store.schema import REGISTRY_NAME, REGISTRY_SCOPE
from cache.store.store import Store, utcnow
from fetchers.errors import LocalTrouble, TrackerError
from fetchers.registry.client import Registry
from fetchers.settings import Settings
from fetchers.watchlist.model import Watchlist


class Asked(NamedTuple):
    """What a refresh is to do."""

    agents: Sequence[str]
    full: bool
    unless_since: datetime | None


def refresh_command(
    settings: Settings,
    watchlist: Watchlist,
    *,
    agents: Sequence[str],
    full: bool,
    as_json: bool,
    quiet: bool = False,
    anew: bool = False,
    unless_since: datetime | None = None,
) -> int:
    """Refresh and report; returns the exit code of the contract. Raises Validation for an unknown agent.

    ``quiet`` says nothing on standard error unless something went wrong. ``anew``: where a store has been and is gone,
    a new one is begun. ``unless_since``: nothing is asked when another refresh has begun since then.
    """
    for agent in agents:
        watchlist.agent(agent)
    began = time.monotonic()
    try:
        if anew:
            open_store(settings, watchlist, anew=True).close()
        report = _refresh(settings, watchlist, Asked(agents, full, unless_since), quiet)
    except lock.Busy as error:
        report = _no_run(BUSY, error, began)
    except LocalTrouble as error:
        report = _no_run(LOCAL, error, began)
    if as_json:
        put_out_json(report.as_json())
    return report.exit_code


def cancel_command(settings: Settings, watchlist: Watchlist) -> int:
    """Ask the running refresh to stop. Always 0: with none running there is nothing to do."""
    store = open_store(settings, watchlist)
    try:
        found = journal.request_cancel(store) if lock.held(store.engine) else None
    finally:
        store.close()
    who = f"The refresh of process {found.pid} was asked to stop." if found else "No refresh is running."
    say(sys.stderr, f"{who}\n")
    return DONE


def _refresh(settings: Settings, watchlist: Watchlist, asked: Asked, quiet: bool) -> Report:
    heartbeat = Heartbeat(wake=wake)
    with stoppable(heartbeat):
        try:
            store = open_store(settings, watchlist)
            try:
                return _run(store, settings, watchlist, asked, heartbeat, quiet)
            finally:
                store.close()
        except Damaged as error:
            from cache.recovery.derived import Derivation
            from cache.recovery.rescue import rescue_under_lock

            raise LocalTrouble(f"{error} {rescue_under_lock(settings.cache_url, Derivation.of(watchlist))}") from error


def _run(
    store: Store,
    settings: Settings,
    watchlist: Watchlist,
    asked: Asked,
    heartbeat: Heartbeat,
    quiet: bool,
) -> Report:
    names = {agent.id: agent.name for agent in watchlist.agents}
    names |= {condition.id: condition.name for condition in watchlist.conditions}
    names |= {SCOPE: NAME, REGISTRY_SCOPE: REGISTRY_NAME}
    take = Allowance(store, settings.daily_requests).take
    with _registry(settings, heartbeat, take) as registry, _registry(settings, heartbeat, take, attempts=1) as probe:
        report = refresh.run(
            store,
            registry,
            watchlist,
            agents=asked.agents,
            full=asked.full,
            unless_since=asked.unless_since,
            heartbeat=heartbeat,
            probe=probe,
            results=None if settings.results == "none" else Reading(settings.results),
            tell=_unheard if settings.log == "json" else Progress(sys.stderr, names, quiet=quiet),
        )
    if settings.log == "json":
        say(sys.stderr, f"{_line(report, journal.newest(store))}\n")
    elif report.exit_code or not quiet:
        say(sys.stderr, summary(report))
    return report


def _unheard(step: Step) -> None:
    """A log for programs tells of a refresh when it has ended."""


def _line(report: Report, refresh_id: int | None) -> str:
    """The refresh as one line of a log for programs."""
    failed = {name: one.error for name, one in {**report.agents, **report.sweeps}.items() if one.error}
    facts = {"time": utcnow().isoformat(timespec="milliseconds"), "event": "refresh", "refresh_id": refresh_id}
    figures = {"exit_code": report.exit_code, "requests": report.requests, "bytes": report.bytes}
    return json.dumps(facts | figures | {"seconds": round(report.seconds, 1), "error": report.error, "failed": failed})


def _registry(settings: Settings, heartbeat: Heartbeat, take: Callable[[], None], attempts: int = 4) -> Registry:
    return Registry(
        settings.registry_url,
        pace=settings.pace_seconds,
        timeout=settings.timeout_seconds,
        user_agent=settings.user_agent,
        attempts=attempts,
        stop=heartbeat,
        before=take,
    )


def _no_run(exit_code: int, error: TrackerError, began: float) -> Report:
    say(sys.stderr, f"{printable(error)}\n")
    return Report(exit_code, None, 0, 0, time.monotonic() - began, {}, {}, str(error))


@contextmanager
def stoppable(heartbeat: Heartbeat) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the refresh properly instead of killing the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, lambda *_: heartbeat.interrupt()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wake() -> None:
    """Send the waiting main thread the signal that ``stoppable`` handles."""
    main = threading.main_thread().ident
    if main is not None and signal.getsignal(signal.SIGTERM) not in (signal.SIG_DFL, signal.SIG_IGN):
        with suppress(OSError):
            signal.pthread_kill(main, signal.SIGTERM)
