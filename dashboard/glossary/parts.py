"""The parts of the glossary page."""

import streamlit as st

from cache.english import listed
from dashboard import terms


def entries() -> None:
    """The search and the entries it finds."""
    words = st.text_input("Find a word", key="glossary_words", type="search", width=360)
    found = terms.found(words)
    if not found:
        st.info("No entry has this word. Try a shorter one.", icon=":material/search_off:")
    for term in found:
        st.markdown(f"**{term.name}**")
        st.text(term.text)
        if term.also:
            st.caption(f"See here also for: {listed(term.also)}.")
