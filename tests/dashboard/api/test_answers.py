"""Every answer of the API: as its structs and its OpenAPI document promise, and the same as the command line's."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sqlalchemy import update

from cache.export import trials as export
from cache.filters.keys import KEYS
from cache.store.schema import study
from cache.store.store import Store, bump
from dashboard.api import envelope, paging
from dashboard.api.resources import RESOURCES
from fetchers.errors import Validation
from fetchers.settings import Settings
from insights.__main__ import main as insights
from tests.fake_registry.results import results_section
from tests.rigs import moved_stores as moved
from tests.rigs.asgi import Answered, ask
from tests.rigs.pages import WATCHLIST, use
from tests.rigs.posted_results import put_results
from tests.rigs.refresh import url_of

SMALL = "sizofiran"
ANSWERS = {f"/{name}": one.answer for name, one in RESOURCES.items()} | {"/trials/{nct_id}": envelope.OneTrial}


def document() -> Any:
    return ask("/api/v1/openapi.json").json


def as_promised(answered: Answered, kind: type[Any], promised: Any) -> Any:
    """The answer, decoded strictly by its struct and validated by the document."""
    found = msgspec.json.decode(answered.body, type=kind, strict=True)
    schema = {"$ref": f"#/components/schemas/{kind.__name__}", "components": promised["components"]}
    Draft202012Validator(schema).validate(answered.json)
    return found


def kind_of(path: str) -> type[Any]:
    return ANSWERS.get(path) or envelope.OneTrial


@pytest.fixture(params=["starter", "live", "recorded", "unanswered", "moved"])
def store(request: pytest.FixtureRequest) -> str:
    """The address of a store in one of its states."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
def moved_store(tmp_path: Any) -> str:
    store = Store.open(url_of(tmp_path))
    moved.every_kind(store)
    put_results(store, {"NCT00000001": results_section()})
    store.close()
    return url_of(tmp_path)


