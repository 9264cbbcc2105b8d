"""The refresh on the screen: the sidebar's button and progress, an agent's own button, the first look at today's data,
and one line or one box on every page about what runs or what went wrong."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import streamlit as st

from cache import english, exit_codes
from cache.read.jobs import Job
from dashboard.refresh import state, words
from dashboard.refresh.launcher import Launch
from dashboard.refresh.state import View
from dashboard.shared import data
from dashboard.shared.escape import plain
from dashboard.web.meter import METER

LABEL = "Refresh trial data"
TICK_SECONDS = 1.5  # while a job runs, and only then
_LINE_SECONDS = 3.0  # of the line on the page, beside which the sidebar ticks as well
_FEW = 10  # viewers of this process for whom it can tick as often as that
_WATCHED, _DISMISSED, _VERSION = "refresh_watched", "refresh_dismissed", "refresh_version"


def every(seconds: float) -> float:
    """The time between two ticks: the longer the more look on, or ticking is all that the server would do."""
    return seconds * max(1.0, METER.viewers / _FEW)


def panel() -> None:
    """The sidebar's part: the button, then the running job or the last one. Call it inside ``with st.sidebar``."""
    may = state.permission()
    st.button(
        LABEL, key="refresh_all", icon=":material/refresh:", width="stretch", disabled=not may.allowed,
        on_click=state.press,
    )  # fmt: skip
    # A container of its own: what comes and goes here must not move what is below it.
    with st.container():
        if may.reason:
            st.caption(plain(may.reason))
        note = st.session_state.pop(state.NOTE, None)
        if note:
            st.info(plain(note))
    st.session_state[_VERSION] = data.version()
    now = state.view()
    active = state.active(now)
    if active:
        st.session_state[state.AWAITED] = True
    elif now.job is not None and st.session_state.pop(state.AWAITED, False):
        st.session_state[_WATCHED] = now.job.id
    st.fragment(_watch, run_every=every(TICK_SECONDS) if active else None)(active)


def agent_button(agent_id: str) -> None:
    """A button that refreshes one agent alone; its progress shows like any other's."""
    may = state.permission()
    st.button(
        f"Refresh {plain(data.watchlist().agent(agent_id).name)} only",
        key=f"refresh_{agent_id}",
        icon=":material/refresh:",
        disabled=not may.allowed,
        on_click=state.press,
        args=(agent_id,),
        help=may.reason,
    )


def first_data() -> bool:
    """Until the registry has answered for every agent: the button that gets its data, what that takes, its progress in
    place. True while that runs here, so that nothing else need tell of it."""
    live, active = data.freshness().live, state.active(state.view())
    if live and not (active and state.unasked()):
        return False
    with st.container(border=True, key="first_data"):
        if active:
            st.markdown(":material/sync: Getting today’s data. The numbers here change as each part arrives.")
            st.fragment(_first_progress, run_every=every(TICK_SECONDS))()
            return True
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Get today’s data", key="refresh_first", icon=":material/download:", on_click=state.press,
                disabled=not state.permission().allowed,
            )  # fmt: skip
            questions, sizes = state.outlook()
            st.markdown(words.first_takes(questions, sizes, data.settings().pace_seconds), width="content")
    return False


def _first_progress() -> None:
    now = state.view()
    if now.job is None or now.state != "running":
        st.progress(0.0, text="Starting the refresh …")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(words.fraction(now.job), text=words.parts_done(now.job), width="stretch")
        _cancel_button(now.job, "refresh_first_cancel")
    st.caption(_traffic(now.job))


def outcome() -> None:
    """In one line that a refresh runs; in one box what failed; to those who watched, what the last one brought."""
    now = state.view()
    if state.active(now):
        st.fragment(_line, run_every=every(_LINE_SECONDS))()
        return
    failed = _failed(now)
    if failed:
        _failure(*failed)
        return
    job = now.job
    if job is None or st.session_state.get(_DISMISSED) == job.id or st.session_state.get(_WATCHED) != job.id:
        return
    show, icon = (st.success, "check_circle") if job.outcome == "fresh" else (st.info, "info")
    show(words.summary(job, state.names()), icon=f":material/{icon}:")
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.expander("What changed, agent by agent"):
            st.markdown(_brought(job, state.names()))
        st.button("Close message", key="refresh_close", on_click=_dismiss, args=(job.id,))


def _line() -> None:
    now = state.view()
    if state.active(now):
        said = words.parts_done(now.job) if now.job and now.state == "running" else "Starting the refresh …"
        st.markdown(f":material/sync: {said}")


