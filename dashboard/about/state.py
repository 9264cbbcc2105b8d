"""The state of the store on the page about the data: how fresh each part is, what could not be read, past refreshes."""

import math
from collections.abc import Mapping
from datetime import timedelta

import pandas as pd
import streamlit as st

from cache import english
from cache.read import results as posted
from cache.read import trials as queries
from cache.read import unread
from cache.read.jobs import Job, recent_jobs
from cache.refresh.results import HOURLY, TOTAL
from cache.store.schema import REGISTRY_NAME, REGISTRY_SCOPE
from cache.store.store import timestamp, utcnow
from dashboard.shared import columns, data, words

HISTORY = 20  # refreshes that are listed
_ENDED = {
    "fresh": "All answered", "partial": "Some parts failed", "failed": "Failed",
    "cancelled": "Cancelled", "broken": "Died",
}  # fmt: skip


def show() -> None:
    """How fresh each part is, what failed, what could not be read."""
    st.header("State of the data", anchor=False)
    scopes = data.scopes()
    rows = zip(scopes["refreshed_at"], scopes["registry_timestamp"], scopes["starter"], strict=True)
    when = [_when(asked, load, starter=bool(starter)) for asked, load, starter in rows]
    table = pd.DataFrame(
        {
            "Part": scopes["name"],
            "Trials": scopes["studies"],
            "Asked": [asked for asked, _ in when],
            "Data of": [load for _, load in when],
            "Last attempt failed because": scopes["error"],
        }
    )
    columns.table(table, "State of each part of the data")
    names = dict(zip(scopes["scope"], scopes["name"], strict=True))
    names |= {posted.SCOPE: words.RESULTS, REGISTRY_SCOPE: REGISTRY_NAME}
    _posted()
    _refreshes(names)
    _set_aside(names)


def _posted() -> None:
    """How far reading posted results has come, what it cost, what could not be read."""
    state = posted.state(data.store())
    hour = posted.spent_since(data.store(), timestamp(utcnow() - timedelta(hours=1)))
    cost = f"{_traffic(state.requests, state.bytes)} the last time, {_traffic(*hour)} in the last hour"
    why = f" {state.error}" if state.error else ""
    most = " and in ".join(
        f"{name} at most {english.count(budget.requests, 'request')} and {budget.bytes / 1_000_000:g} MB"
        for name, budget in (("one refresh", TOTAL), ("one hour", HOURLY))
    )
    if not state.wanted:
        st.text(f"Posted results: none asked for yet (in {most}).")
        return
    st.text(f"Posted {posted.said(state)} ({cost}; in {most}).{why}")
    failures = posted.failures(data.store())
    if failures:
        shown = pd.DataFrame(
            {
                "NCT id": [one.nct_id for one in failures],
                "Reason": [one.reason for one in failures],
                "Tried": [english.moment(one.at) if one.at else None for one in failures],
                "Shown": ["the last that were read" if one.older else "none" for one in failures],
            }
        )
        columns.table(shown, "Posted results that are missing or not the newest, with the reason", height="auto")


def _traffic(requests: int, size: int) -> str:
    return f"{english.count(requests, 'request')}, {math.ceil(size / 1000):,} kB" if requests else "nothing"


def _set_aside(names: Mapping[str, str]) -> None:
    aside = queries.set_aside(data.store())
    _partly_read()
    if aside.empty:
        st.text("No record had to be set aside: every record of the newest answers could be read.")
        return
    # A record that several parts asked for is one record.
    one = aside.groupby(aside["nct_id"].fillna(aside["reason"]), sort=False)
    table = one.agg({"scope": list, "nct_id": "first", "reason": "first", "seen_at": "max"})
    st.text(
        f"{english.count(len(table), 'record')} could not be read; what was known of "
        f"{english.agreeing(len(table), 'it', 'them')} before is shown:"
    )
    shown = pd.DataFrame(
        {
            "Parts": [english.listed(names.get(scope, scope) for scope in scopes) for scopes in table["scope"]],
            "NCT id": table["nct_id"],
            "Reason": table["reason"],
            "Seen": [english.moment(at) for at in table["seen_at"]],
        }
    )
    columns.table(shown, "Records that were set aside, with the reason", missing=words.MISSING, height="auto")


def _partly_read() -> None:
    """Trials of which a part could not be read, and which."""
    parts = unread.parts(data.store())
    if not parts:
        return
    st.text(f"{english.count(len(parts), 'trial')} could be read only in part; what is missing counts as not known:")
    shown = pd.DataFrame(parts, columns=["NCT id", "What could not be read"])
    columns.table(
        shown, "Trials that could be read only in part, and what is missing", missing=words.MISSING, height="auto"
    )


def _when(asked: object, load: object, *, starter: bool) -> tuple[str, str]:
    if isinstance(asked, str):
        return english.moment(asked), english.day(load if isinstance(load, str) else None)
    return "not asked yet", "starter snapshot" if starter else "–"


def _refreshes(names: Mapping[str, str]) -> None:
    """The traffic, the outcome and the failures of the newest refreshes."""
    jobs = recent_jobs(data.store(), HISTORY)
    if not jobs:
        st.text("No refresh has been run with this store yet.")
        return
    st.text("The newest refreshes:")
    table = pd.DataFrame(
        {
            "Began": [english.moment(job.started_at) for job in jobs],
            "Ended": [_ENDED.get(job.outcome or "", "Running" if job.alive else "Died") for job in jobs],
            "Requests": [job.requests for job in jobs],
            "Kilobytes": [round(job.bytes / 1000) for job in jobs],
            "New": [_total(job, "new") for job in jobs],
            "Changed": [_total(job, "changed") for job in jobs],
            "Gone": [_total(job, "left") for job in jobs],
            "Why": [_reasons(job, names) for job in jobs],
        }
    )
    columns.table(
        table, "The newest refreshes: how they ended, their traffic, what changed and why they failed"
    )  # fmt: skip


def _total(job: Job, key: str) -> int:
    """Trials; posted results are counted elsewhere."""
    return sum(getattr(scope, key) or 0 for scope in job.scopes if scope.scope != posted.SCOPE)


def _reasons(job: Job, names: Mapping[str, str]) -> str | None:
    """What went wrong, each reason once with the parts it hit; None when nothing did."""
    if job.error:
        return job.error
    hit: dict[str, list[str]] = {}
    for scope in job.scopes:
        if scope.error:
            hit.setdefault(scope.error, []).append(names.get(scope.scope, scope.scope))
    return " ".join(f"{english.listed(parts)}: {reason}" for reason, parts in hit.items()) or None
