"""Which records a query finds, and which queries are refused."""

from typing import Any

import pytest

from tests.fake_registry import make_study
from tests.fake_registry.tests.client import Client, Serve, numbered


@pytest.fixture
def texts(served: Serve) -> Client:
    """One word each in one field of interest; the number of the study tells which."""
    facts: list[dict[str, Any]] = [
        {"interventions": [{"name": "Zeta blue"}]},
        {"interventions": [{"name": "x", "otherNames": ["ZETA"]}], "sponsor": "Sanofi"},
        {"title": "Blue sky and zeta", "conditions": ["Head pain"], "keywords": ["neck"]},
        {"arms": [{"label": "a", "description": "pre-zeta (zeta) 5%"}], "org_study_id": "ABC123"},
        {"mesh": ["Zeta"], "conditions": ["Neck pain"], "collaborators": ["Sanofi-Aventis"]},
        {"summary": "only zeta in the summary", "acronym": "ZIP", "countries": ["France"]},
        {"eligibility": "Exclusion: zeta", "primary_outcomes": ["pain score"], "official_title": "Crème brûlée"},
        {"interventions": [{"name": "zetalin"}], "condition_mesh": ["Cancer"], "aliases": ["NCT09999999"]},
    ]
    return served(make_study(f"NCT0000001{at}", **{"title": f"t{at}", **given}) for at, given in enumerate(facts))


@pytest.mark.parametrize(
    ("param", "query", "numbers"),
    [
        ("intr", "zeta", {0, 1, 2, 3, 4}),
        ("intr", "ZETA", {0, 1, 2, 3, 4}),
        ("term", "zeta", {0, 1, 2, 3, 4, 5}),
        ("titles", "zeta", {2}),
        ("titles", "zip", {5}),
        ("cond", "zeta", {2}),
        ("cond", "pain", {2, 4}),
        ("cond", "head pain", {2}),
        ("cond", "pain head", {2}),
        ("cond", '"pain head"', set()),
        ("cond", '"head pain"', {2}),
        ("cond", '"pain neck"', set()),
        ("cond", "(head OR neck) AND pain NOT sky", {4}),
        ("cond", "(head or neck) and pain", set()),
        ("cond", "cancer OR head AND neck", {2, 7}),
        ("cond", "NOT pain", {0, 1, 3, 5, 6, 7}),
        ("cond", r"cancer \OR head", set()),
        ("cond", "head-pain", {2}),
        ("intr", "zeta-blue", {0, 2}),
        ("intr", '"zeta blue"', {0}),
        ("intr", '"zeta" "blue"', {0, 2}),
        ("intr", r"\(zeta\)", {0, 1, 2, 3, 4}),
        ("intr", "AREA[InterventionName]zeta", {0}),
        ("intr", "AREA[InterventionNameSearch]zeta", {0, 1}),
        ("titles", "creme brulee", {6}),
        ("outc", "pain", {6}),
        ("locn", "france", {5}),
        ("spons", "sanofi", {1, 4}),
        ("spons", "Sanofi-Aventis", {4}),
        ("lead", "sanofi", {1}),
        ("id", "abc123", {3}),
        ("id", "NCT09999999", {7}),
        ("patient", "zeta", {0, 1, 2, 3, 4, 5}),
    ],
)
def test_query(texts: Client, param: str, query: str, numbers: set[int]) -> None:
    assert {int(nct_id[-1]) for nct_id in texts.ids(**{f"query__{param}": query})} == numbers


@pytest.mark.parametrize(
    "names", [("Ampligen", "rintatolimod", '"poly(I):poly(C12U)"'), ("Humira", "adalimumab", "D2E7")]
)
def test_brand_generic_and_code_names_are_one_concept(served: Any, names: tuple[str, ...]) -> None:
    client = served(numbered(at, interventions=[f"DRUG: {name.strip(chr(34))} 5 mg"]) for at, name in enumerate(names))
    assert [len(client.ids(query__intr=name)) for name in names] == [3, 3, 3]


def test_a_word_is_found_in_either_number(served: Serve) -> None:
    client = served([numbered(0, keywords=["corticosteroids"]), numbered(1, keywords=["corticosteroid"])])
    assert len(client.ids(query__intr="corticosteroid")) == len(client.ids(query__intr="corticosteroids")) == 2


def test_a_phrase_never_spans_two_values(served: Serve) -> None:
    client = served([numbered(0, conditions=["Head", "Pain"])])
    assert (client.ids(query__cond='"head pain"'), len(client.ids(query__cond="head pain"))) == ([], 1)


@pytest.mark.parametrize(
    ("param", "query", "text"),
    [
        ("cond", "(onset", "Conditions or disease: no viable alternative at input '<EOF>'\nmissing ')' at '<EOF>'"),
        ("cond", "onset)", "Conditions or disease: extraneous input ')' expecting <EOF>"),
        ("term", "a [b]", "Other terms: mismatched input '['"),
        ("intr", '"open', "Intervention / treatment: token recognition error"),
        ("titles", "a OR", "Title / acronym: no viable alternative at input '<EOF>'"),
        ("intr", "()", "Intervention / treatment: no viable alternative at input ')'"),
        ("spons", "EXPANSION[None]x", "Sponsor / collaborator: no viable alternative"),
    ],
)
def test_query_syntax_errors(twenty: Client, param: str, query: str, text: str) -> None:
    assert twenty.refused(**{f"query__{param}": query}).startswith(f"Error parsing query in {text}")


def test_more_than_twelve_words_are_too_complicated(twenty: Client) -> None:
    twelve = " OR ".join(f'"w{at} x-{at}"' for at in range(4))  # each is three words; operators do not count
    assert twenty.ids(query__intr=twelve) == []
    text = "Error parsing query in Intervention / treatment: Too complicated query"
    assert twenty.refused(query__intr=f"{twelve} OR one") == text


def test_the_word_limit_is_a_setting(served: Serve) -> None:
    client = served([], word_limit=2)
    assert client.ids(query__cond="a b") == []
    assert "Too complicated" in client.refused(query__cond="a-b c")
