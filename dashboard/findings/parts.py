"""The sections of the page of findings, and its lists. The registry's texts stand in tables only."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from cache.english import count
from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.read import results as posted
from dashboard.findings import tables as findings_tables
from dashboard.findings.tables import Material
from dashboard.shared import address as view
from dashboard.shared import columns, data, frame, group_list, record_data, words

RULES = (
    "A registered analysis is put under a kind by its p value as written, against the level its record names; where it "
    "names none, against 0.05, and where its interval is not of 95 %, against the level of that interval as well. "
    "Non-inferiority, equivalence, one-sided tests without a named level, Bayesian analyses and analyses without a "
    "single p value are of another kind. A trial stands under the first kind that one of its primary analyses is of. "
    "A p value does not say in which direction a difference goes, how large it is, or whether it matters to anybody; "
    "many analyses of one trial find one below 0.05 by chance. Nothing is pooled over trials."
)
ROWS = 50  # trials of one page of the list
_CONFIG: dict[str, Any] = columns.ID_TITLE | {
    "Title": st.column_config.TextColumn(width="medium"),
    "People": columns.number(width=95),
    "Reports": st.column_config.TextColumn(
        width=205, help="What the registered analyses of its primary outcomes report"
    ),
    "Primary outcome": columns.WIDE,
    "What its analyses report": columns.WIDE,
    "It rests on": columns.WIDE,
    "Serious events": st.column_config.TextColumn(width="medium", help="People affected of people at risk, by group"),
    "Deaths": st.column_config.TextColumn(width="medium", help="People who died of people at risk, by group"),
    "Papers": st.column_config.LinkColumn(
        help="Opens PubMed in the browser: results papers first, then papers that name the trial",
        display_text=r"term=(.*)",
    ),
    "Paper by DOI": st.column_config.LinkColumn(
        help="Opens the first of these papers that has a DOI; the trial’s page lists them all",
        display_text=r"doi\.org/(.*)",
    ),
    "Record": st.column_config.LinkColumn(help="Opens the results at ClinicalTrials.gov", display_text="Results"),
}


def material(selection: Selection) -> Material:
    """What is known of the results of the trials of a view."""
    return findings_tables.material(selection, record_data.found())


def sections(shown: Material, wanted: Filter) -> None:
    """What the analyses report, as bars over their numbers; then the trials."""

    def to(group: str) -> str:
        return view.address("findings", view.params(wanted, show=group))

    frame.bars(
        "findings_reports",
        "What registered analyses report",
        findings_tables.say(shown),
        f"As of {words.as_of(data.freshness())} · {count(len(shown.trials), 'trial')}, each once · primary outcomes",
        ("Trials by what their analyses report", findings_tables.report_numbers(shown, to)),
        ("Trials by state of results", findings_tables.state_numbers(shown, to)),
    )
    stopped = posted.state(data.store()).error
    if stopped:
        st.text(f"Reading posted results ended early. {stopped}")
    with st.expander("How an analysis is put under a kind", icon=":material/gavel:"):
        st.text(RULES)
    if len(shown.read):
        st.header("Trials with results, the largest first", anchor=False)
        listed(shown.read, shown)


def listed(rows: pd.DataFrame, shown: Material, own: Mapping[str, list[str]] | None = None) -> None:
    """One page of the trials in their order. ``own``: keys of the address that turning a page keeps."""
    part = columns.part_of(len(rows), min(columns.ROWS, ROWS))
    place = f"{part.first + 1:,} to {part.last:,} of {count(len(rows), 'trial')}."
    table = _table(rows.iloc[part.first : part.last], shown)
    # Both are sent, for a server cannot see how wide a window is; web/links.js shows the one that fits.
    with st.container(key="wide_window"):
        st.caption(f"{place} An NCT id opens what the trial found, in a new tab.")
        columns.table(
            table, "Trials with posted results, the largest first", _CONFIG, missing=words.MISSING,
            height=columns.at_most(640, table), key=f"findings_{part.number}",
        )  # fmt: skip
    with st.container(key="narrow_window"):
        st.caption(f"{place} A title opens what the trial found.")
        for row in table.to_dict("records"):
            with st.container(border=True):
                st.markdown(findings_tables.card(row))
    columns.pages_bar(part, "findings_page", lambda: own or {})


def _table(rows: pd.DataFrame, shown: Material) -> pd.DataFrame:
    return findings_tables.rows(rows, shown, frame.names(), record_data.published())


def group(name: str, shown: Material) -> bool:
    """The list of one group; False when the address names none."""
    chosen = findings_tables.group(name, shown)
    if chosen is None:
        return group_list.unknown(name)
    title, rows = chosen
    return group_list.show(
        "findings", title, len(rows), lambda first, last: _table(rows.iloc[first:last], shown), _CONFIG
    )  # fmt: skip
