"""The fault matrix: every fault of the stand-in at every step of a refresh.

Whatever happens, the old data stay as they were, the reason is stored and reported, the exit code is the contract's,
and the next refresh on a good day makes up for it. What came of every cell stands in a table at the end of the output.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cache.refresh.report import Report
from cache.store.schema import progress, refresh, scope, study
from cache.store.store import Store
from fetchers.registry.fields import FIELDS
from tests.fake_registry import FAULT_NAMES, Request, agent_studies, make_study
from tests.fake_registry.faults import can_show
from tests.rigs import fault_matrix as outcomes
from tests.rigs.refresh import AGENTS, Rig, held, is_first_page, is_later_page

TITLE = "protocolSection.identificationModule.briefTitle"
UPDATED = "protocolSection.statusModule.lastUpdatePostDateStruct.date"
ASKED = ("rintatolimod", "hyperbaric_oxygen")
# Long enough for a good answer on a busy machine, short enough to wait for bad ones.
TIMEOUT = 0.3
SILENT = ("stall", "slow-body")


def is_version(request: Request) -> bool:
    return request.path == "/version"


def is_sweep_page(request: Request) -> bool:
    return request.path == "/studies" and request.params["fields"] != FIELDS and "filter.ids" not in request.params


def is_by_ids(request: Request) -> bool:
    return "filter.ids" in request.params


def is_exists(request: Request) -> bool:
    return request.path.startswith("/studies/NCT")


# Pages of records belong to a refresh in full, sweep pages and the look-up of what they name to every other one.
Record = Callable[[str, object], None]
STEPS: dict[str, Callable[[Request], bool]] = {
    "version": is_version,
    "first page": is_first_page,
    "later page": is_later_page,
    "sweep page": is_sweep_page,
    "by ids": is_by_ids,
    "exists": is_exists,
}
IN_FULL = ("first page", "later page")
# fault -> what the reason must say; these can hit any request.
ON_THE_WIRE = {
    "429": "HTTP 429",
    "429-retry-after": "HTTP 429",
    "429-hour": "asks us to wait until",
    "503-odd-date": "HTTP 503",
    "403": "refused this machine",
    "500": "HTTP 500",
    "503": "HTTP 503",
    "html-200": "web page",
    "cut-body": "cut off",
    "cut-json": "breaks off",
    "stall": "no answer within",
    "slow-body": "incomplete after",
    "reset": "connection was reset",
}
# (fault, step) -> what the reason must say; these spoil the content of an answer.
IN_THE_ANSWER = {
    ("empty", "first page"): "suddenly empty",
    ("empty", "later page"): "announced",
    ("empty", "sweep page"): "suddenly empty",
    ("empty", "by ids"): "did not send them",
    ("endless", "first page"): "an answer without end",
    ("endless", "sweep page"): "an answer without end",
    ("endless", "by ids"): "an answer without end",
    ("short-total", "first page"): "announced",
    ("short-total", "sweep page"): "announced",
    ("short-total", "by ids"): "announced",
    ("no-total", "first page"): "did not say how many",
    ("no-total", "sweep page"): "did not say how many",
    ("no-total", "by ids"): "did not say how many",
    ("duplicate-page", "later page"): "announced",
    ("duplicate-page", "sweep page"): "announced",
    ("duplicate-page", "by ids"): "announced",
    ("reload-mid-paging", "later page"): "loaded new data",
    ("reload-mid-paging", "sweep page"): "loaded new data",
    ("reload-mid-paging", "by ids"): "loaded new data",
}
# Half of a 404 does not name the study any more, so it does not say that there is none.
CUT_404 = ("cut-json", "exists")
FAILING = [
    (fault, step, "HTTP 404" if (fault, step) == CUT_404 else words)
    for fault, words in ON_THE_WIRE.items()
    for step in STEPS
]
FAILING += [(fault, step, words) for (fault, step), words in IN_THE_ANSWER.items()]
# A refresh goes on without a time stamp, puts records aside that it cannot read, and does without leaves.
ASIDE = ("garbage-record", "garbage-record-no-id")
LEAVES = ("unreadable-leaf", "deep-record", "lone-surrogate")
HARMLESS = [("no-timestamp", "version"), *(("odd-headers", step) for step in STEPS)]
HARMLESS += [
    (fault, step) for fault in (*ASIDE, *LEAVES) for step in ("first page", "later page", "sweep page", "by ids")
]


def test_the_matrix_holds_every_fault_at_every_step_where_it_can_show(record_property: Record) -> None:
    assert tuple(STEPS) == outcomes.STEPS
    cells = {(fault, step) for fault, step, _ in FAILING} | set(HARMLESS)
    assert len(cells) == len(FAILING) + len(HARMLESS)
    assert {fault for fault, _ in cells} == set(FAULT_NAMES)
    requests = requests_of_a_day()
    for step, is_here in STEPS.items():
        here = [request for request in requests if is_here(request)]
        assert here
        for fault in FAULT_NAMES:
            if (fault, step) not in cells:
                record_property(outcomes.CELL, [fault, step, outcomes.CANNOT_SHOW])
            assert ((fault, step) in cells) is any(can_show(fault, request) for request in here), (fault, step)


def requests_of_a_day() -> list[Request]:
    """Every request of a whole refresh and of an ordinary one."""
    with Rig() as rig:
        rig.refresh(*ASKED)
        asked = list(rig.fake.requests)
        gone, *changed = held(rig, ASKED[0])
        rig.fake.remove(gone)
        for nct_id in changed:
            rig.fake.edit(nct_id, **{UPDATED: "2026-11-21"})
        rig.fake.reload()
        rig.refresh(*ASKED)
        return [*asked, *rig.fake.requests]


@pytest.fixture(scope="module")
def yesterday() -> tuple[bytes, list[dict[str, Any]]]:
    """A store with two agents, and the records they rest on."""
    with Rig() as made:
        assert made.refresh(*ASKED).exit_code == 0
        ids = {nct_id for agent in ASKED for nct_id in held(made, agent)}
        return made.store_bytes(), [one for one in agent_studies() if _id_of(one) in ids]


def _id_of(record: dict[str, Any]) -> str:
    return str(record["protocolSection"]["identificationModule"]["nctId"])


@pytest.fixture(scope="module")
def memory() -> Iterator[Store]:
    """One database for all cells, filled anew for each: its statements are compiled once."""
    store = Store.in_memory()
    yield store
    store.close()


@pytest.fixture
def rig(yesterday: tuple[bytes, list[dict[str, Any]]], memory: Store) -> Iterator[Rig]:
    """Yesterday's store, and a registry where since then records were edited, added and removed for both agents."""
    content, studies = yesterday
    with Rig(studies, store=memory) as made:
        made.load_store(content)
        for number, (agent, drug) in enumerate(zip(ASKED, ("Rintatolimod", "Hyperbaric oxygen"), strict=True)):
            changed, gone, *_ = held(made, agent)
            made.fake.edit(changed, **{TITLE: f"New title {number}", UPDATED: "2026-11-21"})
            made.fake.remove(gone)
            drugs = [{"type": "DRUG", "name": drug}]
            made.fake.put(make_study(f"NCT7777777{number}", title=f"New trial {number}", interventions=drugs))
            made.fake.put(make_study(f"NCT7777778{number}", title=f"New trial {number}", interventions=drugs))
        made.fake.reload()
        yield made


