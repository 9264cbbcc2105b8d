"""Hand-made studies of the nine watched agents: at least four each, every tier, role and oddity of the registry.

All are fictional. A block of ids for each agent: `NCT0901...` corticosteroids to `NCT0909...` hyperbaric oxygen.
`AGENT_ROLES` tells for which agent and in which role each was written: `tested`, `comparator`, `background`,
`unclear`, `mentioned` or `excluded`, as the agent's tiers and roles are named in the product; `none` is a false friend.
"""

from __future__ import annotations

from typing import Any

from .agents_classes import CLASSES
from .shorthand import Facts, arms, background, comparator, dates, eligibility, enrolled, experimental, phase, single
from .studies import make_study

ME = {
    "conditions": ["Chronic Fatigue Syndrome", "Myalgic Encephalomyelitis"],
    "condition_mesh": ["Fatigue Syndrome, Chronic"],
}
LONG_COVID = {"conditions": ["Long COVID"], "condition_mesh": ["Post-Acute COVID-19 Syndrome"]}
FM = {"conditions": ["Fibromyalgia"], "condition_mesh": ["Fibromyalgia"]}
POLY = "poly(I):poly(C12U)"
IVIG = "BIOLOGICAL: Intravenous Immunoglobulin"
HBOT = "DEVICE: Hyperbaric oxygen therapy"

