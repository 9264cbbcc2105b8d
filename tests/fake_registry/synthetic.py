"""synthetic_studies: any number of generated records of the registry's size and shape, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from .results import results_section
from .shorthand import Facts, arms, background, comparator, experimental, single
from .studies import make_study
from .vocabulary import Prose

# (name as registered, other names, MeSH term, weight)
_AGENTS: list[tuple[str, list[str], str | None, int]] = [
    ("Prednisone", ["Deltasone"], "Prednisone", 14),
    ("Prednisolone", [], "Prednisolone", 9),
    ("Methylprednisolone", ["Solu-Medrol"], "Methylprednisolone", 9),
    ("Dexamethasone", ["Decadron"], "Dexamethasone", 18),
    ("Hydrocortisone", ["Cortef"], "Hydrocortisone", 6),
    ("Azathioprine", ["Imuran"], "Azathioprine", 6),
    ("Methotrexate", ["MTX"], "Methotrexate", 16),
    ("BIOLOGICAL: Adalimumab", ["Humira", "D2E7"], "Adalimumab", 9),
    ("BIOLOGICAL: Infliximab", ["Remicade"], "Infliximab", 6),
    ("BIOLOGICAL: Etanercept", ["Enbrel"], "Etanercept", 6),
    ("BIOLOGICAL: Golimumab", ["Simponi"], "golimumab", 3),
    ("BIOLOGICAL: Certolizumab pegol", ["Cimzia", "CDP870"], "Certolizumab Pegol", 3),
    ("BIOLOGICAL: Intravenous immunoglobulin", ["IVIG"], "Immunoglobulins, Intravenous", 5),
    ("DEVICE: Hyperbaric oxygen therapy", ["HBOT"], None, 3),
    ("Rintatolimod", ["Ampligen", "poly(I):poly(C12U)"], "poly(I).poly(c12,U)", 1),
    ("DIETARY_SUPPLEMENT: Sizofiran", ["Schizophyllan"], "Sizofiran", 1),
    ("BIOLOGICAL: Autologous lymph node cells", [], None, 1),
]
# (condition, MeSH term, weight)
_CONDITIONS = [
    ("Rheumatoid Arthritis", "Arthritis, Rheumatoid", 14),
    ("Multiple Sclerosis", "Multiple Sclerosis", 8),
    ("Systemic Lupus Erythematosus", "Lupus Erythematosus, Systemic", 7),
    ("Fibromyalgia", "Fibromyalgia", 3),
    ("Chronic Pain", "Chronic Pain", 6),
    ("Chronic Fatigue Syndrome", "Fatigue Syndrome, Chronic", 2),
    ("Long COVID", "Post-Acute COVID-19 Syndrome", 3),
    ("Crohn Disease", "Crohn Disease", 9),
    ("Psoriasis", "Psoriasis", 9),
    ("Multiple Myeloma", "Multiple Myeloma", 12),
    ("Acute Lymphoblastic Leukemia", "Precursor Cell Lymphoblastic Leukemia-Lymphoma", 9),
    ("COVID-19", "COVID-19", 7),
    ("Kidney Transplantation", None, 6),
    ("Postoperative Nausea", "Postoperative Nausea and Vomiting", 5),
]
_STATUSES = {
    "COMPLETED": 54,
    "UNKNOWN": 16,
    "RECRUITING": 11,
    "TERMINATED": 6,
    "NOT_YET_RECRUITING": 5,
    "ACTIVE_NOT_RECRUITING": 4,
    "WITHDRAWN": 3,
    "ENROLLING_BY_INVITATION": 1,
    "SUSPENDED": 1,
}
_PHASES: dict[tuple[str, ...] | None, int] = {
    ("NA",): 25,
    ("PHASE2",): 20,
    ("PHASE3",): 16,
    ("PHASE4",): 12,
    ("PHASE1",): 10,
    ("PHASE1", "PHASE2"): 5,
    ("PHASE2", "PHASE3"): 2,
    ("EARLY_PHASE1",): 1,
    None: 12,
}
_COUNTRIES = {
    "United States": 40,
    "Germany": 9,
    "France": 9,
    "China": 8,
    "Italy": 6,
    "Canada": 6,
    "South Korea": 4,
    "Turkey (Türkiye)": 3,
    "Egypt": 3,
    "Brazil": 3,
    "Singapore": 1,
    "Malta": 1,
}
_TODAY = date(2026, 11, 20)


_ENDED = ("COMPLETED", "TERMINATED")
_WITH_RESULTS = 0.25 * sum(_STATUSES.values()) / sum(_STATUSES[status] for status in _ENDED)


def synthetic_studies(n: int, seed: int = 0, *, long: bool = False) -> Iterator[dict[str, Any]]:
    """`n` studies NCT10000000, NCT10000001, ...; study number i is the same whatever `n`.

    Each names a watched agent as an intervention: tested (also as the only arm), comparator or background. They are as
    long as real ones, but for their results: few have any, and those are small. With `long` a quarter has some, and
    the mean of all records is that of real ones (17 kB), the longest of many thousand about 1 MB.
    """
    for at in range(n):
        yield _Draft(seed, at).study(long=long)


class _Draft:
    """One record, drawn from the generator of its (seed, number)."""

    def __init__(self, seed: int, at: int) -> None:
        self.rng = random.Random(seed * 100_000_007 + at)
        self.prose = Prose(self.rng, seed)
        self.nct_id = f"NCT{10_000_000 + at}"
        self.status = self._of(_STATUSES)
        self.start = date(1999, 1, 1) + timedelta(days=self.rng.randrange(9800))

    def study(self, *, long: bool) -> dict[str, Any]:
        agent = self.rng.choices(_AGENTS, [entry[3] for entry in _AGENTS])[0]
        condition = self.rng.choices(_CONDITIONS, [entry[2] for entry in _CONDITIONS])[0]
        name = agent[0].rpartition(": ")[2]
        facts = self._design() | self._dates() | self._treatment(agent) | self._texts(name, condition[0])
        facts |= self._meshes(agent[2], condition[1]) | self._people()
        if long:  # last, so that the rest is as without
            facts |= self._results()
        return make_study(self.nct_id, **facts)

    def _of(self, weights: dict[Any, int]) -> Any:
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def _design(self) -> Facts:
        rng, phases = self.rng, self._of(_PHASES)
        facts: Facts = {
            "status": self.status,
            "study_type": "INTERVENTIONAL" if phases else "OBSERVATIONAL",
            "phases": list(phases) if phases else None,
            "enrollment": 0 if self.status == "WITHDRAWN" else round(rng.lognormvariate(4.3, 1.1)),
            "enrollment_type": "ESTIMATED" if "RECRUITING" in self.status else "ACTUAL",
            "sponsor": f"{self.prose.phrase(1, 2)} {rng.choice(['University', 'Hospital', 'Pharma', 'Institute'])}",
            "sponsor_class": rng.choices(["OTHER", "INDUSTRY", "NIH", "OTHER_GOV"], [60, 32, 3, 5])[0],
            "org_study_id": f"{rng.randrange(10**6):06d}",
            "has_results": self.status == "COMPLETED" and rng.random() < 0.2,
        }
        if phases:
            masking = rng.choice(["NONE", "DOUBLE", "QUADRUPLE"])
            facts |= {"allocation": "RANDOMIZED", "intervention_model": "PARALLEL", "masking": masking}
        if self.status == "UNKNOWN":
            facts["last_known_status"] = rng.choices(["RECRUITING", "NOT_YET_RECRUITING"], [7, 3])[0]
        if self.status in {"TERMINATED", "WITHDRAWN", "SUSPENDED"}:
            facts["why_stopped"] = rng.choice(self.prose.sentences)
        return facts

    def _dates(self) -> Facts:
        rng, start = self.rng, self.start
        primary = start + timedelta(days=rng.randrange(200, 1500))
        completion = primary + timedelta(days=rng.randrange(0, 700))
        update = min(_TODAY, max(start, completion - timedelta(days=400)) + timedelta(days=rng.randrange(900)))
        done = self.status in {"COMPLETED", "TERMINATED"}
        return {
            "start": self._written(start),
            "start_type": "ACTUAL" if start <= _TODAY else "ESTIMATED",
            "primary_completion": self._written(primary),
            "primary_completion_type": "ACTUAL" if done else "ESTIMATED",
            "completion": self._written(completion),
            "completion_type": "ACTUAL" if done else "ESTIMATED",
            "verified": update.isoformat()[:7],
            "first_submit": start.isoformat(),
            "first_post": start.isoformat(),
            "last_update": update.isoformat(),
            "last_update_type": "ACTUAL",
            "has_expanded_access": False,
        }

    def _written(self, day: date) -> str:
        return day.isoformat()[: 7 if self.start.year < 2012 or self.rng.random() < 0.07 else 10]

    def _treatment(self, agent: tuple[str, list[str], str | None, int]) -> Facts:
        other = self.prose.phrase(1, 2) + " 20 mg"
        role = self.rng.choices((experimental, comparator, background), (45, 20, 20))[0]
        facts = role(agent[0], other)
        if (dice := self.rng.random()) < 0.15:
            facts = single(agent[0])
        elif dice < 0.3:
            facts = arms(EXPERIMENTAL_1=[agent[0]], EXPERIMENTAL_2=[agent[0], other], PLACEBO_COMPARATOR=["Placebo"])
        for entry in [*facts["arms"], *facts["interventions"]]:
            entry["description"] = self.prose.text(190)
        if agent[1] and self.rng.random() < 0.6:
            name = agent[0].rpartition(": ")[2]
            for entry in facts["interventions"]:
                if entry["name"] == name:
                    entry["otherNames"] = agent[1]
        return facts

    def _texts(self, agent: str, condition: str) -> Facts:
        rng, prose = self.rng, self.prose
        title = f"{agent} {prose.phrase(3, 8)} in {condition}"
        criteria = f"Inclusion Criteria:\n\n{prose.bullets(rng.randint(2, 10))}"
        criteria += f"\n\nExclusion Criteria:\n\n{prose.bullets(rng.randint(2, 14))}"
        return {
            "title": title,
            "official_title": f"A {prose.phrase(5, 14)} Study of {title}",
            "summary": prose.text(900),
            "description": prose.text(2400) if rng.random() < 0.65 else None,
            "conditions": [condition, *(prose.phrase(1, 3) for _ in range(rng.choice((0, 0, 1, 2))))],
            "keywords": [prose.phrase(1, 3).lower() for _ in range(rng.randrange(5))] or None,
            "primary_outcomes": [self._outcome() for _ in range(rng.randint(1, 2))],
            "secondary_outcomes": [self._outcome() for _ in range(round(rng.lognormvariate(1.3, 0.8)))],
            "eligibility": criteria,
            "sex": "ALL",
            "minimum_age": "18 Years",
            "std_ages": ["ADULT", "OLDER_ADULT"],
        }

    def _outcome(self) -> dict[str, str]:
        weeks = f"{self.rng.randint(1, 104)} weeks"
        return {"measure": self.prose.phrase(4, 14), "description": self.prose.text(200), "timeFrame": weeks}

    def _meshes(self, agent: str | None, condition: str | None) -> Facts:
        facts: Facts = {}
        if agent and self.rng.random() < 0.75:
            facts |= {"mesh": [agent], "ancestors": ["Organic Chemicals", "Proteins", "Immunologic Factors"]}
        if condition:
            ancestors = ["Immune System Diseases", "Pathologic Processes"]
            facts |= {"condition_mesh": [condition], "condition_ancestors": ancestors}
        return facts

    def _people(self) -> Facts:
        sites = min(1200, round(self.rng.lognormvariate(0.75, 1.45)))
        official = {"name": self.prose.phrase(2, 2), "affiliation": self.prose.phrase(2, 5), "role": "STUDY_CHAIR"}
        return {"officials": [official], "locations": [self._site() for _ in range(sites)] or None}

    def _results(self) -> Facts:
        if self.status not in _ENDED or self.rng.random() >= _WITH_RESULTS:
            return {"has_results": False}
        outcomes = min(700, 1 + round(self.rng.lognormvariate(1.1, 1.4)))
        return {
            "has_results": True,
            "results": results_section(outcomes=[self.prose.text(600) for _ in range(outcomes)]),
        }

    def _site(self) -> Facts:
        rng = self.rng
        site: Facts = {
            "facility": self.prose.phrase(2, 5),
            "city": self.prose.phrase(1, 1),
            "zip": str(rng.randrange(10**5)),
        }
        site["country"] = self._of(_COUNTRIES)
        if "RECRUITING" in self.status:
            site |= {"status": "RECRUITING", "contacts": [{"name": self.prose.phrase(2, 2), "role": "CONTACT"}]}
        if rng.random() < 0.9:
            site["geoPoint"] = {"lat": round(rng.uniform(-40, 60), 5), "lon": round(rng.uniform(-120, 140), 5)}
        return site