def _dismiss(job_id: int) -> None:
    st.session_state[_DISMISSED] = job_id


def _failed(now: View) -> tuple[str, Sequence[str], tuple[str, ...]] | None:
    """One sentence on what failed, its details, and the agents to try again (none: all); None without a failure."""
    if now.state == "trouble" and now.launch is not None:
        return _trouble(now.launch)
    live, parts = data.freshness().live, state.failed_parts()
    job = now.job
    if job is not None and job.outcome not in ("fresh", "partial", "cancelled"):
        reasons = dict.fromkeys(filter(None, (job.error, *(part.reason for part in parts))))
        said = words.not_fetched(live=live) if job.outcome == "failed" else words.summary(job, state.names())
        return said, [f"{english.moment(job.ended_at or job.beat_at)}. {reason}" for reason in reasons], ()
    if parts:
        details = [f"{part.name}, {english.moment(part.at)}: {part.reason}" for part in parts]
        again = () if any(part.sweep for part in parts) else tuple(part.scope for part in parts)
        return words.kept(parts), details, again
    unread = [scope for scope in job.scopes if scope.error and scope.status == "fresh"] if job else []
    if job is not None and job.outcome == "partial" and unread:
        return words.unread(unread, state.names()), [str(scope.error) for scope in unread], ()
    return None


def _failure(said: str, details: Sequence[str], agents: tuple[str, ...]) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="refresh_failed"):
        st.markdown(f":material/sync_problem: {said}", width="stretch")
        st.button(
            "Try again", key="refresh_again", icon=":material/refresh:", on_click=state.press, args=agents,
            disabled=not state.permission().allowed,
        )  # fmt: skip
        if details:
            with st.popover("Details"):
                for detail in details:
                    st.text(detail)


def _trouble(launch: Launch) -> tuple[str, Sequence[str], tuple[str, ...]]:
    if launch.exit_code == exit_codes.BUSY:
        return "Another refresh is running. Its progress shows here as soon as it can be read.", (), ()
    # It worked on the store while this page had to show something else.
    if launch.exit_code in (exit_codes.FRESH, exit_codes.SOME_FAILED):
        return "The refresh has ended. Please load this page again in a moment.", (), ()
    return "The refresh could not run; the data stays as it was.", [launch.words or "It ended without a message."], ()


def _watch(was_active: bool) -> None:
    """The part that updates itself while a job runs; it redraws the page when the job ends or has stored something."""
    now = state.view()
    if was_active and (not state.active(now) or st.session_state.get(_VERSION) != data.version()):
        st.rerun()
    if now.state == "running" and now.job is not None:
        _progress(now.job)
    elif now.state == "starting":
        st.progress(0.0, text="Starting the refresh …")
    elif now.state == "idle" and now.job is not None:
        _last(now.job)


def _progress(job: Job) -> None:
    st.progress(words.fraction(job), text=words.parts_done(job))
    st.caption(_traffic(job))
    _cancel_button(job, "refresh_cancel")
    lines = (words.progress_line(one, state.names().get(one.scope, one.scope)) for one in job.scopes)
    with st.expander("Part by part"):
        st.markdown("\n".join(f"- :small[{line}]" for line in lines))


def _traffic(job: Job) -> str:
    questions, sizes = state.outlook()
    left = words.time_left(
        job, now=datetime.now(UTC), pace=data.settings().pace_seconds, questions=questions, sizes=sizes
    )
    traffic = f"{english.count(job.requests, 'request')}, {words.size(job.bytes)}"
    return f"{traffic}{f', {left}' * bool(left)}. You may close this page: the refresh goes on."


def _cancel_button(job: Job, key: str) -> None:
    if state.permission().allowed:
        label = "Cancelling…" if job.cancel else "Cancel"
        st.button(label, key=key, icon=":material/close:", on_click=state.cancel, disabled=job.cancel)
    elif job.cancel:
        st.caption("Cancelling…")


def _last(job: Job) -> None:
    st.caption(f"Last refresh: {english.moment(job.ended_at or job.beat_at)}.")
    with st.expander("What changed"):
        st.markdown(f"{words.summary(job, state.names())}\n\n{_brought(job, state.names())}")


def _brought(job: Job, names: Mapping[str, str]) -> str:
    lines = (f"- **{plain(names.get(one.scope, one.scope))}**: {words.brought(one)}" for one in job.scopes)
    return "\n".join(lines)
