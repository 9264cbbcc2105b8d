"""What the record of one trial tells, section by section: results, who may take part, what is given, where.

The registry's texts are shown letter by letter, never read as Markdown or HTML.
"""

from dataclasses import replace

import pandas as pd
import streamlit as st

from cache.english import count
from cache.filters.filter import Filter
from dashboard import terms
from dashboard.shared import address as view
from dashboard.shared import columns, frame, words
from dashboard.shared.number_tables import LINK
from dashboard.trial import criteria as trial_criteria
from dashboard.trial import sentences as trial_says
from dashboard.trial import tables as trial_tables
from dashboard.trial import words as trial_words
from dashboard.trial.known import Known
from dashboard.trial.parts import table
from fetchers.record.study import Study

_BACKGROUND = "BACKGROUND"


def results(known: Known) -> None:
    """Whether results are posted and due, in sentences; then the papers the record names."""
    st.header("Results", anchor="results", help=terms.meanings(["Posted", "Results due"]))
    first, *more = trial_says.results(known)
    st.markdown(f"**{words.plain(first)}**")
    st.text(" ".join([*more, trial_says.POSTING]))
    _papers(known)


def _papers(known: Known) -> None:
    found = trial_tables.references(known)
    if found.empty:
        none = "The record names no paper." if known.told else "Whether the record names papers is not known."
        st.text(f"{none} {trial_says.PAPERS}")
        return
    st.text(f"The record names {count(len(found), 'paper')}. {trial_says.PAPERS}")
    for what, papers in found.groupby("What it is", sort=False, dropna=False):
        if (papers["type"] == _BACKGROUND).all():
            with st.expander(count(len(papers), "background paper"), icon=":material/menu_book:", key="background"):
                _references(papers, "Background papers of the trial")
        else:
            kind = str(what) if isinstance(what, str) else "Kind not said"
            st.markdown(f"**{words.quiet(kind)}**")
            _references(papers, f"{kind}: papers of the trial")


def _references(found: pd.DataFrame, alt: str) -> None:
    shown = pd.DataFrame(
        {
            # The address is made of digits only, so this link is ours and not the record's.
            "PubMed": [
                f"[{pmid}]({address})" if address else words.quiet(pmid or "–")
                for pmid, address in zip(found["PubMed"], found["address"], strict=True)
            ],
            # Percent-encoded, so no sign of it can end the link or start another.
            "DOI": [f"[DOI]({address})" if address else "–" for address in found["doi_address"]],
            "Citation": [words.quiet(one or "–") for one in found["Citation"]],
        }
    )
    if not found["doi_address"].notna().any():
        shown = shown.drop(columns="DOI")
    columns.plain_table(shown, alt)


def eligibility(known: Known) -> None:
    """Age, sex, healthy people; then the registry's own words in two lists, in and out."""
    st.header("Who may take part", anchor="who", help=terms.meaning("Who may take part"))
    rules = known.study.eligibility if known.study else None
    people = trial_criteria.people(rules, told=known.told)
    st.text(". ".join(f"{name}: {said or words.MISSING}" for name, said in people.items()) + ".")
    if rules is not None and rules.study_population:
        st.markdown("**Who is observed, in the registry’s words**")
        st.text(rules.study_population)
    if known.eligibility is None:
        none = "The record gives no criteria." if known.told else "The criteria are not known here."
        st.text(f"{none} The record at the registry has what there is.")
        return
    st.caption("The registry’s own words, cut into single criteria; the two lists hold all of its text.")
    found = trial_criteria.lists(known.eligibility)
    left, right = st.columns(2, gap="large")
    with left:
        _criteria("In", found.inside)
    with right:
        _criteria("Out", found.outside)


def _criteria(head: str, items: tuple[str, ...]) -> None:
    st.markdown(f"**{head}**")
    if not items:
        st.text("The text has nothing under this head.")
        return
    with st.container(gap="xsmall", key=f"criteria_{head.lower()}"):
        for one in items:
            st.text(one)  # no table: its cells turn ">=" into another sign


def wording(known: Known) -> None:
    """What the word rules read in the criteria, with the words it rests on; nothing when there is nothing to say."""
    found = trial_criteria.said(known.eligibility, in_focus=known.in_focus, told=known.told)
    if not found:
        return
    st.header("What the criteria ask", anchor=False, help=terms.meanings(one.what for one in found))
    for one in found:
        st.markdown(f"**{one.what}** · {words.plain(one.finding)}")
        if one.quote:
            st.text(f"“{one.quote}”")
    st.caption("By word rules over the eligibility text only: “not named” is not “not asked for”. Read the quotes.")
    frame.link("mecfs", "How the texts are read", icon=":material/rule:")


def given(known: Known) -> None:
    """Conditions, interventions, arms and outcomes."""
    st.header("What is given, and what is measured", anchor="given")
    row, study = known.row, known.study
    st.text(f"Conditions: {trial_words.joined(row['conditions']) or words.MISSING}.")
    if study is None or not study.interventions:
        st.text(f"Interventions: {trial_words.joined(row['interventions']) or words.MISSING}.")
    else:
        _interventions(study)
    if study is None:
        return
    if study.arms:
        st.markdown("**Arms**", help=terms.meaning("Arms"))
        for arm in trial_tables.arms(study):
            st.markdown(f"**{words.quiet(arm.label)}** · {words.quiet(arm.kind)}")
            st.text(arm.words)
    outcomes = study.protocol_section.outcomes_module
    st.markdown("**Primary outcomes**", help=terms.meaning("Primary outcomes"))
    if not table(trial_tables.outcomes(outcomes.primary_outcomes), "Primary outcomes of the trial"):
        st.text("The record names none." if known.told else "Not known.")
    if outcomes.secondary_outcomes:
        number = count(len(outcomes.secondary_outcomes), "secondary outcome")
        with st.expander(number, icon=":material/list:", key="secondary"):
            table(trial_tables.outcomes(outcomes.secondary_outcomes), "Secondary outcomes of the trial")


def _interventions(study: Study) -> None:
    st.markdown("**Interventions**")
    table(trial_tables.interventions(study), "Interventions of the trial")
    described = trial_tables.told(study)
    if described["Intervention"]:
        with st.expander("Interventions in the registry’s words", icon=":material/medication:", key="interventions"):
            table(described, "Interventions in the registry’s words")


_PLACES = {
    "Country": columns.NAME,
    "Sites": columns.number(),
    "Recruiting": columns.number(help="Sites that are recruiting; records tell this only for open trials"),
    LINK: columns.list_link("Opens the list of trials in this country"),
    "Cities": columns.WIDE,
}


def places(known: Known) -> None:
    """Countries with their sites, the most sites first; each leads to the trials in that country."""
    st.header("Places", anchor="places")
    if known.row["countries"] is None:
        st.text("Countries and sites are not known.")
        return
    every = Filter(everywhere=True, background=True)
    found = trial_tables.places(known, lambda country: view.to_trials(replace(every, countries=(country,))))
    if found.empty:
        st.text("The record names no site.")
        return
    sites = found["Sites"].sum() if found["Sites"].notna().all() else None
    of = f", {count(int(sites), 'site')}" if sites is not None else "; how many sites is not known"
    st.text(f"{count(len(found), 'country', 'countries')}{of}.")
    # The registry gives sites a status only while a trial is open; no column of "not known" for all the others.
    shown = found if found["Recruiting"].notna().any() else found.drop(columns="Recruiting")
    columns.table(
        shown, "Countries of the trial with their sites", _PLACES, missing=words.MISSING,
        height="content" if len(found) <= 12 else 460,
    )  # fmt: skip
