"""The sentences about a refresh: pure functions from what a job or a part came to, to short texts.

Every text is meant for Streamlit's Markdown and safe there: names and reasons from outside are escaped here.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from cache.english import agreeing, count, day, listed, moment
from cache.read.jobs import Job, JobScope
from cache.read.results import SCOPE
from cache.refresh.journal import BROKEN, CANCELLED
from dashboard.refresh.state import FailedPart
from dashboard.shared.escape import plain

_ENDED = ("fresh", "unchanged", "failed")
_NAMED = 3  # parts that are named one by one
PAGE = 1000  # trials in one answer of the registry
_PACKED = 2_800  # bytes of one trial with our fields as the registry sends it: 11.1 kB, packed to a quarter
_ANSWER = 1.5  # seconds until a request is answered, waiting included


def size(number: int) -> str:
    """A number of bytes, for people."""
    if number < 1_000_000:
        return f"{math.ceil(number / 1000):,} kB"
    return f"{number / 1_000_000:,.1f} MB"


def duration(seconds: float) -> str:
    """A rough time; the exact one cannot be known."""
    if seconds < 50:
        return "less than a minute"
    if seconds < 90:
        return "about a minute"
    minutes = round(seconds / 60)
    return f"about {minutes} minutes" if minutes < 90 else f"about {round(minutes / 60)} hours"


def first_takes(questions: Mapping[str, int], sizes: Mapping[str, int], pace: float) -> str:
    """What a first refresh takes: requests, megabytes, time. ``questions``, ``sizes``: as for ``time_left``."""
    # The date of the data, then one page at least for each question.
    requests = 1 + sum(asked + sizes.get(part, 0) // PAGE for part, asked in questions.items())
    megabytes = max(1, round(sum(sizes.values()) * _PACKED / 1_000_000))
    return (
        f"A sample so far. The registry’s own data: about {requests:,} requests, {megabytes:,} MB, "
        f"{duration(requests * max(pace, _ANSWER)).removeprefix('about ')}."
    )


def fraction(job: Job) -> float:
    """How far a job has come, 0 to 1: each part counts the same, a running one by the trials it has."""
    if not job.scopes:
        return 0.0
    return sum(_part(scope) for scope in job.scopes) / len(job.scopes)


def _part(scope: JobScope) -> float:
    if scope.status in _ENDED:
        return 1.0
    if scope.status == "storing":
        return 0.95
    if scope.status == "asking" and scope.expected:
        return min(scope.fetched / scope.expected, 0.95)
    return 0.0


def progress_line(scope: JobScope, name: str) -> str:
    """One part of a running job: its state, its trials so far, its requests."""
    return f"**{plain(name)}**: {_state(scope)}"


def _state(scope: JobScope) -> str:
    if scope.status == "waiting":
        return "waiting"
    if scope.status == "failed":
        return "failed, keeps its earlier data"
    asked = count(scope.requests, "request")
    if scope.scope == SCOPE:
        return f"{_read_of(scope)}, {asked}"
    if scope.status in ("fresh", "unchanged"):
        trials = count(scope.studies or 0, "trial")
        return f"done, {trials}, {asked}"
    if scope.expected is None and not scope.fetched:
        return f"asking, {asked}"
    of = f" of {scope.expected:,}" if scope.expected is not None else ""
    trials = f"{scope.fetched:,}{of} trials"
    return f"storing {trials}" if scope.status == "storing" else f"{trials}, {asked}"


def brought(scope: JobScope) -> str:
    """What one part of an ended job brought, without its name."""
    if scope.status not in ("fresh", "unchanged", "failed") or scope.error in (CANCELLED, BROKEN):
        return "not finished, keeps its earlier data"
    if scope.status == "failed":
        return f"failed, keeps its earlier data. {plain(scope.error) if scope.error else 'No reason was given.'}"
    if scope.scope == SCOPE:
        failed = f", {scope.set_aside:,} could not be read" if scope.set_aside else ""
        return f"{_read_of(scope)}{failed}"
    changes = _changes(scope.new or 0, scope.changed or 0, scope.left or 0)
    trials = count(scope.studies or 0, "trial")
    aside = f", {count(scope.set_aside, 'record')} set aside as unreadable" if scope.set_aside else ""
    return f"{changes or 'nothing new'} ({trials}{aside})"


def _read_of(scope: JobScope) -> str:
    """How many trials have their posted results here, of those whose results are wanted."""
    read = scope.fetched if scope.studies is None else scope.studies
    return f"{read:,} read" if scope.expected is None else f"{read:,} of {scope.expected:,} read"


def _changes(new: int, changed: int, left: int) -> str:
    parts = (f"{new:,} new" * bool(new), f"{changed:,} changed" * bool(changed), f"{left:,} left" * bool(left))
    return ", ".join(part for part in parts if part)


def summary(job: Job, names: Mapping[str, str]) -> str:
    """How an ended job went, in one or two sentences."""
    words = _SUMMARIES.get(job.outcome or "broken", _broken)
    return words(job, names)


def _fresh(job: Job, names: Mapping[str, str]) -> str:
    if not job.scopes or all(scope.status == "unchanged" for scope in job.scopes):
        return "Nothing new. The registry has not changed its data since the last refresh."
    trials = [scope for scope in job.scopes if scope.scope != SCOPE]
    results = [scope for scope in job.scopes if scope.scope == SCOPE and scope.status == "fresh"]
    changes = _changes(*(_total(trials, key) for key in ("new", "changed", "left")))
    read = _total(results, "new") + _total(results, "changed")
    also = f" Posted results of {count(read, 'trial')} were read." if read else ""
    if not changes:
        return f"Refreshed. No trial is new and none has changed.{also}"
    # One trial may answer to several agents and then counts in each of them.
    return f"Refreshed: {changes}, counted agent by agent.{also}"


def _partial(job: Job, names: Mapping[str, str]) -> str:
    failed = [plain(names.get(scope.scope, scope.scope)) for scope in job.scopes if scope.status == "failed"]
    lacking = [scope for scope in job.scopes if scope.status == "fresh" and scope.error]
    said = f"Refreshed, except {listed(failed)}. Earlier data stays there." if failed else "Refreshed."
    return f"{said} {unread(lacking, names)}" if lacking else said


def unread(scopes: Sequence[JobScope], names: Mapping[str, str]) -> str:
    """Of which parts not everything could be read."""
    parts = listed(plain(names.get(scope.scope, scope.scope)) for scope in scopes)
    return f"Some records of {parts} could not be read; “About the data” names them."


def kept(parts: Sequence[FailedPart]) -> str:
    """Which parts could not be refreshed, and what is shown of them instead."""
    most = len(parts) <= _NAMED
    who = listed(plain(part.name) for part in parts) if most else count(len(parts), "part")
    days = {part.kept[:10] if part.kept else None for part in parts}
    if len(days) > 1:
        stays = "their earlier data stays"
    elif days == {None}:
        stays = "what the sample holds stays"
    else:
        stays = f"the data of {day(next(iter(days)))} stays"
    return f"{who} could not be refreshed; {stays}."


def not_fetched(*, live: bool) -> str:
    """Nothing could be fetched at all: in one friendly sentence."""
    stays = "the earlier data stays" if live else "the sample stays"
    return f"The registry’s data could not be fetched just now; {stays}, and every page works as before."


def parts_done(job: Job) -> str:
    """How far a running job has come, in one line."""
    done = sum(scope.status in _ENDED for scope in job.scopes)
    return f"Refreshing: {done} of {count(len(job.scopes), 'part')} done"


def _failed(job: Job, names: Mapping[str, str]) -> str:
    reasons = tuple(dict.fromkeys([job.error, *(scope.error for scope in job.scopes)]))
    reason = next((text for text in reasons if text), None)
    why = f" {plain(reason)}" if reason else ""
    at = moment(job.ended_at or job.started_at)
    return f"The refresh of {at} did not work.{why} Nothing is lost: the earlier data stays."


def _cancelled(job: Job, names: Mapping[str, str]) -> str:
    done = sum(scope.status in ("fresh", "unchanged") for scope in job.scopes)
    kept = (
        f"{done} of {len(job.scopes)} parts {agreeing(done, 'is', 'are')} fresh; the others keep"
        if done
        else "All parts keep"
    )
    return f"The refresh was cancelled. {kept} the earlier data."


def _broken(job: Job, names: Mapping[str, str]) -> str:
    return (
        f"The refresh of {moment(job.started_at)} stopped without a message, perhaps because the machine was switched "
        "off. What was stored until then is kept. You can start it again."
    )


_SUMMARIES = {"fresh": _fresh, "partial": _partial, "failed": _failed, "cancelled": _cancelled, "broken": _broken}


def _total(scopes: Sequence[JobScope], key: str) -> int:
    return sum(getattr(scope, key) or 0 for scope in scopes)


def time_left(
    job: Job, *, now: datetime, pace: float, questions: Mapping[str, int], sizes: Mapping[str, int]
) -> str | None:
    """About how long a running job still takes, None before anything can be said.

    Requests still to come, each at the speed seen so far and never faster than the pace. ``questions`` says how many
    queries a part is made of, ``sizes`` about how many trials it will hold.
    """
    if not job.requests or not job.scopes:
        return None
    begun = datetime.fromisoformat(job.started_at.replace("Z", "+00:00"))
    each = max(pace, (now - begun).total_seconds() / job.requests)
    rest = sum(_requests_left(scope, questions.get(scope.scope, 1), sizes.get(scope.scope, 0)) for scope in job.scopes)
    return f"{duration(rest * each)} left"


def _requests_left(scope: JobScope, questions: int, size: int) -> int:
    if scope.status in _ENDED or scope.status == "storing":
        return 0
    if scope.status == "asking" and scope.expected is not None:
        page = scope.fetched / scope.requests if scope.fetched and scope.requests else PAGE
        return 1 + math.ceil(max(scope.expected - scope.fetched, 0) / page)
    return questions + math.ceil(size / PAGE)
