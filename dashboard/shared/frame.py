"""What all pages share: navigation, the head with the age of the data, the foot with its source; links, the choice of
an agent, and charts over their numbers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cache.filters.filter import Filter
from cache.filters.kinds import LONGEST_TEXT
from cache.store.schema import REGISTRY_NAME, REGISTRY_SCOPE
from dashboard import catalogue, terms
from dashboard.shared import address as view
from dashboard.shared import charts, columns, data, taking_along, words
from dashboard.shared import number_tables as tables
from dashboard.shared.escape import letters
from insights.measured import Figures
from insights.verdicts import condition_groups

WIDTH = 1180  # pixels; longer lines are hard to read
SEARCH, _SEARCHED = "search_all", "search_done"
_ARROW = ":material/arrow_forward:"
_RATIO = st.column_config.NumberColumn(format="%.2f")


def navigation(pages: Mapping[catalogue.Page, Any]) -> None:
    """Links to the pages; they carry the scope, which Streamlit's own navigation would drop."""
    scope = view.carried()
    st.text_input(
        "Search all trials", key=SEARCH, type="search", placeholder="Search all trials", label_visibility="collapsed",
        max_chars=LONGEST_TEXT, help="Title, NCT id, sponsor, condition or intervention. Press Enter.",
    )  # fmt: skip
    st.markdown(view.my_list())
    for group in catalogue.GROUPS:
        st.caption(group)
        with st.container(gap=None):
            for entry in catalogue.PAGES:
                if entry.shown and entry.group == group:
                    st.page_link(pages[entry.id], query_params=scope, width="stretch")
    st.space("small")
    searched = st.session_state[SEARCH]
    if searched and searched != st.session_state.get(_SEARCHED):
        st.session_state[_SEARCHED] = searched
        st.switch_page(view.script("trials"), query_params=[*scope, ("q", searched)])
    st.session_state[_SEARCHED] = searched


def sheet() -> DeltaGenerator:
    """The column all pages are written in."""
    return st.container(width="stretch", horizontal_alignment="center").container(width=WIDTH)


def head(title: str, lede: str | None = None) -> None:
    """Title, one sentence, how old the data is, and what is wrong if something is."""
    st.title(title, anchor=False)
    if lede:
        st.markdown(lede)
    fresh = data.freshness()
    icon = ":material/history:" if fresh.live else ":material/science:"
    parts = names() | condition_names() | {REGISTRY_SCOPE: REGISTRY_NAME}
    line = words.freshness_line(fresh, datetime.now(UTC), parts)
    st.caption(f"{icon} {line}.", help=words.fetched(fresh))
    later = words.starter_line(fresh, [names()[agent] for agent in sampled()])
    if later:
        st.caption(later)
    troubles()


def troubles() -> None:
    """What is wrong with the store, if something is."""
    if trouble := data.trouble():
        said = words.plain(words.without_folders(trouble))
        st.warning(said, title="The store cannot be used", icon=":material/warning:")


def foot() -> None:
    """Source, date and changes, as the registry's terms ask; on every page."""
    st.divider()
    # No caption: it fades its links below 4.5 : 1.
    st.markdown(f":small[{words.attribution(data.freshness())}]")


def wanted() -> Filter:
    """The filter in the address; what of the address made no sense is said."""
    found, problems = view.current()
    view.problems(problems)
    return found


def scoped() -> Filter:
    """The filter in the address, for a page of numbers: with the two switches, and a way out of other filters."""
    found = wanted()
    scope(found)
    return found


def scope(wanted: Filter) -> None:
    """The switches every page of numbers shares, and a way out of other filters."""
    view.scope_bar(wanted, condition_names())
    view.narrowed(wanted)


def sentence(wanted: Filter, said: str = "Counted here") -> None:
    """What is counted, in words."""
    st.caption(f"{said}: {words.plain(wanted.sentence(data.watchlist()))}")