@pytest.fixture(name="moved")
def fixture_moved(moved_store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    return use(monkeypatch, moved_store)


def test_every_answer_is_as_promised_and_says_what_it_is(store: str) -> None:
    promised = document()
    for name, resource in RESOURCES.items():
        answered = ask(f"/api/v1/{name}?limit=500")
        assert answered.status == 200, (name, answered.body)
        found = as_promised(answered, resource.answer, promised)
        assert found.total == len(found.data)
        assert found.next is None
        assert found.source.name.startswith("ClinicalTrials.gov")
        assert "Not medical advice." in found.source.advice
        assert found.query.sentence.endswith(".")
        assert len(found.ids) == len(set(found.ids))
    for nct_id in ask("/api/v1/trials?all=1&limit=20").json["ids"]:
        one = as_promised(ask(f"/api/v1/trials/{nct_id}"), envelope.OneTrial, promised)
        assert one.ids == [one.data.nct_id] == [nct_id]


def test_every_example_is_answered_as_promised(store: str) -> None:
    promised = document()
    Draft202012Validator.check_schema(promised["components"]["schemas"]["Trials"])
    asked = []
    for path, one in promised["paths"].items():
        for status, response in one["get"]["responses"].items():
            for media_type, content in response.get("content", {}).items():
                for example in content.get("examples", {}).values():
                    answered = ask(example["x-request"])
                    asked.append(example["x-request"])
                    assert answered.status == int(status)
                    assert answered.headers["content-type"] == media_type
                    kind = kind_of(path) if status == "200" else envelope.Problem
                    as_promised(answered, kind, promised)
                    assert answered.json == example["value"]
    assert len(asked) == len(set(asked)) >= 10
    assert {path.split("/")[1] for path in promised["paths"]} == set(RESOURCES)


def test_every_key_of_the_filters_is_a_parameter_and_nothing_else_is(starter: str) -> None:
    operation = document()["paths"]["/trials"]["get"]
    names = [one["name"] for one in operation["parameters"]]
    assert names == [*(key.name for key in KEYS), "nct", "mine", "limit", "cursor"]
    assert all(one["description"].endswith(".") for one in operation["parameters"])
    for one in operation["parameters"]:
        values = one["schema"].get("items", one["schema"]).get("enum", ())
        for value in values:
            query = f"{one['name']}={value}&limit=1" + ("&ids=NCT00000001" if one["name"] == "mine" else "")
            assert ask(f"/api/v1/trials?{query}").status == 200, query


@pytest.mark.parametrize(
    ("name", "query"),
    [("claims", ""), ("claims", f"agent={SMALL}"), ("gaps", ""), ("gaps", "condition=me_cfs&background=1"),
     ("findings", "all=1"), ("findings", "")],
)  # fmt: skip
def test_rows_are_those_of_the_command_line(
    name: str, query: str, recorded_or_starter: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert insights([name, "--json", "--query", query]) == 0
    printed = json.loads(capsysbinary.readouterr().out)
    rows = ask(f"/api/v1/{name}?limit=500&{query}").json["data"]
    told = [{key: value for key, value in row.items() if key != "source"} for row in printed]
    mine = [{key: value for key, value in row.items() if key != "ids_left_out"} for row in rows]
    order = (lambda row: row["nct_id"]) if name == "findings" else (lambda row: 0)
    assert mine == sorted(told, key=order)
    assert all(row["ids_left_out"] == 0 for row in rows)


def test_trials_are_those_of_the_export(recorded_or_starter: str) -> None:
    store = Store.open(Settings.from_env().cache_url)
    shown, why, view, _ = export.viewed(store, WATCHLIST, "all=1&phase=phase2")
    wanted = export.records(shown, why)
    store.close()
    answer = ask("/api/v1/trials?phase=phase2&all=1&limit=500").json
    assert answer["data"] == json.loads(msgspec.json.encode(wanted))
    assert answer["query"]["sentence"] == view
    assert answer["query"]["parameters"] == {"all": ["1"], "phase": ["phase2"]}
    assert ask(f"/api/v1/trials?{answer['query']['address']}&limit=500").json["ids"] == answer["ids"]


def test_changes_are_those_of_the_command_line(moved: str) -> None:
    old = ask("/api/changes.json").json
    new = ask("/api/v1/changes?limit=500").json
    assert new["data"] == old
    assert new["total"] == len(old) > 3
    kind = old[0]["kind"]
    some = ask(f"/api/v1/changes?kind={kind}&nct={old[0]['nct_id'].lower()}").json
    assert {(one["kind"], one["nct_id"]) for one in some["data"]} == {(kind, old[0]["nct_id"])}
    assert some["query"]["parameters"] == {"nct": [old[0]["nct_id"]], "kind": [kind]}
    assert ask("/api/v1/changes?since=2100-01-01").json["total"] == 0


@pytest.mark.parametrize("name", RESOURCES)
@pytest.mark.parametrize("limit", [1, 3])
def test_pages_hold_every_row_once(name: str, limit: int, moved: str) -> None:
    more = "&all=1" if name in ("trials", "findings") else ""
    whole = ask(f"/api/v1/{name}?limit=500{more}").json
    rows, cursor = [], ""
    while True:
        page = ask(f"/api/v1/{name}?limit={limit}{more}{cursor}").json
        assert page["total"] == whole["total"]
        assert len(page["data"]) <= page["limit"] == limit
        rows += page["data"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert rows == whole["data"]


def test_nothing_comes_twice_and_nothing_is_left_out_when_a_trial_goes_between_two_pages(own_starter: str) -> None:
    whole = ask("/api/v1/trials?limit=10").json["ids"]
    before = ask("/api/v1/trials?limit=5").json
    store = Store.open(own_starter)
    with store.writing() as connection:
        gone = update(study).where(study.c.nct_id.in_(whole[3:5]))  # the cursor names one of them
        connection.execute(gone.values(left_registry="2026-11-21"))
        bump(connection)
    store.close()
    after = ask(f"/api/v1/trials?limit=5&cursor={before['next']}").json
    assert (before["ids"], after["ids"]) == (whole[:5], whole[5:])
    assert after["total"] == before["total"] - 2


# -- not asked apart from none --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RESOURCES)
def test_a_starter_store_has_not_asked(name: str, starter: str) -> None:
    answer = ask(f"/api/v1/{name}").json
    assert answer["asked"]["state"] == "not_asked"
    assert answer["asked"]["starter"]
    assert "has not been asked yet" in answer["asked"]["words"]
    assert answer["date"]["registry_timestamp"] is None
    assert answer["date"]["starter_date"]


def test_none_found_is_told_from_not_asked(live: str) -> None:
    answer = ask("/api/v1/trials?agent=sizofiran&phase=early_phase1&all=1").json
    assert (answer["total"], answer["asked"]["state"], answer["asked"]["lacking"]) == (0, "asked", [])
    assert "none was found" in answer["asked"]["words"]
    assert answer["date"]["registry_timestamp"]


def test_an_agent_that_failed_says_so(unanswered: str) -> None:
    mine = ask("/api/v1/trials?agent=sizofiran").json["asked"]
    assert mine["state"] in ("failed", "not_asked")
    assert mine["lacking"][0]["scope"] == "sizofiran"
    assert mine["lacking"][0]["error"]
    assert ask("/api/v1/trials").json["asked"]["state"] == "partly"
    assert ask("/api/v1/trials?agent=ivig").json["asked"]["state"] == "asked"


def test_an_agent_that_failed_keeps_its_old_data_and_says_so(stores: Callable[[str], str]) -> None:
    stores("failed")
    answer = ask("/api/v1/trials?agent=methotrexate&all=1").json
    assert answer["total"] > 0
    assert answer["asked"]["state"] == "asked"
    (lacking,) = answer["asked"]["lacking"]
    assert lacking["scope"] == "methotrexate"
    assert lacking["date"]
    assert "what was read before is shown" in answer["asked"]["words"]


# -- words ----------------------------------------------------------------------------------------------------------


def test_a_mistyped_word_is_told_what_may_have_been_meant(starter: str) -> None:
    wanted = ask("/api/v1/trials?q=methotrexate&all=1").json
    assert (wanted["total"] > 0, wanted["query"]["did_you_mean"]) == (True, None)
    for name in ("trials", "findings", "changes"):
        assert ask(f"/api/v1/{name}?q=methotrexat&all=1").json["query"]["did_you_mean"] == "methotrexate", name


def test_words_are_told_with_the_places_where_they_stand(starter: str) -> None:
    answer = ask("/api/v1/trials?q=methotrexate&all=1&limit=3").json
    assert [one["nct_id"] for one in answer["hits"]] == answer["ids"]
    for one in answer["hits"]:
        assert 1 <= len(one["hits"]) <= 2
        assert all(hit["place"] and hit["found"] for hit in one["hits"])
    assert ask("/api/v1/trials?all=1&limit=3").json["hits"] == []


# -- posted results -------------------------------------------------------------------------------------------------


def test_posted_results_come_with_their_trial(moved: str) -> None:
    exported = next(one for one in ask("/api/trials.json").json if one["results"])
    one = ask(f"/api/v1/trials/{exported['nct_id']}").json["data"]
    assert one["results"] == exported["results"]
    less = ask(f"/api/v1/trials/{exported['nct_id']}?results=no").json["data"]
    assert (less["results"], less["results_left_out"]) == (None, True)


# -- what makes no sense --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/api/v1/trials?colour=red", 400, "There is no parameter “colour”"),
        ("/api/v1/trials?claim=C1", 400, "There is no parameter “claim”"),
        ("/api/v1/trials?mine=1", 400, "name its trials in “ids”"),
        ("/api/v1/trials?phase=phase9", 400, "“phase9” is not accepted"),
        ("/api/v1/trials?from=2024&to=2020", 400, "are not accepted"),
        ("/api/v1/trials?from=2024&from=2020", 400, "is given 2 times"),
        ("/api/v1/trials?limit=0", 400, "from 1 to 500"),
        ("/api/v1/trials?limit=501", 400, "from 1 to 500"),
        ("/api/v1/trials?limit=²", 400, "from 1 to 500"),
        ("/api/v1/trials?cursor=abc", 400, "cut or changed"),
        ("/api/v1/claims?condition=lupus", 400, "There is no parameter “condition”"),
        ("/api/v1/changes?kind=mood", 400, "There is no kind of change “mood”"),
        ("/api/v1/changes?since=yesterday", 400, "needs a date"),
        ("/api/v1/changes?weight=heavy", 400, "heavy"),
        ("/api/v1/sources?agent=ivig", 400, "There is no parameter “agent”"),
        ("/api/v1/openapi.json?x=1", 400, "none is taken here"),
        ("/api/v1/trials/aspirin", 400, "is not an NCT id"),
        ("/api/v1/trials/NCT99999999", 404, "is not stored here"),
        ("/api/v1/nothing", 404, "/api/v1/trials/{nct_id}"),
        ("/api/v1/trials/NCT00000001/sites", 404, "There is nothing at"),
        ("/api/v1", 404, "There are /api/v1/trials"),
        ("/api/nothing", 404, "There is nothing at /api/nothing."),
        ("/api/v1/trials?" + "&".join(["phase=phase2"] * 501), 414, "at most 500"),
    ],
)
def test_what_makes_no_sense_gets_a_problem_in_words(address: str, status: int, said: str, starter: str) -> None:
    answered = ask(address)
    assert answered.status == status
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.headers["cache-control"] == "no-store"
    problem = answered.json
    assert (problem["status"], problem["type"]) == (status, "about:blank")
    assert said in problem["detail"]
    assert problem["instance"] == address.partition("?")[0]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_only_reading_is_answered(method: str, starter: str) -> None:
    answered = ask("/api/v1/trials", method)
    assert (answered.status, answered.headers["allow"]) == (405, "GET, HEAD")
    assert answered.json["status"] == 405


def test_a_store_that_cannot_be_used_is_a_problem(
    stores: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, stores("damaged"))
    answered = ask("/api/v1/trials")
    assert answered.status == 503
    assert int(answered.headers["retry-after"]) > 0
    assert answered.json["status"] == 503


def test_a_cursor_belongs_to_its_question(starter: str) -> None:
    cursor = ask("/api/v1/trials?limit=1").json["next"]
    for other in ("trials?agent=ivig&", "gaps?", "findings?"):
        answered = ask(f"/api/v1/{other}cursor={cursor}")
        assert (answered.status, "another question" in answered.json["detail"]) == (400, True)
    assert ask(f"/api/v1/trials?tier=given&cursor={cursor}").status == 200  # the same question in more words


def read_back(cursor: str) -> object:
    return paging.wanted({"cursor": [cursor]}, "a question", usual=1, most=1).after


KEYS_OF_ROWS = st.integers(0, 2**40)
QUESTION = paging.wanted({}, "a question", usual=1, most=1).question


@given(key=KEYS_OF_ROWS)
def test_a_cursor_is_read_back(key: paging.Key) -> None:
    assert read_back(paging.cursor(QUESTION, key)) == key


@given(key=KEYS_OF_ROWS, place=st.integers(0, 200), put=st.text("AZaz09-_=é+/ ", max_size=3), cut=st.integers(0, 3))
def test_a_cursor_that_was_changed_is_refused(key: paging.Key, place: int, put: str, cut: int) -> None:
    good = paging.cursor(QUESTION, key)
    at = place % len(good)
    bad = (good[:at] + put + good[at + cut :]).strip()
    assume(bad not in ("", good))
    with pytest.raises(Validation, match="cut or changed"):
        read_back(bad)


# -- asked again ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["trials", "claims", "trials/NCT00000146", "openapi.json"])
def test_an_unchanged_answer_is_not_sent_again(path: str, starter: str) -> None:
    first = ask(f"/api/v1/{path}")
    assert first.status == 200, first.body
    tag, since = first.headers["etag"], first.headers["last-modified"]
    for known in ({"if_none_match": tag}, {"if_none_match": f'W/{tag}, "x"'}, {"if_none_match": "*"},
                  {"if_modified_since": since}):  # fmt: skip
        again = ask(f"/api/v1/{path}", **known)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    for unknown in ({"if_none_match": '"x"', "if_modified_since": since}, {"if_modified_since": "yesterday"},
                    {"if_modified_since": "Sun, 06 Nov 1994 08:49:37 GMT"}):  # fmt: skip
        assert ask(f"/api/v1/{path}", **unknown).status == 200
    assert ask(f"/api/v1/{path}?limit=x", if_modified_since=since).status == 400


def test_a_store_that_changed_is_told(own_starter: str) -> None:
    first = ask("/api/v1/trials?limit=1")
    store = Store.open(own_starter)
    with store.writing() as connection:
        bump(connection)
    store.close()
    again = ask("/api/v1/trials?limit=1", if_none_match=first.headers["etag"])
    assert again.status == 200
    later = ask("/api/v1/trials?limit=1", if_modified_since=first.headers["last-modified"])
    assert later.status == 200


def test_no_other_site_may_read_along(starter: str) -> None:
    answered = ask("/api/v1/trials?limit=1", origin="https://example.org")
    assert not [name for name in answered.headers if name.startswith("access-control")]
