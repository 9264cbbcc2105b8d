"""The headline: grammatical for none, one and many, and every number in it as long as the list it opens."""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from cache.filters.counts import AgentCover, KeyFigures
from cache.filters.filter import Filter
from dashboard.overview import headline
from tests.dashboard.conftest import failed
from tests.rigs.pages import WATCHLIST, exported

Open = Callable[..., AppTest]
AGENTS = [agent.id for agent in WATCHLIST.agents]
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


def said(
    found: int,
    none: int,
    waiting: int = 0,
    *,
    trials: int = 12,
    recruiting: int = 1,
    posted: int = 2,
    live: bool = True,
) -> str:
    """The headline without its links' addresses."""
    ids = AGENTS[: found + none + waiting]
    cover = AgentCover(tuple(ids[:found]), tuple(ids[found : found + none]), tuple(ids[found + none :]))
    figures = KeyFigures(trials, trials, recruiting, 0, trials, posted, 0, 0, trials)
    written = headline.headline(
        cover, figures, Filter(conditions=("me_cfs",)), ["ME/CFS"], to_trials=lambda wanted: "trials", gaps="gaps",
        who="recommended agents", live=live,
    )  # fmt: skip
    return LINK.sub(r"\1", written)


def test_some_agents_have_trials_and_some_have_none() -> None:
    assert said(4, 5) == (
        "ClinicalTrials.gov lists no trial in ME/CFS for 5 of the 9 recommended agents. For the other 4 it lists "
        "12 trials: 1 recruiting and 2 with posted results."
    )


def test_one_trial_of_one_agent_with_nothing_posted() -> None:
    assert said(1, 8, trials=1, recruiting=0, posted=0) == (
        "ClinicalTrials.gov lists no trial in ME/CFS for 8 of the 9 recommended agents. For the other one it lists "
        "1 trial: none recruiting and none with posted results."
    )


def test_all_and_none() -> None:
    assert said(9, 0) == (
        "ClinicalTrials.gov lists 12 trials in ME/CFS for all 9 recommended agents: 1 recruiting and 2 with posted "
        "results."
    )
    assert said(0, 9, trials=0) == "ClinicalTrials.gov lists no trial in ME/CFS for any of the 9 recommended agents."


def test_an_agent_nobody_asked_for_is_not_one_without_trials() -> None:
    assert said(4, 4, 1) == (
        "ClinicalTrials.gov lists no trial in ME/CFS for 4 of the 9 recommended agents. For 4 others it lists "
        "12 trials: 1 recruiting and 2 with posted results. 1 agent is not asked for yet."
    )
    assert "for 7 of the 9 recommended agents" in said(0, 7, 2, trials=0)
    assert said(0, 7, 2, trials=0).endswith("2 agents are not asked for yet.")
    assert "12 trials in ME/CFS for 7 of the 9 recommended agents" in said(7, 0, 2)


@pytest.mark.parametrize("found", range(10))
def test_a_sample_says_that_it_is_one_and_never_that_there_is_none(found: int) -> None:
    sentence = said(found, 0, 9 - found, live=False)
    assert sentence.startswith("This sample holds ")
    assert "ClinicalTrials.gov lists" not in sentence


def test_trials_of_agents_nobody_asked_for_are_a_sample() -> None:
    ids = AGENTS[:9]
    cover = AgentCover(tuple(ids[:4]), tuple(ids[4:8]), (ids[8],))
    written = headline.headline(
        cover, KeyFigures(6, 6, 1, 0, 6, 0, 0, 0, 6), Filter(conditions=("me_cfs",)), ["ME/CFS"],
        to_trials=lambda wanted: "trials", gaps="gaps", who="recommended agents", live=True, sampled=3,
    )  # fmt: skip
    assert written.endswith("3 agents are not asked for yet; of their trials only a sample is counted.")


def numbers_of(app: AppTest) -> dict[str, str]:
    return {address: words for words, address in LINK.findall(app.title[0].value)}


@pytest.fixture(params=["starter", "live", "own_live"], ids=["starter", "live", "one_agent_failed"])
def url(request: pytest.FixtureRequest) -> str:
    """A store in each of the states that a headline tells apart."""
    url: str = request.getfixturevalue(request.param)
    if request.param == "own_live":
        failed(url)
    return url


@pytest.mark.parametrize("query", ["", "background=1"])
def test_every_number_of_the_headline_is_as_long_as_its_list(opened: Open, url: str, query: str) -> None:
    found = numbers_of(opened(url, "overview", query))
    lists = {address: words for address, words in found.items() if address.startswith("trials?")}
    assert lists
    for address, words in lists.items():
        number = re.match(r"[\d,]+", words)
        assert number, words
        assert len(exported(url, address.partition("?")[2])) == int(number[0].replace(",", "")), address


STATUS_SAYS: dict[str, set[str | None]] = {
    "open or about to open": {"NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION"},
    "running but closed to new people": {"ACTIVE_NOT_RECRUITING"},
    "finished": {"COMPLETED"},
    "stopped or paused": {"SUSPENDED", "TERMINATED", "WITHDRAWN"},
    "with an unverified or unknown status": {"UNKNOWN", "WITHHELD", None},
}


@pytest.mark.parametrize("query", ["", "all=1"])
def test_the_sentences_below_the_charts_count_what_the_export_holds(opened: Open, url: str, query: str) -> None:
    rows = exported(url, query)
    told = [one.value for one in opened(url, "overview", query).markdown]
    (phases,) = (text for text in told if "By status: " in text)
    lanes = Counter(row["lane"] for row in rows)
    found = re.match(r"Of ([\d,]+) trials?(?: in the sample)?, .* (?:has|have) the most \(([\d,]+)(?: each)?\)", phases)
    assert found, phases
    assert (_number(found[1]), _number(found[2])) == (len(rows), max(lanes.values()))
    statuses = Counter(row["overall_status"] for row in rows)
    groups = {says: sum(statuses[status] for status in known) for says, known in STATUS_SAYS.items()}
    said = {says: _number(n) for n, says in re.findall(rf"([\d,]+) ({'|'.join(STATUS_SAYS)})", phases)}
    assert said == {says: n for says, n in groups.items() if n}
    (agents,) = (text for text in told if text.startswith(("The agent with the most", "The agents with the most")))
    most = re.search(r"\(([\d,]+)(?: each)?\)", agents)
    assert most, agents
    lists = (exported(url, "&".join(filter(None, (query, f"agent={agent.id}")))) for agent in WATCHLIST.agents)
    assert _number(most[1]) == max(map(len, lists))


def _number(written: str) -> int:
    return int(written.replace(",", ""))
