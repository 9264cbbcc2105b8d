"""The Changes page's controls and its two sections. The registry's texts stand in tables only, never in Markdown."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from cache.changes.changelog import WEIGHTS, Refreshed
from cache.changes.differences import KINDS
from cache.changes.wording import WEIGHT_WORDS
from cache.english import count, moment
from cache.filters.filter import Filter
from cache.filters.select import among
from dashboard.changes import address as changes_view
from dashboard.changes import charts as slip_charts
from dashboard.changes import data as changes_data
from dashboard.changes import tables as changes_tables
from dashboard.changes import word_for_word
from dashboard.changes.address import ChangesView
from dashboard.changes.tables import CLAIM, LINK, SHOW
from dashboard.shared import address as view
from dashboard.shared import charts, columns, data, frame, trial_list, words
from dashboard.shared.escape import plain
from insights import slips


def current() -> tuple[ChangesView, tuple[str, ...]]:
    """What the address asks of this page, and in sentences what of it made no sense."""
    own = {key: view.own(key) for key in ("show", "since", "looked", "kind", "weight", "every", "measure")}
    return changes_view.read(own)


def params(wanted: Filter, shown: ChangesView) -> list[tuple[str, str]]:
    """A filter and what this page shows of it, for the query of a link."""
    mine = [(key, value) for key, values in shown.to_query().items() for value in values]
    return [*view.params(wanted), *mine]


def address(wanted: Filter, shown: ChangesView) -> str:
    """The same as an address of this page, for a cell of a table."""
    return view.address("changes", params(wanted, shown))


def _go(**changed: Any) -> None:
    view.show(view.current()[0], **replace(current()[0], **changed).to_query())


def _changed(field: str, key: str, read: Callable[[Any], Any]) -> None:
    value = st.session_state[key]
    if value is not None:  # a click on the chosen one unsets it: nothing changes then
        _go(**{field: read(value)})


def section(shown: ChangesView) -> None:
    """The switch between the two sections."""
    st.session_state["changes_show"] = shown.show
    st.segmented_control(
        "Section",
        list(changes_view.SHOWN),
        format_func=changes_view.SHOWN.__getitem__,
        key="changes_show",
        label_visibility="collapsed",
        on_change=_changed,
        args=("show", "changes_show", str),
    )


def scope(wanted: Filter, shown: ChangesView) -> None:
    """The switches all pages share, or that they are set aside."""
    if not shown.every:
        view.scope_bar(wanted, frame.condition_names())
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(":material/select_all: Every stored trial is shown.", width="content")
        st.button("Only the trials that are counted", key="not_every", type="tertiary", on_click=_go,
                  kwargs={"every": False})  # fmt: skip


def _agents_changed() -> None:
    view.change(lambda wanted: replace(wanted, agents=tuple(st.session_state["changes_agents"])))


def _controls(wanted: Filter, shown: ChangesView, last: Refreshed) -> None:
    """Since when, which agents, kinds and weights; all of it in the address."""
    _period(shown)
    with st.grid(3, min_column_width=230, gap="small"):
        st.session_state["changes_agents"] = list(wanted.agents)
        st.multiselect(
            "Agents", list(frame.names()), format_func=lambda one: frame.names().get(one, one), key="changes_agents",
            placeholder="Any", on_change=_agents_changed,
        )  # fmt: skip
        st.session_state["changes_kinds"] = list(shown.kinds)
        st.multiselect(
            "Kinds", list(KINDS), format_func=changes_view.kind_words, key="changes_kinds", placeholder="Any",
            on_change=_changed, args=("kinds", "changes_kinds", tuple),
        )  # fmt: skip
        st.session_state["changes_weight"] = shown.weight
        st.selectbox(
            "Weight", list(WEIGHTS), format_func=changes_view.LEAST_WORDS.__getitem__, key="changes_weight",
            on_change=_changed, args=("weight", "changes_weight", str),
            help=" · ".join(WEIGHT_WORDS.values()),
        )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Mark all as seen", key="changes_looked", icon=":material/done_all:", on_click=_look, args=(last,),
                  help="Puts this moment into the address. Bookmark it to see only what is new next time.")  # fmt: skip
        if shown.looked:
            st.caption(f"Seen up to {moment(shown.looked)}. Bookmark this page to come back to what is new.")


def _look(last: Refreshed) -> None:
    _go(looked=changes_view.seen_up_to(last, datetime.now(UTC)), period="looked")


def _period(shown: ChangesView) -> None:
    choices = [key for key in changes_view.PERIODS if key != "looked" or shown.looked]
    st.session_state["changes_period"] = shown.period
    st.segmented_control(
        "Since", choices, format_func=changes_view.PERIODS.__getitem__, key="changes_period", on_change=_period_set
    )
    if shown.period == changes_view.DATE and shown.day:
        st.session_state["changes_day"] = date.fromisoformat(shown.day)
        st.date_input("Day", key="changes_day", min_value=changes_view.OLDEST, format="YYYY-MM-DD", width=160,
                      on_change=_changed, args=("day", "changes_day", _day))  # fmt: skip


def _period_set() -> None:
    period = st.session_state["changes_period"]
    if period is not None:
        day = changes_view.since(current()[0], changes_data.refreshed(), datetime.now(UTC))[:10]
        _go(period=period, day=day if period == changes_view.DATE else None)


def _day(given: date) -> str:
    return given.isoformat()


def changes_section(wanted: Filter, shown: ChangesView) -> None:
    """The controls, and the changes they let through."""
    last = changes_data.refreshed()
    since = changes_view.since(shown, last, datetime.now(UTC))
    _controls(wanted, shown, last)
    every = changes_data.changes(since)
    if wanted.agents:
        every = every.loc[[not set(wanted.agents).isdisjoint(agents) for agents in every["agents"]]]
    if shown.kinds:
        every = every[every["kind"].isin(shown.kinds)]
    here = every if shown.every else every[among(every["nct_id"], _ids(wanted))]
    weighed = every["weight"].isin(changes_view.weights(shown))
    found = here[here["weight"].isin(changes_view.weights(shown))]
    if found.empty:
        _nothing(shown, last, since)
    else:
        _changes(shown, found, since)
    hidden(shown, len(here) - len(found), int(weighed.sum()) - len(found))
    if not found.empty:
        _kinds(shown, found, since)


def _ids(wanted: Filter) -> "pd.Series[Any]":
    """A trial that left the registry is no trial to count any more, but its leaving is a change."""
    return data.selection(replace(wanted, left=True)).ids


def _changes(shown: ChangesView, found: pd.DataFrame, since: str) -> None:
    """The summary and the list. ``found``: the changes of this view, newest first."""
    st.header("What moved", anchor=False)
    period = changes_view.period_words(shown, since)
    st.markdown(f"**{plain(changes_tables.counted(found))}**, {plain(period)}.")
    part = columns.part_of(len(found))
    table = changes_tables.listed(found.iloc[part.first : part.last], frame.names())
    trial_list.show(table, "Changes, newest first", f"changes_{part.number}", _CONFIG, "not given")
    columns.pages_bar(part, "changes_page", lambda: current()[0].to_query())
    word_for_word.below(found.iloc[part.first : part.last])


def _kinds(shown: ChangesView, found: pd.DataFrame, since: str) -> None:
    """How many changes there are of each kind, as bars over their numbers."""
    links = {kind: address(view.current()[0], replace(shown, kinds=(kind,))) for kind in found["kind"].unique()}
    say = changes_tables.kinds_say(found)
    st.header("Kinds of change", anchor=False)
    st.markdown(say)
    bars = changes_tables.by_kind(found)
    opens = [links[str(kind)] for kind in bars.index]
    figure = charts.bars(bars.rename(index=changes_view.kind_words), opens, "change")
    period = plain(changes_view.period_words(shown, since))
    caption = f"{count(len(found), 'change')} {period}; a trial may have several."
    frame.picture("kinds", "Kinds of change", say, figure, caption)
    st.caption(caption)
    config = {SHOW: columns.list_link("Only changes of this kind", "Show changes")}
    made = partial(changes_tables.kind_numbers, found, links)
    frame.table_below("kinds", "Kinds of change", say, "Changes by kind and weight", made, config, None)


_CONFIG = {
    LINK: columns.trial(pinned=True),
    "Change": st.column_config.TextColumn(width=440),
    CLAIM: columns.claim(width=70),
    "Weight": st.column_config.TextColumn(help=" · ".join(WEIGHT_WORDS.values())),
    "Trial": st.column_config.TextColumn(width=270),
    "Registry date": st.column_config.TextColumn(help="The day the registry posted the record's update"),
    "Seen": st.column_config.TextColumn(help="When a refresh of this tracker saw it (UTC)"),
}


def newest(found: pd.DataFrame, most: int, key: str) -> None:
    """The newest few of some changes, for another page."""
    table = changes_tables.listed(found.head(most), frame.names()).drop(columns="Agents")
    columns.table(table, "Newest changes", _CONFIG, missing="not given", key=key)


def _nothing(shown: ChangesView, last: Refreshed, since: str) -> None:
    """Why there is nothing to list, and what to do."""
    if not data.freshness().live:
        said = (
            "The registry has not been asked yet, so no change is known. The other pages show the starter snapshot. "
            "The first refresh is the baseline; every later one shows here what has changed since. “Delays” shows "
            "what is known of earlier promises."
        )
    elif last.events is None:
        said = (
            f"No change seen yet. The first load is the baseline (it began on {moment(last.baseline)}). From the next "
            "refresh on, this page shows what has changed."
        )
    else:
        said = (
            f"No change in this view {changes_view.period_words(shown, since)}. The newest change of any trial was "
            f"seen on {moment(last.events)}. Choose a longer time, more kinds or a lower weight."
        )
    st.info(plain(said), icon=":material/update:")


def hidden(shown: ChangesView, noise: int, outside: int, what: str = "change") -> None:
    """What this view leaves out, each with a button that shows it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if noise:
            less = "of noise" if shown.weight == "low" else "of lower weight"
            st.caption(f"{count(noise, 'change')} {less} not shown.", width="content")
            st.button("Show all weights", key="show_noise", type="tertiary", on_click=_go, kwargs={"weight": "noise"})
        if outside:
            where = "in trials outside this view (other conditions, background only, or none of the agents given)"
            st.caption(f"{count(outside, what)} {where}.", width="content")
            st.button("Show every trial", key="show_every", type="tertiary", on_click=_go, kwargs={"every": True})