def assert_failed_and_kept(rig: Rig, report: Report, before: dict[str, Any], words: str) -> None:
    assert report.exit_code == 3
    assert rig.data() == before
    stored = {row["scope"]: row["error"] for row in rig.rows(scope)}
    shown = {row["scope"]: row["error"] for row in rig.rows(progress) if row["refresh_id"] == 2}
    assert set(report.agents) == set(ASKED)
    for agent, result in report.agents.items():
        assert result.status == "failed"
        assert words in str(result.error)
        assert result.studies == len(held(rig, agent)) > 0
        assert stored[agent] == shown[agent] == result.error
    row = rig.rows(refresh)[-1]
    assert (row["state"], row["outcome"], row["exit_code"]) == ("ended", "failed", 3)


def assert_made_up_for(rig: Rig) -> None:
    report = rig.refresh(*ASKED)
    assert report.exit_code == 0
    titles = {row["nct_id"]: row["title"] for row in rig.rows(study)}
    for number, agent in enumerate(ASKED):
        result = report.agents[agent]
        assert (result.status, result.new, result.changed, result.left) == ("fresh", 2, 1, 1)
        assert titles[held(rig, agent)[0]] == f"New title {number}"
    assert sum(row["left_registry"] is not None for row in rig.rows(study)) == 2
    assert [row["error"] for row in rig.rows(scope)] == [None, None]


@pytest.mark.parametrize(("fault", "step", "words"), FAILING, ids=[f"{fault} at {step}" for fault, step, _ in FAILING])
def test_lasting_fault(rig: Rig, record_property: Record, fault: str, step: str, words: str) -> None:
    record_property(outcomes.CELL, [fault, step, "FAILED"])
    before = rig.data()
    rig.fake.fault(fault, when=STEPS[step])
    # To wait for silence once is enough here; that everything is tried again is shown below.
    report = rig.refresh(*ASKED, full=step in IN_FULL, timeout=TIMEOUT, attempts=1 if fault in SILENT else 2)
    assert_failed_and_kept(rig, report, before, words)
    rig.fake.clear_faults()
    assert_made_up_for(rig)
    record_property(outcomes.CELL, [fault, step, f"exit {report.exit_code}, kept"])


# Every kind of passing fault once, and one of each family (status, body, silence) at every step.
PASSING = [(fault, step) for fault in ("503", "cut-body") for step in STEPS]
PASSING += [(fault, "later page") for fault in ("429", "429-retry-after", "500", "html-200", "cut-json", "reset")]
PASSING += [("stall", step) for step in ("version", "sweep page", "exists")]


