"""Timeline: trials from start to completion, what is actual and what is planned."""

import streamlit as st

from dashboard.shared import address as view
from dashboard.shared import data, frame, words
from dashboard.timeline import parts as timeline_parts

frame.head("Timeline", "From start to completion: solid what has happened, hatched what is planned.")
wanted, problems = view.current()
view.problems(problems)
view.scope_bar(wanted)
timeline_parts.agents(wanted)

selection = data.selection(wanted)
st.caption(f"Shown here: {words.plain(wanted.sentence(data.watchlist()))}")
if selection.trials.empty:
    st.info(words.nothing(data.freshness(), wanted.everywhere), icon=":material/search_off:")
else:
    timeline_parts.chart(selection)
    timeline_parts.linked(selection)
