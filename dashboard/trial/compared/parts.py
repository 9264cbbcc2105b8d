"""Two to four trials side by side, the points on which they differ first."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from cache import english
from cache.filters.filter import Filter
from dashboard.shared import address as view
from dashboard.shared import columns, frame, words
from dashboard.shared.number_tables import trial_link
from dashboard.trial import parts as trial_parts
from dashboard.trial.compared import points
from dashboard.trial.compared.points import MOST, Point
from dashboard.trial.known import Known

HEAD = "Trials side by side", "What two to four trials say on the same points. The link reopens this comparison."


def asked() -> bool:
    """Whether the address asks for trials side by side."""
    return bool(view.own("compare"))


def side_by_side(wanted: Filter) -> None:
    """The trials the address names, point by point."""
    known = [found for nct_id in wanted.ids[:MOST] if (found := trial_parts.find(nct_id))]
    _left_out(wanted.ids, [one.nct_id for one in known])
    back = {"mine": "1"} if view.own("mine") else {}
    frame.link("trials", "Back to the list", view.params(wanted, **back), ":material/arrow_back:")
    if len(known) < 2:
        st.info(
            f"Choose two to {english.number(MOST)} trials to see them side by side.", icon=":material/compare_arrows:"
        )
        return
    differing, same = points.compared(known)
    _shown(f"Where they differ: {english.count(len(differing), 'point')}", differing, known)
    _shown(f"The same in all: {english.count(len(same), 'point')}", same, known)


def _left_out(asked: Sequence[str], shown: Sequence[str]) -> None:
    missing = [nct_id for nct_id in asked[:MOST] if nct_id not in shown]
    said = (f"Not among the stored trials: {', '.join(missing)}.",) if missing else ()
    more = asked[MOST:]
    view.problems((*said, *((f"Not compared: {', '.join(more)}. At most {MOST} fit side by side.",) if more else ())))


def _shown(title: str, found: Sequence[Point], known: Sequence[Known]) -> None:
    """A table for a wide window, the same points under each other for a narrow one."""
    st.header(title, anchor=False)
    if not found:
        return
    links = [f"[{one.nct_id}]({trial_link(one.nct_id)})" for one in known]
    cells = [[_lines(said, "  \n") for said in point.says] for point in found]
    kind = "differ" if found[0].differs else "same"
    with st.container(key=f"wide_window_{kind}"):
        table = pd.DataFrame([links, *cells], columns=[one.nct_id for one in known])
        table.insert(0, "Point", ["Trial", *(point.name for point in found)])
        columns.plain_table(table, title)
    with st.container(key=f"narrow_window_{kind}"):
        for point, said in zip(found, cells, strict=True):
            if point.differs:
                each = [f"- **{link}** {cell}" for link, cell in zip(links, said, strict=True)]
                st.markdown("\n".join([f"**{point.name}**", "", *each]))
            else:
                st.markdown(f"**{point.name}**  \n{said[0]}")


def _lines(text: str, between: str) -> str:
    """The registry's words letter by letter, its lines under each other."""
    return between.join(words.quiet(line) for line in text.split("\n"))