@pytest.mark.parametrize(("fault", "step"), PASSING)
def test_fault_that_passes_after_two_calls(rig: Rig, fault: str, step: str) -> None:
    rig.fake.fault(fault, when=STEPS[step], times=2)
    assert_made_up_for_in_spite(rig, step)


@pytest.mark.parametrize(("fault", "step"), [cell for cell in IN_THE_ANSWER if cell[0] != "empty"])
def test_spoiled_answer_that_passes_after_two_calls(rig: Rig, fault: str, step: str) -> None:
    rig.fake.fault(fault, when=STEPS[step], times=2)
    assert_made_up_for_in_spite(rig, step)


def assert_made_up_for_in_spite(rig: Rig, step: str) -> None:
    report = rig.refresh(*ASKED, full=step in IN_FULL, timeout=TIMEOUT)
    assert report.exit_code == 0
    assert {agent: result[2:5] for agent, result in report.agents.items()} == dict.fromkeys(ASKED, (2, 1, 1))


@pytest.mark.parametrize(("fault", "step"), HARMLESS)
def test_fault_that_a_refresh_lives_with(rig: Rig, record_property: Record, fault: str, step: str) -> None:
    record_property(outcomes.CELL, [fault, step, "FAILED"])
    before = {agent: set(held(rig, agent)) & set(rig.fake.studies) for agent in ASKED}
    rig.fake.fault(fault, when=STEPS[step])
    report = rig.refresh(*ASKED, full=step in IN_FULL)
    # A sweep only looks for what has changed: of a leaf it does not look at, nothing is lost.
    told = fault in ASIDE or (fault in LEAVES and step != "sweep page")
    assert report.exit_code == (1 if told else 0)
    assert (report.registry_timestamp is None) is (fault == "no-timestamp")
    for agent, result in report.agents.items():
        assert before[agent] <= set(held(rig, agent)), "an unreadable record was taken for one that left"
        assert (result.set_aside > 0) is (fault in ASIDE)
        assert ("could not be read" in str(result.error) or "could be read only in part" in str(result.error)) is told
    what = "set aside" if fault in ASIDE else "leaf lost" if told else "fresh"
    record_property(outcomes.CELL, [fault, step, f"exit {report.exit_code}, {what}"])


# -- a registry that is down is noticed once --------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["stall", "503", "reset", "429"])
def test_dead_registry_is_asked_for_its_version_only(rig: Rig, fault: str) -> None:
    rig.fake.fault(fault)
    report = rig.refresh(timeout=TIMEOUT)
    assert report.exit_code == 3
    assert set(rig.paths()) == {"/version"}
    assert report.requests == len(rig.fake.requests) == 4
    assert {result.error for result in report.agents.values()} == {report.error}
    assert set(report.agents) == set(AGENTS)
    assert {row["error"] for row in rig.rows(scope) if row["scope"] in AGENTS} == {report.error}


@pytest.mark.parametrize("fault", ["stall", "500"])
def test_registry_that_only_tells_its_version_is_given_up_after_two_scopes(rig: Rig, fault: str) -> None:
    rig.fake.fault(fault, path="/studies")
    report = rig.refresh(timeout=TIMEOUT)
    assert report.exit_code == 3
    assert len(rig.fake.requests) == 1 + 4 + 1 + 1  # version, a scope; is it there?, and does it answer the next one?
    assert len({result.error for result in report.agents.values()}) == 1


def test_registry_that_dies_in_mid_run_is_noticed_with_one_probe(rig: Rig) -> None:
    rig.fake.fault("503", after=1)
    report = rig.refresh(timeout=TIMEOUT)
    assert report.exit_code == 3
    assert len(rig.fake.requests) == 1 + 4 + 1
    assert report.requests == 6


def test_refused_machine_asks_no_more(rig: Rig) -> None:
    rig.fake.fault("403", after=1)
    report = rig.refresh(timeout=TIMEOUT)
    assert report.exit_code == 3
    assert len(rig.fake.requests) == 2
    assert "refused this machine" in str(report.error)
    assert {result.error for result in report.agents.values()} == {report.error}


def test_registry_that_dies_after_some_agents_leaves_those_fresh(rig: Rig) -> None:
    rig.fake.fault("503", when=lambda request: "immunoglobulin" in str(request.params).lower())
    report = rig.refresh("sizofiran", "rintatolimod", "ivig", timeout=TIMEOUT)
    assert report.exit_code == 1
    assert {name: result.status for name, result in report.agents.items()} == {
        "sizofiran": "fresh", "rintatolimod": "fresh", "ivig": "failed",
    }  # fmt: skip


def test_question_the_registry_rejects_is_shown_in_its_words_and_costs_one_scope() -> None:
    with Rig(word_limit=5) as rig:
        report = rig.refresh("sizofiran", "ivig")
        assert report.exit_code == 1
        assert report.agents["sizofiran"].status == "fresh"
        assert "Too complicated query" in str(report.agents["ivig"].error)
