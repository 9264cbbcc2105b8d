"""What is asked: every name once, ten words at most, nothing that could be executed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchers.registry.queries import Query, agent_queries, quoted, sweep_queries
from fetchers.watchlist.load import load
from fetchers.watchlist.model import Agent, Condition, Member
from fetchers.watchlist.word_budget import MAX_WORDS, count_words
from tests.fake_registry import essie

# The registry splits words on these (its own description of the query language), and on space.
REGISTRY_SPLITS = re.compile(r"[\s\-,/;+&|@#=]+")
OPERATORS = {"AND", "OR", "NOT", "AREA", "RANGE", "MISSING", "ALL", "COVERAGE", "EXPANSION", "SEARCH"}
NAMES = st.lists(
    st.text(alphabet="abz09 -,/:()[]\"\\'+&AND", min_size=1, max_size=30).filter(lambda name: count_words(name) <= 10)
    | st.sampled_from(["AND", "OR NOT", "MISSING", 'say "x"', "back\\slash", "RANGE[MIN,MAX]", "rest AND digest"]),
    min_size=1,
)


def agent(*names: str, on: bool = True) -> Agent:
    return Agent("a", "A", "a class", (Member("m", "M", names, on=on),))


def values(*names: str) -> list[str]:
    return [query.value for query in agent_queries(agent(*names))]


def test_names_of_a_member_are_joined_by_or() -> None:
    query = agent_queries(load().agent("azathioprine"))[0]

    assert query == Query(
        id="azathioprine:azathioprine",
        scope="azathioprine",
        parameter="query.intr",
        value="azathioprine OR Imuran OR Imurek OR Azasan OR azatioprina",
        names=("azathioprine", "Imuran", "Imurek", "Azasan", "azatioprina"),
    )


def test_every_member_that_is_on_has_its_own_question_and_the_others_none() -> None:
    steroids = load().agent("corticosteroids")
    asked = {query.id.split(":")[1] for query in agent_queries(steroids)}

    assert asked == {member.id for member in steroids.members if member.on}
    assert "inhaled" not in asked
    assert agent_queries(agent("x", on=False)) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("prednisone", "prednisone"),
        ("certolizumab pegol", '"certolizumab pegol"'),
        ("CT-P13", '"CT-P13"'),
        ("poly(I):poly(C12U)", '"poly(I):poly(C12U)"'),
        ('say "x"', '"say \\"x\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("OR", '"\\OR"'),
        ("MISSING", '"\\MISSING"'),
        ("rest AND digest", '"rest \\AND digest"'),
        ("AREA[Phase]PHASE3", '"\\AREA[Phase]PHASE3"'),
        ("android", "android"),
    ],
)
def test_names_are_quoted_where_they_are_not_one_plain_word(name: str, value: str) -> None:
    assert quoted(name) == value
    assert values(name) == [value]


def test_a_member_with_too_many_words_is_asked_in_several_questions_in_order() -> None:
    names = tuple(f"name{number}" for number in range(7))
    first, second = agent_queries(agent(*names))

    assert first.names + second.names == names
    assert (first.id, second.id) == ("a:m", "a:m:2")
    assert len(first.names) == 5  # five names and four ORs are nine words; a sixth would make eleven


def test_the_me_cfs_sweep_asks_by_condition() -> None:
    condition = load().condition("me_cfs")
    queries = sweep_queries(condition)

    assert [query.id for query in queries] == ["me_cfs:1", "me_cfs:2", "me_cfs:3"]
    assert {query.parameter for query in queries} == {"query.cond"}
    assert queries[0].value == '"chronic fatigue syndrome" OR "myalgic encephalomyelitis" OR "ME/CFS"'
    assert tuple(name for query in queries for name in query.names) == condition.terms
    assert sweep_queries(Condition("other", "Everything else")) == ()


def test_the_whole_watch_list_costs_few_questions() -> None:
    watchlist = load()
    queries = [query for one in watchlist.agents for query in agent_queries(one)]

    assert len(queries) <= 50  # about a second each: what would find a trial is asked
    assert len({query.id for query in queries}) == len(queries)
    assert all(0 < registry_words(query.value) <= MAX_WORDS for query in queries)


def registry_words(value: str) -> int:
    """Words as the registry splits them, operators counted too."""
    return sum(1 for word in REGISTRY_SPLITS.split(value) if any(map(str.isalnum, word)))


def unquoted(value: str) -> str:
    return re.sub(r'"(?:[^"\\]|\\.)*"', "", value)


@given(NAMES)
def test_any_names_make_short_harmless_questions_that_ask_for_all_of_them(names: list[str]) -> None:
    queries = agent_queries(agent(*names))

    assert [name for query in queries for name in query.names] == [
        n for n in dict.fromkeys(names) if re.search(r"[^\W_]", n)
    ]
    for query in queries:
        assert query.value.strip()
        assert 0 < registry_words(query.value) <= MAX_WORDS
        assert '"' not in unquoted(query.value)
        assert not {"AND", "NOT", "MISSING", "ALL"} & set(unquoted(query.value).split())
        assert len(query.names) == len([word for word in unquoted(query.value).split() if word == "OR"]) + 1
        assert agent_queries(agent(*names)) == queries


@given(NAMES)
def test_the_stand_in_parses_every_question_as_a_choice_of_terms(names: list[str]) -> None:
    for query in agent_queries(agent(*names)):
        tree = essie.parse(query.value, "Intervention")
        terms = tree.items if isinstance(tree, essie.Or) else (tree,)
        assert all(isinstance(term, essie.Term) for term in terms)
        assert len(terms) == len(query.names)
