"""What the words of a search found on this page of the list: under which names, where they stand, or what was meant."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import streamlit as st

from cache.filters.filter import Filter
from cache.filters.select import among
from cache.filters.unseen import not_stored, said_not_stored
from cache.read import records
from cache.search import hits as searched
from cache.search.hits import Hit
from dashboard.shared import address as view
from dashboard.shared import data, frame, words
from dashboard.shared.kept import kept, steady
from dashboard.trials import words as trials_words

SHOWN = 10  # trials of a page whose hits are told
_NCT = re.compile(r"\bNCT[0-9]{8}\b", re.ASCII | re.IGNORECASE)


def said(wanted: Filter) -> None:
    """The names that were searched beside the one that was typed, and the way to what may have been meant."""
    if not wanted.text:
        return
    found = data.found(wanted.text)
    unread = trials_words.unread(wanted.text, has_words=bool(found.asked))
    if unread:
        st.text(unread)
    for item in found.asked:
        if item.names:
            st.text(trials_words.names(item.typed, item.names))
    if found.meant:
        label = f"Did you mean “{words.quiet(found.meant)}”?"
        frame.link("trials", label, view.params(replace(wanted, text=found.meant)), ":material/spellcheck:")


def by_id(wanted: Filter, here: Collection[str]) -> None:
    """The trials whose ids are among the words and that this view does not show, each by its name, or not stored."""
    looked = [one for one in dict.fromkeys(map(str.upper, _NCT.findall(wanted.text))) if one not in here]
    known = data.trials()
    found = known[among(known["nct_id"], looked[:SHOWN])]
    for nct_id, title in zip(found["nct_id"], found["title"], strict=True):
        frame.link("trial", trials_words.elsewhere(nct_id, title if isinstance(title, str) else None), {"nct": nct_id})
    missing = said_not_stored(not_stored(looked, known))
    if missing:
        st.text(missing)


def where(wanted: Filter, titles: Sequence[tuple[str, str | None]]) -> None:
    """Where the words stand in the first trials of a page, by id and title."""
    if not wanted.text:
        return
    some = titles[:SHOWN]
    with st.expander(trials_words.where(len(some)), icon=":material/search:"):
        told = _hits(wanted.text, tuple(nct_id for nct_id, _ in some))
        for nct_id, title in some:
            st.markdown(trial(nct_id, title, told.get(nct_id, ())))


def trial(nct_id: str, title: str | None, hits: Sequence[Hit]) -> str:
    """A trial and where the words stand in it, as Markdown; the registry's letters stand for nothing but themselves."""
    name = words.quiet(title) if title else nct_id
    lines = [f"**[{name}](trial?nct={nct_id})**", *(f"- {_line(hit)}" for hit in hits)]
    return "\n".join([lines[0], "", *lines[1:]])


def _line(hit: Hit) -> str:
    before, after = words.quiet(hit.before), words.quiet(hit.after)
    spaces = (" " if hit.before.endswith(" ") else "", " " if hit.after.startswith(" ") else "")
    return f"{hit.place}: {before}{spaces[0]}**{words.quiet(hit.found)}**{spaces[1]}{after}"


@kept(entries=16)
def _hits(text: str, nct_ids: tuple[str, ...]) -> dict[str, list[Hit]]:
    asked = data.found(text).asked
    with steady() as shown:
        studies = records.studies(shown.still, nct_ids)
        return {one.nct_id: searched.hits(one, asked) for one in studies}
