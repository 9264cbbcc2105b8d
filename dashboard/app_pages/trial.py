"""One trial: what the registry says of it, what follows from that, and why it is here."""

import re

import streamlit as st

from dashboard.changes import of_trial as history_parts
from dashboard.shared import address as view
from dashboard.shared import data, frame, record_data, words
from dashboard.trial import head as parts
from dashboard.trial import record
from dashboard.trial import related as near
from dashboard.trial.known import Known

given = " ".join(view.own("nct")[-1:]).strip().upper()
row = parts.find(given)

if row is None:
    frame.head("Trial")
    parts.missing(given, wellformed=re.fullmatch(r"NCT[0-9]{8}", given) is not None)
else:
    nct_id = str(row["nct_id"])
    frame.head(words.quiet(str(row["title"]) if isinstance(row["title"], str) else nct_id))
    in_focus = record_data.in_focus(row["condition_groups"])
    known = Known(row, data.study(nct_id), record_data.facts_of(nct_id), in_focus)
    parts.identity(row, given)
    parts.summary(known)
    left, right = st.columns(2, gap="large")
    with left:
        parts.glance(known)
    with right:
        parts.dates(known)
    record.results(known)
    record.eligibility(known)
    record.wording(known)
    record.given(known)
    record.places(known)
    together = st.container()
    near.exclusions(known)
    parts.reasons(row)
    claims = st.container()
    near.ids(known)
    history_parts.history_of(nct_id)
    # What needs all other records comes last, so that on the first visit after a refresh nobody waits for the rest.
    with claims:
        near.claims(known)
    with together:
        near.together(known)

st.page_link(
    view.script("trials"), label="Back to the list", icon=":material/arrow_back:", query_params=view.last_list()
)
