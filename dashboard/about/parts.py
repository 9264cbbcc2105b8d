"""The parts of the page on the data."""

from urllib.parse import urljoin

import pandas as pd
import streamlit as st

from cache import english
from cache.export.trials import MODIFIED
from dashboard.shared import columns, data, frame, words
from fetchers.settings import RECORD_URL
from insights.verdicts import condition_groups

TERMS = urljoin(RECORD_URL, "/about-site/terms-conditions")
SITE = urljoin(RECORD_URL, "/")
MISSED = 100  # interventions that no name explains, as the command line lists them


def source() -> None:
    """Source, terms, what was changed."""
    fresh = data.freshness()
    st.header("Source and terms", anchor=False)
    st.markdown(
        f"All trials come from [ClinicalTrials.gov]({SITE}), the registry of the U.S. National Library of Medicine, "
        f"through its public interface. Its [terms and conditions]({TERMS}) ask everyone who shows its data to name it "
        "as the source and to keep the data current. They also ask for the date on which the registry processed the "
        "data, and for what was changed. The data are free for everyone and come without any warranty. Outside the "
        "United States an international copyright is claimed, and some texts may belong to others. Nothing here is a "
        "publication of the U.S. Government, and this product claims no right in the data."
    )
    if fresh.live and fresh.registry_timestamp:
        st.text(
            f"Data as processed by the registry on {english.moment(fresh.registry_timestamp)}; "
            f"fetched on {english.moment(fresh.fetched_at)}."
        )
    if fresh.starter:
        st.markdown(
            f"The **starter snapshot** of {english.day(fresh.starter_date)} is a small collection of facts on real "
            "trials (ids, names, phases, statuses, dates, sponsors). They come from public copies of the registry’s "
            "records, so that the first screen is not empty. Every trial in it names its date and its source. A status "
            "that was open more than a year before that day counts as not known. The snapshot is a sample: it does not "
            "say how many trials there are. The first refresh of an agent replaces its part."
        )
    st.markdown(f"**What was changed.** {MODIFIED} Names and contacts of people are never requested or stored.")


def cities() -> None:
    """Where the list of cities comes from, as its licence asks."""
    st.header("Cities", anchor=False)
    st.markdown(
        "“Near” finds a place in a list of cities that comes with this product, so that no look-up leaves this "
        "machine. The list is made from [GeoNames](https://www.geonames.org/) and licensed under "
        "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). It was modified: it holds cities of 15,000 people "
        "or more, rounded coordinates, and names in Latin letters. The coordinates of trial sites are those of the "
        "registry, which gives the place of the town, not of the building. Distances are straight lines."
    )


def matching() -> None:
    """Tiers, roles and condition groups, in plain words."""
    st.header("How a trial is matched", anchor=False)
    st.markdown(
        "The registry is asked for every agent in every condition, under all of its names. Its answers are then read "
        "here, because it also sends trials that only mention an agent."
    )
    _meanings("How the agent appears", _TIERS)
    _meanings("Role of an agent that is given", _ROLES)
    st.markdown(
        "The charts count trials that give an agent other than as background; a switch adds the rest. A trial in two "
        "phases is one trial, in a row of its own. A trial with several agents counts for each of them; a trial in "
        "several condition groups counts in each. Conditions are grouped by their names. For some groups the registry "
        "is asked for all trials, whatever they test."
    )


_TIERS = (
    (
        "Given",
        "People in the trial get the agent: the interventions name it, or the description of an intervention or arm "
        "says so.",
    ),
    ("Only mentioned", "A title, keyword or description names it, but nobody gets it."),
    ("Only as an exclusion", "It is named only as a reason why people may not take part."),
)
_ROLES = (
    (
        "Tested",
        "In experimental arms, but not in every arm. Without an experimental arm: what differs between the arms, or "
        "the only treatment.",
    ),
    ("Comparator", "Only in comparison arms, next to experimental arms that do not give it."),
    ("Background", "In every arm, together with something else: everybody gets it, so the trial does not test it."),
    ("Role unclear", "The record does not say enough about its arms."),
)


def _meanings(heading: str, meanings: tuple[tuple[str, str], ...]) -> None:
    table = pd.DataFrame(list(meanings), columns=[heading, "What that means"])
    columns.plain_table(table, heading)