_LYMPH_NODE: list[Facts] = [
    {
        "role": "tested",
        "title": "Autologous Lymph Node Cells in Chronic Fatigue Syndrome",
        **ME,
        **phase(1),
        "status": "COMPLETED",
    }
    | single("BIOLOGICAL: Autologous lymph node cells")
    | dates("1996-04", "1998-01", "1998-01", True)
    | enrolled(15),
    {
        "role": "tested",
        "title": "Ex Vivo Expanded Lymph Node Lymphocytes for Fatigue After Infection",
        **LONG_COVID,
        **phase(1, 2),
    }
    | experimental("BIOLOGICAL: Autologous lymph node lymphocytes")
    | {"status": "NOT_YET_RECRUITING"}
    | enrolled(24, "ESTIMATED"),
    {
        "role": "none",
        "title": "Tumor-Draining Lymph Node Cells in Advanced Melanoma",
        "conditions": ["Melanoma"],
        **phase(2),
    }
    | single("BIOLOGICAL: Tumor-draining lymph node cells")
    | {"status": "TERMINATED", "why_stopped": "Slow accrual"},
    {"role": "mentioned", "title": "Immune Profile in Myalgic Encephalomyelitis", **ME, "study_type": "OBSERVATIONAL"}
    | {"keywords": ["autologous lymph node cells"], "interventions": ["PROCEDURE: Blood draw"], "status": "UNKNOWN"}
    | {"last_known_status": "RECRUITING", "start": "2017-05"}
    | enrolled(80, "ESTIMATED"),
]
_SIZOFIRAN: list[Facts] = [
    {
        "role": "tested",
        "title": "Sizofiran With Radiotherapy in Cervical Cancer",
        "conditions": ["Cervical Cancer"],
        **phase(3),
    }
    | experimental("Sizofiran", "RADIATION: Pelvic radiotherapy")
    | dates("1994", "1999", "2001", True)
    | enrolled(312),
    {"role": "tested", "title": "Schizophyllan in Chronic Fatigue Syndrome", **ME, **phase(2), "status": "WITHDRAWN"}
    | experimental("DIETARY_SUPPLEMENT: Schizophyllan")
    | enrolled(0)
    | {"why_stopped": "Funding was not obtained."},
    {
        "role": "background",
        "title": "Fluorouracil Added to Sonifilan in Gastric Cancer",
        "conditions": ["Stomach Cancer"],
    }
    | phase(2)
    | background("Sizofilan", "Fluorouracil")
    | {"status": "UNKNOWN", "last_known_status": "NOT_YET_RECRUITING"},
    {
        "role": "none",
        "title": "SPG Block for Migraine",
        "conditions": ["Migraine"],
        "phases": ["NA"],
        "study_type": "INTERVENTIONAL",
    }
    | single("PROCEDURE: SPG block")
    | {"keywords": ["SPG"], "status": "RECRUITING"}
    | enrolled(40, "ESTIMATED"),
    {
        "role": "mentioned",
        "title": "Mushroom Extract in Fatigue",
        **FM,
        "phases": ["EARLY_PHASE1"],
        "status": "SUSPENDED",
    }
    | single("DIETARY_SUPPLEMENT: Schizophyllum extract")
    | {"keywords": ["schizophyllan"], "study_type": "INTERVENTIONAL"},
]
_RINTATOLIMOD: list[Facts] = [
    {
        "role": "tested",
        "title": "Ampligen in Severely Debilitated Chronic Fatigue Syndrome",
        **ME,
        **phase(3),
        "acronym": "AMP-516",
    }
    | experimental("Poly I: Poly C12U")
    | dates("1998-12", "2004-07", "2004-07", True)
    | enrolled(234)
    | {"has_results": True}
    | {
        "results_first_post": "2012-03-09",
        "aliases": ["NCT09999001"],
        "sponsor": "AIM ImmunoTech Inc.",
        "sponsor_class": "INDUSTRY",
    },
    {"role": "tested", "title": "Expanded Access to Rintatolimod for ME/CFS", **ME, "study_type": "EXPANDED_ACCESS"}
    | {
        "interventions": [{"type": "DRUG", "name": "Rintatolimod", "otherNames": ["Ampligen", POLY]}],
        "status": "AVAILABLE",
    }
    | {"expanded_access_types": {"individual": False, "intermediate": True, "treatment": False}},
    {"role": "tested", "title": "AMP-518 for Post-COVID Conditions", **LONG_COVID, **phase(2), "status": "COMPLETED"}
    | experimental("Rintatolimod")
    | dates("2023-07-05", "2024-02-20", "2024-02-20", True)
    | enrolled(80)
    | {"countries": ["United States"] * 8},
    {"role": "comparator", "title": "Poly-ICLC Against Ampligen in Volunteers", "conditions": ["Healthy"], **phase(1)}
    | comparator("Ampligen", "Poly-ICLC")
    | {"status": "ENROLLING_BY_INVITATION"}
    | enrolled(30, "ESTIMATED"),
    {
        "role": "none",
        "title": "Poly-ICLC Vaccine Adjuvant",
        "conditions": ["Glioma"],
        **phase(1, 2),
        "status": "ACTIVE_NOT_RECRUITING",
    }
    | single("BIOLOGICAL: Poly-ICLC"),
    {"role": "excluded", "title": "Graded Walking in ME/CFS", **ME, "phases": ["NA"], "study_type": "INTERVENTIONAL"}
    | single("BEHAVIORAL: Walking")
    | eligibility(["Fukuda criteria"], ["Treatment with Ampligen within 6 months"]),
]
_IVIG: list[Facts] = [
    {
        "role": "tested",
        "title": "IVIG for Post-Infectious Chronic Fatigue Syndrome",
        **ME,
        **phase(2),
        "status": "RECRUITING",
    }
    | experimental(IVIG)
    | dates("2025-03-01", "2027-06", "2027-12")
    | enrolled(60, "ESTIMATED")
    | {"mesh": ["Immunoglobulins, Intravenous"]},
    {
        "role": "tested",
        "title": "Panzyga in Long COVID With Dysautonomia",
        **LONG_COVID,
        **phase(2, 3),
        "status": "RECRUITING",
    }
    | experimental("BIOLOGICAL: Panzyga (IVIg)", "Normal saline placebo")
    | dates("2023-08-24", "2026-03", "2026-06")
    | {"countries": ["United States", "Canada", "Turkey (Türkiye)"]}
    | enrolled(200, "ESTIMATED"),
    {"role": "comparator", "title": "Efgartigimod Versus Immune Globulin in CIDP", "conditions": ["CIDP"], **phase(3)}
    | comparator("BIOLOGICAL: Immune globulin intravenous", "BIOLOGICAL: Efgartigimod")
    | dates("2022-01-15", "2025-02-28"),
    {
        "role": "background",
        "title": "Rituximab on Top of IVIG in Lupus Nephritis",
        "conditions": ["Lupus Nephritis"],
        **phase(2),
    }
    | background(IVIG, "BIOLOGICAL: Rituximab")
    | {"condition_mesh": ["Lupus Nephritis"], "status": "TERMINATED"},
    {"role": "none", "title": "Hizentra Self-Injection in Primary Immunodeficiency", "conditions": ["PID"], **phase(4)}
    | single("BIOLOGICAL: Subcutaneous immunoglobulin (Hizentra)"),
    {"role": "excluded", "title": "Low Dose Naltrexone in ME/CFS", **ME, **phase(2), "status": "RECRUITING"}
    | experimental("Naltrexone")
    | eligibility(["Age \\>= 18", "BMI \\< 35 kg/m\\^2"], ["IVIG in the last 3 months", "Opioids"]),
]
_HYPERBARIC: list[Facts] = [
    {
        "role": "tested",
        "title": "Hyperbaric Oxygen for Long COVID (HOT-LoCO)",
        **LONG_COVID,
        **phase(2),
        "status": "COMPLETED",
    }
    | experimental(HBOT, "DEVICE: Sham session with placebo air")
    | dates("2021-09-15", "2024-01-31", "2024-06-30", True)
    | enrolled(80)
    | {"mesh": ["Oxygen"], "ancestors": ["Chalcogens"], "countries": ["Sweden"]},
    {
        "role": "tested",
        "title": "HBOT in Fibromyalgia",
        **FM,
        "phases": ["NA"],
        "study_type": "INTERVENTIONAL",
        "status": "COMPLETED",
    }
    | arms(EXPERIMENTAL=[HBOT], NO_INTERVENTION=[])
    | dates("2012-05", "2013-04", "2013-04", True)
    | {"countries": ["Israel"]},
    {
        "role": "tested",
        "title": "HBO2 and Fatigue in Myalgic Encephalomyelitis",
        **ME,
        "study_type": "INTERVENTIONAL",
        "status": "UNKNOWN",
    }
    | single("DRUG: Hyperbaric oxygenation")
    | {"last_known_status": "ACTIVE_NOT_RECRUITING", "start": "2019-02"}
    | enrolled(99999999),
    {
        "role": "none",
        "title": "Hyperbaric Bupivacaine in Spinal Anesthesia",
        "conditions": ["Anesthesia, Spinal"],
        **phase(4),
    }
    | comparator("Isobaric bupivacaine", "Hyperbaric bupivacaine 0.5%")
    | {"status": "COMPLETED"},
    {
        "role": "unclear",
        "title": "Oxygen at 2 ATA in Multiple Sclerosis",
        "conditions": ["Multiple Sclerosis"],
        "status": "COMPLETED",
    }
    | {"study_type": "OBSERVATIONAL", "interventions": ["PROCEDURE: HBOT"], "condition_mesh": ["Multiple Sclerosis"]},
]
_BLOCKS: dict[str, list[Facts]] = {
    **CLASSES,
    "autologous_lymph_node_cells": _LYMPH_NODE,
    "sizofiran": _SIZOFIRAN,
    "rintatolimod": _RINTATOLIMOD,
    "ivig": _IVIG,
    "hyperbaric_oxygen": _HYPERBARIC,
}


