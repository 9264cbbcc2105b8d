"""The refresh on the screen: the sidebar's button and progress, an agent's own button, and the outcome of the last one.

The job itself lives in the store, so every tab and every viewer sees the same one, also after closing and reopening.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

import streamlit as st
from streamlit.runtime import Runtime

from cache import english, exit_codes
from cache.read import results as posted
from cache.read.jobs import Job, latest_job
from cache.refresh import journal, plan
from cache.store.store import timestamp
from dashboard.refresh import launcher as refreshing
from dashboard.refresh import words
from dashboard.refresh.launcher import Launch, Launcher, Permission
from dashboard.shared import data
from dashboard.shared import words as shared_words
from dashboard.shared.escape import plain
from fetchers.errors import TrackerError

LABEL = "Refresh trial data"
TICK_SECONDS = 1.5  # while a job runs, and only then
# A job writes a heartbeat about every second. One that is silent for longer may be dead: the lock decides.
LIVELY = timedelta(seconds=10)
State = Literal["idle", "starting", "running", "trouble"]
_AWAITED, _WATCHED, _DISMISSED = "refresh_awaited", "refresh_watched", "refresh_dismissed"
_VERSION, _NOTE = "refresh_version", "refresh_note"
_RUNNING_ALREADY = "A refresh is already running. You are watching it now."


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


def _view() -> View:
    return view_of(latest_job(data.store()), launcher().latest())


def permission() -> Permission:
    """Whether the viewer of this session may refresh and cancel."""
    return refreshing.permission(data.settings().refresh, local=_local(), signed_in=_signed_in())


def _local() -> bool:
    # Without a server (a test runs the script) nobody can be elsewhere. A session of a real server whose tab is closed
    # has no headers either, and must not be mistaken for that.
    if not Runtime.exists() or type(Runtime.instance()) is not Runtime:
        return True
    bound = st.get_option("server.address")
    return refreshing.is_local(st.context.headers.to_dict(), peer=st.context.ip_address, bound=bound)


def _signed_in() -> bool:
    # Without [auth] among the secrets st.user has no such attribute at all.
    return bool(getattr(st.user, "is_logged_in", False))


def panel() -> None:
    """The sidebar's part: the button, then the running job or the last one. Call it inside ``with st.sidebar``."""
    may = permission()
    st.button(
        LABEL, key="refresh_all", icon=":material/refresh:", width="stretch", disabled=not may.allowed, on_click=_press
    )
    # A container of its own: what comes and goes here must not move what is below it.
    with st.container():
        if may.reason:
            st.caption(plain(may.reason))
        note = st.session_state.pop(_NOTE, None)
        if note:
            st.info(plain(note))
    st.session_state[_VERSION] = data.version()
    view = _view()
    active = _active(view)
    if active:
        st.session_state[_AWAITED] = True
    elif view.job is not None and st.session_state.pop(_AWAITED, False):
        st.session_state[_WATCHED] = view.job.id
    st.fragment(_watch, run_every=TICK_SECONDS if active else None)(active)


def agent_button(agent_id: str) -> None:
    """A button that refreshes one agent alone; its progress shows in the sidebar like any other's."""
    may = permission()
    st.button(
        f"Refresh {plain(data.watchlist().agent(agent_id).name)} only",
        key=f"refresh_{agent_id}",
        icon=":material/refresh:",
        disabled=not may.allowed,
        on_click=_press,
        args=(agent_id,),
        help=may.reason,
    )


def first_data() -> None:
    """While the registry has never answered: the button that gets its data, and what that takes."""
    if data.freshness().live:
        return
    may, view = permission(), _view()
    questions, sizes = _outlook()
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="first_data"):
        if _active(view):
            st.markdown(":material/sync: Getting today’s data. The numbers here change as each part arrives.")
        else:
            st.button(
                "Get today’s data", key="refresh_first", type="primary", icon=":material/download:",
                disabled=not may.allowed, on_click=_press,
            )  # fmt: skip
            st.markdown(words.first_takes(questions, sizes, data.settings().pace_seconds), width="stretch")


def outcome() -> None:
    """What the last refresh brought, for the top of a page: to those who watched, to everybody when it failed."""
    view = _view()
    job = view.job
    if view.state != "idle" or job is None or st.session_state.get(_DISMISSED) == job.id:
        return
    ended_well = job.outcome in ("fresh", "cancelled")
    if ended_well and st.session_state.get(_WATCHED) != job.id:
        return
    names = _names()
    show = st.success if job.outcome == "fresh" else st.info if ended_well else st.warning
    show(words.summary(job, names), icon=_ICONS.get(job.outcome or "", ":material/warning:"))
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.expander("What the refresh brought, agent by agent"):
            st.markdown(_brought(job, names))
        st.button("Close message", key="refresh_close", on_click=_dismiss, args=(job.id,))


