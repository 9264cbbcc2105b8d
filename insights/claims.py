"""Each claim of the documents against the registry: a verdict by rule, its evidence, and whether "now" holds.

Frames in, findings out, no Streamlit. As long as the registry has not been asked for an agent, what is shown of it is
a sample: a verdict that rests on trials not found is then no verdict ("not asked yet").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from cache import english
from cache.english import listed
from cache.read.later import Later
from fetchers.registry.queries import Query, agent_queries, sweep_queries
from fetchers.watchlist.model import Claim, Document, Watchlist
from insights import claim_rules, evidence
from insights.claim_rules import NOT_ASKED, OUTSIDE, VERDICTS
from insights.evidence import Asked
from insights.findings.across import NOTHING, Found
from insights.verdicts import condition_groups, now
from insights.verdicts.now import Tense
from insights.verdicts.seen import Asking, Number, Seen, gather

__all__ = ["PLACES", "VERDICTS", "Finding", "Tense", "ledger"]

# Where a trial of the evidence stands towards the claim.
PLACES = ("here", "near", "background", "named", "elsewhere")
MOST_ELSEWHERE = 5


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
    rows: Later  # ``evidence``
    numbers: Mapping[str, Number]  # what sentence and buttons say, with the trials and the list behind it
    counts: Mapping[str, int]
    place: str  # the names of the claim's condition, and of the groups near it
    around: str
    queries: tuple[Query, ...]
    asked: Mapping[str, Asked]
    registry_date: str | None  # the oldest data day among the agents

    @property
    def evidence(self) -> pd.DataFrame:
        return self.rows.frame


def ledger(
    watchlist: Watchlist,
    trials: pd.DataFrame,
    matches: pd.DataFrame,
    scopes: pd.DataFrame,
    results: Found = NOTHING,
    *,
    today: date,
) -> tuple[Finding, ...]:
    """One finding for each claim of the watch-list, in its order. ``results``: what posted results report."""
    found = evidence.pairs(trials, matches)
    answers = evidence.asked(scopes)
    days = {one.id: evidence.registry_day(answers, scopes_of(one, watchlist), today) for one in watchlist.claims}
    known = {on: evidence.dated(found, on) for on in set(days.values())}
    # Several claims often ask for the same interventions.
    named = {(one.interventions, swept_of(one, watchlist)) for one in watchlist.claims if one.interventions}
    giving = {(words, groups): evidence.giving(trials, found, words, groups) for words, groups in named}
    findings = []
    for claim in watchlist.claims:
        on = days[claim.id]
        others = giving.get((claim.interventions, swept_of(claim, watchlist)))
        dated = known[on].iloc[:0] if others is None else evidence.dated(others, on)
        seen = _seen(claim, watchlist, known[on], dated, on)._replace(found=results)
        findings.append(_finding(claim, watchlist, seen, answers))
    return tuple(findings)


def _finding(claim: Claim, watchlist: Watchlist, seen: Seen, answers: Mapping[str, Asked]) -> Finding:
    mine = {scope: answers[scope] for scope in scopes_of(claim, watchlist)}
    rule = claim_rules.decide(claim, seen)
    seen = claim_rules.counted(rule, claim, seen)
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
        agents=agents_of(claim, watchlist),
        verdict=verdict,
        rule=rule.id,
        because=because,
        sample=sample,
        tense=now.tense(claim, seen, sample=sample),
        rows=Later.of(_evidence(seen)),
        numbers=seen.numbers,
        counts=_counts(seen),
        place=seen.place,
        around=seen.around,
        queries=_queries(claim, watchlist),
        asked=mine,
        registry_date=min(dates, default=None),
    )


def agents_of(claim: Claim, watchlist: Watchlist) -> tuple[str, ...]:
    """The agents a claim names; else all agents of its document, but for a claim that is only about other things."""
    if claim.agent is not None or claim.agents:
        return (claim.agent,) if claim.agent is not None else claim.agents
    if claim.interventions:
        return ()
    return tuple(agent.id for agent in watchlist.agents if claim.document in agent.documents)


def groups_of(claim: Claim, watchlist: Watchlist) -> tuple[str, ...]:
    """The condition groups a claim names, or all its document speaks about."""
    if claim.condition is not None or claim.conditions:
        return (claim.condition,) if claim.condition is not None else claim.conditions
    return next(one.conditions for one in watchlist.documents if one.id == claim.document)


def near_of(claim: Claim, watchlist: Watchlist) -> tuple[str, ...]:
    """The groups near those of a claim, in the watch-list's order."""
    mine = groups_of(claim, watchlist)
    near = {id for group in mine for id in watchlist.condition(group).near} - set(mine)
    return tuple(one.id for one in watchlist.conditions if one.id in near)


