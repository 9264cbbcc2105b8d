"""Records of trials of every kind, and the store that holds them, for tests of a trial's page and its brief."""

from typing import Any

import msgspec

from cache.store.store import Store
from fetchers.record.study import Study, decode_study
from tests.fake_registry.shorthand import arms, dates, eligibility, experimental, phase
from tests.fake_registry.studies import make_study
from tests.rigs.answering import SWEEP, Refresher
from tests.rigs.refresh import AGENTS, MATCHER

ME = {"conditions": ["Myalgic Encephalomyelitis"], "condition_mesh": ["Fatigue Syndrome, Chronic"]}
FDA = {"is_fda_regulated_drug": True, "path": {"protocolSection.oversightModule.isFdaRegulatedDevice": False}}
NASTY = ":red[adults] <script>alert(1)</script> [y](https://example.org) $a$ **z** | # `c` &amp; ![i](http://x.org/i)"

BARE, FULL, PLATFORM, PART = "NCT07000001", "NCT07000002", "NCT07000003", "NCT07000004"
HOSTILE, STOPPED, SILENT, GONE = "NCT07000005", "NCT07000006", "NCT07000007", "NCT07000008"
ACCESS, COVID, ELSEWHERE = "NCT07000009", "NCT07000010", "NCT07000011"
OUTSIDE = "NCT01234567"  # cited, not stored


def records() -> list[dict[str, Any]]:
    """One record of each kind."""
    return [
        make_study(BARE),
        _full(),
        make_study(PLATFORM, **ME, **phase(2), **experimental("Intravenous Immunoglobulin"), **FDA,
                   **dates("2019-01-10", "2021-03", "2021-06", True), status="COMPLETED", first_submit="2019-02-01",
                   title="A platform of immune treatments"),
        make_study(PART, **ME, **phase(2), **experimental("Intravenous Immunoglobulin"), **FDA,
                   **dates("2020-02", "2024-01", "2024-02"), status="RECRUITING", verified="2021-05",
                   description=f"A sub-study of the platform {PLATFORM}. See also {OUTSIDE}."),
        _hostile(),
        make_study(STOPPED, **phase(1), **experimental("Methotrexate"), status="TERMINATED",
                   why_stopped="Slow accrual"),
        make_study(SILENT, **phase(2), **experimental("Methotrexate"), status="WITHDRAWN", enrollment=0),
        make_study(GONE, **phase(2), **experimental("Methotrexate"), status="UNKNOWN", last_known_status="RECRUITING",
                   verified="2020-05"),
        make_study(ACCESS, **ME, study_type="EXPANDED_ACCESS", status="AVAILABLE", interventions=["DRUG: Ampligen"]),
        make_study(COVID, conditions=["Long COVID"], **phase(2), **experimental("Methotrexate"),
                   **eligibility(["Fukuda criteria", "Post-exertional malaise for 6 months"])),
        make_study(ELSEWHERE, conditions=["Crohn Disease"], **phase(3), **experimental("Etanercept"),
                   **eligibility(["CDC criteria of 1994", "Adults"],
                                 ["Multiple sclerosis or other demyelinating disease", "Use of azathioprine"])),
    ]  # fmt: skip


def _full() -> dict[str, Any]:
    sites = [
        {"city": "Oslo", "country": "Norway", "status": "RECRUITING"},
        {"city": "Bergen", "country": "Norway", "status": "NOT_YET_RECRUITING"},
        {"city": "Kiel", "country": "Germany"},
    ]
    return make_study(
        FULL, **ME, **phase(2, 3), **arms(EXPERIMENTAL=["Rintatolimod"], PLACEBO_COMPARATOR=["Placebo"]),
        **dates("2025-01-10", "2027-03", "2027-06"),
        **eligibility(
            ["Canadian Consensus Criteria", "Able to attend weekly visits", "Post-exertional malaise \\>= 14 hours"],
            ["Bedbound", "Current use of methotrexate"],
        ) | {"minimum_age": "18 Years", "maximum_age": "65 Years", "sex": "FEMALE"},
        status="RECRUITING", title="Rintatolimod in ME/CFS", acronym="RIME",
        official_title="A long official title after ISRCTN00000001",
        org_study_id="AMP-1", first_submit="2025-02-20", first_post="2025-02-22", enrollment=80,
        enrollment_type="ESTIMATED", allocation="RANDOMIZED", masking="DOUBLE", healthy_volunteers=False,
        sponsor="AIM", sponsor_class="INDUSTRY", collaborators=[{"name": "A charity", "class": "OTHER"}],
        locations=sites, has_expanded_access=True,
        primary_outcomes=[{"measure": "Hours upright", "timeFrame": "6 months"}],
        secondary_outcomes=[{"measure": "Steps"}, {"measure": "Pain"}],
        references=[
            {"pmid": "333", "type": "BACKGROUND", "citation": "Before"},
            {"pmid": "222", "type": "DERIVED", "citation": "Beside"},
            {"pmid": "111", "type": "RESULT", "citation": "After"},
        ],
        path={
            "protocolSection.identificationModule.secondaryIdInfos": [
                {"id": "2024-512345-12-00", "type": "OTHER"}, {"id": "ISRCTN12345678", "type": "REGISTRY"},
                {"id": "2019-001234-22", "type": "EUDRACT_NUMBER"}, {"id": "U01", "type": "NIH"}, {"id": "X9"},
            ],
        },
    )  # fmt: skip


def _hostile() -> dict[str, Any]:
    return make_study(
        HOSTILE, **phase(2), title=NASTY, official_title=f"Official {NASTY}", acronym=NASTY, org_study_id=NASTY,
        conditions=["Fibromyalgia", NASTY], sponsor=NASTY, status="TERMINATED", why_stopped=NASTY,
        collaborators=[{"name": NASTY, "class": NASTY}], allocation=NASTY, masking=NASTY,
        arms=[{"label": NASTY, "type": NASTY, "description": NASTY, "interventionNames": [NASTY]}],
        interventions=[{"type": NASTY, "name": NASTY, "description": NASTY, "otherNames": [NASTY]},
                       {"type": "DRUG", "name": "Methotrexate"}],
        eligibility=f"{NASTY}\n\nExclusion Criteria:\n\n* {NASTY}\n* Lupus {NASTY}", minimum_age=NASTY, sex=NASTY,
        primary_outcomes=[{"measure": NASTY, "timeFrame": NASTY}], secondary_outcomes=[{"measure": NASTY}],
        locations=[{"city": NASTY, "country": "Norway"}],
        description=f"A sub-study of {OUTSIDE} {NASTY}",
        references=[{"pmid": NASTY, "type": NASTY, "citation": NASTY}, {"pmid": "9", "type": "RESULT"}],
    )  # fmt: skip


def studies() -> list[Study]:
    """The same, decoded."""
    return [decode_study(msgspec.json.encode(one)) for one in records()]


def fill(url: str) -> None:
    """A store in which the registry has answered with these records, for a swept condition and for every agent."""
    store = Store.open(url)
    found = studies()
    try:
        refresher = Refresher(store, MATCHER)
        refresher.answer(SWEEP, found, timestamp="2026-11-20T09:00:05")
        for agent in AGENTS:
            mine = [one for one in found if agent in {match.agent for match in MATCHER.matches(one)}]
            refresher.answer(agent, mine, timestamp="2026-11-20T09:00:05")
    finally:
        store.close()
