"""The sections of the page on results and delays, and the list of each of its groups.

The registry's texts stand in tables only, never in Markdown.
"""

import pandas as pd
import streamlit as st

from cache.english import count
from cache.filters.filter import Filter
from cache.filters.select import Selection, among
from dashboard.results import groups as results_groups
from dashboard.results import tables as results_tables
from dashboard.results.groups import Material
from dashboard.shared import address as view
from dashboard.shared import columns, data, frame, group_list, record_data, words
from insights import results_due, stale, why_stopped
from insights.findings import papers

RULE = (
    "The rule, as trackers of the US reporting law test it: an interventional trial of a product the FDA regulates, "
    "beyond phase 1 or without phases, no feasibility study of a device, not withdrawn, started on or after 18 January "
    "2017 (“probably covered”: started before, ended after). Results are due a year after the primary completion, "
    "three years with a certificate of delay, and count as overdue 30 days later. A month or a year decides only when "
    "every day it can mean would decide alike; dates that do not fit are not used; a planned date that has "
    "passed is no completion, and a paper is no posted result. These are facts about posting, on the day the record "
    "was read. They do not say that anybody broke a rule: who is bound is also decided by facts that are not public."
)


def material(selection: Selection) -> Material:
    """What is known of the trials of a view."""
    ids = selection.trials["nct_id"]

    def mine(whole: pd.DataFrame) -> pd.DataFrame:
        return whole[among(whole["nct_id"], ids)]

    facts, verdicts = mine(record_data.facts()), mine(record_data.verdicts())
    return Material(
        facts, verdicts, mine(record_data.overtaken()), mine(record_data.stopped()), mine(record_data.registration()),
        mine(record_data.paper_groups()).set_index("nct_id")["group"],
    )  # fmt: skip


def address(wanted: Filter) -> results_tables.Address:
    """Where this page lists the trials of a group, in the same view."""
    return lambda group: view.address("results", view.params(wanted, show=group))


def sections(found: Material, wanted: Filter) -> None:
    """All charts with their numbers."""
    to = address(wanted)
    as_of = f"As of {words.as_of(data.freshness())} · {count(len(found.facts), 'trial')}"
    _results(found, to, as_of)
    _published(found, to, as_of)
    _stale(found, to, as_of)
    left, right = st.columns(2, gap="large")
    with left:
        _stopped(found, to, as_of)
    with right:
        _registration(found, to, as_of)


def _results(found: Material, to: results_tables.Address, as_of: str) -> None:
    frame.bars(
        "results_states",
        "Results in the registry",
        results_tables.results_say(found.verdicts, found.facts),
        f"{as_of} · each trial counts once · facts about posting, not a judgement on anybody",
        ("Trials by state of results", results_tables.state_numbers(found.verdicts, to)),
        ("Trials the rule does not cover, by reason", results_tables.why_numbers(found.verdicts, to)),
        ("Facts that are missing", results_tables.missing_numbers(found.verdicts, to)),
        unknown=[results_due.STATES[state] for state in results_due.UNTOLD],
    )
    with st.expander("How this is judged", icon=":material/gavel:"):
        st.text(RULE)


def _published(found: Material, to: results_tables.Address, as_of: str) -> None:
    frame.bars(
        "results_papers",
        "Posted and published",
        results_tables.papers_say(found.papers),
        f"{as_of} · papers as the record names them, with a PubMed id; one that names the trial may tell something "
        "else",
        ("Trials by results and papers", results_tables.paper_numbers(found.papers, to)),
        unknown=[papers.PAPERS["unknown"]],
    )


def _stale(found: Material, to: results_tables.Address, as_of: str) -> None:
    frame.bars(
        "results_stale",
        "Out-of-date records",
        results_tables.stale_say(found.overtaken, found.facts),
        f"{as_of} · a trial may be in several rows · judged on the day the record was read",
        ("Trials by what has been overtaken", results_tables.stale_numbers(found.overtaken, to)),
        ("Unknown status, by the last known one", results_tables.last_known_numbers(found.overtaken, to)),
    )


def _stopped(found: Material, to: results_tables.Address, as_of: str) -> None:
    frame.bars(
        "results_stopped",
        "Why trials stopped",
        results_tables.stopped_say(found.stopped, found.facts),
        f"{as_of} · classes by word rules, a trial may be in several; the lists show the registry’s own words",
        ("Stopped trials by class of reason", results_tables.stopped_numbers(found.stopped, to)),
        empty=False,
        unknown=[why_stopped.CLASSES["not_known"]],
    )
    if not results_tables.reasons_known(found.stopped):
        return
    frame.rules(
        "How the reasons are classed, and how far to trust it",
        "Word rules look through the reason the registry gives, nothing else. They were compared with reasons that "
        "one person labelled and that were kept aside when the rules were written.",
        why_stopped.CLASSES,
        why_stopped.figures(),
    )


def _registration(found: Material, to: results_tables.Address, as_of: str) -> None:
    frame.bars(
        "results_registration",
        "Registered in time",
        results_tables.registration_say(found.registration),
        f"{as_of} · the WHO asks for registration before the first person joins; a month counts to its last day",
        ("Trials by time of registration", results_tables.registration_numbers(found.registration, to)),
        unknown=[stale.REGISTRATION["unknown"]],
    )


_CONFIG = {
    "Papers": st.column_config.LinkColumn(
        help="Opens PubMed in the browser: results papers first, then papers that name the trial",
        display_text=r"term=(.*)",
    ),
    "Why stopped, in the registry’s words": columns.WIDE,
    "Days after due": columns.number(help="Negative: before"),
    "Days after start": columns.number(help="Negative: before"),
    "Days ago": columns.number(),
    "Judged on": st.column_config.TextColumn(help="The day these facts stood so in the registry"),
}


def group(name: str, found: Material) -> bool:
    """The list of one group; False when the address names no group."""
    chosen = results_groups.find(name, found)
    if chosen is None:
        return group_list.unknown(name)

    def table(first: int, last: int) -> pd.DataFrame:
        named = papers.by_trial(record_data.published())
        return results_tables.listed(chosen._replace(rows=chosen.rows.iloc[first:last]), data.trials(), named)

    return group_list.show("results", chosen.title, len(chosen.rows), table, _CONFIG)
