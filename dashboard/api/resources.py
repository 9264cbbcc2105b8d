"""The resources of the API, and how a question becomes an answer: over HTTP and for assistants alike."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from cache.export import results as posted
from cache.filters.filter import Filter
from cache.read import results as stored
from cache.read import trials as queries
from dashboard.api import asking, envelope, paging, parameters, searched, standing, taking
from dashboard.api.asking import Question, Reading
from dashboard.api.parameters import Parameter, Query
from fetchers.errors import NotFound
from fetchers.watchlist.model import Watchlist
from insights import evidence
from insights.cli.rows import Row


class Surface(NamedTuple):
    """What differs between those who ask: the usual and the largest page, how many NCT ids a row may hold (None: all),
    and whether posted results come along unasked."""

    usual: int
    most: int
    ids: int | None
    results: bool


class Resource(NamedTuple):
    """A list of rows that can be asked for."""

    words: str
    answer: type[envelope.Page]
    parameters: Callable[[Watchlist], list[Parameter]]
    understand: Callable[[Query, Watchlist], Question]
    take: Callable[[Reading, Question, paging.Wanted], taking.Taken]


def _narrowed(*fields: str) -> Callable[[Watchlist], list[Parameter]]:
    return lambda watchlist: parameters.of_filter(watchlist, fields)


RESOURCES: Mapping[str, Resource] = {
    "trials": Resource(
        "Trials of a view, by NCT id; without parameters the opening view of the dashboard.",
        envelope.Trials, parameters.of_filter, asking.of_view, taking.trials,
    ),
    "agents": Resource(
        "The agents of the watch-list with what was found of each, and whether the registry was asked.",
        envelope.Agents, _narrowed("agents"), asking.of_agents, taking.agents,
    ),
    "claims": Resource(
        "The claims of the documents, each with its verdict, the rule that decided and the trials it rests on.",
        envelope.Claims, _narrowed("agents"), asking.of_claims, taking.claims,
    ),
    "gaps": Resource(
        "Every agent in every condition group; an empty cell says whether none is registered or nobody asked.",
        envelope.Gaps, _narrowed("agents", "conditions", "background"), asking.of_gaps, taking.gaps,
    ),
    "findings": Resource(
        "What posted results report, trial by trial; nothing is pooled and nothing is weighed.",
        envelope.Findings, parameters.of_filter, asking.of_findings, taking.findings,
    ),
    "changes": Resource(
        "What changed in the records, the newest first. The first load of an agent is a baseline and makes no changes.",
        envelope.Changes, parameters.of_changes, asking.of_changes, taking.changes,
    ),
    "sources": Resource(
        "The parts of the data: what was asked of the registry, when, and what was not asked or failed.",
        envelope.Sources, lambda _: [], asking.of_sources, taking.sources,
    ),
}  # fmt: skip
OF_TRIAL = (
    Parameter(
        "results", "Whether its posted results come along: yes or no.", {"type": "string", "enum": ["yes", "no"]}
    ),
)


def parameters_of(name: str, watchlist: Watchlist, surface: Surface) -> list[Parameter]:
    """Every parameter a list takes."""
    return [*RESOURCES[name].parameters(watchlist), *parameters.paging(surface.most, surface.usual)]


def listed(reading: Reading, name: str, query: Query, surface: Surface) -> envelope.Page:
    """One page of a list. Raises Validation for a question that makes no sense."""
    resource, watchlist = RESOURCES[name], reading.watchlist
    parameters.check(query, parameters_of(name, watchlist, surface))
    plain = {key: values for key, values in query.items() if key not in parameters.PAGING}
    question = resource.understand(plain, watchlist)
    told = (name, sorted((key, tuple(values)) for key, values in question.parameters.items()), watchlist.digest)
    wanted = paging.wanted(query, told, usual=surface.usual, most=surface.most)
    taken = resource.take(reading, question, wanted)
    rows = [_cut(row, surface.ids) for row in taken.rows]
    content = _about(reading, question) | {
        "ids": _ids(rows),
        "total": taken.total,
        "limit": wanted.limit,
        "next": None if taken.last is None else paging.cursor(wanted.question, taken.last),
        "data": rows,
    }
    if resource.answer is envelope.Trials:
        content["hits"] = searched.places(reading, question, content["ids"])
    return msgspec.convert(content, resource.answer)


def trial(reading: Reading, nct_id: str, query: Query, surface: Surface) -> envelope.OneTrial:
    """One trial. Raises Validation for what is no NCT id, NotFound for a trial that is not stored."""
    parameters.check(query, OF_TRIAL)
    id = asking.nct(nct_id)
    with_results = asking.of_view({"results": [parameters.one(query, "results") or ""]}, reading.watchlist).view.results
    known = reading.parts.trials()
    shown = known[known["number"].to_numpy() == int(id[3:])]
    if shown.empty:
        raise NotFound(f"{id} is not stored here. The registry may have it: only answers to our questions are stored.")
    (row,) = taking.trial_rows(reading, shown)
    read = posted.objects(stored.posted(reading.parts.store, [id])).get(id)
    wanted = surface.results if with_results is None else with_results
    row |= _texts(reading, id) | {"results": read if wanted else None, "results_left_out": bool(read) and not wanted}
    agents = tuple(row["agents"]) or tuple(condition.id for condition in reading.watchlist.swept)
    question = Question({}, f"Trial {id}.", agents, Filter(ids=(id,)))
    return msgspec.convert(_about(reading, question) | {"ids": [id], "data": row}, envelope.OneTrial)


def _texts(reading: Reading, nct_id: str) -> Row:
    study = queries.study_body(reading.parts.store, nct_id)
    if study is None:
        return {"brief_summary": None, "eligibility": None}
    rules = study.eligibility
    return {
        "brief_summary": study.protocol_section.description_module.brief_summary,
        "eligibility": {
            "criteria": rules.eligibility_criteria,
            "sex": rules.sex,
            "minimum_age": rules.minimum_age,
            "maximum_age": rules.maximum_age,
            "healthy_volunteers": rules.healthy_volunteers,
        },
    }


def _about(reading: Reading, question: Question) -> dict[str, Any]:
    states, fresh = evidence.asked(reading.parts.scopes()), reading.parts.freshness()
    missing = taking.missing(reading, question)
    return {
        "query": standing.understood(question, searched.meant(reading, question)),
        "date": standing.dated(fresh),
        "asked": standing.asked(question, states, reading.watchlist, missing, starter=not fresh.live),
        "source": standing.ATTRIBUTION,
    }


def _cut(row: Row, most: int | None) -> Row:
    """A row with at most so many ids in each list of ids, and how many were left out."""
    lists = {name: ids for name, ids in row.items() if name == "ids" or name.startswith("ids_")}
    if not lists:
        return row
    kept = {name: list(ids[:most]) for name, ids in lists.items()}
    return row | kept | {"ids_left_out": sum(len(lists[name]) - len(kept[name]) for name in lists)}


def _ids(rows: Iterable[Row]) -> list[str]:
    found = [id for row in rows for id in ([row["nct_id"]] if "nct_id" in row else row.get("ids", ()))]
    return list(dict.fromkeys(found))