def _numbered() -> list[tuple[str, str, Facts]]:
    """(id, agent, facts) of every study, ids from the agent's place and the study's place in its block."""
    return [
        (f"NCT09{place:02d}{at:04d}", agent, facts)
        for place, (agent, block) in enumerate(_BLOCKS.items(), 1)
        for at, facts in enumerate(block, 1)
    ]


AGENT_ROLES: dict[str, tuple[str, str]] = {nct_id: (agent, facts["role"]) for nct_id, agent, facts in _numbered()}


def agent_studies() -> list[dict[str, Any]]:
    """New copies of all hand-made studies, ordered by id, each posted or updated on another day."""
    studies = []
    for at, (nct_id, _, facts) in enumerate(_numbered()):
        given = {name: value for name, value in facts.items() if name != "role"}
        given.setdefault("last_update", f"2026-{1 + at % 10:02d}-{1 + at * 7 % 28:02d}")
        given.setdefault("sponsor", f"University Hospital {1 + at % 9}")
        given.setdefault("sponsor_class", "OTHER")
        if given.get("status") != "WITHHELD":  # the registry shows next to nothing of these
            given.setdefault("summary", f"{given['title']}: a study of \\~{10 + at} weeks.")
        studies.append(make_study(nct_id, **given))
    return studies
