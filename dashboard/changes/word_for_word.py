"""The words taken out of the registry's texts and put in, to be read.

What was taken out is struck through, what was put in is bold and underlined, and both say so to a screen reader: no
colour carries it. The registry's texts are escaped here and nowhere read as HTML.
"""

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from cache.changes.changelog import Change
from cache.changes.passages import TEXTS, Passage
from cache.changes.wording import KIND_WORDS
from cache.changes.words import Op, Piece, shortened
from cache.english import count
from dashboard.changes import data as changes_data
from dashboard.shared import kept
from dashboard.shared.number_tables import trial_link

_ALIKE = "Only the order, the spelling or the layout differs."
# Heard and copied, not seen.
_HEARD = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
_MARKED: dict[Op, tuple[str, str, str]] = {
    "out": ("del", "taken out", "text-decoration:line-through"),
    "in": ("ins", "put in", "text-decoration:underline;font-weight:600"),
}


def below(listed: pd.DataFrame) -> None:
    """The texts of the listed changes, read when a viewer opens them; nothing when no text has changed."""
    ids = [int(one) for one in listed["id"][listed["kind"].isin(TEXTS)]]
    if ids:
        _opening(ids)


@st.fragment
def _opening(ids: Sequence[int]) -> None:
    label = f"Words taken out and put in: {count(len(ids), 'change')} of a text"
    with st.expander(label, icon=":material/compare_arrows:", key="changes_words", on_change="rerun") as shown:
        if not shown.open:
            return
        with kept.steady():
            _show(_of_all(changes_data.some(ids)))


def of_trial(changes: Sequence[Change]) -> None:
    """The texts of one trial's changes; nothing when no text has changed."""
    texts = [one for one in changes if one.kind in TEXTS]
    if texts:
        with st.expander("Words taken out and put in", icon=":material/compare_arrows:", expanded=True):
            _show("".join(f"<p><b>{_what(one)}</b></p>{as_html(one.passages)}" for one in texts))


def _show(made: str) -> None:
    st.html(f'<div style="position:relative;overflow-wrap:anywhere">{made}</div>')


def _of_all(changes: Sequence[Change]) -> str:
    parts = []
    for one in changes:
        # A browser's own blue cannot be read in the dark look.
        link = f'<a href="{escape(trial_link(one.nct_id))}" style="color:inherit">{escape(one.nct_id)}</a>'
        title = escape(one.title or "Title not known")
        parts.append(f"<p>{link} · {title}<br><b>{_what(one)}</b></p>{as_html(one.passages)}")
    return "".join(parts)


def _what(one: Change) -> str:
    return f"{escape(KIND_WORDS[one.kind])}, seen {escape(one.seen_at[:10])}"


def as_html(passages: Sequence[Passage]) -> str:
    """Passages as a list; a sentence when there are none."""
    if not passages:
        return f"<p>{_ALIKE}</p>"
    items = "".join(f"<li>{escape(one.name)}: {_words(one)}</li>" for one in passages)
    return f"<ul>{items}</ul>"


def _words(passage: Passage) -> str:
    told = ""
    for piece in shortened(passage.words):
        told += f" {_piece(piece)}" if piece.op == "in" and told.endswith("</del>") else _piece(piece)
    return told


def _piece(piece: Piece) -> str:
    if piece.op == "same":
        return escape(piece.text)
    tag, said, look = _MARKED[piece.op]
    heard = f'<span style="{_HEARD}">{said}: </span>', f'<span style="{_HEARD}">; </span>'
    return f'<{tag} style="{look}">{heard[0]}{escape(piece.text)}{heard[1]}</{tag}>'
