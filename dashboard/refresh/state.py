"""What a refresh is doing, as every session sees it, and what a viewer may do about it.

The job itself lives in the store, so every tab and every viewer sees the same one, also after closing and reopening.
"""

from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

import streamlit as st
from streamlit.runtime import Runtime

from cache import exit_codes
from cache.read import results
from cache.read.jobs import Job, latest_job
from cache.refresh import journal, plan
from cache.store.schema import REGISTRY_NAME, REGISTRY_SCOPE
from cache.store.store import timestamp
from dashboard.refresh import launcher as refreshing
from dashboard.refresh.launcher import Launch, Launcher, Permission
from dashboard.shared import data, words
from dashboard.shared.escape import without_folders
from dashboard.shared.kept import once_a_run
from dashboard.web import sign_in
from fetchers.errors import TrackerError

# A job writes a heartbeat about every second. One that is silent for longer may be dead: the lock decides.
LIVELY = timedelta(seconds=10)
State = Literal["idle", "starting", "running", "trouble"]
AWAITED, NOTE = "refresh_awaited", "refresh_note"
_RUNNING_ALREADY = "A refresh is already running. You are watching it now."


class FailedPart(NamedTuple):
    """A part whose last refresh failed, and what is kept of it."""

    scope: str
    name: str
    sweep: bool
    reason: str
    at: str | None
    kept: str | None  # the day the registry made the data that stays; None for a sample, or nothing


@st.cache_resource(show_spinner=False)
def launcher() -> Launcher:
    """The one launcher of this server, shared by its sessions."""
    return Launcher()


class View(NamedTuple):
    """What there is to show: the newest job in the store and the process this server started last."""

    state: State
    job: Job | None = None
    launch: Launch | None = None


def view_of(job: Job | None, launch: Launch | None) -> View:
    """Decide what is shown. The job in the store counts; the process only where the store cannot know yet."""
    if job is not None and job.state == "running" and job.alive:
        return View("running", job, launch)
    if launch is None or _said_all(job, launch):
        return View("idle", job, launch)
    return View("starting" if launch.alive else "trouble", job, launch)


def _said_all(job: Job | None, launch: Launch) -> bool:
    """Whether the store already tells all: the newest job is its own, a later one, or the one it gave way to."""
    if job is None:
        return False
    return launch.exit_code == exit_codes.BUSY or job.started_at >= timestamp(launch.started_at)


@once_a_run
def view() -> View:
    """What there is to show now."""
    job, launch = latest_job(data.store()), launcher().latest()
    if job is not None:
        parts = tuple(one._replace(error=_told(one.error)) for one in job.scopes)
        job = job._replace(error=_told(job.error), scopes=parts)
    return view_of(job, launch and launch._replace(words=_told(launch.words)))


def _told(reason: str | None) -> str | None:
    return reason and without_folders(reason)


def permission() -> Permission:
    """Whether the viewer of this session may refresh and cancel."""
    given = data.settings()
    readonly = given.readonly or not refreshing.writable(given.cache_url)
    return refreshing.permission(given.refresh, local=_local(), visitor=sign_in.seen(), readonly=readonly)


def _interval() -> float:
    """The least time between two refreshes from the page, in seconds."""
    given = data.settings().refresh_interval
    return given if given is not None else 0.0 if _local() else refreshing.USUAL_INTERVAL


def _local() -> bool:
    # Without a server (a test runs the script) nobody can be elsewhere. A session of a real server whose tab is closed
    # has no headers either, and must not be mistaken for that.
    if not Runtime.exists() or type(Runtime.instance()) is not Runtime:
        return True
    return refreshing.is_local(
        st.context.headers.to_dict(),
        peer=st.context.ip_address,
        bound=st.get_option("server.address"),
        named=data.settings().allowed_hosts,
    )


def press(*agents: str) -> None:
    """Start a refresh, unless one runs: then this viewer watches that one."""
    if not permission().allowed:  # a browser may send a click on a disabled button
        return
    try:
        job = latest_job(data.store())
        interval = _interval()
        if interval and job is not None and not _lively(job) and _age(job) < timedelta(seconds=interval):
            st.session_state[NOTE] = refreshing.too_soon(job.started_at, interval)
            return
        started = not _lively(job) and launcher().start(agents, data.settings().cache_url, interval=interval)
    except TrackerError as error:
        st.session_state[NOTE] = without_folders(str(error))
        return
    st.session_state[AWAITED] = True  # a quick refresh may be over before it was seen running
    if not started:
        st.session_state[NOTE] = _RUNNING_ALREADY


def _age(job: Job) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(job.started_at)


def _lively(job: Job | None) -> bool:
    if job is None or job.state != "running":
        return False
    return datetime.now(UTC) - datetime.fromisoformat(job.beat_at) < LIVELY


def cancel() -> None:
    """Ask the running job to stop; the store tells every viewer that this was asked."""
    if not permission().allowed:
        return
    try:
        journal.request_cancel(data.store())
    except TrackerError as error:
        st.session_state[NOTE] = without_folders(str(error))


def active(shown: View) -> bool:
    """Whether a job is on its way."""
    return shown.state in ("starting", "running")


def outlook() -> tuple[dict[str, int], dict[str, int]]:
    """How many questions every part asks and about how many trials it will hold, to estimate the time left."""
    watchlist = data.watchlist()
    frame = data.scopes()
    # A starter's sample says nothing about the size.
    answered = frame[frame["refreshed_at"].notna()]
    scopes = plan.plan(watchlist, (), dict(zip(answered["scope"], answered["studies"].astype(int), strict=True)))
    return {one.scope: len(one.queries) for one in scopes}, {one.scope: one.size for one in scopes}


def names() -> dict[str, str]:
    """The names of all parts of a refresh, by scope."""
    watchlist = data.watchlist()
    parts = {one.id: one.name for one in watchlist.conditions} | {one.id: one.name for one in watchlist.agents}
    return parts | {results.SCOPE: words.RESULTS, REGISTRY_SCOPE: REGISTRY_NAME}


def failed_parts() -> list[FailedPart]:
    """The parts whose last refresh failed, in the watch-list's order."""
    rows = data.scopes().dropna(subset=["error"]).to_dict("records")
    return [
        FailedPart(
            row["scope"], row["name"], row["kind"] == "sweep", row["error"], _text(row["error_at"]),
            _text(row["registry_timestamp"]) if _text(row["refreshed_at"]) else None,
        )
        for row in rows
    ]  # fmt: skip


def _text(found: object) -> str | None:
    return found if isinstance(found, str) else None


def unasked() -> bool:
    """Whether there is an agent the registry has never answered for."""
    scopes = data.scopes()
    return bool(scopes.loc[scopes["kind"] == "agent", "refreshed_at"].isna().any())
