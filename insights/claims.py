"""Each claim of the documents against the registry: a verdict by rule, its evidence, and whether "now" holds.

Frames in, findings out, no Streamlit. As long as the registry has not been asked for an agent, what is shown of it is
a sample: a verdict that rests on trials not found is then no verdict ("not asked yet").
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pandas as pd

from cache import english
from cache.english import day, listed
from cache.filters.select import coded
from fetchers.registry.queries import Query, agent_queries
from fetchers.watchlist.model import Claim, Document, Watchlist
from insights import claim_rules, condition_groups, evidence
from insights.claim_rules import NOT_ASKED, OUTSIDE, VERDICTS, Seen
from insights.evidence import Asked

__all__ = ["PLACES", "VERDICTS", "Finding", "Tense", "ledger"]

# Where a trial of the evidence stands towards the claim.
PLACES = ("here", "near", "background", "named", "elsewhere")
MOST_ELSEWHERE = 5
_PAPERWORK = "record updated"


class Tense(NamedTuple):
    """Whether "currently" holds: the newest activity of the agents in the condition, else in any condition."""

    verdict: str  # holds | idle | contradicted | elsewhere | undated | not_asked
    newest: str | None
    what: str | None
    nct_id: str | None
    words: str


@dataclass(frozen=True)
class Finding:
    """One claim with all that is known of it. ``evidence`` has a row for each trial and agent, column ``where`` of
    ``PLACES``, newest activity first; ``counts`` the number of different trials in each place (``elsewhere``: of all,
    not only of those listed), ``around`` in the groups near (also in the condition or not), ``anywhere``."""

    claim: Claim
    document: Document
    agents: tuple[str, ...]
    verdict: str
    rule: str
    because: str
    sample: bool  # some of the agents were never asked with success
    tense: Tense | None  # only of claims in the present tense that a registry can date
    evidence: pd.DataFrame
    counts: Mapping[str, int]
    place: str  # the names of the claim's condition, and of the groups near it
    around: str
    queries: tuple[Query, ...]
    asked: Mapping[str, Asked]
    registry_date: str | None  # the oldest data day among the agents


def ledger(
    watchlist: Watchlist, trials: pd.DataFrame, matches: pd.DataFrame, scopes: pd.DataFrame, *, today: date
) -> tuple[Finding, ...]:
    """One finding for each claim of the watch-list, in its order."""
    found = evidence.pairs(trials, matches)
    answers = evidence.asked(scopes)
    days = {one.id: evidence.registry_day(answers, agents_of(one, watchlist), today) for one in watchlist.claims}
    known = {on: evidence.dated(found, on) for on in set(days.values())}
    return tuple(_finding(one, watchlist, known[days[one.id]], answers, days[one.id]) for one in watchlist.claims)


def _finding(
    claim: Claim, watchlist: Watchlist, found: pd.DataFrame, answers: Mapping[str, Asked], on: date
) -> Finding:
    agents = agents_of(claim, watchlist)
    mine = {agent: answers[agent] for agent in agents}
    seen = _seen(claim, watchlist, evidence.of_agents(found, agents), on)
    rule = claim_rules.decide(claim, seen)
    sample = any(one.state != "asked" for one in mine.values())
    verdict, because = rule.verdict, rule.say(claim, seen)
    if rule.absence and sample:
        verdict, because = NOT_ASKED, _not_asked(mine, watchlist)
    elif sample and claim.checkable:
        because += " This is the starter sample: the registry has not answered yet."
    dates = [one.registry_date for one in mine.values() if one.registry_date]
    return Finding(
        claim=claim,
        document=next(one for one in watchlist.documents if one.id == claim.document),
        agents=agents,
        verdict=verdict,
        rule=rule.id,
        because=because,
        sample=sample,
        tense=_tense(claim, seen, sample=sample),
        evidence=_evidence(seen),
        counts=_counts(seen, near_of(claim, watchlist)),
        place=seen.place,
        around=seen.around,
        queries=tuple(query for agent in agents for query in agent_queries(watchlist.agent(agent))),
        asked=mine,
        registry_date=min(dates, default=None),
    )


def agents_of(claim: Claim, watchlist: Watchlist) -> tuple[str, ...]:
    """The agent of a claim, or all agents its document names."""
    if claim.agent is not None:
        return (claim.agent,)
    return tuple(agent.id for agent in watchlist.agents if claim.document in agent.documents)


def groups_of(claim: Claim, watchlist: Watchlist) -> tuple[str, ...]:
    """The condition group of a claim, or all its document speaks about."""
    if claim.condition is not None:
        return (claim.condition,)
    return next(one.conditions for one in watchlist.documents if one.id == claim.document)


def near_of(claim: Claim, watchlist: Watchlist) -> tuple[str, ...]:
    """The groups near those of a claim, in the watch-list's order."""
    mine = groups_of(claim, watchlist)
    near = {id for group in mine for id in watchlist.condition(group).near} - set(mine)
    return tuple(one.id for one in watchlist.conditions if one.id in near)


