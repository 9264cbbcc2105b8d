"""One trial: what the registry says of it, what follows from that, and why it is here."""

import streamlit as st

from cache.follow.view import Followed
from dashboard.changes import of_trial as changes_of_trial
from dashboard.claims import of_trial as claims_of_trial
from dashboard.findings import of_trial as findings_of_trial
from dashboard.follow import parts as follow
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import address as view
from dashboard.shared import frame
from dashboard.trial import parts, record, related

given = parts.given()
known = parts.find(given)
frame.head(parts.title(known))
refresh_parts.outcome()

if known is None:
    parts.missing(given)
else:
    parts.identity(known, given)
    parts.summary(known)
    record.eligibility(known)
    record.wording(known)
    record.places(known)
    left, right = st.columns(2, gap="large")
    with left:
        parts.glance(known)
    with right:
        parts.dates(known)
    record.given(known)
    findings_of_trial.findings(known.posted, known.has_results, known.updated)
    record.results(known)
    together = st.container()
    related.exclusions(known)
    parts.reasons(known)
    claims = st.container()
    related.ids(known)
    changes_of_trial.history(known.nct_id)
    parts.source(known)
    follow.below(Followed(trials=(known.nct_id,)))
    # What needs all other records comes last, so that on the first visit after a refresh nobody waits for the rest.
    with claims:
        claims_of_trial.claims(known.nct_id)
    with together:
        related.together(known)

frame.link("trials", "Back to the list", view.last_list(), ":material/arrow_back:")
