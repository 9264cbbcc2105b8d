"""Map: in which countries trials have sites, and how many of them are open."""

import streamlit as st

from dashboard.map import parts as map_parts
from dashboard.shared import address as view
from dashboard.shared import data, frame, words
from dashboard.shared import group_list as behind

frame.head("Where the trials are", "In which countries trials have sites, how many of them are open, and their lists.")
wanted, problems = view.current()
view.problems(problems)
view.scope_bar(wanted)
view.narrowed(wanted)

selection = data.selection(wanted)
st.caption(f"Counted here: {words.plain(wanted.sentence(data.watchlist()))}")
name = behind.asked()
if not (name and map_parts.group(name, selection)):
    if selection.trials.empty:
        st.info(words.nothing(data.freshness(), wanted.everywhere), icon=":material/search_off:")
    else:
        map_parts.sections(selection, wanted)
