"""One trial: what the registry says of it, and why it is here."""

import re

import streamlit as st

from dashboard import data, frame, history_parts, trial_parts, view, words

given = " ".join(view.own("nct")[-1:]).strip().upper()
row = trial_parts.find(given)

if row is None:
    frame.head("Trial")
    trial_parts.missing(given, wellformed=re.fullmatch(r"NCT[0-9]{8}", given) is not None)
else:
    frame.head(words.quiet(str(row["title"]) if isinstance(row["title"], str) else str(row["nct_id"])))
    study = data.study(str(row["nct_id"]))
    trial_parts.identity(row, given)
    trial_parts.origin(row)
    trial_parts.glance(row, study)
    left, right = st.columns(2, gap="large")
    with left:
        trial_parts.dates(row)
    with right:
        trial_parts.reasons(row)
    trial_parts.substance(row, study)
    trial_parts.places(row, study)
    trial_parts.eligibility(study)
    trial_parts.ids(row, study)
    history_parts.history_of(str(row["nct_id"]))

st.page_link(
    view.script("trials"), label="Back to the list", icon=":material/arrow_back:", query_params=view.last_list()
)