_ICONS = {"fresh": ":material/check_circle:", "cancelled": ":material/info:"}


def _dismiss(job_id: int) -> None:
    st.session_state[_DISMISSED] = job_id


def _press(*agents: str) -> None:
    """Start a refresh, unless one runs: then this viewer watches that one."""
    if not permission().allowed:  # a browser may send a click on a disabled button
        return
    try:
        job = latest_job(data.store())
        started = not _lively(job) and launcher().start(agents, data.settings().cache_url)
    except TrackerError as error:
        st.session_state[_NOTE] = str(error)
        return
    st.session_state[_AWAITED] = True  # a quick refresh may be over before it was seen running
    if not started:
        st.session_state[_NOTE] = _RUNNING_ALREADY


def _lively(job: Job | None) -> bool:
    if job is None or job.state != "running":
        return False
    return datetime.now(UTC) - datetime.fromisoformat(job.beat_at) < LIVELY


def _cancel() -> None:
    if not permission().allowed:
        return
    try:
        journal.request_cancel(data.store())
    except TrackerError as error:
        st.session_state[_NOTE] = str(error)


def _active(view: View) -> bool:
    return view.state in ("starting", "running")


def _watch(was_active: bool) -> None:
    """The part that updates itself while a job runs; it redraws the page when the job ends or has stored something."""
    view = _view()
    if was_active and (not _active(view) or st.session_state.get(_VERSION) != data.version()):
        st.rerun()
    if view.state == "running" and view.job is not None:
        _progress(view.job)
    elif view.state == "starting":
        st.progress(0.0, text="Starting the refresh …")
    elif view.state == "trouble" and view.launch is not None:
        st.warning(_trouble(view.launch), icon=":material/warning:")
    elif view.job is not None:
        _last(view.job)


def _progress(job: Job) -> None:
    names = _names()
    done = sum(scope.status in ("fresh", "unchanged", "failed") for scope in job.scopes)
    st.progress(words.fraction(job), text=f"Refreshing: {done} of {len(job.scopes)} parts done")
    questions, sizes = _outlook()
    left = words.time_left(
        job, now=datetime.now(UTC), pace=data.settings().pace_seconds, questions=questions, sizes=sizes
    )
    traffic = f"{english.count(job.requests, 'request')}, {words.size(job.bytes)}"
    st.caption(f"{traffic}, {left}." if left else f"{traffic}.")
    if job.cancel:
        st.caption("Cancelling: it stops in a moment.")
    elif permission().allowed:
        st.button("Cancel", key="refresh_cancel", icon=":material/close:", on_click=_cancel)
    lines = (words.progress_line(one, names.get(one.scope, one.scope)) for one in job.scopes)
    st.markdown("\n".join(f"- :small[{line}]" for line in lines))
    st.caption("You may close this page. The refresh goes on by itself.")


def _outlook() -> tuple[dict[str, int], dict[str, int]]:
    """How many questions every part asks and about how many trials it will hold, to estimate the time left."""
    watchlist = data.watchlist()
    frame = data.scopes()
    # A starter's sample says nothing about the size.
    answered = frame[frame["refreshed_at"].notna()]
    scopes = plan.plan(watchlist, (), dict(zip(answered["scope"], answered["studies"].astype(int), strict=True)))
    return {one.scope: len(one.queries) for one in scopes}, {one.scope: one.size for one in scopes}


def _trouble(launch: Launch) -> str:
    if launch.exit_code == exit_codes.BUSY:
        return "Another refresh is running. Its progress shows here as soon as it can be read."
    # It worked on the store while this page had to show something else.
    if launch.exit_code in (exit_codes.FRESH, exit_codes.SOME_FAILED):
        return "The refresh has ended. Please load this page again in a moment."
    said = plain(launch.words) if launch.words else "It ended without a word. Please try again."
    return f"The refresh could not run. {said} The earlier data stays."


def _last(job: Job) -> None:
    names = _names()
    st.caption(f"Last refresh: {english.moment(job.ended_at or job.beat_at)}.")
    with st.expander("What it brought"):
        st.markdown(f"{words.summary(job, names)}\n\n{_brought(job, names)}")


def _brought(job: Job, names: Mapping[str, str]) -> str:
    lines = (f"- **{plain(names.get(one.scope, one.scope))}**: {words.brought(one)}" for one in job.scopes)
    return "\n".join(lines)


def _names() -> dict[str, str]:
    watchlist = data.watchlist()
    names = {one.id: one.name for one in watchlist.conditions} | {one.id: one.name for one in watchlist.agents}
    return names | {posted.SCOPE: shared_words.RESULTS}
