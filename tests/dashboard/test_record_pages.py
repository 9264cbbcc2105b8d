"""The pages on results, on ME/CFS trials and on time, over the starter snapshot and over a refreshed store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.mecfs import tables as mecfs_tables
from dashboard.results import tables as results_tables
from dashboard.shared import record_data
from tests.fake_registry import agent_studies
from tests.fake_registry.shorthand import dates, eligibility, experimental, phase
from tests.fake_registry.studies import make_study
from tests.rigs.pages import FDA, ME, frames, live_url, metrics, page, shown, use
from tests.rigs.refresh import url_of

PLATFORM, PART = "NCT08000001", "NCT08000002"


def studies() -> list[dict[str, Any]]:
    """The stand-in's records, and some that owe, are stale, belong together and name what they ask."""
    overdue = dates("2019-01-10", "2021-03", "2021-06", True)
    return [
        *agent_studies(),
        make_study(PLATFORM, **ME, **phase(2), **experimental("Intravenous Immunoglobulin"), **overdue, **FDA,
                   first_submit="2019-02-01", title="A platform of *immune* treatments"),
        make_study(PART, **ME, **phase(2), **experimental("Intravenous Immunoglobulin"), **FDA,
                   **dates("2020-02", "2024-01", "2024-02"), status="RECRUITING", verified="2021-05",
                   description=f"A sub-study of the platform {PLATFORM}.", first_submit="2020-02-20",
                   references=[{"pmid": "12345", "type": "RESULT", "citation": "A paper"}]),
        make_study("NCT08000003", **ME, **phase(1), **experimental("Methotrexate"), status="TERMINATED",
                   why_stopped="Slow *accrual*"),
        make_study("NCT08000005", **ME, **phase(2), **experimental("Methotrexate"), status="UNKNOWN",
                   path={"protocolSection.statusModule.lastKnownStatus": "RECRUITING"}),
        make_study("NCT08000004", **ME, **phase(2), **experimental("Rituximab"),
                   **eligibility(["Canadian Consensus Criteria", "Able to attend weekly visits"], ["Bedbound"])),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from live_url(tmp_path_factory.mktemp("records"), studies())


@pytest.fixture(params=["starter", "live"])
def store(request: pytest.FixtureRequest, refreshed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    return use(monkeypatch, refreshed if request.param == "live" else url_of(tmp_path))


@pytest.fixture
def live(refreshed: str, monkeypatch: pytest.MonkeyPatch) -> str:
    return use(monkeypatch, refreshed)


@pytest.mark.parametrize("name", ["results", "mecfs", "timeline"])
def test_every_page_opens_and_says_how_old_its_data_is(store: str, name: str) -> None:
    at = page(name, "all=1" if name != "mecfs" else "")
    assert at.title[0].value
    assert any("Registry data of" in one.value or "Starter snapshot of" in one.value for one in at.caption)
    assert "Not medical advice." in shown(at)
    assert frames(at)


@pytest.mark.parametrize("name", ["results", "mecfs"])
def test_every_number_opens_the_list_of_its_trials(live: str, name: str) -> None:
    at = page(name, "all=1" if name == "results" else "")
    rows = [row for table in frames(at) if "Trials" in table for row in table.to_dict("records")]
    linked = [(row["All"], row["Trials"]) for row in rows if row["All"]]
    cells = [cell.partition("#") for row in rows for cell in map(str, row.values()) if "#" in cell]
    linked += [(int(number), link) for link, _, number in cells if number != "0"]
    assert len(linked) > 10
    for number, link in dict.fromkeys(linked):
        path, _, query = link.partition("?")
        assert path == name
        listed = page(name, query)
        assert "is no list" not in shown(listed)
        (table,) = frames(listed)
        assert len(table) == number
        assert all(cell.startswith("trial?nct=NCT") for cell in table["NCT id"])


def test_states_of_results_add_up_to_the_trials_of_the_view(store: str) -> None:
    states = frames(page("results", "all=1"))[0]
    assert states["All"].iloc[:-1].sum() == states["All"].iloc[-1]
    inner = states[["Covered", "Probably covered", "Not covered", "Not known"]]
    assert (inner.map(lambda cell: int(cell.rpartition("#")[2])).sum(axis=1) == states["All"]).all()


def test_results_page_tells_what_is_overdue_stale_and_stopped(live: str) -> None:
    (overdue,) = frames(page("results", "all=1&show=state.overdue"))
    assert list(overdue["NCT id"]) == [f"trial?nct={PLATFORM}"]
    assert list(overdue["Due"]) == ["2022-03-31"]
    (paper,) = frames(page("results", "all=1&show=papers.paper_alone"))
    assert list(paper["Papers"]) == ["https://pubmed.ncbi.nlm.nih.gov/?term=12345"]
    (past,) = frames(page("results", "all=1&show=stale.past_completion"))
    assert f"trial?nct={PART}" in list(past["NCT id"])
    (unverified,) = frames(page("results", "all=1&show=stale.unverified"))
    assert list(unverified["NCT id"]) == [f"trial?nct={PART}"]
    (last,) = frames(page("results", "all=1&show=last.RECRUITING"))
    assert "trial?nct=NCT08000005" in list(last["NCT id"])
    assert "is no list" in shown(page("results", "all=1&show=last.WITHDRAWN"))
    (few,) = frames(page("results", "all=1&show=why.people"))
    assert "Slow *accrual*" in list(few["Why stopped, in the registry’s words"])
    (late,) = frames(page("results", "all=1&show=registered.retrospective"))
    assert list(late["NCT id"]) == [f"trial?nct={PLATFORM}"]


def test_a_view_without_unknown_statuses_has_no_list_of_them(live: str) -> None:
    assert "is no list" in shown(page("results", "all=1&status=completed&show=last.RECRUITING"))


def test_me_cfs_page_tells_shares_definitions_and_burden_with_quotes(live: str) -> None:
    at = page("mecfs")
    assert "sample" not in shown(at)
    assert "query.cond" in shown(at)
    (ccc,) = frames(page("mecfs", "show=definition.ccc"))
    assert "In: * Canadian Consensus Criteria" in list(ccc["In the registry’s words"])
    (mobility,) = frames(page("mecfs", "show=burden.mobility"))
    assert list(mobility["In the registry’s words"]) == ["Out: * Bedbound"]
    (instead,) = frames(page("mecfs", "show=name.rituximab"))
    assert "trial?nct=NCT08000004" in list(instead["NCT id"])
    rows = [row for table in frames(at) if "Case definition" in table for row in table.to_dict("records")]
    assert all("possibly" in row["Case definition"] for row in rows[:-2])


def test_me_cfs_page_counts_sites_and_never_takes_unknown_for_none(live: str) -> None:
    at = page("mecfs")
    (sites,) = [one for one in frames(at) if "Sites" in one.columns]
    assert list(sites["Sites"]) == list(mecfs_tables.SITES.values())
    assert sites["All"].sum() == len(record_data.me_cfs().trials)
    assert [mecfs_tables.sites_key(number) for number in (pd.NA, 0, 1, 2, 5, 6)] == [
        "unknown", "none", "one", "few", "few", "many",
    ]  # fmt: skip


def test_me_cfs_page_calls_a_sample_a_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, url_of(tmp_path))
    at = page("mecfs")
    assert "A sample: the registry has not been asked" in shown(at)
    assert "in the starter sample" in shown(at)


def test_a_list_that_does_not_exist_is_said_and_everything_is_shown(live: str) -> None:
    for name in ("results", "mecfs"):
        at = page(name, "show=state.nonsense")
        assert "is no list of this page" in shown(at)
        assert len(frames(at)) > 3


def test_timeline_links_platform_and_sub_study_and_counts_them_once(live: str) -> None:
    at = page("timeline", "agent=ivig&condition=me_cfs")
    bars, links = frames(at)
    assert {f"trial?nct={PLATFORM}", f"trial?nct={PART}"} <= set(bars["NCT id"])
    assert f"{len(bars) + 0} trials" in shown(at)
    assert "count once" in shown(at)
    (link,) = links.to_dict("records")
    assert (link["NCT id"], link["Names"]) == (f"trial?nct={PART}", f"trial?nct={PLATFORM}")
    assert link["In the registry’s words"] == f"A sub-study of the platform {PLATFORM}."


@pytest.mark.parametrize("name", ["overview", "agents"])
def test_numbers_say_how_many_there_are_when_a_platform_counts_once(live: str, name: str) -> None:
    at = page(name, "agent=ivig&condition=me_cfs")
    (link,) = [one.proto.label for one in at.get("page_link") if "count once" in one.proto.label]
    assert link == f"{int(metrics(at)['Trials']) - 1} trials when a platform and its sub-studies count once"
    none = page(name, "agent=methotrexate&condition=me_cfs")
    assert not [one for one in none.get("page_link") if "count once" in one.proto.label]


def test_timeline_turns_its_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, url_of(tmp_path))
    first, second = (frames(page("timeline", f"page={number}"))[0]["NCT id"] for number in (1, 2))
    assert len(first) == 40
    assert set(first).isdisjoint(second)


