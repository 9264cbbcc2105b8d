"""The rules by which a claim of a document is held against the registry: written down, tried in order, the first that
applies decides. They read the claim's own fields and the trials found; there is no list of answers.
"""

import pandas as pd

from cache.codes import LANE_WORDS
from cache.english import listed, on_day
from cache.filters.select import Mask, coded
from fetchers.watchlist.model import Claim
from insights import evidence
from insights.verdicts import effects, harms
from insights.verdicts.rule import (
    CONTRADICTED,
    NOT_ASKED,
    NOT_CHECKABLE,
    NOT_FOUND,
    OUTSIDE,
    PARTLY,
    SUPPORTED,
    VERDICTS,
    Parts,
    Rule,
    here,
    number,
    parts,
    said,
)
from insights.verdicts.seen import Seen, begun, done, in_phase, part_of, running, studies, unconfirmed

__all__ = ["NOT_ASKED", "OUTSIDE", "RULES", "VERDICTS", "counted", "decide"]

REGISTERED_SINCE = (
    2005  # the medical journals began to demand registration in that year; trials before it are rarely there
)
_NOT_HELD = "The claim is about how people felt, or about relief in general. No registry records that."


def decide(claim: Claim, seen: Seen) -> Rule:
    """The first rule that applies; the last one always does."""
    return next(rule for rule in RULES if rule.applies(claim, seen))


def counted(rule: Rule, claim: Claim, seen: Seen) -> Seen:
    """With the numbers of the rule's parts beside the others."""
    made = {what: part_of(seen, what, found) for what, found in rule.parts(claim, seen).items()}
    return seen._replace(numbers={**seen.numbers, **made})


def _phase(claim: Claim) -> str:
    return f" in {LANE_WORDS[claim.phase].lower()}" if claim.phase else ""


def _open(found: pd.DataFrame) -> Mask:
    """Under way or planned, though perhaps not as claimed: another phase, silent, planned, expanded access."""
    open_ = ["NOT_YET_RECRUITING", *evidence.RUNNING, "AVAILABLE", "TEMPORARILY_NOT_AVAILABLE"]
    return coded(found["overall_status"], open_)


def _results(found: pd.DataFrame) -> Parts:
    ended = found[coded(found["overall_status"], evidence.ENDED)]
    if not ended["has_results"].notna().any():
        return {"Ended": ended}
    return {"Ended": ended, "Ended with results posted": ended[ended["has_results"].fillna(False).to_numpy(dtype=bool)]}


def _read_them(seen: Seen) -> str:
    if not seen.numbers["Ended"].ids:
        return ""
    if "Ended with results posted" in seen.numbers:
        return "Read the results to see what they mean."
    return "Whether results are posted is not known."


def _not_found(claim: Claim, seen: Seen) -> str:
    everywhere = number(seen, "anywhere")
    when, _, _ = evidence.newest(pd.concat([seen.near, seen.elsewhere]))
    last = f" Last activity {on_day(when)}." if everywhere and when else ""
    return said(here(seen), number(seen, "background"), number(seen, "named"), everywhere) + last


def _not_running(claim: Claim, seen: Seen) -> str:
    """Which of the possible reasons apply to what is open or planned."""
    here = seen.here
    open_ = here[coded(here["overall_status"], evidence.RUNNING) & ~evidence.is_expanded(here)]
    silent = [not evidence.is_recent(when, seen.on) for when in open_["newest"]]
    reasons = {
        "not started": coded(here["overall_status"], ["NOT_YET_RECRUITING"]).any(),
        "of another phase": claim.phase is not None and len(in_phase(claim, open_)) < len(open_),
        "past its planned end": evidence.is_past_end(open_, seen.on).any(),
        "without activity for two years": any(silent),
        "expanded access, not a trial": (evidence.is_expanded(here) & _open(here)).any(),
    }
    return listed((reason for reason, applies in reasons.items() if applies), "or")


def _early(claim: Claim) -> bool:
    return claim.tense == "past" and claim.until is not None and claim.until < REGISTERED_SINCE


def _near_says(claim: Claim, seen: Seen) -> str:
    old = f"Work in {seen.place} up to {claim.until} is older than registration." if _early(claim) else ""
    return said(f"No trial gives it in {seen.place} itself.", number(seen, "around"), old)


def _trial(claim: Claim, status: str) -> bool:
    return claim.kind == "trial" and claim.status == status