def counts_background(claim: Claim) -> bool:
    """Whoever gets an agent as background is in use of it, though the trial does not test it."""
    return claim.kind == "use"


def _seen(claim: Claim, watchlist: Watchlist, found: pd.DataFrame, on: date) -> Seen:
    groups, near = groups_of(claim, watchlist), near_of(claim, watchlist)
    given = evidence.given(found, background=counts_background(claim))
    here = evidence.in_groups(given, groups)
    inside = evidence.in_groups(found, groups)
    beside = evidence.in_groups(given, near).drop(here.index, errors="ignore")
    aside = inside.drop(here.index)
    background = aside[(aside["tier"] == "given").to_numpy(dtype=bool)]
    return Seen(
        here=here,
        near=beside,
        background=background,
        named=aside.drop(background.index),
        elsewhere=given.drop(here.index).drop(beside.index),
        on=on,
        place=_places(groups, watchlist),
        around=_places(near, watchlist),
    )


def _counts(seen: Seen, near: tuple[str, ...]) -> dict[str, int]:
    every = pd.concat([seen.here, seen.near, seen.elsewhere])
    found = {place: getattr(seen, place) for place in PLACES}
    found |= {"around": evidence.in_groups(every, near), "anywhere": every}
    return {place: len(evidence.ids(part)) for place, part in found.items()}


def _places(groups: tuple[str, ...], watchlist: Watchlist) -> str:
    return listed((english.inner(condition_groups.said(watchlist.condition(group))) for group in groups), "or")


def _evidence(seen: Seen) -> pd.DataFrame:
    """Trials elsewhere are listed only where there is none in the condition or near it, and then the newest few."""
    parts = {place: getattr(seen, place) for place in PLACES}
    if len(seen.here) or len(seen.near):
        parts["elsewhere"] = seen.elsewhere.iloc[:0]
    rows = []
    for place, part in parts.items():
        ordered = part.assign(where=place).sort_values(
            ["newest", "nct_id"], ascending=[False, True], na_position="last"
        )
        rows.append(ordered.head(MOST_ELSEWHERE) if place == "elsewhere" else ordered)
    together: pd.DataFrame = pd.concat(rows, ignore_index=True)
    return together


def _not_asked(mine: Mapping[str, Asked], watchlist: Watchlist) -> str:
    waiting = [agent for agent, one in mine.items() if one.state == "not_asked"]
    failed = [agent for agent, one in mine.items() if one.state == "failed"]
    said = []
    if waiting:
        said.append(f"The registry has not been asked yet for {_names(waiting, watchlist)}: nothing found in the "
                    "starter sample means nothing.")  # fmt: skip
    if failed:
        said.append(f"The registry was asked for {_names(failed, watchlist)}, and that failed; nothing is known.")
    return " ".join(said)


def _names(agents: list[str], watchlist: Watchlist) -> str:
    return listed(english.inner(watchlist.agent(agent).name) for agent in agents)


def _tense(claim: Claim, seen: Seen, *, sample: bool) -> Tense | None:
    # What is in common use needs no running trial, and whether it works is not a matter of when.
    if claim.tense != "present" or not claim.checkable or claim.kind in ("effect", "use"):
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
        yield Tense("idle", when, what, nct_id, f"{said} But no trial is running there: “now” is not borne out.")
    if when:
        yield Tense("contradicted", when, what, nct_id, f"{said} Silent for more than two years: “now” does not hold.")
    if len(seen.here):
        yield Tense("undated", None, None, None, f"The trials found in {seen.place} carry no date of any activity.")
    yield from _tenses_elsewhere(seen)


def _tenses_elsewhere(seen: Seen) -> Iterator[Tense]:
    others = pd.concat([seen.near, seen.elsewhere])
    when, what, nct_id = evidence.newest(others)
    if when is None:
        yield Tense("undated", None, None, None, "No trial of it is found in any condition, so nothing can be dated.")
    said = f"Nothing in {seen.place}; newest activity anywhere: {day(when)} ({what}, {nct_id})."
    if _is_live(others, seen):
        yield Tense("elsewhere", when, what, nct_id, f"{said} It is alive, but in other conditions.")
    why = (
        "But only records were kept up of trials that are over or have not begun"
        if evidence.is_recent(when, seen.on)
        else "Silent for more than two years"
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


def standing(finding: Finding) -> str:
    """What to say beside a verdict that rests on the starter sample; empty when there is nothing to add."""
    by_the_claim_alone = finding.verdict in (NOT_ASKED, OUTSIDE) or not finding.claim.checkable
    return "on the starter sample; not asked yet" if finding.sample and not by_the_claim_alone else ""
