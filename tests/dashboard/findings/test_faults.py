"""Whatever befalls the answers of the registry: earlier findings stay on the page, with the reason why they are not the
newest, and ``python -m cache status`` tells the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cache.cli.inspect import status_of, status_text
from cache.read.results import WITHDRAWN
from cache.refresh import results as step
from cache.refresh.results import NONE_GIVEN, Budget, Reading
from dashboard.shared.escape import letters
from tests.fake_registry import Request, make_study
from tests.fake_registry.results import results_section
from tests.rigs.pages import WATCHLIST, page, shown, table, tables, use
from tests.rigs.refresh import Rig, url_of

IDS = FIRST, SECOND, THIRD = ("NCT72000001", "NCT72000002", "NCT72000003")
GIVES = {
    "conditions": ["Lupus Erythematosus, Systemic"], "interventions": [{"type": "DRUG", "name": "Azathioprine"}],
    "has_results": True, "condition_mesh": ["Lupus Erythematosus, Systemic"],
}  # fmt: skip
UPDATED = "protocolSection.statusModule.lastUpdatePostDateStruct.date"
SECTION = "resultsSection"
READING = Reading("documents")


def is_results(request: Request) -> bool:
    return "FlowGroupId" in request.params.get("fields", "")


def huge() -> dict[str, Any]:
    section = results_section()
    noise = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(200_000))
    section["outcomeMeasuresModule"]["outcomeMeasures"][0]["description"] = noise
    return section


class Fault(NamedTuple):
    """What befalls the registry; ``reading``: the budget of the refresh after it; ``said``: of ``SECOND`` on its page,
    ``told``: by the status."""

    strike: Callable[[Rig], None]
    said: str
    told: str
    reading: Reading = READING


def answers(name: str) -> Callable[[Rig], None]:
    return lambda rig: rig.fake.fault(name, when=is_results)


def edits(nct_id: str, **fields: Any) -> Callable[[Rig], None]:
    return lambda rig: rig.fake.edit(nct_id, **fields)


UPDATED_SINCE = "The record was updated on 21 November 2026; its results have not been read again since."
FAULTS = {
    "cut": Fault(answers("cut-json"), "the answer breaks off or is not JSON", "the answer breaks off or is not JSON"),
    "stalled": Fault(answers("stall"), "no answer within 0.3 s", "no answer within 0.3 s"),
    "huge": Fault(
        edits(FIRST, **{SECTION: huge()}), UPDATED_SINCE, "2 trials left for the next refresh",
        READING._replace(total=Budget(100, 100_000)),
    ),
    "garbage": Fault(edits(SECOND, **{SECTION: "garbage"}), "cannot be read", "1 could not be read"),
    "withdrawn": Fault(edits(SECOND, **{SECTION: None, "hasResults": False}), WITHDRAWN, WITHDRAWN),
    "announced only": Fault(edits(SECOND, **{SECTION: None}), NONE_GIVEN, NONE_GIVEN),
    "budget": Fault(
        lambda rig: None, UPDATED_SINCE, "2 trials left for the next refresh", READING._replace(total=Budget(1, 10**9))
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_earlier_findings_stay_with_the_reason(fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "BATCH", 1)
    use(monkeypatch, url_of(tmp_path))
    with Rig([make_study(nct_id, **GIVES) for nct_id in IDS], page_cap=1000, url=url_of(tmp_path)) as rig:
        assert rig.refresh(results=READING).exit_code == 0
        for nct_id in IDS:
            rig.fake.edit(nct_id, **{UPDATED: "2026-11-21"})
        fault.strike(rig)
        rig.fake.reload()
        report = rig.refresh(results=fault.reading, timeout=0.3, attempts=1)
        assert {one.status for one in report.agents.values()} <= {"fresh", "unchanged"}
        status = status_text(status_of(rig.store, WATCHLIST))
    assert fault.told in status
    trial = page("trial", nct=SECOND)
    assert fault.said in shown(trial)
    assert "4.2 (1.1)" in _cells(trial)
    findings = page("findings")
    listed = table(findings, "NCT id", "What its analyses report").set_index("NCT id")
    row = listed.loc[f"trial?nct={SECOND}#found"]
    assert row["What its analyses report"] == "1 of 1 analysis: p below the level"
    assert fault.said in row["Results"] or "left for the next refresh" in shown(findings)
    assert fault.told in "\n".join([shown(page("about")), *_cells(page("about"))])


def _cells(app: Any) -> list[str]:
    return [letters(str(cell)) for one in tables(app) for cell in one.to_numpy().ravel()]


def test_a_result_that_changed_is_shown_with_what_stood_there_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, url_of(tmp_path))
    with Rig([make_study(nct_id, **GIVES) for nct_id in IDS], page_cap=1000, url=url_of(tmp_path)) as rig:
        rig.refresh(results=READING)
        rig.fake.edit(SECOND, **{UPDATED: "2026-11-21", SECTION: results_section("4.7")})
        rig.fake.reload()
        rig.refresh(results=READING)
    trial = page("trial", nct=SECOND)
    assert "4.7 (1.1)" in _cells(trial)
    told = [*_cells(trial), shown(trial)]
    assert any("Drug: 4.2 (1.1) → 4.7 (1.1)" in one for one in told)
    assert any("Drug: 4.2 (1.1) → 4.7 (1.1)" in one for one in [*_cells(page("changes")), shown(page("changes"))])


def test_the_status_names_a_few_reasons_and_counts_the_rest(tmp_path: Path) -> None:
    ids = [f"NCT7300{number:04}" for number in range(8)]
    with Rig([make_study(nct_id, **GIVES) for nct_id in ids], page_cap=1000, url=url_of(tmp_path)) as rig:
        for nct_id in ids:
            rig.fake.edit(nct_id, **{SECTION: "garbage"})
        rig.refresh(results=READING)
        status = status_of(rig.store, WATCHLIST)
    assert [one["nct_id"] for one in status["results"]["not_newest"]] == ids
    text = status_text(status)
    assert all(nct_id in text for nct_id in ids[:5])
    assert "and 3 more trials, which --json lists" in text
