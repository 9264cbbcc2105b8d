"""What stands in the tables of a trial's page: pure functions from its record to frames and pairs.

The registry's texts are in the frames as they are; whoever draws them must show them letter by letter.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from cache.codes import LANE_WORDS, STUDY_TYPE_WORDS
from dashboard.shared.number_tables import LINK, trial_link
from dashboard.shared.words import code
from dashboard.trial import words as trial_words
from dashboard.trial.known import Known
from fetchers.record import other_registries
from fetchers.record.modules import Outcome
from fetchers.record.study import Study
from fetchers.settings import PUBMED_URL, RECORD_URL
from insights.families import KINDS
from insights.findings.papers import REFERENCE_TYPES, doi, doi_address, is_pubmed

DATES = (
    ("Start", "start_date"),
    ("Primary completion", "primary_completion_date"),
    ("Completion", "completion_date"),
    ("First posted", "first_posted"),
    ("Results first posted", "results_first_posted"),
    ("Last update posted", "last_update_posted"),
    ("Status last verified", "status_verified"),
)
_OPTIONAL = ("Allocation", "Model", "Purpose", "Time", "Masking")
WHY = "Why stopped, in the registry’s words"

# What a second id is, by the registry's own type, and by its shape where that tells more.
_ID_TYPES = {
    "REGISTRY": "Id in another registry",
    "EUDRACT_NUMBER": "EudraCT number (EU)",
    "CTIS": "EU trial number (CTIS)",
    "NIH": "NIH grant or contract",
    "FDA": "FDA grant or contract",
    "VA": "VA grant or contract",
    "CDC": "CDC grant or contract",
    "AHRQ": "AHRQ grant or contract",
    "SAMHSA": "SAMHSA grant or contract",
    "OTHER_GRANT": "Other grant or funding",
    "OTHER": "Other id",
}


def glance(known: Known) -> dict[str, str | None]:
    """The design, who pays and why it stopped; None for what is not known."""
    row, study = known.row, known.study
    facts = {
        "NCT id": known.nct_id,
        "Study type": trial_words.word(STUDY_TYPE_WORDS, row["study_type"]),
        "Phase": LANE_WORDS[str(row["lane"])],
        **{name: value for name, value in trial_words.design(study).items() if value or name not in _OPTIONAL},
        "Arms": trial_words.arms(study, told=known.told),
        "Placebo or sham": trial_words.control(study),
        "Enrolment": trial_words.enrolment(row),
        "Lead sponsor": trial_words.sponsor(row["lead_sponsor"], row["sponsor_class"]),
        "Collaborators": trial_words.helpers(study, told=known.told),
        "Results": trial_words.results(row["has_results"]),
    }
    if row["study_type"] in ("OBSERVATIONAL", "EXPANDED_ACCESS"):
        del facts["Placebo or sham"]  # such records have no arms of this kind
    if row["study_type"] == "EXPANDED_ACCESS":
        del facts["Arms"]
    if known.why_classes is not None:
        if known.why_stopped is not None:
            facts[WHY] = known.why_stopped
        facts["Why stopped, class by word rules"] = known.why_classes
    return facts


def dates(known: Known) -> pd.DataFrame:
    """Every date as far as the registry tells it: what, the date, planned or actual."""
    row = known.row
    return pd.DataFrame(
        {
            "What": [name for name, _ in DATES],
            "Date": [_date(known, field) for _, field in DATES],
            "Planned or actual": [trial_words.kind_of_date(row, field) for _, field in DATES],
        }
    )


def _date(known: Known, field: str) -> str:
    if field == "results_first_posted" and trial_words.results(known.row["has_results"]) == trial_words.NONE_POSTED:
        return "none posted"
    return trial_words.day_of(known.row, field)


def references(known: Known) -> pd.DataFrame:
    """The record's papers, those with results first: what each is, its PubMed id and that id's address (only of an
    id that is one), where its DOI opens, its citation."""
    order = list(REFERENCE_TYPES)
    rows = sorted(known.published, key=lambda one: order.index(one["type"]) if one["type"] in order else len(order))
    return pd.DataFrame(
        {
            "type": [one["type"] for one in rows],
            "What it is": [trial_words.word(REFERENCE_TYPES, one["type"]) for one in rows],
            "PubMed": [one["pmid"] for one in rows],
            "address": [PUBMED_URL + str(one["pmid"]) if is_pubmed(one["pmid"]) else None for one in rows],
            "doi_address": [doi_address(name) if (name := doi(one["citation"])) else None for one in rows],
            "Citation": [one["citation"] for one in rows],
        },
        dtype=object,
    )


class Arm(NamedTuple):
    """One arm: its label, kind, and what it gets, followed by the registry's words on it."""

    label: str
    kind: str
    words: str


