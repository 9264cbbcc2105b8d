"""Reading an address within limits: what is too long is said, and costs no more than looking at its length."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import pytest

from cache.codes import LANES, ROLES, SPONSOR_CLASSES, STATUSES, STUDY_TYPES, TIERS
from cache.filters.filter import Filter
from cache.filters.query import LONGEST_QUERY, MOST_PARAMETERS, TooLong, listed, parsed
from fetchers.errors import Validation
from tests.cache.filters.drawn import AGENTS, CONDITIONS, WATCHLIST

MANY = {f"key{number}": ["1"] for number in range(12_000)}
LONG = {"q": ["x" * (LONGEST_QUERY + 1)]}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (MANY, "The address holds 12,000 parameters; at most 500 are read."),
        ({"agent": ["ivig"] * 501}, "The address holds 501 parameters; at most 500 are read."),
        (LONG, "characters; at most 32,768 are read."),
    ],
)  # fmt: skip
def test_what_is_too_long_is_not_read_and_said(query: Mapping[str, Sequence[str]], said: str) -> None:
    written = urlencode(query, doseq=True)
    for given in (query, written, "https://host/trials?" + written):
        wanted, ignored = Filter.from_query(given, WATCHLIST)
        assert wanted == Filter()
        assert len(ignored) == 1
        assert said in ignored[0]
        assert ignored[0].endswith("All of it was ignored.")
    with pytest.raises(TooLong, match=said):
        listed(query)
    with pytest.raises(Validation, match=said):
        parsed(written)


def test_what_is_just_short_enough_is_read() -> None:
    assert Filter.from_query({"agent": ["ivig"] * MOST_PARAMETERS}, WATCHLIST) == (Filter(agents=("ivig",)), ())
    names = {"country": ["x" * (LONGEST_QUERY - len("country"))]}
    assert Filter.from_query(names, WATCHLIST) == (Filter(countries=(names["country"][0],)), ())


def test_everything_at_once_is_no_long_address() -> None:
    """All that the panel offers, with 250 countries of the longest name there is and 200 letters of the widest kind."""
    wanted = Filter(
        agents=tuple(AGENTS), tiers=TIERS, roles=ROLES, background=True, conditions=tuple(CONDITIONS), everywhere=True,
        phases=LANES, statuses=STATUSES, study_types=STUDY_TYPES, sponsor_classes=SPONSOR_CLASSES,
        countries=tuple(f"The United Kingdom of Great Britain and Northern {number}" for number in range(250)),
        year_from=1999, year_to=2020, results=False, text="\N{LATIN SMALL LETTER A}\N{SQUARED COOL}" * 100, frame=True,
        left=True,
    )  # fmt: skip
    assert Filter.from_query(urlencode(wanted.to_query(), doseq=True), WATCHLIST) == (wanted, ())


def test_a_machine_may_ask_with_an_empty_value() -> None:
    assert parsed("tier=&agent=ivig&agent=", blanks=True) == {"tier": [""], "agent": ["ivig", ""]}
    assert parsed("tier=&agent=ivig&agent=") == {"agent": ["ivig"]}


def test_of_several_values_where_one_is_meant_the_last_counts() -> None:
    given = {"from": ["1999", "2010"], "left": ["1", "0"], "results": ["no", "yes"], "q": ["low", "dose"]}
    assert Filter.from_query(given, WATCHLIST) == (Filter(year_from=2010, results=True, text="low dose"), ())


def test_what_is_ignored_is_said_once_and_in_one_order() -> None:
    """Keys nobody knows, then codes, ids, switches, years, in whatever order the address has them."""
    given = {"to": "x", "all": "x", "agent": ["x", "x"], "sponsor": "x", "results": "x", "tier": "x", "y": "", "x": "1"}
    _, ignored = Filter.from_query(given, WATCHLIST)
    words = (
        "called “y”",
        "called “x”",
        "Unknown tier",
        "Unknown sponsor class",
        "Unknown agent",
        "“all”",
        "“results”",
        "year",
    )
    assert len(ignored) == len(words)
    for sentence, word in zip(ignored, words, strict=True):
        assert word in sentence
