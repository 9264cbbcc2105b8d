"""The evidence as rows of plain values, from the functions that the pages call. Frames in, rows out.

Every row has ``ids`` (its trials), ``rule`` (which rule decided) with ``rule_words``, ``query`` (what is asked of the
registry for it), ``state`` (whether that was ever answered: asked, not_asked, failed), ``date`` (day of the registry's
data, None when nobody asked) and ``starter`` (it rests, also, on the starter sample and is no count).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.read.frames import plain_rows
from fetchers.registry.queries import agent_queries, sweep_queries
from fetchers.watchlist.model import Agent, Watchlist
from insights import claim_rules, evidence, funnel, gaps, results_due, stale
from insights import claims as ledgers
from insights.claims import Finding
from insights.evidence import Asked
from insights.findings import papers
from insights.findings.across import Found
from insights.funnel import Funnel, Step

Row = dict[str, Any]
GIVEN = "Trials that give the agent other than as background to everybody."
GIVEN_ALSO_BACKGROUND = "Trials that give the agent, including as background to everybody."
# How a cell of the gap map is counted: the rule's id and words, by whether background counts.
COUNTED = {False: ("given", GIVEN), True: ("given_or_background", GIVEN_ALSO_BACKGROUND)}


class Frames(NamedTuple):
    """One state of the store: what ``cache.read.trials`` and ``cache.read.questions`` say of it."""

    trials: pd.DataFrame
    matches: pd.DataFrame
    scopes: pd.DataFrame
    answers: pd.DataFrame
    results: Found = Found()  # of claims and findings only


def of_claims(watchlist: Watchlist, held: Frames, wanted: Filter, *, today: date) -> list[Row]:
    """A row a claim, in the watch-list's order; of the agents of ``wanted`` only, when it names some."""
    found = ledgers.ledger(watchlist, held.trials, held.matches, held.scopes, held.results, today=today)
    return claim_rows(watchlist, found, wanted)


def claim_rows(watchlist: Watchlist, found: Sequence[Finding], wanted: Filter) -> list[Row]:
    """The rows of ``of_claims`` from a ledger that is there already."""
    chosen = set(wanted.agents)
    return [_claim(one, watchlist) for one in found if not chosen or not chosen.isdisjoint(one.agents)]


def _claim(finding: Finding, watchlist: Watchlist) -> Row:
    claim, tense = finding.claim, finding.tense
    rule = next(one for one in claim_rules.RULES if one.id == finding.rule)
    where = {place: evidence.ids(finding.evidence[finding.evidence["where"] == place]) for place in ledgers.PLACES}
    return {
        "claim": claim.id,
        "document": claim.document,
        "document_title": finding.document.title,
        "place": claim.place,
        "words": claim.words,
        "quote": claim.quote,
        "agents": list(finding.agents),
        "conditions": list(ledgers.groups_of(claim, watchlist)),
        "verdict": finding.verdict,
        "on_sample": bool(ledgers.standing(finding)),
        "because": finding.because,
        "now": tense.verdict if tense else None,
        "now_because": tense.words if tense else None,
        "newest_activity": tense.newest if tense else None,
        "ids": list(where["here"]),
        # Trials elsewhere are listed where none is in the condition or near it, and then the newest few.
        **{f"ids_{place}": list(ids) for place, ids in where.items() if place != "here"},
        **{f"number_{place}": number for place, number in finding.counts.items()},
        "rule": finding.rule,
        "rule_words": rule.words,
        **_about(list(finding.asked.values()), [query.question for query in finding.queries]),
    }


def of_gaps(watchlist: Watchlist, held: Frames, wanted: Filter, *, today: date) -> list[Row]:
    """A row for each agent and condition group; those that ``wanted`` names, when it names some."""
    frames = held.trials, held.matches, held.scopes
    cells = gaps.grid(watchlist, *frames, today=today, background=wanted.background)
    return gap_rows(watchlist, cells, held.scopes, wanted)


def gap_rows(watchlist: Watchlist, cells: pd.DataFrame, scopes: pd.DataFrame, wanted: Filter) -> list[Row]:
    """The rows of ``of_gaps`` from a grid that is there already, counted with or without background as wanted."""
    answers = evidence.asked(scopes)
    rule, words = COUNTED[wanted.background]
    return [
        {
            "agent": cell["agent"],
            "condition": cell["condition"],
            "cell": cell["state"],
            **{name: cell[name] for name in gaps.NUMBERS},
            "highest": cell["highest"],
            "newest_activity": cell["newest"],
            "newest_what": cell["newest_what"],
            "newest_id": cell["newest_id"],
            "ids": list(cell["ids"]),
            "rule": rule,
            "rule_words": f"{words} A trial of two condition groups counts in both.",
            **_about([answers[cell["agent"]]], _questions(watchlist.agent(cell["agent"]))),
        }
        for cell in plain_rows(cells)
        if _named(cell["agent"], wanted.agents) and _named(cell["condition"], wanted.conditions)
    ]


def of_funnel(watchlist: Watchlist, held: Frames, wanted: Filter, *, today: date) -> list[Row]:
    """A row for each step of each agent's funnel, then one for each question that was put to the registry."""
    found = funnel.funnels(watchlist, held.trials, held.matches, held.scopes, held.answers)
    return [row for one in found if _named(one.agent, wanted.agents) for row in _funnel(one, watchlist)]


