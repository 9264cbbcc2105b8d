"""The funnel from the registry's rows to the counted trials, in words and tables. Pure, no Streamlit."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from cache import english
from cache.codes import PHASE_PATH, STUDY_TYPES
from cache.english import count, day
from cache.filters.filter import Filter
from dashboard.shared.number_tables import LINK
from fetchers.registry.queries import agent_queries
from fetchers.watchlist.model import Agent
from insights.funnel import Funnel

STEPS = (
    ("rows", "Rows the registry sent"),
    ("found", "Different trials, by the answer that holds them"),
    ("matched", "Different trials, by why they belong here"),
    ("given", "Trials that give it"),
    ("types", "Counted trials, by study type"),
    ("lanes", "Counted trials, by phase"),
)


REPEATED = ("rows", "again")  # what these count is rows, a trial as often as it came


def funnel_rows(funnel: Funnel, address: Callable[[Filter], str], own: Callable[[str], str]) -> pd.DataFrame:
    """The funnel as a table: each step with its parts, and the list of those trials, by a filter where one can show
    it. ``own``: where the list of a group of the funnel is."""
    rows = []
    for id, title in STEPS:
        if id not in {step.id for step in funnel.steps}:
            continue
        rows.append((funnel.step(id).number, title, _link(funnel, id, address, own)))
        parts = [part for part in funnel.parts(id) if _shown(part.id, part.number)]
        rows += [(part.number, f"↳ {part.label}", _link(funnel, part.id, address, own)) for part in parts]
    return pd.DataFrame(rows, columns=["Number", "Step", LINK])


def _shown(id: str, number: int) -> bool:
    """A zero is told where somebody would look for it, not for every code there is."""
    return number > 0 or id.startswith("tier_") or id in ("again", "background", "phased")


def question_rows(funnel: Funnel, agent: Agent, own: Callable[[str], str]) -> pd.DataFrame:
    """How many rows each question to the registry brought, with their list."""
    asked = {query.id: query.question for query in agent_queries(agent)}
    return pd.DataFrame(
        {
            "Number": [len(ids) for ids in funnel.queries.values()],
            "Asked of the registry": [asked.get(name, name) for name in funnel.queries],
            LINK: [own(f"question.{name}") if ids else None for name, ids in funnel.queries.items()],
        }
    )


def group(funnel: Funnel, name: str) -> tuple[str, tuple[str, ...]] | None:
    """The title and the ids of a group by its name in the address; None for a name that means nothing."""
    kind, _, key = name.partition(".")
    if kind == "question" and key in funnel.queries:
        return "Rows of one question to the registry", funnel.queries[key]
    step = next((one for one in funnel.steps if kind == "step" and one.id == key), None)
    return (step.label, step.ids) if step else None


def _link(funnel: Funnel, id: str, address: Callable[[Filter], str], own: Callable[[str], str]) -> str | None:
    if not funnel.step(id).number:
        return None
    wanted = filter_of(funnel.agent, id)
    return address(wanted) if wanted else own(f"step.{id}")


def filter_of(agent: str, id: str) -> Filter | None:
    """The filter that lists just the trials of a step; None for steps that no filter can name."""
    mine: dict[str, Any] = {"agents": (agent,), "everywhere": True}
    every = Filter(**mine, tiers=("given", "mentioned", "excluded"), background=True)
    fixed = {
        "found": every, "matched": every, "given": Filter(**mine, background=True),
        "counted": Filter(**mine), "background": Filter(**mine, roles=("background",)),
        "types": Filter(**mine), "lanes": Filter(**mine),
    }  # fmt: skip
    if id in fixed:
        return fixed[id]
    kind, _, code = id.partition("_")
    if kind == "tier":
        return Filter(**mine, tiers=(code,), background=True)
    if kind == "type":  # a type the registry has added since has no filter
        return Filter(**mine, study_types=(code,)) if code in STUDY_TYPES else None
    if id == "phased":
        return Filter(**mine, phases=PHASE_PATH)
    return Filter(**mine, phases=(code,)) if kind == "lane" else None


def why_differs(funnel: Funnel, agent: Agent, unread: int) -> str:
    """Why our number is not the one the registry's own page shows; plain text."""
    name, number = english.inner(agent.name), {step.id: step.number for step in funnel.steps}
    if funnel.answer.state != "asked":
        return (
            f"The registry has not answered for {name} yet. The counts here come from the starter sample; they do not "
            "say how many trials there are."
        )
    asked = agent_queries(agent)
    names = sum(len(query.names) for query in asked)
    said = [f"The registry was asked {count(len(asked), 'question')} with {count(names, 'name')} "
            f"(its data of {day(funnel.answer.registry_date)})"]  # fmt: skip
    if "rows" in number:
        again = english.agreeing(number["again"], "a repeat", "repeats")
        said[0] += f"; {count(number['rows'], 'row')} came back, {number['again']:,} of them {again}."
    else:
        said[0] += "."
    if number["sweep"]:
        said.append(f"{count(number['sweep'], 'more trial')} came with the answer for a whole condition.")
    if "file" in number:
        said.append(f"{count(number['file'], 'more trial')} came with the registry’s whole file.")
    said.append(
        f"Of {count(number['matched'], 'different trial')}, {_do(number['tier_mentioned'], 'only mention')} {name} and "
        f"{_do(number['tier_excluded'], 'name')} {name} only as an exclusion; {_do(number['given'], 'give')} {name}, "
        f"{number['background']:,} of these to everybody beside something else. The charts count the other "
        f"{number['counted']:,}."
    )
    if unread:
        said.append(
            f"{count(unread, 'record')} could not be read and {english.agreeing(unread, 'is', 'are')} not counted."
        )
    said.append(
        "The registry’s own page shows the answer to one question and includes mentions, so its number differs."
    )
    return " ".join(said)


def _do(number: int, verb: str) -> str:
    """ "1 gives", "4 give"; a name of several things is no subject then."""
    return f"{number:,} {english.agreeing(number, f'{verb}s', verb)}"
