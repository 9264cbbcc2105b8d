"""The OpenAPI document, made of the structs that the answers are made of, with examples that are answers."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec

from dashboard.api import envelope, problems, resources, standing
from dashboard.api.asking import Reading
from dashboard.api.parameters import NCT, Parameter
from dashboard.api.resources import OF_TRIAL, RESOURCES, Surface
from fetchers import __version__
from fetchers.errors import NotFound, Validation

BASE = "/api/v1"
_REF = "#/components/schemas/{name}"
_ABOUT = (
    "What ClinicalTrials.gov shows about the agents of a watch-list; read-only. Every answer says how old its data "
    "are, how the question was understood, and whether the registry was asked at all: no row may mean that none was "
    "found, or that nobody asked. Names are not taken away or given another meaning within v1; new ones may be added."
)
_PROBLEMS = {
    "400": "The question makes no sense: an unknown parameter or value, a limit or a cursor that is none.",
    "401": "Only people who are signed in may read here, and programs with a token of the operator.",
    "403": "Who is signed in may not read here.",
    "404": "There is no such thing here.",
    "405": "Only GET and HEAD are answered.",
    "414": "The question is too long.",
    "503": "The store cannot be used just now.",
}
_DATED = {
    "ETag": {"description": "Names this answer; send it as If-None-Match.", "schema": {"type": "string"}},
    "Last-Modified": {"description": "Since when this answer is given.", "schema": {"type": "string"}},
}


class Example(NamedTuple):
    """A question that is asked as an example: path below BASE, parameters, and what it shows."""

    path: str
    query: Mapping[str, list[str]]
    shows: str

    @property
    def address(self) -> str:
        """Path and query as a program asks."""
        return BASE + self.path + (f"?{urlencode(self.query, doseq=True)}" if self.query else "")


def document(reading: Reading, surface: Surface) -> dict[str, Any]:
    """The document for one state of the store: its examples are what these questions are answered with now."""
    answers = [*(one.answer for one in RESOURCES.values()), envelope.OneTrial, envelope.Problem]
    _, schemas = msgspec.json.schema_components(answers, ref_template=_REF)
    paths = {f"/{name}": {"get": _list(name, reading, surface)} for name in RESOURCES}
    paths["/trials/{nct_id}"] = {"get": _trial(reading, surface)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Trial tracker", "version": f"1 ({__version__})", "description": _ABOUT,
                 "termsOfService": standing.TERMS},
        "servers": [{"url": "../v1"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }  # fmt: skip


def examples(reading: Reading) -> Iterator[Example]:
    """The questions that are asked as examples; small, and of the agent with the fewest trials to be expected."""
    agent = min(reading.watchlist.agents, key=lambda one: one.expected_size).id
    condition = reading.watchlist.conditions[0].id
    known = reading.parts.trials()["nct_id"]
    yield Example("/trials", {"limit": ["1"]}, "The first trial of the opening view")
    yield Example("/trials", {"agent": [agent], "all": ["1"], "limit": ["1"]}, "Trials of an agent in any condition")
    yield Example("/trials", {"colour": ["red"]}, "A parameter that is none")
    yield Example("/agents", {"agent": [agent]}, "One agent")
    yield Example("/claims", {"agent": [agent], "limit": ["1"]}, "A claim about an agent")
    yield Example("/gaps", {"agent": [agent], "condition": [condition]}, "One agent in one condition group")
    yield Example("/findings", {"limit": ["1"]}, "The first trial with posted results")
    yield Example("/changes", {"limit": ["1"]}, "The newest change")
    yield Example("/sources", {"limit": ["1"]}, "The first part of the data")
    if len(known):
        yield Example(f"/trials/{known.iloc[0]}", {"results": ["no"]}, "A stored trial")
    yield Example("/trials/NCT99999999", {}, "A trial that is not stored")


def _list(name: str, reading: Reading, surface: Surface) -> dict[str, Any]:
    resource = RESOURCES[name]
    given = [_parameter(one) for one in resources.parameters_of(name, reading.watchlist, surface)]
    return _operation(name, resource.words, given, resource.answer, _answered(reading, surface, f"/{name}"), "400")


def _trial(reading: Reading, surface: Surface) -> dict[str, Any]:
    id = {"name": "nct_id", "in": "path", "required": True, "description": "Its NCT id.", "schema": NCT}
    answered = _answered(reading, surface, "/trials/")
    given = [id, *map(_parameter, OF_TRIAL)]
    words = "One trial with its texts and posted results."
    return _operation("trial", words, given, envelope.OneTrial, answered, "404")


def _operation(
    name: str, words: str, given: list[dict[str, Any]], answer: type, answered: Mapping[str, Any], expected: str
) -> dict[str, Any]:  # fmt: skip
    """``expected``: the status of the problem of which there are examples."""
    right = {key: one for key, one in answered.items() if "status" not in one["value"]}
    wrong = {key: one for key, one in answered.items() if key not in right}
    responses: dict[str, Any] = {
        "200": {"description": words, "headers": _DATED,
                "content": {"application/json": {"schema": _ref(answer), "examples": right}}},
        "304": {"description": "What you have is the answer still."},
    }  # fmt: skip
    for status, why in _PROBLEMS.items():
        shown = {"examples": wrong} if status == expected and wrong else {}
        content = {problems.MEDIA_TYPE: {"schema": _ref(envelope.Problem)} | shown}
        responses[status] = {"description": why, "content": content}
    return {"operationId": name, "summary": words, "parameters": given, "responses": responses}


def _answered(reading: Reading, surface: Surface, start: str) -> dict[str, Any]:
    """The examples of a path with their answers; ``x-request``: the address that was asked."""
    found: dict[str, Any] = {}
    for one in examples(reading):
        if one.path == start or (start.endswith("/") and one.path.startswith(start)):
            value = msgspec.to_builtins(_answer(reading, surface, one))
            key = f"example{len(found) + 1}"
            found[key] = {"summary": one.shows, "value": value, "x-request": one.address}
    return found


def _answer(reading: Reading, surface: Surface, one: Example) -> msgspec.Struct:
    name, _, nct_id = one.path.strip("/").partition("/")
    try:
        if nct_id:
            return resources.trial(reading, nct_id, one.query, surface)
        return resources.listed(reading, name, one.query, surface)
    except NotFound as error:
        return problems.problem(404, str(error), BASE + one.path)
    except Validation as error:
        return problems.problem(400, str(error), BASE + one.path)


def _parameter(one: Parameter) -> dict[str, Any]:
    schema = {"type": "array", "items": one.schema} if one.many else one.schema
    return {"name": one.name, "in": "query", "description": one.words, "schema": schema}


def _ref(kind: type) -> dict[str, str]:
    return {"$ref": _REF.format(name=kind.__name__)}
