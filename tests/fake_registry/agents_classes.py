"""The hand-made studies of the classes and of the two oldest immunosuppressants; see `agents`."""

from __future__ import annotations

from .shorthand import Facts, arms, background, comparator, dates, eligibility, enrolled, experimental, phase, single

ME = {"conditions": ["ME/CFS"], "condition_mesh": ["Fatigue Syndrome, Chronic"]}
RA = {"conditions": ["Rheumatoid Arthritis"], "condition_mesh": ["Arthritis, Rheumatoid"]}
SLE = {"conditions": ["Systemic Lupus Erythematosus"], "condition_mesh": ["Lupus Erythematosus, Systemic"]}
MS = {
    "conditions": ["Relapsing-Remitting Multiple Sclerosis"],
    "condition_mesh": ["Multiple Sclerosis, Relapsing-Remitting"],
}
_WITHHELD = "[Trial of device that is not approved or cleared by the U.S. FDA]"

_CORTICOSTEROIDS: list[Facts] = [
    {
        "role": "tested",
        "title": "Low-Dose Hydrocortisone in Chronic Fatigue Syndrome",
        **ME,
        **phase(2),
        "status": "COMPLETED",
    }
    | experimental("Hydrocortisone")
    | dates("1992-10", "1996-06", "1997-01", True)
    | enrolled(70)
    | {"mesh": ["Hydrocortisone"]},
    {
        "role": "tested",
        "title": "Prednisolone in Long COVID Fatigue",
        "conditions": ["Long COVID", "Fatigue"],
        **phase(2, 3),
    }
    | experimental("Prednisolone")
    | {"status": "RECRUITING", "countries": ["Germany", "Germany", "Austria"]}
    | dates("2023-09-04", "2026-12", "2027-03")
    | enrolled(340, "ESTIMATED")
    | {"condition_mesh": ["Post-Acute COVID-19 Syndrome"]},
    {
        "role": "background",
        "title": "Belimumab With Prednisone in Lupus",
        **SLE,
        **phase(3),
        "status": "ACTIVE_NOT_RECRUITING",
    }
    | background("Prednisone", "BIOLOGICAL: Belimumab")
    | dates("2020-02-10", "2026-01-31")
    | enrolled(448)
    | {"mesh": ["Prednisone"]},
    {
        "role": "comparator",
        "title": "Ketamine Against Dexamethasone in Chronic Low Back Pain",
        "conditions": ["Chronic Low Back Pain"],
    }
    | phase(4)
    | comparator("Dexamethasone", "Ketamine")
    | {"status": "TERMINATED", "why_stopped": "Sponsor\\'s decision"},
    {"role": "excluded", "title": "Pyridostigmine in ME/CFS", **ME, **phase(2), "status": "COMPLETED"}
    | experimental("Pyridostigmine")
    | eligibility(["CCC criteria"], ["Systemic corticosteroids \\> 5 mg/day prednisone within 4 weeks"]),
    {
        "role": "mentioned",
        "title": "Tocilizumab to Spare Corticosteroids in Giant Cell Arteritis",
        "conditions": ["Giant Cell Arteritis"],
    }
    | phase(3)
    | experimental("BIOLOGICAL: Tocilizumab")
    | {"keywords": ["steroid sparing", "prednisone taper"], "status": "COMPLETED"},
    {
        "role": "tested",
        "title": "Inhaled Budesonide in Asthma at Many Sites",
        "conditions": ["Asthma"],
        **phase(3),
        "status": "COMPLETED",
    }
    | experimental("Budesonide", "Fluticasone")
    | {"countries": ["United States"] * 310 + ["Poland"] * 60 + ["Côte d'Ivoire"] * 45},
]
_AZATHIOPRINE: list[Facts] = [
    {"role": "tested", "title": "Azathioprine in Relapsing Multiple Sclerosis", **MS, **phase(3), "status": "COMPLETED"}
    | experimental("Azathioprine", "BIOLOGICAL: Interferon beta")
    | dates("2007-02", "2012-03", "2012-03", True)
    | enrolled(150),
    {
        "role": "comparator",
        "title": "Mycophenolate Versus Imuran in Lupus Nephritis",
        "conditions": ["Lupus Nephritis"],
        **phase(3),
    }
    | comparator("Imuran", "Mycophenolate mofetil")
    | {"status": "COMPLETED", "has_results": True, "results_first_post": "2013-01-14"},
    {
        "role": "background",
        "title": "Infliximab Withdrawal on Azathioprine in Crohn Disease",
        "conditions": ["Crohn Disease"],
        **phase(4),
    }
    | background("Azathioprine", "BIOLOGICAL: Vedolizumab")
    | {"status": "SUSPENDED"},
    {"role": "none", "title": "AZA and Venetoclax in Acute Myeloid Leukemia", "conditions": ["AML"], **phase(1, 2)}
    | single("Azacitidine (AZA)")
    | {"status": "RECRUITING"},
    {
        "role": "excluded",
        "title": "Sleep Training in Chronic Fatigue Syndrome",
        **ME,
        "phases": ["NA"],
        "study_type": "INTERVENTIONAL",
    }
    | single("BEHAVIORAL: Sleep training")
    | eligibility(["IOM criteria"], ["Azathioprine or methotrexate use"]),
]
_METHOTREXATE: list[Facts] = [
    {
        "role": "tested",
        "title": "Methotrexate in Painful Hand Osteoarthritis",
        "conditions": ["Hand Osteoarthritis", "Chronic Pain"],
    }
    | phase(3)
    | experimental("Methotrexate")
    | dates("2017-11-15", "2021-11", "2022-02", True)
    | enrolled(97)
    | {"status": "COMPLETED"},
    {
        "role": "tested",
        "title": "MTX Pilot in Myalgic Encephalomyelitis",
        **ME,
        **phase(1, 2),
        "status": "NOT_YET_RECRUITING",
    }
    | {
        "interventions": [{"type": "DRUG", "name": "MTX", "otherNames": ["Methotrexate", "Amethopterin"]}],
        "start": "2027-01",
    }
    | {"start_type": "ESTIMATED", "mesh": ["Methotrexate"]}
    | enrolled(20, "ESTIMATED"),
    {
        "role": "background",
        "title": "New Kinase Inhibitor Added to Methotrexate in Rheumatoid Arthritis",
        **RA,
        **phase(2),
    }
    | background("Methotrexate", "Kinase inhibitor K-101")
    | {"status": "UNKNOWN", "last_known_status": "RECRUITING"},
    {
        "role": "mentioned",
        "title": "Sarilumab After Inadequate Response to Methotrexate",
        **RA,
        **phase(3),
        "status": "COMPLETED",
    }
    | experimental("BIOLOGICAL: Sarilumab")
    | {"mesh": ["sarilumab"]}
    | eligibility(["Inadequate response to methotrexate"]),
    {
        "role": "comparator",
        "title": "Leflunomide Compared With Methotrexate in Rheumatoid Arthritis",
        **RA,
        "phases": ["NA"],
    }
    | {"study_type": "INTERVENTIONAL", "status": "COMPLETED", "start": "1995-06"}
    | comparator("Methotrexate", "Leflunomide"),
]
_TNF: list[Facts] = [
    {"role": "tested", "title": "Etanercept in Chronic Fatigue Syndrome", **ME, **phase(2), "status": "WITHDRAWN"}
    | single("BIOLOGICAL: Etanercept")
    | enrolled(0)
    | {"why_stopped": "No participants enrolled"},
    {
        "role": "tested",
        "title": "D2E7 in Rheumatoid Arthritis",
        **RA,
        **phase(3),
        "status": "COMPLETED",
        "aliases": ["NCT09999002", "NCT09999003"],
    }
    | arms(
        EXPERIMENTAL_1=["BIOLOGICAL: Adalimumab"],
        EXPERIMENTAL_2=["BIOLOGICAL: Adalimumab", "Methotrexate"],
        PLACEBO_COMPARATOR=["Placebo"],
    )
    | dates("2000-02", "2001-07-31", "2001-07-31", True)
    | enrolled(619)
    | {"mesh": ["Adalimumab"], "has_results": True},
    {"role": "tested", "title": "SB2 and Remicade Biosimilar Study", **RA, **phase(1), "status": "COMPLETED"}
    | comparator("BIOLOGICAL: Remicade", "BIOLOGICAL: SB2 (infliximab biosimilar)")
    | {"mesh": ["Infliximab"]},
    {
        "role": "comparator",
        "title": "Tofacitinib Versus Adalimumab in Rheumatoid Arthritis",
        **RA,
        **phase(4),
        "status": "COMPLETED",
    }
    | comparator("BIOLOGICAL: Humira", "Tofacitinib")
    | {"countries": ["United States", "South Korea", "Czechia"]},
    {
        "role": "tested",
        "title": "Perispinal Etanercept for Sciatica",
        "conditions": ["Sciatica", "Chronic Pain"],
        **phase(1, 2),
    }
    | experimental("BIOLOGICAL: Enbrel", "Saline placebo")
    | {"status": "TERMINATED", "why_stopped": "Low recruitment"}
    | enrolled(12),
    {"role": "mentioned", "title": "Rituximab After Failed Anti-TNF Therapy", **RA, **phase(3), "status": "COMPLETED"}
    | experimental("BIOLOGICAL: Rituximab")
    | {"keywords": ["anti-TNF failure", "infliximab", "golimumab"]},
    {"role": "none", "title": _WITHHELD, "study_type": "INTERVENTIONAL", "status": "WITHHELD", "phases": None},
    {
        "role": "tested",
        "title": "Lenercept (TNF Receptor) in Multiple Sclerosis; Certolizumab Pegol Extension",
        **MS,
        **phase(2),
    }
    | single("BIOLOGICAL: Certolizumab pegol")
    | {"status": "UNKNOWN", "last_known_status": "NOT_YET_RECRUITING"}
    | enrolled(168),
]
CLASSES: dict[str, list[Facts]] = {
    "corticosteroids": _CORTICOSTEROIDS,
    "azathioprine": _AZATHIOPRINE,
    "methotrexate": _METHOTREXATE,
    "tnf_inhibitors": _TNF,
}