def _funnel(mine: Funnel, watchlist: Watchlist) -> list[Row]:
    questions = {query.id: query.question for query in agent_queries(watchlist.agent(mine.agent))}
    steps = [(step, list(questions.values())) for step in mine.steps]
    for query, ids in mine.queries.items():
        asked = questions.get(query, query)
        steps.append((Step(f"question.{query}", "Rows of one question to the registry", None, ids), [asked]))
    return [
        {
            "agent": mine.agent,
            "step": step.id,
            "part_of": step.part_of,
            "number": step.number,
            "ids": list(step.ids),
            "rule": step.id.partition(".")[0],
            "rule_words": step.label,
            **_about([mine.answer], asked),
        }
        for step, asked in steps
    ]


def of_results(watchlist: Watchlist, held: Frames, selection: Selection, facts: pd.DataFrame) -> list[Row]:
    """A row a trial of ``selection``, by NCT id. ``facts``: ``results_due.judged`` of just these trials."""
    agents = selection.pairs.groupby("nct_id")["agent"].agg(lambda ids: sorted(set(ids)))
    asked = asked_for(watchlist, held.answers)
    trials = _by_id(selection.trials)
    parts = (_posting(facts), _publishing(facts), _timing(facts))
    return [
        {
            "nct_id": nct_id,
            "title": trials[nct_id]["title"],
            "overall_status": trials[nct_id]["overall_status"],
            "agents": agents.get(nct_id, []),
            **{name: value for part in parts for name, value in part[nct_id].items()},
            "why_stopped": trials[nct_id]["why_stopped"],
            "ids": [nct_id],
            "query": asked.get(nct_id, []),
            "state": "asked" if trials[nct_id]["origin"] == "live" else "not_asked",
            "error": None,
            "starter": trials[nct_id]["origin"] == "starter",
        }
        for nct_id in facts["nct_id"]
    ]


def _posting(facts: pd.DataFrame) -> dict[str, Row]:
    """By trial whether results are posted or due, by which rule, judged on which day."""
    return {
        row["nct_id"]: {
            "results": row["state"],
            "results_words": results_due.STATES[row["state"]],
            "coverage": row["coverage"],
            "missing": row["missing"],
            "missing_words": [results_due.FACTS[fact] for fact in row["missing"]],
            "ended_on": row["ended_on"],
            "due_on": row["due_on"],
            "days_after_due": row["days"],
            "certificate": row["certificate"],
            "rule": row["reason"] or row["coverage"],
            "rule_words": results_due.REASONS.get(row["reason"], results_due.COVERAGE[row["coverage"]]),
            "date": row["judged_on"],
        }
        for row in plain_rows(results_due.judge(facts))
    }


def _publishing(facts: pd.DataFrame) -> dict[str, Row]:
    """By trial the PubMed ids of the papers its record names."""
    named = papers.by_trial(papers.published(facts))
    return {
        str(nct_id): {
            "papers": group,
            "papers_results": named["RESULT"].get(nct_id, []),
            "papers_derived": named["DERIVED"].get(nct_id, []),
        }
        for nct_id, group in papers.paper_groups(facts).items()
    }


def _timing(facts: pd.DataFrame) -> dict[str, Row]:
    """By trial what time has overtaken, why it stopped, and whether it was registered in time."""
    flags = stale.stale(facts).groupby("nct_id")["flag"].agg(list)
    stopped = _by_id(stale.stopped(facts))
    return {
        row["nct_id"]: {
            "overtaken": flags.get(row["nct_id"], []),
            "why_classes": stopped[row["nct_id"]]["classes"] if row["nct_id"] in stopped else [],
            "registration": row["registration"],
            "days_after_start": row["days"],
        }
        for row in plain_rows(stale.registration(facts))
    }


def _by_id(found: pd.DataFrame) -> dict[str, Mapping[Any, Any]]:
    return {row["nct_id"]: row for row in plain_rows(found)}


def asked_for(watchlist: Watchlist, answers: pd.DataFrame) -> dict[str, list[str]]:
    """By trial the questions that brought it; a question nobody asks any more is named by its id."""
    asked = [query for agent in watchlist.agents for query in agent_queries(agent)]
    asked += [query for condition in watchlist.conditions for query in sweep_queries(condition)]
    questions = {query.id: query.question for query in asked}
    found: dict[str, dict[str, None]] = {}
    for nct_id, ids in zip(answers["nct_id"], answers["asked"], strict=True):
        found.setdefault(nct_id, {}).update(dict.fromkeys(questions.get(id, id) for id in ids or ()))
    return {nct_id: list(words) for nct_id, words in found.items()}


def _about(asked: Sequence[Asked], questions: list[str]) -> Row:
    """What was asked, whether it was answered, and of which day the data are: the oldest when there are several."""
    states = {one.state for one in asked}
    days = [one.registry_date for one in asked if one.registry_date]
    errors = dict.fromkeys(one.error for one in asked if one.error)
    return {
        "query": questions,
        "state": states.pop() if len(states) == 1 else "partly",
        "date": min(days, default=None),
        "error": " ".join(errors) or None,
        "starter": any(one.state != "asked" for one in asked),
    }


def _questions(agent: Agent) -> list[str]:
    return [query.question for query in agent_queries(agent)]


def _named(id: str, chosen: Collection[str]) -> bool:
    return not chosen or id in chosen
