"""The claims a trial is evidence for, for its page."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from cache.read.later import Later
from dashboard.claims import tables as claims_tables
from dashboard.shared import columns, evidence_data, frame, words
from dashboard.shared.number_tables import claim_link
from insights.claims import Finding


def claims(nct_id: str) -> None:
    """Claims of the documents that have this trial among their evidence, with their verdicts."""
    st.header("Claims it is evidence for", anchor="claims")
    found = [_about(finding, nct_id) for finding in evidence_data.resting_on(nct_id)]
    if not found:
        st.text("No claim of the documents has this trial among its evidence.")
    else:
        names = frame.names()
        rows = [(one, claims_tables.evidence_rows(one, names, 1).iloc[0]) for one in found]
        shown = pd.DataFrame(
            {
                "Claim": [f"[{words.plain(one.claim.id)}]({claim_link(one.claim.id)})" for one in found],
                "The document says (in our words)": [words.plain(one.claim.words) for one in found],
                "This trial": [words.quiet(row["Where"]) for _, row in rows],
                "Verdict on the claim": [words.plain(claims_tables.verdict_word(one)) for one in found],
            }
        )
        columns.plain_table(shown, "Claims with this trial among their evidence")
    frame.link("claims", "All claims, with their verdicts", icon=":material/fact_check:")


def _about(finding: Finding, nct_id: str) -> Finding:
    """The finding with this trial as its only evidence."""
    return replace(finding, rows=Later.of(finding.evidence[finding.evidence["nct_id"] == nct_id]))