RULES = (
    Rule(
        "not_checkable", NOT_CHECKABLE,
        "The claim says nothing that a registry records: it is about how people felt, or about relief in "
        "general. Matching trials are shown beside it.", False,
        lambda claim, seen: not claim.checkable,
        lambda claim, seen: said(claim.unchecked_because or _NOT_HELD, number(seen, "here")),
    ),
    *effects.RULES,
    *harms.RULES,
    Rule(
        "taken_up", PARTLY,
        "The claim says that more research is needed. That is an opinion, but a trial is running by the rules below.",
        False,
        lambda claim, seen: claim.kind == "need" and len(running(claim, seen)) > 0,
        lambda claim, seen: said("A registry cannot say what is needed, but it shows that somebody is looking into it.",
                                  here(seen), parts(seen)),
        lambda claim, seen: {"Running": running(claim, seen)},
    ),
    Rule(
        "not_taken_up", NOT_FOUND,
        "The same, but no trial is known to run in the condition: all are planned, ended or of unknown status, or none "
        "is found.", True,
        lambda claim, seen: claim.kind == "need",
        lambda claim, seen: said("A registry cannot say what is needed, and does not show that anybody has "
                                  "taken it up.", here(seen),
                                  "Not one of them is known to run." if len(seen.here) else "",
                                  number(seen, "around")),
    ),
    Rule(
        "runs", SUPPORTED,
        "The claim says that a trial is going on: one of the claimed phase is open or active, with activity in the "
        "last two years.", False,
        lambda claim, seen: _trial(claim, "ongoing") and len(running(claim, seen)) > 0,
        lambda claim, seen: said(here(seen), parts(seen)),
        lambda claim, seen: {f"Running{_phase(claim)}": running(claim, seen)},
    ),
    Rule(
        "runs_otherwise", PARTLY,
        "The same, but the open or planned trials do not fit: another phase, not started, past the planned end, "
        "without activity for two years, or only expanded access.", False,
        lambda claim, seen: _trial(claim, "ongoing") and bool(_open(seen.here).any()),
        lambda claim, seen: said(here(seen), parts(seen, but=f", but {_not_running(claim, seen)}")),
        lambda claim, seen: {"Open or planned": seen.here[_open(seen.here)]},
    ),
    Rule(
        "unconfirmed", NOT_FOUND,
        "The same, but no trial is known to run: for at least one, nobody has confirmed the status for two years.",
        True,
        lambda claim, seen: _trial(claim, "ongoing") and len(unconfirmed(seen.here)) > 0,
        lambda claim, seen: said(here(seen), f"No trial is known to be running{_phase(claim)}.",
                                  parts(seen)),
        lambda claim, seen: {"Not confirmed for two years": unconfirmed(seen.here)},
    ),
    Rule(
        "ended", CONTRADICTED,
        "The same, but every trial found has ended or was stopped.", True,
        lambda claim, seen: _trial(claim, "ongoing") and len(seen.here) > 0,
        lambda claim, seen: said(here(seen), f"No trial is running{_phase(claim)}: every one has ended or was "
                                  "stopped."),
    ),
    Rule(
        "done", SUPPORTED,
        "The claim says that a trial was done: one of the claimed phase is completed.", False,
        lambda claim, seen: _trial(claim, "completed") and len(done(claim, seen)) > 0,
        lambda claim, seen: said(here(seen), parts(seen)),
        lambda claim, seen: {f"Completed{_phase(claim)}": done(claim, seen)},
    ),
    Rule(
        "withdrawn", CONTRADICTED,
        "The same, but every trial found was withdrawn before anybody took part.", True,
        lambda claim, seen: _trial(claim, "completed") and len(seen.here) > 0
        and bool(coded(seen.here["overall_status"], ["WITHDRAWN"]).all()),
        lambda claim, seen: said(here(seen), "Withdrawn before anybody took part."),
    ),
    Rule(
        "done_otherwise", PARTLY,
        "The same, but what is found is of another phase or not completed.", False,
        lambda claim, seen: _trial(claim, "completed") and len(seen.here) > 0,
        lambda claim, seen: said(here(seen), f"Not completed{_phase(claim)}."),
    ),
    Rule(
        "was_used", SUPPORTED,
        "The claim says that it has been used: a registered trial or expanded access that gives it has started.", False,
        lambda claim, seen: claim.kind == "use" and claim.tense == "past" and len(begun(seen.here)) > 0,
        lambda claim, seen: said(here(seen), parts(seen)),
        lambda claim, seen: {"Begun": begun(seen.here)},
    ),
    Rule(
        "is_used", PARTLY,
        "The claim says that it is in common use: trials give it, but a registry does not show how common that is "
        "outside trials.", False,
        lambda claim, seen: claim.kind == "use" and len(begun(seen.here)) > 0,
        lambda claim, seen: said(here(seen), parts(seen),
                                  "A registry does not show how common that is outside trials."),
        lambda claim, seen: {"Begun": begun(seen.here)},
    ),
    Rule(
        "studied", PARTLY,
        "The claim says that studies hint at something: there are studies, but only their results say what they "
        "found.", False,
        lambda claim, seen: claim.kind == "hint" and len(studies(seen.here)) > 0,
        lambda claim, seen: said(here(seen), parts(seen), _read_them(seen)),
        lambda claim, seen: {"Studied": studies(seen.here), **_results(studies(seen.here))},
    ),
    Rule(
        "only_registered", NOT_FOUND,
        "There are records in the condition, but nothing is known to have started, or only expanded access. "
        "Planned or withdrawn trials confirm no claim.", True,
        lambda claim, seen: len(seen.here) > 0,
        lambda claim, seen: said(here(seen), "Planned, withdrawn, not known to have started, or expanded access."),
    ),
    Rule(
        "near", PARTLY,
        "No trial in the condition itself, but some that have started in the groups near it. Does not apply to a claim "
        "that a trial runs or was done, or that it works.", True,
        lambda claim, seen: claim.kind not in ("trial", "effect") and len(begun(seen.near)) > 0,
        _near_says,
    ),
    Rule(
        "before_registration", OUTSIDE,
        f"No trial is found, and the work behind the claim ended before {REGISTERED_SINCE}, when registration became "
        "usual.", True,
        lambda claim, seen: _early(claim),
        lambda claim, seen: f"The work behind the claim ended by {claim.until}, before registration became usual "
        f"in {REGISTERED_SINCE}. {_not_found(claim, seen)}",
    ),
    Rule(
        "none", NOT_FOUND,
        "No trial is found in the condition, and no rule above applies. That does not mean that none exists.",
        True,
        lambda claim, seen: True,
        _not_found,
    ),
)  # fmt: skip
