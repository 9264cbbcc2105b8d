"""The parts of a trial's page. The registry's texts are shown letter by letter, never read as Markdown or HTML."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from cache.views.labels import LANE_WORDS, ROLE_WORDS, SPONSOR_WORDS, STUDY_TYPE_WORDS, TIER_WORDS
from dashboard import data, frame, listing, trial_words, words
from dashboard.palette import GROUPS, group_of
from dashboard.trial_words import Row
from fetchers.eligibility import sections
from fetchers.settings import RECORD_URL
from fetchers.study import Study, plain

_DATES = (
    ("Start", "start_date"),
    ("Primary completion", "primary_completion_date"),
    ("Completion", "completion_date"),
    ("First posted", "first_posted"),
    ("Results first posted", "results_first_posted"),
    ("Last update posted", "last_update_posted"),
    ("Status last verified", "status_verified"),
)


def find(nct_id: str) -> Row | None:
    """The trial of an NCT id, or the one that carries it as a former id; None when it is not stored."""
    trials = data.trials()
    rows = trials[trials["nct_id"] == nct_id]
    if rows.empty and nct_id:
        rows = trials[[nct_id in aliases for aliases in trials["aliases"]]]
    return None if rows.empty else {str(name): value for name, value in rows.iloc[0].items()}


def missing(given: str, *, wellformed: bool) -> None:
    """A kind word when there is nothing to show."""
    if not given:
        st.info("No trial was named. Choose one in the list of trials.", icon=":material/search:")
    elif not wellformed:
        st.info(
            "This is no NCT id. One looks like NCT01730495: the letters NCT and eight digits.",
            icon=":material/search_off:",
        )
    else:
        st.info(
            f"{given} is not among the stored trials. It may well be registered: only trials that name one of the "
            "agents, or are in a condition that is asked for as a whole, are kept here. The registry’s own page "
            "has the answer.",
            icon=":material/search_off:",
        )
        _record(given)


def _record(nct_id: str) -> None:
    st.link_button("Record at ClinicalTrials.gov", RECORD_URL + nct_id, icon=":material/open_in_new:")


def identity(row: Row, given: str) -> None:
    """Id, status, official title, link to the record, and whether it left the registry."""
    status = listing.status_words(row["overall_status"], row["last_known_status"]) or "Status not known"
    group = next(one for one in GROUPS if one.id == group_of(row["overall_status"]))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(status, color=_BADGES[group.id], icon=_ICONS[group.id])
        st.badge(LANE_WORDS[str(row["lane"])], color="gray")
        _record(row["nct_id"])
    if given != row["nct_id"]:
        st.text(f"{given} is a former id of this trial. Its id now is {row['nct_id']}.")
    official = trial_words.text(row["official_title"])
    if official and official != row["title"]:
        st.text(official)
    if isinstance(row["left_registry"], str):
        st.warning(
            f"The registry does not list this trial any more: it was gone on {words.day(row['left_registry'])}. "
            "What is shown is its last known state.",
            icon=":material/history_toggle_off:",
        )


_BADGES: dict[str, Any] = {
    "open": "blue", "running": "green", "finished": "gray",
    "stopped": "orange", "unverified": "gray", "expanded": "violet",
}  # fmt: skip
_ICONS = {
    "open": ":material/radio_button_checked:",
    "running": ":material/hourglass_top:",
    "finished": ":material/check:",
    "stopped": ":material/block:",
    "unverified": ":material/help:",
    "expanded": ":material/lock_open:",
}


def origin(row: Row) -> None:
    """Where these facts come from and how old they are."""
    if row["origin"] == "starter":
        source = trial_words.text(row["source"]) or "a public copy"
        said = f"From the starter snapshot: facts of {words.day(trial_words.text(row['as_of']))}, read in {source}."
        note = f" {row['note']}" if isinstance(row["note"], str) else ""
        st.text(f"{said}{note} The record may have changed since; a refresh brings its present state.")
    else:
        of = f"; data of {words.day(row['registry_timestamp'])}" if trial_words.text(row["registry_timestamp"]) else ""
        st.text(f"Read from the registry on {words.moment(row['fetched_at'])}{of}.")


def glance(row: Row, study: Study | None) -> None:
    """The design in one table."""
    facts: dict[str, str | None] = {
        "NCT id": str(row["nct_id"]),
        "Study type": trial_words.word(STUDY_TYPE_WORDS, row["study_type"]),
        "Phase": LANE_WORDS[str(row["lane"])],
        "Enrolment": trial_words.enrolment(row),
    }
    if study is not None:
        info = study.design.design_info
        facts |= {
            "Allocation": trial_words.code(info.allocation),
            "Model": trial_words.code(info.intervention_model or info.observational_model),
            "Purpose": trial_words.code(info.primary_purpose),
            "Time": trial_words.code(info.time_perspective),
            "Masking": trial_words.masking(info.masking_info.masking, info.masking_info.who_masked),
        }
    sponsor = trial_words.text(row["lead_sponsor"])
    facts["Lead sponsor"] = (
        f"{sponsor} · {trial_words.word(SPONSOR_WORDS, row['sponsor_class']) or 'class not known'}" if sponsor else None
    )
    facts["Results"] = trial_words.results(row["has_results"])
    if isinstance(row["why_stopped"], str):
        facts["Why stopped, in the registry’s words"] = row["why_stopped"]
    st.subheader("At a glance", anchor=False)
    optional = ("Allocation", "Model", "Purpose", "Time", "Masking")
    _pairs({name: value for name, value in facts.items() if value or name not in optional}, "Facts at a glance")


def dates(row: Row) -> None:
    """Every date as far as the registry tells it, planned or actual."""
    st.subheader("Dates", anchor=False)
    table = pd.DataFrame(
        {
            "What": [name for name, _ in _DATES],
            "Date": [words.day(trial_words.text(row[field])) for _, field in _DATES],
            "Planned or actual": [trial_words.kind_of_date(row, field) for _, field in _DATES],
        }
    )
    st.table(table, hide_index=True, border="horizontal", alt="Dates of the trial")


def reasons(row: Row) -> None:
    """Which agents it is here for, and what they are found by."""
    st.subheader("Why it is here", anchor=False)
    matches = data.matches()
    mine = matches[matches["nct_id"] == row["nct_id"]]
    if mine.empty:
        st.text(f"None of the agents is found in it; it is a trial in {words.listed(frame.swept().values(), 'or')}.")
    else:
        names = frame.names()
        table = pd.DataFrame(
            {
                "Agent": [words.quiet(names.get(agent, agent)) for agent in mine["agent"]],
                "Appears as": [TIER_WORDS.get(tier, tier) for tier in mine["tier"]],
                "Role": [trial_words.word(ROLE_WORDS, role) or "–" for role in mine["role"]],
                "Found by": [
                    words.quiet(", ".join(found)) or "the registry’s own search" for found in mine["found_by"]
                ],
            }
        )
        st.table(table, hide_index=True, border="horizontal", alt="Agents of the trial")
    groups = frame.condition_names()
    st.text(f"Condition groups: {', '.join(groups.get(group, group) for group in row['condition_groups']) or 'none'}.")


def substance(row: Row, study: Study | None) -> None:
    """Conditions, interventions, arms and primary outcomes."""
    st.subheader("Conditions and interventions", anchor=False)
    _pairs(
        {name: trial_words.joined(row[name.lower()]) for name in ("Conditions", "Interventions")},
        "Conditions and interventions",
    )
    if study is None:
        return
    _table(
        "Arms",
        {
            "Arm": [arm.label for arm in study.arms],
            "Kind": [trial_words.code(arm.type) for arm in study.arms],
            "Gets": [", ".join(arm.intervention_names) for arm in study.arms],
            "In the registry’s words": [arm.description for arm in study.arms],
        },
    )
    outcomes = study.protocol_section.outcomes_module.primary_outcomes
    _table(
        "Primary outcomes",
        {"Measure": [one.measure for one in outcomes], "When": [one.time_frame for one in outcomes]},
    )


def places(row: Row, study: Study | None) -> None:
    """Countries with their number of sites, sponsors who help."""
    st.subheader("Places", anchor=False)
    if row["countries"] is None:
        st.text("Countries and sites are not known.")
    elif not row["countries"]:
        st.text("The record names no site.")
    else:
        st.text(f"{', '.join(row['countries'])}{trial_words.sites(row['sites'])}.")
    helpers = [one.name for one in study.sponsors.collaborators if one.name] if study else []
    if helpers:
        st.text(f"With {', '.join(helpers)}.")


def eligibility(study: Study | None) -> None:
    """Who may take part, in the registry's own words, in and out apart."""
    st.subheader("Who may take part", anchor=False)
    rules = study.eligibility if study else None
    if rules is None or not rules.eligibility_criteria:
        st.text("The criteria are not known here. The record at the registry has them.")
        return
    ages = f"{rules.minimum_age or 'no lower limit'} to {rules.maximum_age or 'no upper limit'}"
    sex = {"ALL": "all sexes", "FEMALE": "women", "MALE": "men"}.get(rules.sex or "", "sex not said")
    healthy = {True: "healthy people too", False: "no healthy people"}.get(rules.healthy_volunteers)  # type: ignore[arg-type]
    st.text(f"Age: {ages}; {'; '.join(part for part in (sex, healthy) if part)}. The registry’s own words follow.")
    heads = {"inclusion": "In", "exclusion": "Out"}
    for section in sections(plain(rules.eligibility_criteria)):
        if section.text.strip():
            st.markdown(f"**{heads.get(section.kind, 'General')}**")
            st.text(section.text.strip())


def ids(row: Row, study: Study | None) -> None:
    """Other ids the trial goes by."""
    own = study.identification if study else None
    found = [*row["aliases"]]
    if own is not None:
        found += [one for one in (own.org_study_id_info.id, *(other.id for other in own.secondary_id_infos)) if one]
    if trial_words.text(row["acronym"]):
        found.insert(0, str(row["acronym"]))
    if found:
        st.subheader("Other names and ids", anchor=False)
        st.text(", ".join(dict.fromkeys(found)))


def _pairs(facts: Mapping[str, str | None], alt: str) -> None:
    shown = {name: words.quiet(value) if value else listing.MISSING for name, value in facts.items()}
    st.table(shown, border="horizontal", alt=alt)


def _table(title: str, columns: Mapping[str, Iterable[str | None]]) -> None:
    shown = pd.DataFrame(
        {name: [words.quiet(plain(cell or "")) or "–" for cell in cells] for name, cells in columns.items()}
    )
    if not shown.empty:
        st.markdown(f"**{title}**")
        st.table(shown, hide_index=True, border="horizontal", alt=f"{title} of the trial")
