"""The tools of the Model Context Protocol server: the resources of the API, in small answers."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from dashboard.api import envelope, resources, standing
from dashboard.api.asking import Reading
from dashboard.api.parameters import NCT, Parameter
from dashboard.api.resources import OF_TRIAL, RESOURCES, Surface
from fetchers.errors import Validation
from fetchers.watchlist.model import Watchlist

SMALL = Surface(usual=10, most=50, ids=25, results=False)
INSTRUCTIONS = (
    "What ClinicalTrials.gov shows about the agents of a watch-list, from a store on this machine; nothing is fetched. "
    "Every answer names the NCT ids, the question as understood, the date of the data and their source, and “asked” "
    "says whether the registry was asked at all: no row may mean that none was found, or that nobody asked. "
    f"{standing.QUOTED} {standing.ADVICE}"
)
_MARKED = f" {standing.QUOTED} {standing.ADVICE}"
_TRIAL = "get_trial"
_OF_TRIAL = "One trial with its texts; results=yes adds its posted results."


class Tool(NamedTuple):
    """One tool: its name, its title, and the resource it asks for."""

    name: str
    title: str
    resource: str


TOOLS = (
    Tool("search_trials", "Search trials", "trials"),
    Tool(_TRIAL, "One trial", "trial"),
    Tool("list_agents", "Agents of the watch-list", "agents"),
    Tool("agent_evidence", "Claims of the documents", "claims"),
    Tool("gaps", "Agents by condition", "gaps"),
    Tool("findings", "Posted results", "findings"),
    Tool("changes", "Changes in the records", "changes"),
    Tool("sources", "What was asked of the registry", "sources"),
)
_NAMED = {tool.name: tool for tool in TOOLS}


def described(tool: Tool, watchlist: Watchlist) -> dict[str, Any]:
    """Words and schemas of a tool, as the protocol names them."""
    trial = tool.name == _TRIAL
    words = _OF_TRIAL if trial else RESOURCES[tool.resource].words
    return {
        "name": tool.name,
        "title": tool.title,
        "description": words + _MARKED,
        "input_schema": _input(tool, watchlist),
        "output_schema": _whole(envelope.OneTrial if trial else RESOURCES[tool.resource].answer),
    }


def call(reading: Reading, name: str, arguments: Mapping[str, Any]) -> msgspec.Struct:
    """The answer of a tool. Raises Validation for a tool or an argument that makes no sense, NotFound for a trial."""
    if name not in _NAMED:
        raise Validation(f"There is no tool “{name[:40]}”; choose from {', '.join(_NAMED)}.")
    query = {key: _texts(key, value) for key, value in arguments.items() if value is not None}
    if name != _TRIAL:
        return resources.listed(reading, _NAMED[name].resource, query, SMALL)
    nct_id = query.pop("nct_id", [])
    if len(nct_id) != 1:
        raise Validation("get_trial needs one nct_id, as in NCT00000000.")
    return resources.trial(reading, nct_id[0], query, SMALL)


def _texts(name: str, value: Any) -> list[str]:
    """An argument as an address would give it."""
    values = value if isinstance(value, list) else [value]
    if any(isinstance(one, dict | list | float) or one is None for one in values):
        raise Validation(f"“{name[:40]}” takes a text or a whole number, or a list of them.")
    return [str(int(one)) if isinstance(one, bool) else str(one) for one in values]


def _input(tool: Tool, watchlist: Watchlist) -> dict[str, Any]:
    taken = OF_TRIAL if tool.name == _TRIAL else resources.parameters_of(tool.resource, watchlist, SMALL)
    properties = {one.name: _property(one) for one in taken}
    needed = {}
    if tool.name == _TRIAL:
        properties = {"nct_id": {**NCT, "description": "Its NCT id."}} | properties
        needed = {"required": ["nct_id"]}
    return {"type": "object", "properties": properties, "additionalProperties": False, **needed}


def _property(one: Parameter) -> dict[str, Any]:
    schema = {"type": "array", "items": dict(one.schema)} if one.many else dict(one.schema)
    return schema | {"description": one.words}


def _whole(answer: type) -> dict[str, Any]:
    """The schema of an answer with everything it refers to, an object at its root as the protocol asks."""
    schema = msgspec.json.schema(answer)
    parts: dict[str, Any] = schema["$defs"]
    return {**parts[answer.__name__], "$defs": parts}