def names() -> None:
    """What was asked, agent by agent, with false friends."""
    st.header("The names asked for", anchor=False)
    agents = data.watchlist().agents
    table = pd.DataFrame(
        {
            "Agent": [words.quiet(agent.name) for agent in agents],
            "Names asked": [
                words.quiet(", ".join(name for member in agent.members if member.on for name in member.names))
                for agent in agents
            ],
            "Left out on purpose": [
                words.quiet(", ".join(member.name for member in agent.members if not member.on)) or "–"
                for agent in agents
            ],
            "False friends, never counted": [words.quiet(", ".join(agent.false_friends)) or "–" for agent in agents],
        }
    )
    with st.expander("Names and false friends of each agent", icon=":material/search:"):
        columns.plain_table(table, "Names asked for each agent")
    conditions = [one for one in data.watchlist().conditions if one.terms]
    groups = pd.DataFrame(
        {
            "Condition group": [words.quiet(one.name) for one in conditions],
            "Terms": [words.quiet(", ".join(one.terms)) for one in conditions],
            "Asked for with any agent": ["yes" if one.swept else "no" for one in conditions],
            "Measured": [_measured(one.id) for one in conditions],
        }
    )
    with st.expander("Terms of each condition group", icon=":material/category:"):
        columns.plain_table(groups, "Terms of each condition group")
        st.caption(
            "A reader labelled real records; the rules were measured on the half they were not made with. Precision: "
            "of the records the rule puts into a group, the share that the reader puts there, too. Recall: of the "
            "reader’s records, the share that the rule finds. A group with a precision below "
            f"{condition_groups.LEAST_PRECISION}, or not measured, is named with “possibly”."
        )


def _measured(group: str) -> str:
    found = condition_groups.figures().get(group)
    if found is None or found.precision is None or found.recall is None:
        return "not measured"
    return f"precision {found.precision:.2f}, recall {found.recall:.2f} on {found.texts:,} records"


def missed() -> None:
    """What the watch-list may be missing: interventions that none of its names tells."""
    found = data.missed()
    if not found:
        return
    with st.expander("Interventions that no name explains", icon=":material/help:"):
        st.text(
            f"{english.count(len(found), 'intervention')} in trials of the documents’ conditions "
            f"{english.agreeing(len(found), 'matches', 'match')} no name, false friend or left-out member above. "
            "Most are other treatments. If one names an agent, add it to the watch-list. The most frequent ones:"
        )
        shown = found[:MISSED]
        table = pd.DataFrame(
            {
                "Intervention": [one.name for one in shown],
                "Trials": [one.trials for one in shown],
                "NCT ids": [", ".join(one.nct_ids) for one in shown],
            }
        )
        columns.table(
            table, "Interventions that no name of the watch-list explains, by number of trials", height="auto"
        )


def documents() -> None:
    """The documents whose recommendations are looked up, and their publishers' interests."""
    st.header("The documents", anchor=False)
    agents = frame.names()
    shown = data.watchlist()
    table = pd.DataFrame(
        {
            "Document": [words.quiet(one.title) for one in shown.documents],
            "Kind": [words.quiet(one.kind) for one in shown.documents],
            "Publisher": [words.quiet(one.publisher or words.MISSING) for one in shown.documents],
            "Interest": [words.quiet(one.interest or "none known") for one in shown.documents],
            "Date": [words.quiet(one.date or words.MISSING) for one in shown.documents],
            "Agents": [
                words.quiet(", ".join(agents[agent.id] for agent in shown.agents if one.id in agent.documents))
                for one in shown.documents
            ],
        }
    )
    columns.plain_table(table, "The documents whose agents are followed")


def unknown() -> None:
    """What the data cannot say."""
    st.header("What is not known", anchor=False)
    st.markdown(
        "- *None found* means that the registry sent nothing under the names asked. It never means that no trial "
        "exists: older trials and trials in other registries are missing there.\n"
        "- A missing fact is shown as not known, never as zero or no.\n"
        "- A status is what the sponsor reported last. *Unknown status* means that the trial was open and nobody has "
        "verified it for two years. The last known status is shown with it.\n"
        "- Results *posted* in the registry are not the same as results *published* in a journal.\n"
        "- Planned dates and planned enrolment are plans.\n"
        "- A trial shows that something is studied, not that it works or is safe."
    )


def makers() -> None:
    """Who made this, and what it does not do."""
    st.header("Who made this, and what it collects", anchor=False)
    st.markdown(
        "An open-source tool that anyone can run on their own machine. It collects nothing about you: no accounts, no "
        "cookies of its own, no statistics. Your browser asks nobody but this server, and this server asks only "
        "ClinicalTrials.gov, during a refresh."
    )
    st.markdown(
        "**Not medical advice.** Nothing here says that a treatment helps, or that you should take or avoid one. "
        "Please talk to your doctors before you change anything."
    )