def nothing(wanted: Filter) -> None:
    """What to do when a view has no trial."""
    st.info(words.nothing(data.freshness(), wanted.everywhere), icon=":material/search_off:")


def names() -> dict[str, str]:
    """The agents' names by id, in the watch-list's order."""
    return {agent.id: agent.name for agent in data.watchlist().agents}


def condition_names() -> dict[str, str]:
    """The condition groups' names by id, in the watch-list's order; "possibly" where the rules are not good enough."""
    return {condition.id: condition_groups.said(condition) for condition in data.watchlist().conditions}


def swept() -> dict[str, str]:
    """The names by id of the condition groups that are asked for whatever the agent."""
    return {condition.id: condition.name for condition in data.watchlist().conditions if condition.swept}


def sampled() -> list[str]:
    """Agents for which the registry has never answered: what is shown of them is a sample, or nothing."""
    scopes = data.scopes()
    rows = scopes[(scopes["kind"] == "agent") & scopes["refreshed_at"].isna()]
    return list(rows["scope"])


def link(page: catalogue.Page, label: str, query: Any = None, icon: str = _ARROW) -> None:
    """A link to a page of the app, by default with an arrow after its words."""
    st.page_link(
        view.linked(page), label=label, icon=icon, icon_position="right" if icon == _ARROW else "left",
        query_params=query,
    )  # fmt: skip


def trials_link(wanted: Filter, label: str = "Show trials") -> None:
    """A link to the list of the trials that are counted."""
    link("trials", label, view.params(wanted))


def choose_agent(key: str, chosen: str | None, *, every: str | None = None, width: int = 360, **how: Any) -> None:
    """The choice of one agent, written to the address; ``every``: what no agent alone is called, when there is such a
    choice."""
    known = names()
    st.session_state[key] = chosen or (_EVERY if every else None)
    options = {_EVERY: every, **known} if every else known
    st.selectbox(
        "Agent",
        list(options),
        format_func=lambda one: options.get(one, one),
        key=key,
        on_change=_agent_chosen,
        args=(key,),
        width=width,
        **how,
    )


_EVERY = "any"


def _agent_chosen(key: str) -> None:
    agent = st.session_state[key]
    view.change(lambda wanted: replace(wanted, agents=(agent,) if agent and agent != _EVERY else ()))


Numbers = tuple[str, pd.DataFrame | Callable[[], pd.DataFrame]]  # a table's name, and the table or what makes it


def chart(
    key: str, title: str, say: str, figure: go.Figure | None, caption: str, *numbers: Numbers, of: str | None = None
) -> None:
    """A title, the figure, one sentence on it, what is counted, and the same numbers as tables, which are made when a
    viewer opens them. Without a figure, because all it could show is nothing, the sentence stands alone; over the
    numbers, when there are any. ``of``: the one agent it is about, which the picture and the line to cite name as
    well."""
    st.header(title, anchor=False, help=terms.meaning(title))
    whole = titled(title, of)
    if figure is not None:
        picture(key, whole, say, figure, caption)
    st.markdown(say)
    if figure is None and not any(tables.adds_up(_made(table)) for _, table in numbers):
        return
    st.caption(caption)
    numbers_below(key, whole, say, partial(_tables, numbers))


def _tables(numbers: Sequence[Numbers], shown: taking_along.Numbers) -> None:
    for name, made in numbers:
        table = _made(made)
        shown.table(table, name, columns.counts(table), missing="not asked")


def _made(table: pd.DataFrame | Callable[[], pd.DataFrame]) -> pd.DataFrame:
    return table if isinstance(table, pd.DataFrame) else table()


def titled(title: str, of: str | None) -> str:
    """The title of a chart as it stands away from its page: with the agent that the page is about."""
    return f"{title}: {of}" if of else title


class Phases(NamedTuple):
    """Trials by phase and group of statuses: what it says, its figure, the same numbers and the registry's own
    statuses."""

    say: str
    figure: go.Figure | None
    numbers: Sequence[Numbers]


