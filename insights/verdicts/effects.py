"""The rules for a claim that something works: what the posted results of its trials report, never more.

A p value below the level of a registered analysis bears on such a claim; it does not say in which direction a
difference goes, how large it is, or whether the outcome is the one the claim speaks of. So no such claim is ever called
supported or contradicted by a rule.
"""

from collections.abc import Iterator, Mapping

import pandas as pd

from cache.english import count, listed
from fetchers.watchlist.model import Claim
from insights import evidence
from insights.findings import across
from insights.verdicts.rule import NOT_ASKED, NOT_FOUND, PARTLY, Parts, Rule, here, number, parts, said
from insights.verdicts.seen import Seen

POSTED, UNREAD = "Results posted", "Posted, not read here"
KEYS = {
    "below": "A primary analysis with p below the level",
    "not_below": "Primary analyses with p, none below the level",
    "other": "Primary analyses of another kind only",
    "none": "Results without an analysis of a primary outcome",
}
_BRIEF = {
    "below": "with p below the level",
    "not_below": "with none below it",
    "other": "of another kind only",
    "none": "without a primary analysis",
}
_READ_THEM = (
    "A p value says neither direction nor size, nor that the outcome is the one the claim speaks of: read it in the "
    "trials."
)


def _states(seen: Seen) -> "pd.Series[str]":
    """For each row in the condition its key of ``across.STATES``."""
    return pd.Series(across.states(seen.found, seen.here), index=seen.here.index, dtype=object)


def _by_report(seen: Seen) -> Mapping[str, pd.DataFrame]:
    """The trials in the condition by what their primary analyses report."""
    reports = seen.found.reports
    keys = pd.Series(
        [reports[id].key if id in reports else "" for id in seen.here["nct_id"]], index=seen.here.index, dtype=object
    )
    return {key: evidence.rows(seen.here, (keys == key).to_numpy(dtype=bool)) for key in KEYS}


def _unread(seen: Seen) -> pd.DataFrame:
    return evidence.rows(seen.here, _states(seen).isin(["not_asked", "failed"]).to_numpy(dtype=bool))


def posted_parts(seen: Seen) -> Parts:
    """The trials in the condition with posted results, and those of them that are not read, if any."""
    posted = _states(seen).isin(["read", "not_asked", "failed"]).to_numpy(dtype=bool)
    made = {POSTED: evidence.rows(seen.here, posted)}
    unread = _unread(seen)
    return made | ({UNREAD: unread} if len(unread) else {})


def _parts(claim: Claim, seen: Seen) -> Parts:
    made = dict(posted_parts(seen))
    unread = {UNREAD: made.pop(UNREAD)} if UNREAD in made else {}
    return made | {KEYS[key]: part for key, part in _by_report(seen).items() if len(part)} | unread


def _say(claim: Claim, seen: Seen) -> str:
    read = any(len(part) for part in _by_report(seen).values())
    return said(here(seen), parts(seen), _agents(seen), unread_says(seen), _READ_THEM if read else "",
                number(seen, "background"))  # fmt: skip


def _agents(seen: Seen) -> str:
    """The same for each agent, where the claim speaks of several."""
    if seen.here["agent"].nunique() < 2:
        return ""
    return " ".join(_agent(seen, str(agent)) for agent in dict.fromkeys(seen.here["agent"]))


def _agent(seen: Seen, agent: str) -> str:
    ids = evidence.ids(seen.here[(seen.here["agent"] == agent).to_numpy(dtype=bool)])
    reports = [seen.found.reports[id] for id in ids if id in seen.found.reports]
    name = seen.names.get(agent, agent)
    if not reports:
        return f"{name}: results read of none of {count(len(ids), 'trial')}."
    told = [f"{n} {_BRIEF[key]}" for key in KEYS if (n := sum(one.key == key for one in reports))]
    return f"{name}: results read of {len(reports):,} of {count(len(ids), 'trial')}, {listed(told)}."


def unread_says(seen: Seen) -> str:
    """Why posted results of trials in the condition are not read; empty when all are."""
    return " ".join(_reasons(seen))


def _reasons(seen: Seen) -> Iterator[str]:
    """Why posted results are not read."""
    failed = [id for id in evidence.ids(_unread(seen)) if id in seen.found.failed]
    waiting = len(evidence.ids(_unread(seen))) - len(failed)
    if waiting:
        yield f"The posted results of {count(waiting, 'trial')} have not been asked for yet."
    if failed:
        yield f"The posted results of {count(len(failed), 'trial')} were asked for, and that failed."


def _is(claim: Claim) -> bool:
    return claim.kind == "effect"


RULES = (
    Rule(
        "effect_reported", PARTLY,
        "The claim says that it works. A trial with posted results registers an analysis of a primary outcome with p "
        "below its level. That bears on the claim in part only: no rule knows its direction, its size, or whether the "
        "outcome is the one the claim speaks of.", False,
        lambda claim, seen: _is(claim) and len(_by_report(seen)["below"]) > 0,
        _say, _parts,
    ),
    Rule(
        "effect_unread", NOT_ASKED,
        "The same, but no analysis read so far has p below its level, and some posted results are not read: not asked "
        "for yet, or asked for without success.", False,
        lambda claim, seen: _is(claim) and len(_unread(seen)) > 0,
        _say, _parts,
    ),
    Rule(
        "effect_not_reported", NOT_FOUND,
        "The same, all posted results are read, and of the registered analyses of primary outcomes with a p value none "
        "has p below its level.", True,
        lambda claim, seen: _is(claim) and len(_by_report(seen)["not_below"]) > 0,
        _say, _parts,
    ),
    Rule(
        "effect_unjudged", NOT_FOUND,
        "The same, but the results have no analysis of a primary outcome that can be held against a level: none is "
        "registered, or they are of another kind.", True,
        lambda claim, seen: _is(claim) and any(len(part) for part in _by_report(seen).values()),
        _say, _parts,
    ),
    Rule(
        "effect_none_posted", NOT_FOUND,
        "The same, but none of the trials in the condition has posted results.", True,
        lambda claim, seen: _is(claim) and len(seen.here) > 0,
        _say, _parts,
    ),
)  # fmt: skip
