"""The rules by which a claim of a document is held against the registry: written down, tried in order, the first that
applies decides. They read the claim's own fields and the trials found; there is no list of answers.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import pandas as pd

from cache.codes import LANE_WORDS
from cache.english import count, day, listed
from cache.filters.select import Mask, coded
from fetchers.watchlist.model import Claim
from insights import evidence

SUPPORTED, PARTLY, CONTRADICTED, NOT_FOUND, OUTSIDE, NOT_CHECKABLE, NOT_ASKED = VERDICTS = (
    "supported", "partly", "contradicted", "not_found", "outside", "not_checkable", "not_asked",
)  # fmt: skip
REGISTERED_SINCE = (
    2005  # the medical journals began to demand registration in that year; trials before it are rarely there
)


class Seen(NamedTuple):
    """The pairs of trial and agent that bear on a claim, each frame as ``evidence.dated`` makes it."""

    here: pd.DataFrame  # people get the agent (not as background), in the claim's condition
    near: pd.DataFrame  # the same in the groups near it, not in it
    background: pd.DataFrame  # in the condition, as background only
    named: pd.DataFrame  # in the condition, only mentioned or only excluded
    elsewhere: pd.DataFrame  # people get it in any other condition
    on: date  # the day of the data
    place: str  # the condition's name
    around: str  # the names of the groups near it


class Rule(NamedTuple):
    """``words`` say it in general; ``say`` tells of the case at hand. ``absence``: it rests on trials not found, so it
    decides nothing as long as the registry has not been asked."""

    id: str
    verdict: str
    words: str
    absence: bool
    applies: Callable[[Claim, Seen], bool]
    say: Callable[[Claim, Seen], str]


def decide(claim: Claim, seen: Seen) -> Rule:
    """The first rule that applies; the last one always does."""
    return next(rule for rule in RULES if rule.applies(claim, seen))


def in_phase(claim: Claim, found: pd.DataFrame) -> pd.DataFrame:
    """The pairs in the claimed phase, in joint ones too; all of them when the claim names none."""
    if claim.phase is None:
        return found
    wanted = set(claim.phase.split("|"))
    lanes = [lane for lane in LANE_WORDS if wanted <= set(lane.split("|"))]
    return found[coded(found["lane"], lanes)]


def running(claim: Claim, seen: Seen) -> pd.DataFrame:
    """Trials of the claimed phase that run: open or active, not expanded access, heard of within two years."""
    found = in_phase(claim, seen.here)
    return found[evidence.is_running(found, seen.on)]


def done(claim: Claim, seen: Seen) -> pd.DataFrame:
    """Completed trials of the claimed phase."""
    found = in_phase(claim, seen.here)
    return found[coded(found["overall_status"], ["COMPLETED"])]


def begun(found: pd.DataFrame) -> pd.DataFrame:
    """Trials, and expanded access, in which people have been given the agent, or may have been."""
    return found[evidence.has_begun(found)]


def studies(found: pd.DataFrame) -> pd.DataFrame:
    """Those that have begun without expanded access, which tests nothing."""
    return found[evidence.has_begun(found) & ~evidence.is_expanded(found)]


def unconfirmed(found: pd.DataFrame) -> pd.DataFrame:
    """Trials of which nobody has said for two years whether they still run."""
    return found[coded(found["overall_status"], ["UNKNOWN"])]


def trials(found: pd.DataFrame) -> str:
    """ "2 trials (NCT00000001, NCT00000002)"; of many only the first three are named."""
    ids = evidence.ids(found)
    named = listed(ids[:3], "and") if len(ids) <= 3 else f"{', '.join(ids[:3])} and {len(ids) - 3:,} more"
    return f"{count(len(ids), 'trial')} ({named})" if ids else "no trial"


def _phase(claim: Claim) -> str:
    return f" in {LANE_WORDS[claim.phase].lower()}" if claim.phase else ""


def _may_be_open(claim: Claim, seen: Seen) -> bool:
    """Something is under way or planned, though not as claimed: another phase, silent, planned, expanded access."""
    return bool(_open(seen.here).any())


def _open(found: pd.DataFrame) -> Mask:
    open_ = ["NOT_YET_RECRUITING", *evidence.RUNNING, "AVAILABLE", "TEMPORARILY_NOT_AVAILABLE"]
    return coded(found["overall_status"], open_)


def _results(found: pd.DataFrame) -> str:
    done_ = found[coded(found["overall_status"], evidence.ENDED)]
    posted = int(done_["has_results"].fillna(False).sum())
    known = int(done_["has_results"].notna().sum())
    if done_.empty:
        return "No trial of these has ended."
    if not known:
        return f"Ended: {len(done_):,}; whether results are posted is not known."
    return f"Ended: {len(done_):,}; results posted: {posted:,} (what they mean has to be read in them)."


def _aside(seen: Seen) -> str:
    return f" Everybody gets it, beside something else, in {trials(seen.background)}." if len(seen.background) else ""


def _not_found(claim: Claim, seen: Seen) -> str:
    said = f"No trial gives it in {seen.place}."
    said += _aside(seen)
    if len(seen.named):
        said += f" It is only mentioned, or a reason for exclusion, in {trials(seen.named)}."
    if len(seen.elsewhere):
        when, _, _ = evidence.newest(seen.elsewhere)
        said += f" In other conditions: {trials(seen.elsewhere)}{f', last heard of {day(when)}' if when else ''}."
    return said


def _not_running(claim: Claim, seen: Seen) -> str:
    """Which of the possible reasons apply to what is open or planned."""
    here = seen.here
    open_ = here[coded(here["overall_status"], evidence.RUNNING) & ~evidence.is_expanded(here)]
    silent = [not evidence.is_recent(when, seen.on) for when in open_["newest"]]
    reasons = {
        "not begun": coded(here["overall_status"], ["NOT_YET_RECRUITING"]).any(),
        "of another phase": claim.phase is not None and len(in_phase(claim, open_)) < len(open_),
        "past its own planned end": evidence.is_past_end(open_, seen.on).any(),
        "silent for two years": any(silent),
        "expanded access, which is no trial": (evidence.is_expanded(here) & _open(here)).any(),
    }
    return listed((reason for reason, applies in reasons.items() if applies), "or")


def _early(claim: Claim) -> bool:
    return claim.tense == "past" and claim.until is not None and claim.until < REGISTERED_SINCE


def _near_says(claim: Claim, seen: Seen) -> str:
    old = f" What was done in {seen.place} by {claim.until} is older than registration." if _early(claim) else ""
    return f"No trial gives it in {seen.place} itself; in {seen.around}: {trials(begun(seen.near))}.{old}"


def _trial(claim: Claim, status: str) -> bool:
    return claim.kind == "trial" and claim.status == status


RULES = (
    Rule(
        "not_checkable", NOT_CHECKABLE,
        "The claim is about what people felt, or about relief in general: no registry holds that.", False,
        lambda claim, seen: not claim.checkable,
        lambda claim, seen: "The claim is about what people felt, or about relief in general: no registry holds that.",
    ),
    Rule(
        "effect", OUTSIDE,
        "The claim says that it works. A registry says what was tested and whether results are posted, not whether "
        "they bear an effect out.", False,
        lambda claim, seen: claim.kind == "effect",
        lambda claim, seen: "Whether it works is not in a registry, only what was tested: "
        f"{trials(seen.here)} in {seen.place}.{_aside(seen)}",
    ),
    Rule(
        "runs", SUPPORTED,
        "The claim says that a trial is going on: one of the claimed phase is open or active, and was heard of within "
        "two years.", False,
        lambda claim, seen: _trial(claim, "ongoing") and len(running(claim, seen)) > 0,
        lambda claim, seen: f"Running{_phase(claim)} in {seen.place}: {trials(running(claim, seen))}.",
    ),
    Rule(
        "runs_otherwise", PARTLY,
        "The same, but what is open or planned is of another phase, has not begun, is past its own planned end, was "
        "silent for two years, or is expanded access and no trial.", False,
        lambda claim, seen: _trial(claim, "ongoing") and _may_be_open(claim, seen),
        lambda claim, seen: f"Open or planned in {seen.place}, but {_not_running(claim, seen)}. Registered there: "
        f"{trials(seen.here)}.",
    ),
    Rule(
        "unconfirmed", NOT_FOUND,
        "The same, but no trial is known to run: of one at least nobody has confirmed the status for two years.", True,
        lambda claim, seen: _trial(claim, "ongoing") and len(unconfirmed(seen.here)) > 0,
        lambda claim, seen: f"No trial is known to be running{_phase(claim)} in {seen.place}; nobody has confirmed the "
        f"status for two years of {trials(unconfirmed(seen.here))}.",
    ),
    Rule(
        "ended", CONTRADICTED,
        "The same, but every trial found has ended or was stopped.", True,
        lambda claim, seen: _trial(claim, "ongoing") and len(seen.here) > 0,
        lambda claim, seen: f"No trial is running{_phase(claim)}: every trial found in {seen.place} has ended or was "
        f"stopped: {trials(seen.here)}.",
    ),
    Rule(
        "done", SUPPORTED,
        "The claim says that a trial was done: one of the claimed phase is completed.", False,
        lambda claim, seen: _trial(claim, "completed") and len(done(claim, seen)) > 0,
        lambda claim, seen: f"Completed{_phase(claim)} in {seen.place}: {trials(done(claim, seen))}.",
    ),
    Rule(
        "withdrawn", CONTRADICTED,
        "The same, but every trial found was withdrawn before anybody took part.", True,
        lambda claim, seen: _trial(claim, "completed") and len(seen.here) > 0
        and bool(coded(seen.here["overall_status"], ["WITHDRAWN"]).all()),
        lambda claim, seen: f"Withdrawn before anybody took part: {trials(seen.here)}.",
    ),
    Rule(
        "done_otherwise", PARTLY,
        "The same, but what is found is of another phase or not completed.", False,
        lambda claim, seen: _trial(claim, "completed") and len(seen.here) > 0,
        lambda claim, seen: f"Registered in {seen.place}, but not completed{_phase(claim)}: {trials(seen.here)}.",
    ),
    Rule(
        "was_used", SUPPORTED,
        "The claim says that it has been used: a registered trial, or expanded access, that gives it has begun.", False,
        lambda claim, seen: claim.kind == "use" and claim.tense == "past" and len(begun(seen.here)) > 0,
        lambda claim, seen: f"People have been given it, or may be, in {seen.place}: "
        f"{trials(begun(seen.here))}.",
    ),
    Rule(
        "is_used", PARTLY,
        "The claim says that it is in common use: trials give it, but a registry does not say how common that is "
        "outside of trials.", False,
        lambda claim, seen: claim.kind == "use" and len(begun(seen.here)) > 0,
        lambda claim, seen: f"People have been given it, or may be, in {seen.place}: {trials(begun(seen.here))}. "
        "How common that is outside of trials, a registry does not say.",
    ),
    Rule(
        "studied", PARTLY,
        "The claim says that studies hint at something: there are studies, but what they found has to be read in "
        "their results.", False,
        lambda claim, seen: claim.kind == "hint" and len(studies(seen.here)) > 0,
        lambda claim, seen: f"Studied in {seen.place}: {trials(studies(seen.here))}. {_results(studies(seen.here))}",
    ),
    Rule(
        "only_registered", NOT_FOUND,
        "There are records in the condition, but of nothing that is known to have begun, or of expanded access only. "
        "What is planned or was withdrawn bears no claim out.", True,
        lambda claim, seen: len(seen.here) > 0,
        lambda claim, seen: f"Registered in {seen.place}, but planned, withdrawn, not known to have begun, or expanded "
        f"access: {trials(seen.here)}.",
    ),
    Rule(
        "near", PARTLY,
        "No trial in the condition itself, but some that have begun in the groups near it. Not for a claim that says "
        "that a trial runs or was done.", True,
        lambda claim, seen: claim.kind != "trial" and len(begun(seen.near)) > 0,
        _near_says,
    ),
    Rule(
        "before_registration", OUTSIDE,
        f"No trial is found, and what the claim can rest on was over before {REGISTERED_SINCE}, when registration "
        "became usual.", True,
        lambda claim, seen: _early(claim),
        lambda claim, seen: f"What the claim can rest on was over by {claim.until}, before registration became usual "
        f"in {REGISTERED_SINCE}. {_not_found(claim, seen)}",
    ),
    Rule(
        "none", NOT_FOUND,
        "No trial is found in the condition, and no rule above applies. Not found does not mean that there is none.",
        True,
        lambda claim, seen: True,
        _not_found,
    ),
)  # fmt: skip