def swept_of(claim: Claim, watchlist: Watchlist) -> tuple[str, ...]:
    """The groups of a claim in which interventions can be looked for: those asked for whatever the agent."""
    return tuple(id for id in groups_of(claim, watchlist) if watchlist.condition(id).swept)


def scopes_of(claim: Claim, watchlist: Watchlist) -> tuple[str, ...]:
    """Every question to the registry that a claim rests on."""
    return (*agents_of(claim, watchlist), *(swept_of(claim, watchlist) if claim.interventions else ()))


def about(findings: Sequence[Finding], agent: str) -> list[Finding]:
    """The findings on claims that speak of an agent, alone or among others."""
    return [one for one in findings if agent in one.agents]


def _queries(claim: Claim, watchlist: Watchlist) -> tuple[Query, ...]:
    asked = [query for agent in agents_of(claim, watchlist) for query in agent_queries(watchlist.agent(agent))]
    swept = swept_of(claim, watchlist) if claim.interventions else ()
    return (*asked, *(query for id in swept for query in sweep_queries(watchlist.condition(id))))


def _seen(claim: Claim, watchlist: Watchlist, found: pd.DataFrame, others: pd.DataFrame, on: date) -> Seen:
    groups, near = groups_of(claim, watchlist), near_of(claim, watchlist)
    asking = Asking(claim, agents_of(claim, watchlist), groups, near)
    mine = evidence.of_agents(found, asking.agents)
    seen = gather(asking, mine, others, on, place=_places(groups, watchlist), around=_places(near, watchlist))
    return seen._replace(names={one.id: one.name for one in watchlist.agents})


def _counts(seen: Seen) -> dict[str, int]:
    """Different trials in each place; ``around`` and ``anywhere`` as their buttons have them."""
    counted = {place: len(evidence.ids(getattr(seen, place))) for place in PLACES}
    named = {name: len(seen.numbers[name].ids) if name in seen.numbers else 0 for name in ("around", "anywhere")}
    return counted | named


def _places(groups: tuple[str, ...], watchlist: Watchlist) -> str:
    return listed((english.inner(condition_groups.said(watchlist.condition(group))) for group in groups), "or")


def _evidence(seen: Seen) -> pd.DataFrame:
    """Trials elsewhere are listed only where there is none in the condition or near it, and then the newest few."""
    parts = {place: getattr(seen, place) for place in PLACES}
    if len(seen.here) or len(seen.near):
        parts["elsewhere"] = seen.elsewhere.iloc[:0]
    rows, where = [], []
    for place, part in parts.items():
        order = _newest_first(part)
        rows.append(part.take(order[:MOST_ELSEWHERE] if place == "elsewhere" else order))
        where += [place] * len(rows[-1])
    together: pd.DataFrame = pd.concat([one for one in rows if len(one)] or rows[:1], ignore_index=True)
    return together.assign(where=pd.Series(where, dtype="str"))


def _newest_first(part: pd.DataFrame) -> list[int]:
    """The places of its rows by day, those without one last, then by id. Pandas would move and encode whole columns."""
    ids, days = (part[name].to_numpy(dtype=object) for name in ("nct_id", "newest"))
    by_id = sorted(range(len(part)), key=ids.__getitem__)
    dated = [place for place in by_id if not pd.isna(days[place])]
    dated.sort(key=days.__getitem__, reverse=True)
    return dated + [place for place in by_id if pd.isna(days[place])]


def _not_asked(mine: Mapping[str, Asked], watchlist: Watchlist) -> str:
    waiting = [agent for agent, one in mine.items() if one.state == "not_asked"]
    failed = [agent for agent, one in mine.items() if one.state == "failed"]
    said = []
    if waiting:
        said.append(f"The registry has not been asked yet about {_names(waiting, watchlist)}, so finding nothing in "
                    "the starter sample means nothing.")  # fmt: skip
    if failed:
        said.append(f"The registry did not answer for {_names(failed, watchlist)}, so nothing is known.")
    return " ".join(said)


def _names(scopes: list[str], watchlist: Watchlist) -> str:
    known = {one.id: one.name for one in watchlist.agents} | {one.id: one.name for one in watchlist.conditions}
    return listed(english.inner(known[scope]) for scope in scopes)


def standing(finding: Finding) -> str:
    """What to say beside a verdict that rests on the starter sample; empty when there is nothing to add."""
    by_the_claim_alone = finding.verdict in (NOT_ASKED, OUTSIDE) or not finding.claim.checkable
    return "on the starter sample; not asked yet" if finding.sample and not by_the_claim_alone else ""
