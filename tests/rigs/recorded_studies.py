"""Records that owe results, are stale, belong together and name what they ask, beside those of the stand-in."""

from typing import Any

from tests.fake_registry import agent_studies
from tests.fake_registry.shorthand import dates, eligibility, experimental, phase
from tests.fake_registry.studies import make_study
from tests.rigs.pages import FDA, ME

PLATFORM, PART = "NCT08000001", "NCT08000002"


def studies() -> list[dict[str, Any]]:
    """All of them."""
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
