"""Whether "currently" holds: a claim in the present tense against the newest activity of its agents."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from cache.english import day
from cache.filters.select import coded
from fetchers.watchlist.model import Claim
from insights import evidence
from insights.verdicts.seen import Seen

_PAPERWORK = "record updated"


class Tense(NamedTuple):
    """Whether "currently" holds: the newest activity of the agents in the condition, else in any condition."""

    verdict: str  # holds | idle | contradicted | elsewhere | undated | not_asked
    newest: str | None
    what: str | None
    nct_id: str | None
    words: str


def tense(claim: Claim, seen: Seen, *, sample: bool) -> Tense | None:
    """None for a claim that a registry cannot date."""
    # What is in common use needs no running trial; what works, harms or is needed is not a matter of when.
    if claim.tense != "present" or not claim.checkable or claim.kind in ("effect", "use", "risk", "need"):
        return None
    return next(_tenses(claim, seen, sample=sample))


def _tenses(claim: Claim, seen: Seen, *, sample: bool) -> Iterator[Tense]:
    """The checks in order; the first that gives an answer holds, and the last one always does."""
    when, what, nct_id = evidence.newest(seen.here)
    said = f"Newest activity in {seen.place}: {day(when)} ({what}, {nct_id})." if when else ""
    if _goes_on(claim, seen):
        yield Tense("holds", when, what, nct_id, f"{said} “Now” holds.".strip())
    if sample:
        yield Tense("not_asked", when, what, nct_id, f"{said} The registry has not answered yet.".strip())
    if evidence.is_recent(when, seen.on):
        yield Tense("idle", when, what, nct_id, f"{said} But no trial is running there: “now” is not confirmed.")
    if when:
        yield Tense(
            "contradicted", when, what, nct_id, f"{said} No activity for more than two years: “now” does not hold."
        )
    if len(seen.here):
        yield Tense("undated", None, None, None, f"The trials found in {seen.place} have no dated activity.")
    yield from _tenses_elsewhere(seen)


def _tenses_elsewhere(seen: Seen) -> Iterator[Tense]:
    others = pd.concat([seen.near, seen.elsewhere])
    when, what, nct_id = evidence.newest(others)
    if when is None:
        yield Tense(
            "undated", None, None, None, "No trial of it is found in any condition, so there is no date to check."
        )
    said = f"Nothing in {seen.place}; newest activity anywhere: {day(when)} ({what}, {nct_id})."
    if _is_live(others, seen):
        yield Tense("elsewhere", when, what, nct_id, f"{said} Research goes on, but in other conditions.")
    why = (
        "Only the records of trials that are over or have not started were updated"
        if evidence.is_recent(when, seen.on)
        else "No activity for more than two years"
    )
    yield Tense("contradicted", when, what, nct_id, f"{said} {why}: “now” does not hold.")


def _goes_on(claim: Claim, seen: Seen) -> bool:
    """A trial runs; or, when no running trial is claimed, something but paperwork on an ended trial was recent."""
    if evidence.is_running(seen.here, seen.on).any():
        return True
    return claim.kind != "trial" and _is_live(seen.here, seen)


def _is_live(found: pd.DataFrame, seen: Seen) -> bool:
    """Whether something but paperwork on a trial that is over, or on a plan, was recent."""
    over = coded(found["overall_status"], evidence.OVER) & (found["what"] == _PAPERWORK).to_numpy()
    live = found[evidence.has_begun(found) & ~over]
    return any(evidence.is_recent(when, seen.on) for when in live["newest"])
