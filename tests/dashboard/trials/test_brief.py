"""The brief of a view: the numbers of the list, its trials, its sentence and source; registry text as text."""

import re
from datetime import UTC, datetime

import pytest

from cache.export import trials as export
from cache.filters.filter import Filter
from dashboard.shared import data
from dashboard.shared.files import brief
from dashboard.trials import brief as trials_brief
from tests.rigs.pages import WATCHLIST, exported

NOW = datetime(2026, 11, 27, tzinfo=UTC)
NAMES = {agent.id: agent.name for agent in WATCHLIST.agents}
LINK = "https://example.org/trials?all=1"


def made(wanted: Filter) -> brief.Brief:
    return trials_brief.of_view(data.selection(wanted), wanted.sentence(WATCHLIST), data.freshness(), LINK, NAMES, NOW)


@pytest.mark.parametrize("query", ["all=1", "", "agent=ivig&all=1"])
def test_a_brief_holds_the_numbers_and_the_trials_of_the_list(live: str, query: str) -> None:
    wanted, _ = Filter.from_query(query, WATCHLIST)
    rows, shown = exported(live, query), made(wanted)
    assert shown.title.startswith(f"{len(rows)} trial")
    sections = {one.title: one.lines for one in shown.sections}
    for title in ("By status", "By phase"):
        assert sum(int(line.text.replace(",", "")) for line in sections[title]) == len(rows)
    listed = [line.label for line in sections["Trials, newest registrations first"] if line.label != "More"]
    assert listed == sorted((row["nct_id"] for row in rows), reverse=True)[: trials_brief.MANY]
    assert shown.short == wanted.sentence(WATCHLIST)
    for text in (brief.page(shown), brief.markdown(shown)):
        assert LINK in text.replace("&amp;", "&")
        assert "Source: ClinicalTrials.gov" in text
        assert text.count("Not medical advice") == 1


def test_a_brief_of_the_starter_says_that_it_is_a_sample(starter: str) -> None:
    shown = made(Filter(everywhere=True))
    assert "in the starter sample" in shown.title
    assert all("a sample, not a count" in one.source for one in shown.sections)


def test_more_trials_than_fit_are_counted(live: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials_brief, "MANY", 2)
    total = len(exported(live, "all=1"))
    assert made(Filter(everywhere=True)).sections[-1].lines[-1].text.startswith(f"{total - 2} more trials")


@pytest.mark.parametrize("fmt", ["ris", "bib", "md"])
def test_what_is_cited_is_the_list(live: str, fmt: str) -> None:
    wanted = Filter(everywhere=True)
    rows = data.selection(wanted).trials
    facts = export.about(data.freshness(), wanted.sentence(WATCHLIST))
    text = export.to_bytes(rows, data.matches(), fmt, facts, {}).decode()
    found = re.findall(r"^(?:ID  - |@misc\{|\| \[)(NCT\d{8})", text, re.MULTILINE)
    assert found == list(rows["nct_id"])