def test_papers_are_called_unknown_and_not_results() -> None:
    unknown = pd.Series(["unknown"] * 4)
    assert results_tables.papers_say(unknown) == (
        "Of no trial in this view both are known: whether results are posted, and which papers its record names."
    )
    some = pd.Series(["unknown", "neither", "found_alone", "posted_alone"])
    assert results_tables.papers_say(some) == (
        "Of 3 trials of which results and papers are both known, 1 have no results in the registry but a paper beside "
        "the record; 1 have neither."
    )


@pytest.mark.parametrize(
    ("statuses", "verified", "said"),
    [
        (["RECRUITING", "COMPLETED"], [None, None],
         "0 of 1 trial going on are past their completion date and still open; of none of them the date of "
         "verification is known; 0 of 2 have an unknown status."),
        (["RECRUITING", "COMPLETED"], ["2026-01", None],
         "0 of 1 trial going on are past their completion date and still open; 0 of 1 with a known date of "
         "verification were not verified for two years; 0 of 2 have an unknown status."),
        (["COMPLETED"], ["2026-01"], "No trial in this view is going on; 0 of 1 have an unknown status."),
    ],
)  # fmt: skip
def test_what_is_known_of_no_trial_is_not_zero_of_zero(
    statuses: list[str], verified: list[str | None], said: str
) -> None:
    facts = pd.DataFrame({"overall_status": statuses, "status_verified": verified})
    assert results_tables.stale_say(pd.DataFrame({"flag": []}, dtype="str"), facts) == said