def slips_section(wanted: Filter, shown: ChangesView) -> None:
    """First promised against now, for the trials of this view."""
    every = changes_data.ledger()
    ids = data.trials()["nct_id"] if shown.every else _ids(wanted)
    ledger = every[among(every["nct_id"], ids)]
    measure = shown.measure or _first_measure(ledger)
    st.session_state["changes_measure"] = measure
    st.segmented_control(
        "What was promised", list(changes_view.MEASURES.values()), format_func=changes_view.MEASURE_WORDS.__getitem__,
        key="changes_measure", on_change=_changed, args=("measure", "changes_measure", str),
    )  # fmt: skip
    moved = slips.slipped(ledger, measure)
    known = int((ledger["states"][ledger["measure"] == measure] > 1).sum())
    say = changes_tables.slips_say(moved, known, measure)
    if moved.empty:
        st.info(f"{say} Promises are known from the first refresh on.", icon=":material/timeline:")
    else:
        _slips(moved, say)
    outside = slips.slipped(every, measure)
    hidden(shown, 0, int((~among(outside["nct_id"], ids)).sum()), "delay")


def _slips(moved: pd.DataFrame, say: str) -> None:
    named = data.trials()[["nct_id", "title"]].dropna()
    titles = dict(zip(named["nct_id"], named["title"], strict=True))
    st.header("First promised and now", anchor=False)
    st.markdown(say)
    part = f"{count(min(len(moved), slip_charts.MOST), 'trial')} of {len(moved):,}, the furthest first"
    caption = f"As of {words.as_of(data.freshness())} · {part} · a date without a day is drawn on its last day"
    frame.picture("slips", "First promised and now", say, slip_charts.dumbbells(moved, titles), caption)
    st.caption(caption)
    if copies := changes_tables.copies_say(moved):
        st.caption(f":material/content_copy: {copies}")
    made = partial(changes_tables.slip_numbers, moved, titles)
    frame.table_below("slips", "First promised and now", say, "First promised and now", made, _CONFIG)


def _first_measure(ledger: pd.DataFrame) -> str:
    moved = set(ledger["measure"][ledger["moves"] > 0])
    return next((one for one in changes_view.MEASURES.values() if one in moved), "primary_completion_date")
