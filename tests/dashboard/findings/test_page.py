"""The page of findings, the section on an agent's page, and what both say when there is nothing to show."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cache.store.store import Store
from dashboard.shared import columns
from dashboard.shared.escape import letters
from tests.fake_registry.shorthand import experimental, phase
from tests.fake_registry.studies import make_study
from tests.rigs import results_sections
from tests.rigs.pages import ME, assert_clean, live_url, numbers, page, shown, table, tables, use
from tests.rigs.posted_results import put_results

BELOW, NONE_BELOW, FAILED, UNREAD, WITHOUT = (f"NCT0999000{number}" for number in range(1, 6))
GIVES = {**ME, **phase(2), **experimental("Methotrexate")}
REASON = "The registry answered 500 four times."


def studies() -> list[dict[str, Any]]:
    return [
        make_study(BELOW, **GIVES, enrollment=84, has_results=True, title="The *smaller* one"),
        make_study(
            NONE_BELOW,
            **GIVES,
            enrollment=300,
            has_results=True,
            title="The larger one",
            start="2019-03",
            references=[
                {"pmid": "39000001", "type": "RESULT", "citation": "A. Before. J. 2011;1:2. doi: 10.1000/early.1."},
                {"pmid": "39000003", "type": "DERIVED", "citation": "C. Found. J. 2023;3:4."},
                {"pmid": "39000002", "type": "RESULT", "citation": "B. Found. J. 2022;3:4. doi: 10.1000/result.2."},
            ],
        ),
        make_study(FAILED, **GIVES, has_results=True, title="Failed"),
        make_study(UNREAD, **GIVES, has_results=True, title="Unread"),
        make_study(WITHOUT, **GIVES, title="Without"),
    ]


def none_below() -> dict[str, Any]:
    first = results_sections.SECTION["outcomeMeasuresModule"]["outcomeMeasures"][0]
    one = {**first, "analyses": [{"groupIds": ["OG000", "OG001"], "pValue": "0.6"}]}
    return {"outcomeMeasuresModule": {"outcomeMeasures": [one]}}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    for url in live_url(tmp_path_factory.mktemp("findings"), studies()):
        store = Store.open(url)
        sections: dict[str, Any] = {BELOW: results_sections.SECTION, NONE_BELOW: none_below(), FAILED: REASON}
        put_results(store, sections)
        put_results(store, {**sections, BELOW: REASON})
        store.close()
        yield url


@pytest.fixture
def open_(filled: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    use(monkeypatch, filled)
    return page


def test_every_trial_with_results_is_listed_the_largest_first(open_: Callable[..., AppTest]) -> None:
    app = open_("findings")
    assert_clean(app)
    listed = table(app, "NCT id", "What its analyses report")
    assert list(listed["NCT id"]) == [f"trial?nct={id}#found" for id in (NONE_BELOW, BELOW)]
    first, second = listed.to_dict("records")
    assert first["People"] == 300
    assert first["What its analyses report"] == "1 of 1 analysis: p not below the level"
    assert "p = 0.6 is not below 0.05" in first["It rests on"]
    assert second["Reports"] == "A p below the level"
    assert second["Serious events"] == "Placebo: 3 of 41; Azathioprine: 0 of 0: nobody at risk"
    assert second["Primary outcome"].startswith("Change in *fatigue* · Remission")
    assert second["Record"] == f"https://clinicaltrials.gov/study/{BELOW}?tab=results"
    assert (
        "Of 5 trials, the posted results of 2 are read: 1 with a primary analysis whose p lies below the "
        "level, 1 whose primary analyses have a p value, none of it below the level. Of the others: 1 with posted "
        "results that have not been asked for yet, 1 with posted results that were asked for without success, 1 "
        "without posted results." in shown(app)
    )


def test_a_narrow_window_has_the_same_trials_as_cards(open_: Callable[..., AppTest]) -> None:
    app = open_("findings")
    cards = [one.value for one in app.main.markdown if "#found)" in one.value]
    assert [re.findall(r"\]\((trial\?nct=NCT\d{8}#found)\)", one) for one in cards] == [
        [address] for address in table(app, "NCT id", "What its analyses report")["NCT id"]
    ]
    larger, smaller = ("\n\n".join(letters(line) for line in one.split("\n\n")) for one in cards)
    assert "People: 300 · Methotrexate (tested)" in larger
    assert "What its analyses report: 1 of 1 analysis: p not below the level" in larger
    assert smaller.startswith("The *smaller* one")
    assert "Primary outcome: Change in *fatigue* · Remission" in smaller
    assert "Serious events: Placebo: 3 of 41; Azathioprine: 0 of 0: nobody at risk" in smaller


def test_every_number_opens_the_list_of_its_trials(open_: Callable[..., AppTest]) -> None:
    app = open_("findings")
    for first in ("What the analyses report", "Results"):
        for name, row in numbers(app, first).iterrows():
            query = row["Trials"].partition("?")[2]
            group = open_("findings", query)
            found = re.search(r"of ([\d,]+) trials?\. An NCT id", shown(group))
            assert (int(found[1]) if found else 0) == row["All"], name
            assert_clean(group)


def test_papers_open_by_pubmed_id_and_by_doi(open_: Callable[..., AppTest]) -> None:
    listed = table(open_("findings"), "NCT id", "What its analyses report").set_index("Title")
    # Published before the trial began, so it is no results paper; the one the registry found has no DOI.
    assert listed.loc["The larger one", "Papers"] == "https://pubmed.ncbi.nlm.nih.gov/?term=39000002,39000003"
    assert listed.loc["The larger one", "Paper by DOI"] == "https://doi.org/10.1000/result.2"
    assert listed["Papers"].isna().tolist() == listed["Paper by DOI"].isna().tolist() == [False, True]


def test_older_results_stay_and_the_reason_is_told(open_: Callable[..., AppTest]) -> None:
    listed = table(open_("findings"), "NCT id", "What its analyses report").set_index("Title")
    assert listed.loc["The *smaller* one", "Results"] == f"Results read, not anew: {REASON}"
    assert listed.loc["The *smaller* one", "Reports"] == "A p below the level"


def test_a_failure_is_told_with_its_reason_in_its_list(open_: Callable[..., AppTest]) -> None:
    listed = table(open_("findings", "show=state.failed"), "NCT id", "Results")
    assert listed["Results"].tolist() == [f"Results posted, asked for, and that failed: {REASON}"]


def test_a_list_that_does_not_exist_shows_the_whole_page(open_: Callable[..., AppTest]) -> None:
    app = open_("findings", "show=report.wonderful")
    assert "This page has no list" in shown(app)
    assert table(app, "NCT id", "What its analyses report") is not None


def test_filters_hold_here_as_everywhere(open_: Callable[..., AppTest]) -> None:
    app = open_("findings", "agent=ivig")
    assert "No trial is in this view, so there are no results to show." in shown(app)
    assert not [one for one in tables(app) if "What its analyses report" in one]


EMPTY = {
    WITHOUT: "1 trial has no results posted.",
    UNREAD: "1 trial has results posted that have not been asked for yet.",
    FAILED: "1 trial has results posted that were asked for without success.",
}


@pytest.mark.parametrize(("id", "said"), EMPTY.items(), ids=list(EMPTY))
def test_empty_says_which_kind_of_empty(open_: Callable[..., AppTest], id: str, said: str) -> None:
    assert f"No posted results to show here: {said}" in shown(open_("findings", f"ids={id}"))


def test_an_agents_page_has_the_same_trials(open_: Callable[..., AppTest]) -> None:
    app = open_("agents", "agent=methotrexate&show=findings")
    assert_clean(app)
    listed = table(app, "NCT id", "What its analyses report")
    assert list(listed["NCT id"]) == [f"trial?nct={id}#found" for id in (NONE_BELOW, BELOW)]


def test_a_trials_page_has_the_section_before_its_posting_facts(open_: Callable[..., AppTest]) -> None:
    app = open_("trial", nct=BELOW)
    assert_clean(app)
    heads = [one.value for one in app.main.header]
    assert heads.index("What was found") == heads.index("Results") - 1
    assert "Mean Difference (Net) -2.1 points (95 % CI -3.9 to -0.3), p = 0.02, as registered; method ANCOVA" in shown(
        app
    )
    assert "[What was found](#found)" in " ".join(one.value for one in app.main.markdown)
    assert "Results are posted in the registry." in shown(app)  # the record names no day
    without = open_("trial", nct=WITHOUT)
    assert "What was found" not in [one.value for one in without.main.header]
    assert "#found" not in " ".join(one.value for one in without.main.markdown)
    assert REASON in shown(open_("trial", nct=FAILED))


def test_the_list_in_an_agents_section_has_pages_that_stay_in_it(
    open_: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "ROWS", 1)
    kept: list[Any] = []
    monkeypatch.setattr(columns, "pages_bar", lambda part, key, own: kept.append((part.pages, own())))
    app = open_("agents", "agent=methotrexate&show=findings&page=2")
    assert list(table(app, "NCT id", "What its analyses report")["NCT id"]) == [f"trial?nct={BELOW}#found"]
    assert (2, {"show": ["findings"]}) in kept
