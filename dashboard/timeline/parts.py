"""The sections of the timeline page. The registry's texts stand in tables and, escaped, on the axis."""

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from cache.english import count, listed
from cache.filters.filter import Filter
from cache.filters.select import Selection, among
from dashboard.shared import address as view
from dashboard.shared import columns, data, frame, record_data, words
from dashboard.shared.kept import kept, parts
from dashboard.shared.number_tables import trial_link
from dashboard.timeline import charts as timeline_charts
from dashboard.timeline import rows as timeline_rows
from insights import families

SHOWN = 25  # trials of one picture; a screen or two
FEW = 12  # trials of the picture on another page


def agents(wanted: Filter) -> None:
    """One agent, or all of the view."""
    chosen = wanted.agents[0] if len(wanted.agents) == 1 else None
    frame.choose_agent("timeline_agent", chosen, width=420, placeholder="All of this view")


def day() -> date:
    """The day of the data, which is the "today" of its plans; this day when nothing says it."""
    return data.freshness().day or datetime.now(UTC).date()


def _bars(selection: Selection, today: date) -> pd.DataFrame:
    """The bars of a view: those of all stored trials are made once."""
    every = _every_bar(today)
    return every[among(every["nct_id"], selection.ids)].reset_index(drop=True)


@kept()
def _every_bar(today: date) -> pd.DataFrame:
    return timeline_rows.worded(parts().bars(today))


def _said(selection: Selection, today: date) -> tuple[pd.DataFrame, str]:
    """The bars of a view, and the sentence on them, which stands on the page."""
    bars = _bars(selection, today)
    say = timeline_rows.say(bars, len(selection.trials) - len(bars))
    st.markdown(say)
    return bars, say


def order() -> str:
    """The order in the address, a key of ``ORDERS``; nonsense is said and counts as the first."""
    given = view.own(_SORT)[-1:]
    if given and given[0] not in timeline_rows.ORDERS:
        known = listed(timeline_rows.ORDERS, "or")
        view.problems((f"“{given[0][:40]}” is no order: {known}. The newest start stands first.",))
    return given[0] if given and given[0] in timeline_rows.ORDERS else _FIRST


_SORT = "sort"
_FIRST = next(iter(timeline_rows.ORDERS))


def choose_order(by: str) -> None:
    """The choice of the order, written to the address."""
    st.session_state["timeline_order"] = by
    st.segmented_control(
        "Order", list(timeline_rows.ORDERS), format_func=timeline_rows.ORDERS.__getitem__, key="timeline_order",
        on_change=_order_chosen,
    )  # fmt: skip


def _order_chosen() -> None:
    chosen = st.session_state["timeline_order"]
    if chosen:  # a click on the chosen one takes the choice away: nothing changes then
        view.show(view.current()[0], **_kept(chosen))


def _kept(by: str) -> dict[str, list[str]]:
    return {_SORT: [by] if by != _FIRST else []}


def chart(selection: Selection, by: str) -> None:
    """The bars of one page of the view in that order, and their numbers."""
    today = day()
    bars, say = _said(selection, today)
    if bars.empty:
        return
    choose_order(by)
    part = columns.part_of(len(bars), SHOWN)
    shown = timeline_rows.ordered(bars, by).iloc[part.first : part.last].reset_index(drop=True)
    first = timeline_rows.ORDERS[by].lower() if by != "status" else "open ones"
    what = f"{part.first + 1:,} to {part.last:,} of {count(len(bars), 'trial')}, {first} first"
    _drawn(shown, today, say, what, f"timeline_{by}_{part.number}")
    columns.pages_bar(part, own=lambda: _kept(by))


def few(selection: Selection, wanted: Filter, *, of: str) -> None:
    """The bars of the newest few, for the page of the agent ``of``, with a link to all of them."""
    today = day()
    bars, say = _said(selection, today)
    if bars.empty:
        return
    shown = bars.head(FEW)
    part = f"the newest {FEW} of {count(len(bars), 'trial')}" if len(bars) > FEW else "newest start first"
    _drawn(shown, today, say, part, "timeline_few", of)
    label = f"All {len(bars):,} on the timeline" if len(bars) > FEW else "The same on the timeline’s own page"
    frame.link("timeline", label, view.params(wanted), ":material/view_timeline:")


def _drawn(shown: pd.DataFrame, today: date, say: str, part: str, key: str, of: str | None = None) -> None:
    title = frame.titled("Timeline of trials", of)
    shown = timeline_rows.with_dates(shown)
    figure = timeline_charts.timeline(shown, today)
    caption = (
        f"As of {words.as_of(data.freshness())} · {part} · filled: actual, outlined: planned or not confirmed · "
        "a month or a year is drawn from its first day as a start and to its last day as an end"
    )
    frame.picture(key, title, say, figure, caption)
    st.caption(caption)
    config = {"NCT id": columns.trial(), "Title": columns.WIDE, "People": columns.number()}
    made = partial(timeline_rows.table, shown)
    frame.table_below(key, title, say, "The bars of the timeline", made, config)


def linked(selection: Selection) -> None:
    """Which of these trials belong together, and how many there are when they count once."""
    ids = set(selection.trials["nct_id"])
    links = record_data.links()
    mine = links[among(links["nct_id"], ids) | among(links["cites"], ids)]
    st.header("Trials that belong together", anchor=False)
    known = set(data.trials()["nct_id"])
    once = families.once(ids, record_data.family_of())
    if once < len(ids):
        st.markdown(
            f"{count(len(ids), 'trial')} in this view; {once:,} when a platform and its sub-studies count once."
        )
    elif mine.empty:
        st.markdown("No record in this view names another trial by its NCT id.")
        return
    else:
        st.markdown("No two trials in this view belong to one platform; the records below name other trials.")
    columns.table(
        _links(mine, known), "Trials that name other trials",
        {"NCT id": columns.trial(), "Names": columns.trial(), "In the registry’s words": columns.WIDE},
        missing=None, height="content" if len(mine) < 12 else 420,
    )  # fmt: skip


def _links(found: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    shown = found.assign(order=found["kind"].map(list(families.KINDS).index)).sort_values(["order", "nct_id", "cites"])
    made: dict[str, Any] = {
        "NCT id": [trial_link(nct_id) for nct_id in shown["nct_id"]],
        "Names": [trial_link(nct_id) for nct_id in shown["cites"]],
        "As": shown["kind"].map(families.KINDS).to_numpy(),
        "Stored here": ["yes" if nct_id in known else "no" for nct_id in shown["cites"]],
        "Stands in": shown["place"].to_numpy(),
        "In the registry’s words": shown["quote"].to_numpy(),
    }
    return pd.DataFrame(made)