def phases_of(statuses: pd.DataFrame, wanted: Filter, *, sample: bool = False) -> Phases:
    """``statuses``: ``counts.status_by_phase``."""
    groups = tables.by_group(statuses)
    total = int(groups.to_numpy().sum())
    drawn = charts.phase_by_status(groups, tables.lane_address(statuses, wanted, view.to_trials)) if total else None
    numbers = (
        ("Trials by phase and group of statuses", partial(tables.phase_numbers, statuses, wanted, view.to_trials)),
        (
            "Trials by the registry’s own status and phase",
            partial(tables.status_numbers, statuses, wanted, view.to_trials),
        ),
    )
    return Phases(words.phases_say(groups, sample=sample), drawn, numbers)


def phases(key: str, found: Phases, caption: str, *, of: str | None = None) -> None:
    """Trials by phase and group of statuses, over their numbers. ``of``: see ``chart``."""
    chart(key, "Phases and statuses", found.say, found.figure, caption, *found.numbers, of=of)


def picture(key: str, title: str, say: str, figure: go.Figure, caption: str) -> None:
    """A figure; what it shows is told to those who do not see it, and stands on its picture with the caption."""
    shown = taking_along.captioned(figure, title, say, caption)
    st.plotly_chart(shown, config=charts.CONFIG, key=key, alt=letters(f"{title}. {say}"))


def numbers_below(
    key: str, title: str, say: str, build: Callable[[taking_along.Numbers], None],
    pictures: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Where the numbers of a figure stand as tables, with what can be taken along. ``build``, ``pictures``: see
    ``taking_along.below``; by default the picture is that of the chart of this key."""
    taking_along.below(key, title, say, {key: "chart"} if pictures is None else pictures, build)


def table_below(
    key: str, title: str, say: str, name: str, made: Callable[[], pd.DataFrame], config: columns.Config,
    missing: str | None = words.MISSING,
) -> None:  # fmt: skip
    """``numbers_below`` for one table."""
    numbers_below(key, title, say, lambda shown: shown.table(made(), name, config, missing=missing))


def bars(
    key: str, title: str, say: str, caption: str, first: tuple[str, pd.DataFrame], *more: Numbers, empty: bool = True,
    unknown: Collection[str] = (),
) -> None:  # fmt: skip
    """The first table of numbers as bars, over all of them; ``empty``: rows without a trial keep their place;
    ``unknown``: rows that say only that nothing is known. Bars are not drawn where those hold most of the trials."""
    shown, links = tables.bars_of(first[1], empty=empty)
    told = shown.drop([row for row in unknown if row in shown.index]).sum()
    known = told and told * 2 >= shown.sum()
    chart(key, title, say, charts.bars(shown, links) if known else None, caption, first, *more)


def rules(title: str, said: str, names: Mapping[str, str], figures: Mapping[str, Figures]) -> None:
    """How far word rules can be trusted: what was compared, and the figures of every rule. ``names``: the rules in
    words."""
    with st.expander(title, icon=":material/rule:"):
        st.text(
            f"{said} Precision: the share of a rule’s findings that the reader confirms. Recall: the share of what the "
            "reader found that the rule finds. A rule below 0.9 in either, or one without enough findings, is shown "
            "with “possibly”."
        )
        table = pd.DataFrame(
            {
                "Rule": [names[rule] for rule in figures],
                "Texts read": [one.texts for one in figures.values()],
                "Found by the rule": [one.right + one.wrong for one in figures.values()],
                "Precision": [one.precision for one in figures.values()],
                "Recall": [one.recall for one in figures.values()],
                "Shown": ["as it is" if one.holds else "with “possibly”" for one in figures.values()],
            }
        )
        config = {"Precision": _RATIO, "Recall": _RATIO}
        columns.table(table, "How the word rules were measured", config, missing="not measured")
