"""The static site of a view: whole, linked, safe, with the numbers of the app."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from cache.filters.filter import Filter
from dashboard import __main__ as command
from dashboard import catalogue
from dashboard.publish import elements, site
from dashboard.publish.links import Links
from dashboard.shared import kept
from fetchers.errors import LocalTrouble
from tests.fake_registry.shorthand import experimental, phase
from tests.fake_registry.studies import make_study
from tests.rigs.html_pages import HtmlPage, shown_cell
from tests.rigs.pages import WATCHLIST, exported, live_url, page, use
from tests.rigs.pages import elements as all_of

WITH_LISTS = "condition=me_cfs&agent=rintatolimod"
VIEWS = ("all=1&phase=phase2&status=completed", WITH_LISTS)
pytestmark = pytest.mark.slow
OUTSIDE = (
    "https://clinicaltrials.gov/",
    "https://pubmed.ncbi.nlm.nih.gov/",
    "https://doi.org/",
    "https://www.geonames.org/",
    "https://creativecommons.org/licenses/by/4.0/",
)
ATTACK = '<script>alert("x")</script><img src=x onerror=alert(1)>[a](javascript:alert(1)) **b**'
Pages = dict[str, HtmlPage]


def written(query: str) -> Pages:
    wanted, ignored = Filter.from_query(query, WATCHLIST)
    assert not ignored
    found = {file.name: file.content for file in site.files(wanted, "A charity", lists=query == WITH_LISTS)}
    return {name: HtmlPage(content.decode()) for name, content in found.items() if name.endswith(".html")}


@pytest.fixture(scope="module", params=VIEWS)
def shown(request: pytest.FixtureRequest, live_store: str) -> Iterator[tuple[str, str, Pages]]:
    with pytest.MonkeyPatch.context() as patch:
        use(patch, live_store)
        patch.setenv("TRIALS_REFRESH", "nobody")
        yield live_store, request.param, written(request.param)


def test_every_page_of_the_view_and_every_trial_has_its_file(shown: tuple[str, str, Pages]) -> None:
    url, query, pages = shown
    names = {"index" if entry.id == "overview" else entry.id for entry in catalogue.PAGES if entry.shown}
    trials = {f"trial-{row['nct_id']}" for row in exported(url, query)}
    agents = set() if "agent=" in query else {f"agents-{agent.id}" for agent in WATCHLIST.agents}
    assert {f"{name}.html" for name in names | trials | agents} <= set(pages)
    assert {name for name in pages if name.startswith("trial-")} == {f"{name}.html" for name in trials}


def test_every_link_leads_to_a_file_an_anchor_or_a_known_source(shown: tuple[str, str, Pages]) -> None:
    _, _, pages = shown
    for name, one in pages.items():
        assert one.hrefs, name
        for link in one.hrefs:
            if link.startswith("https://"):
                assert link.startswith(OUTSIDE), (name, link)
                continue
            file, _, anchor = link.partition("#")
            target = pages[file or name]
            assert not anchor or anchor == "main" or anchor in target.ids, (name, link)


def test_nothing_is_loaded_from_elsewhere_and_no_page_has_a_script_of_its_own(shown: tuple[str, str, Pages]) -> None:
    for name, one in shown[2].items():
        assert set(one.loaded) <= {"site.css", "site.js", "plotly.min.js"}, name
        assert one.handlers == []


def test_what_takes_a_running_dashboard_is_left_out(shown: tuple[str, str, Pages]) -> None:
    for name, one in shown[2].items():
        for words in ("Follow this view", "python -m cache digest", "Open near you", "my list", "Save chart as"):
            assert words not in one.text, (name, words)
        assert {"button", "input", "select", "textarea"} & set(one.tags) == set(), name


def test_every_page_says_how_old_its_data_is_and_once_that_it_is_no_advice(shown: tuple[str, str, Pages]) -> None:
    for name, one in shown[2].items():
        assert "Registry data of 20 November 2026" in one.text, name
        assert re.search(r"Source: ClinicalTrials\.gov ?, U\.S\. National Library of Medicine", one.text), name
        # The page on the data says it in a section of its own as well.
        assert one.text.count("Not medical advice.") == (2 if name == "about.html" else 1), name


@pytest.mark.parametrize("name", ["overview", "claims", "gaps", "map", "mecfs", "findings", "results", "trials"])
def test_the_tables_hold_the_numbers_of_the_app(shown: tuple[str, str, Pages], name: str) -> None:
    _, query, pages = shown
    published = pages["index.html" if name == "overview" else f"{name}.html"]
    compared = 0
    for grid in all_of(page(name, query).main, "dataframe"):
        config = json.loads(grid.proto.columns or "{}")
        how = {head: (config.get(head) or {}).get("type_config") or {} for head in map(str, grid.value.columns)}
        lines = [
            [shown_cell(cell, how[head], grid.proto.placeholder) for head, cell in row.items()]
            for row in grid.value.to_dict("records")
        ]
        assert without_clicks(lines) in [without_clicks(found[1:]) for _, found in published.tables], grid.proto.alt
        compared += 1
    assert compared


def without_clicks(lines: Sequence[Sequence[str]]) -> list[list[str]]:
    """A link in words is left out where its list is not published."""
    return [["" if cell.startswith("Show ") else cell for cell in line] for line in lines]


def test_the_charts_hold_the_numbers_of_the_app(shown: tuple[str, str, Pages]) -> None:
    _, query, pages = shown
    charts = [json.loads(chart.proto.spec) for chart in all_of(page("overview", query).main, "plotly_chart")]
    written_ones = [json.loads(one) for one in pages["index.html"].charts]
    assert len(charts) == len(written_ones) > 1
    for ours, theirs in zip(charts, written_ones, strict=True):
        assert [(one.get("x"), one.get("y"), one.get("z")) for one in ours["data"]] == [
            (one.get("x"), one.get("y"), one.get("z")) for one in theirs["data"]
        ]


def test_a_number_leads_to_the_list_of_exactly_its_trials(shown: tuple[str, str, Pages]) -> None:
    url, query, pages = shown
    lists = {name: one for name, one in pages.items() if name.startswith("list-")}
    assert bool(lists) is (query == WITH_LISTS)
    narrower = f"{query}&status=completed"
    rows = exported(url, narrower)
    if lists and rows:
        found = [link for link in pages["index.html"].hrefs if link in lists]
        link = next(link for link in found if ", completed." in lists[link].text)
        listed = [line[0] for line in pages[link].table("Trials of this list")[1:]]
        assert listed == sorted((row["nct_id"] for row in rows), reverse=True)


def test_the_headline_is_that_of_the_app(shown: tuple[str, str, Pages]) -> None:
    _, query, pages = shown
    title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", page("overview", query).title[0].value)
    assert title in re.sub(r" ([.,:])", r"\1", pages["index.html"].text)


def test_a_record_that_attacks_is_shown_letter_by_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = make_study(
        "NCT08000001", title=ATTACK, **phase(2), **experimental("Intravenous Immunoglobulin"), sponsor=ATTACK,
        conditions=["Chronic Fatigue Syndrome", ATTACK], condition_mesh=["Fatigue Syndrome, Chronic"],
        primary_outcomes=[{"measure": ATTACK, "timeFrame": ATTACK}],
        references=[{"pmid": "12345", "type": "RESULT", "citation": ATTACK}],
    )  # fmt: skip
    (url,) = live_url(tmp_path, [hostile])
    use(monkeypatch, url)
    monkeypatch.setenv("TRIALS_REFRESH", "nobody")
    pages = written("condition=me_cfs&agent=ivig")
    assert ATTACK in pages["trial-NCT08000001.html"].text
    for name, one in pages.items():
        assert "img" not in one.tags, name
        assert one.handlers == [], name
        assert [link for link in one.hrefs if link.startswith("javascript")] == [], name
        assert one.tags.count("script") == len(one.charts) + (2 if one.charts else 0), name


def test_a_change_of_the_store_meanwhile_is_told(live: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = iter([("a", 1), ("a", 2)])
    monkeypatch.setattr(kept, "identity", lambda: next(found))
    monkeypatch.setattr(site, "_pages", lambda *_: iter(()))
    with pytest.raises(LocalTrouble, match="changed"):
        list(site.files(Filter(), "x"))


def test_an_element_that_nobody_thought_of_stops_the_writing() -> None:
    class Node:
        type = "hologram"

    with pytest.raises(LocalTrouble, match="hologram"):
        elements.Writer(Links((), ())).node(Node())


def test_the_command_writes_the_folder_and_refuses_what_it_does_not_know(
    live: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIALS_REFRESH", "everyone")
    out = tmp_path / "site"
    options = ["publish", "--out", str(out), "--title", "Ours & theirs", "--no-lists"]
    assert command.main([*options, "--query", "?condition=me_cfs&agent=sizofiran"]) == 0
    assert f"files written to {out}." in capsys.readouterr().err
    assert "Ours &amp; theirs" in (out / "index.html").read_text(encoding="utf-8")
    assert command.main(["publish", "--out", str(out), "--query", "agent=nobody"]) == 2
    assert (out / "index.html").exists()
    assert os.environ["TRIALS_REFRESH"] == "everyone"