def arms(study: Study) -> list[Arm]:
    """Every arm with what it gets; a group of an observational study has no kind."""
    return [
        Arm(
            arm.label or "Without a name",
            code(arm.type) or "kind not said",
            "\n".join(filter(None, (f"Gets: {', '.join(arm.intervention_names) or 'nothing named'}",
                                    arm.description or ""))),
        )
        for arm in study.arms
    ]  # fmt: skip


def interventions(study: Study) -> dict[str, list[str | None]]:
    """Interventions with their types."""
    return {
        "Intervention": [one.name for one in study.interventions],
        "Type": [code(one.type) for one in study.interventions],
        "Also called": [", ".join(one.other_names) for one in study.interventions],
    }


def told(study: Study) -> dict[str, list[str | None]]:
    """Interventions in the registry's words, those it describes."""
    described = [one for one in study.interventions if one.description]
    return {
        "Intervention": [one.name for one in described],
        "In the registry’s words": [one.description for one in described],
    }


def outcomes(found: Iterable[Outcome]) -> dict[str, list[str | None]]:
    """Outcomes with their time frames."""
    listed = list(found)
    return {"Measure": [one.measure for one in listed], "When": [one.time_frame for one in listed]}


def places(known: Known, address: Callable[[str], str]) -> pd.DataFrame:
    """Countries with sites, the most sites first: of them recruiting, cities, the list of the country's trials.

    Sites are missing where a source names countries only, recruiting ones where the record gives no site a status.
    """
    sites = known.study.locations if known.study else ()
    counted = known.told and bool(sites)
    number = Counter(site.country_name or "Country not said" for site in sites)
    open_ = Counter(site.country_name or "Country not said" for site in sites if site.status == "RECRUITING")
    says = {site.country_name or "Country not said" for site in sites if site.status}
    names = sorted(number, key=lambda name: (-number[name], name)) if sites else list(known.row["countries"] or ())
    cities = {
        name: ", ".join(dict.fromkeys(site.city for site in sites if site.city and site.country_name == name))
        for name in names
    }
    return pd.DataFrame(
        {
            "Country": names,
            "Sites": pd.array([number[name] if counted else None for name in names], dtype="Int64"),
            "Recruiting": pd.array([open_[name] if name in says else None for name in names], dtype="Int64"),
            LINK: [address(name) if name != "Country not said" else None for name in names],
            "Cities": [cities.get(name) or None for name in names],
        }
    )


def links(found: pd.DataFrame, nct_ids: Iterable[str], titles: Mapping[str, str]) -> pd.DataFrame:
    """Trials that belong together with this one (``nct_ids``: its id and former ids), the closest kind first.

    ``found``: rows of ``families.links`` in which it cites or is cited; ``titles``: of all stored trials.
    """
    own = set(nct_ids)
    order = list(KINDS)
    rows = sorted(
        {(order.index(kind), one in own, other if one in own else one, place, quote)
         for one, other, kind, place, quote in found.itertuples(index=False)},
    )  # fmt: skip
    return pd.DataFrame(
        {
            "NCT id": [id for _, _, id, _, _ in rows],
            "address": [trial_link(id) if id in titles else RECORD_URL + id for _, _, id, _, _ in rows],
            "What it is": [KINDS[order[kind]] for kind, *_ in rows],
            "Which names which": [
                f"{'This record names it' if mine else 'It names this one'} ({place})" for _, mine, _, place, _ in rows
            ],
            "Title": [titles.get(id, "not stored here: opens the registry") for _, _, id, _, _ in rows],
            "In the registry’s words": [quote for *_, quote in rows],
        }
    )


NAMES = ("Official title", "Acronym")  # of what ``ids`` gives, those that are no ids


def ids(known: Known) -> dict[str, list[str]]:
    """Every other name and id the trial goes by, under what it is."""
    found: dict[str, list[str]] = {}

    def add(kind: str, name: str | None) -> None:
        if name and name not in found.setdefault(kind, []):
            found[kind].append(name)

    official = trial_words.text(known.row["official_title"])
    add(NAMES[0], official if official != known.row["title"] else None)
    add(NAMES[1], trial_words.text(known.row["acronym"]))
    for alias in known.row["aliases"]:
        add("Former NCT id", alias)
    if known.study is not None:
        add("The sponsor’s own id", known.study.identification.org_study_id_info.id)
        for other in known.study.identification.secondary_id_infos:
            add(kind_of_id(other.id or "", other.type), other.id)
    return {kind: names for kind, names in found.items() if names}


def kind_of_id(id: str, kind: str | None) -> str:
    """What a second id is: the registry it has the shape of, else the registry's own word for it."""
    known = other_registries.entry(id)
    return known.registry if known else _ID_TYPES.get(kind, str(code(kind))) if kind else "Kind not said"
