"""The sections of the page on ME/CFS trials, and the list of each of its groups.

The registry's texts stand in tables only, never in Markdown.
"""

import pandas as pd
import streamlit as st

from cache.codes import TIERS
from cache.english import count
from cache.filters.filter import Filter
from cache.filters.select import among
from dashboard.mecfs import instead as mecfs_instead
from dashboard.mecfs import tables as mecfs_tables
from dashboard.mecfs.tables import Material
from dashboard.shared import address as view
from dashboard.shared import charts, columns, data, frame, group_list, record_data, words
from dashboard.shared.trial_list import agents_of
from fetchers.registry.queries import sweep_queries
from insights import criteria


def material() -> Material:
    """What is known of the trials in ME/CFS."""
    found = record_data.me_cfs()
    places = mecfs_tables.agent_places(found.trials, data.matches())
    return Material(found.trials, places, found.findings, found.pem)


def state() -> bool:
    """Say whether these are all trials or a sample; true for a sample."""
    scopes = data.scopes()
    focus = data.watchlist().focus
    swept = scopes[(scopes["kind"] == "sweep") & scopes["scope"].isin([condition.id for condition in focus])]
    if swept["refreshed_at"].notna().any():
        st.caption("All trials the registry returns for ME/CFS, whatever they test.")
        with st.expander("How we asked", icon=":material/search:"):
            st.text("\n".join(one.question for condition in focus for one in sweep_queries(condition)))
        return False
    st.caption(
        "A sample: the registry has not been asked for all trials in ME/CFS yet. Shares of a sample say nothing about "
        "the registry, and eligibility texts come with the first refresh."
    )
    return True


def nothing(*, sample: bool) -> None:
    """Why there is no trial to show, with what to do where that helps."""
    if sample:
        say = "No trial in ME/CFS is stored. Press “Refresh trial data” to ask the registry."
    else:
        say = "None found. The registry was asked, and sent no trial in ME/CFS. That does not mean that none exists."
    st.info(say, icon=":material/search_off:")


def sections(found: Material, *, sample: bool) -> None:
    """All charts with their numbers."""
    as_of = f"As of {words.as_of(data.freshness())} · {count(len(found.trials), 'trial')} in ME/CFS"
    as_of += " in the sample" if sample else ""
    left, right = st.columns(2, gap="large")
    with left:
        _share(found, as_of, sample=sample)
    with right:
        _instead(found, as_of)
    if (found.pem["pem"] == "unknown").all():
        _no_texts(found, sample=sample)
        return
    left, right = st.columns(2, gap="large")  # a row of its own, so that a phone keeps the order
    with left:
        _definitions(found, as_of)
    with right:
        _malaise(found, as_of)
    _burden(found, as_of)
    _rules()


def _to(group: str) -> str:
    return view.address("mecfs", view.params(view.current()[0], show=group))


def _share(found: Material, as_of: str, *, sample: bool) -> None:
    frame.bars(
        "mecfs_agents",
        "The agents among ME/CFS trials",
        mecfs_tables.share_say(found.places, found.trials, sample=sample),
        f"{as_of} · each trial counts once",
        ("Trials by how near an agent comes", mecfs_tables.place_numbers(found.places, _to)),
    )


def _instead(found: Material, as_of: str) -> None:
    tested = mecfs_instead.instead(found.trials, found.places)
    named = mecfs_instead.name_numbers(tested, _to)
    shown, links = mecfs_instead.shown(named)
    frame.chart(
        "mecfs_instead",
        "What is tested instead",
        f"{mecfs_instead.instead_say(tested)} {mecfs_instead.types_say(tested)}".rstrip(),
        charts.bars(shown, links) if len(shown) else None,
        f"{as_of} · interventional trials that give none of the agents, by the registry’s names; placebo and no "
        f"treatment left out{mecfs_instead.rest_say(named)}",
        ("Trials by intervention", named),
        ("Trials by type of intervention", mecfs_instead.type_numbers(tested, _to)),
    )


def _no_texts(found: Material, *, sample: bool) -> None:
    """One sentence in place of all charts that read the eligibility texts, when no text is known."""
    st.header("Who may take part", anchor=False)
    st.markdown(
        "The starter snapshot holds no eligibility texts. Get today’s data to see case definitions, post-exertional "
        "malaise and what taking part involves."
        if sample
        else mecfs_tables.NO_TEXTS
    )
    sites = mecfs_tables.site_numbers(found.trials, _to)
    if (found.trials["sites"].notna()).any():
        frame.bars(
            "mecfs_sites",
            "Number of sites",
            "How many sites a trial has. With more sites, people may travel less.",
            "As the record lists them; each trial counts once",
            ("Trials by number of sites, as the record lists them", sites),
        )


def _definitions(found: Material, as_of: str) -> None:
    frame.bars(
        "mecfs_definitions",
        "Case definitions",
        mecfs_tables.pem_say(found.pem),
        f"{as_of} · named in the eligibility text; a trial may name several",
        ("Trials by case definition", mecfs_tables.definition_numbers(found.pem, _to)),
    )


def _malaise(found: Material, as_of: str) -> None:
    frame.bars(
        "mecfs_pem",
        "Post-exertional malaise",
        "Possibly: these word rules could not be measured on real texts. Read the quotes before you cite a number.",
        f"{as_of} · each trial counts once; “not named” is not “not asked for”",
        ("Trials by post-exertional malaise", mecfs_tables.pem_numbers(found.pem, _to)),
    )


def _burden(found: Material, as_of: str) -> None:
    frame.bars(
        "mecfs_burden",
        "What taking part involves",
        mecfs_tables.burden_say(found.findings, found.pem),
        f"{as_of} · named in the eligibility text, which rarely says everything; a trial may be in several rows",
        ("Trials by what taking part involves", mecfs_tables.burden_numbers(found.findings, _to)),
        ("Trials by number of sites, as the record lists them", mecfs_tables.site_numbers(found.trials, _to)),
    )


def _rules() -> None:
    frame.rules(
        "How the texts are read, and how far to trust it",
        "Word rules look through the eligibility text, nothing else. Each rule was compared with real texts of "
        "other conditions that were read and labelled one by one; no ME/CFS text was among them, and the rules "
        "were written with these texts at hand, so on others they may do worse.",
        {**criteria.DEFINITIONS, "pem": "Post-exertional malaise", **criteria.BURDEN},
        criteria.figures(),
    )


def group(name: str, found: Material) -> bool:
    """The list of one group; False when the address names no group."""
    chosen = mecfs_tables.group(name, found)
    if chosen is None:
        return group_list.unknown(name)

    def table(first: int, last: int) -> pd.DataFrame:
        matches = data.matches()
        mine = matches[among(matches["nct_id"], found.trials["nct_id"]) & matches["agent"].isin(list(frame.names()))]
        part = chosen._replace(rows=chosen.rows.iloc[first:last])
        return mecfs_tables.listed(part, found.trials, agents_of(mine, frame.names()))

    config = {"In the registry’s words": columns.WIDE}
    return group_list.show("mecfs", words.quiet(chosen.title), len(chosen.rows), table, config)


def followed() -> Filter:
    """The view whose trials this page shows: all in the conditions in focus, whatever they test."""
    focus = tuple(condition.id for condition in data.watchlist().focus)
    return Filter(conditions=focus, tiers=TIERS, background=True, frame=True)