def test_an_unknown_status_is_a_recorded_one() -> None:
    facts = pd.DataFrame({"overall_status": ["UNKNOWN", "TERMINATED", None]})
    stopped = pd.DataFrame({"classes": [["none_given"]]})
    assert results_tables.stopped_say(stopped, facts) == (
        "1 trial of 2 with a recorded status stopped or paused; for 1 no reason is known here."
    )


def test_results_are_counted_among_those_they_are_known_of() -> None:
    verdicts = pd.DataFrame({"coverage": ["unknown"] * 2, "state": ["unknown"] * 2})
    said = results_tables.results_say(verdicts, pd.DataFrame({"has_results": [None, None]}))
    assert said.startswith("Of no trial it is known whether results are posted; 0 are not covered;")
    said = results_tables.results_say(verdicts, pd.DataFrame({"has_results": [False, None]}))
    assert said.startswith("Results are posted for 0 of 1 trial of which it is known;")


def test_one_trial_names_and_two_name() -> None:
    tested = pd.DataFrame({"nct_id": ["NCT1", "NCT1"], "type": ["DRUG", "DRUG"], "key": ["a", "b"]})
    assert mecfs_tables.instead_say(tested).startswith("1 trial names 2 other interventions; the most frequent type is")
    tested["nct_id"] = ["NCT1", "NCT2"]
    assert mecfs_tables.instead_say(tested).startswith("2 trials name 2 other interventions;")
