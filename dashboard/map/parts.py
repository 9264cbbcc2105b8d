"""The sections of the map page. The registry's spellings stand in tables and, escaped, on axes and in sentences."""

from functools import partial

import pandas as pd
import streamlit as st

from cache.english import count
from cache.filters.filter import Filter
from cache.filters.select import Selection
from dashboard.map import charts as map_charts
from dashboard.map import sites as site_parts
from dashboard.map import tables as map_tables
from dashboard.shared import address as view
from dashboard.shared import columns, data, frame, group_list, words
from dashboard.shared.kept import kept, parts
from dashboard.shared.number_tables import LINK
from dashboard.shared.record_data import READING
from dashboard.shared.taking_along import Numbers

_CONFIG = {
    "Country": columns.NAME,
    "All": columns.number(),
    LINK: columns.list_link(),
    "Open": columns.number(help="Open or about to open, by the trial’s own status"),
    map_tables.OPEN_LINK: columns.list_link("Opens the list of the open ones", "Show open"),
    "Sites": columns.number(help="Places in this country that the records name"),
}


@kept(spinner=READING)
def sites() -> pd.DataFrame:
    """``countries.several`` of every stored trial with sites in several countries."""
    return parts().sites()


def group(name: str, selection: Selection) -> bool:
    """The list of the trials without a country; False when the address names no such group."""
    chosen = map_tables.groups(selection.trials).get(name)
    if chosen is None:
        return group_list.unknown(name)
    rows = chosen.rows.iloc[::-1]
    return group_list.show(
        "map", chosen.title, len(rows), lambda first, last: map_tables.listed(rows.iloc[first:last])
    )  # fmt: skip


def sections(selection: Selection, wanted: Filter) -> None:
    """The map, the ranking below it and the numbers of both."""
    counted = map_tables.counted(selection, sites(), wanted.countries)
    without = map_tables.groups(selection.trials)
    say = map_tables.say(counted, selection.trials, sample=not data.freshness().live)
    st.markdown(say)
    if wanted.countries:
        st.caption("Shown: only the countries in the address. These trials may have sites in others.")
    site_parts.choose(wanted)
    site_parts.section(selection, wanted)
    if not counted.empty:
        as_of = f"As of {words.as_of(data.freshness())} · {count(len(selection.trials), 'trial')}"
        _charts(counted, wanted, say, as_of)
    for sentence in filter(None, (map_tables.without_say(without), map_tables.not_drawn_say(counted))):
        st.text(sentence)
    pictures = {} if counted.empty else {"map_bubbles": "map", "map_ranking": "ranking"}
    if map_charts.drawn(counted).empty:
        pictures.pop("map_bubbles", None)
    frame.numbers_below("map", "Trials by country", say, partial(_numbers, counted, without, wanted), pictures)


def _charts(counted: pd.DataFrame, wanted: Filter, say: str, as_of: str) -> None:
    spellings = dict(zip(counted["country"], counted["spellings"], strict=True))

    def address(country: str, which: str) -> str:
        return view.to_trials(map_tables.VIEWS[which](wanted, spellings[country]))

    for key, figure, title, caption in (
        (
            "map_bubbles",
            None if map_charts.drawn(counted).empty else map_charts.bubbles(counted, address),
            "Map of trials by country",
            "the area of a disc is the number of trials, its solid core those that are open or about to open, by the "
            "trial’s own status · a trial with sites in several countries counts in each · choose a disc for its list",
        ),
        (
            "map_ranking",
            map_charts.ranking(counted, address),
            "Countries with the most trials",
            f"the first {min(map_charts.MOST, len(counted))} of {len(counted)}; all are in the table · choose a bar "
            "for its list",
        ),
    ):
        if figure:  # no empty map when the place of no country is known
            frame.picture(key, title, say, figure, f"{as_of} · {caption}")
            st.caption(f"{as_of} · {caption}")


def _numbers(counted: pd.DataFrame, without: map_tables.Groups, wanted: Filter, numbers: Numbers) -> None:
    if not counted.empty:
        _countries(numbers, counted, wanted)
    table = map_tables.without_numbers(without, _to_group)
    numbers.table(table, "Trials without a country", columns.counts(table), missing="not asked")


def _countries(numbers: Numbers, counted: pd.DataFrame, wanted: Filter) -> None:
    table = map_tables.numbers(counted, wanted, view.to_trials)
    if wanted.statuses and not set(wanted.statuses) & set(map_tables.OPEN):
        table = table.drop(columns=map_tables.OPEN_LINK)  # the view lets no open trial through: there is no such list
    numbers.table(table, "Trials by country", _CONFIG, missing=words.MISSING, height=columns.at_most(640, table))


def _to_group(name: str) -> str:
    return view.address("map", view.params(view.current()[0], show=name))
