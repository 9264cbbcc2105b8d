"""A filter change on the Overview: selection, counts, tables and figures, without the browser; beside plain pandas.

``python -m benchmarks.overview [--studies N] [--repeats N] [--store FILE]``
"""

from __future__ import annotations

import argparse
import gc
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pandas as pd

from benchmarks.measuring import Clock, environment, table
from benchmarks.ours import filled
from cache.codes import LANES, NOT_RECORDED
from cache.filters import counts
from cache.filters.filter import Filter
from cache.read import trials as queries
from cache.store.store import Store
from dashboard.overview import charts as overview_charts
from dashboard.overview import tables as overview_tables
from dashboard.shared import charts
from dashboard.shared import number_tables as tables
from fetchers.watchlist.load import load
from fetchers.watchlist.model import Watchlist

SCENARIOS: dict[str, Filter] = {
    "opening view": Filter(),
    "all conditions": Filter(everywhere=True),
    "all conditions, also background": Filter(everywhere=True, background=True),
    "every tier": Filter(everywhere=True, background=True, tiers=("given", "mentioned", "excluded")),
    "one small agent": Filter(agents=("rintatolimod",), everywhere=True),
    "one class": Filter(agents=("corticosteroids",), everywhere=True),
    "three agents": Filter(agents=("methotrexate", "azathioprine", "ivig")),
    "one condition": Filter(conditions=("me_cfs",)),
    "two conditions": Filter(conditions=("rheumatoid_arthritis", "lupus"), background=True),
    "phase 2 and 3": Filter(phases=("PHASE2", "PHASE2|PHASE3", "PHASE3"), everywhere=True),
    "recruiting": Filter(statuses=("RECRUITING",), everywhere=True),
    "stopped": Filter(statuses=("TERMINATED", "WITHDRAWN", "SUSPENDED"), everywhere=True),
    "observational": Filter(study_types=("OBSERVATIONAL",), everywhere=True),
    "one country": Filter(countries=("Germany",), everywhere=True),
    "two rare countries": Filter(countries=("Malta", "Singapore"), everywhere=True),
    "industry": Filter(sponsor_classes=("INDUSTRY",), everywhere=True),
    "years": Filter(year_from=2015, year_to=2020, everywhere=True),
    "with results": Filter(results=True, everywhere=True),
    "everything narrowed": Filter(
        agents=("tnf_inhibitors",), phases=("PHASE3",), statuses=("COMPLETED",), countries=("United States",),
        sponsor_classes=("OTHER",), year_from=2005, results=False, everywhere=True,
    ),
}  # fmt: skip


class Frames(NamedTuple):
    """What a page holds in memory between two clicks."""

    trials: pd.DataFrame
    matches: pd.DataFrame
    scopes: pd.DataFrame
    watchlist: Watchlist


class Counted(NamedTuple):
    """The Overview's numbers, as both sides work them out."""

    key: tuple[int, ...]
    status_by_phase: pd.DataFrame
    agent_by_phase: pd.DataFrame
    starts: dict[int, int]


def read(store: Store) -> Frames:
    """The frames as the dashboard caches them."""
    watchlist = load()
    return Frames(queries.trials(store), queries.matches(store), queries.scopes(store, watchlist), watchlist)


def redraw(frames: Frames, wanted: Filter, clock: Clock) -> Counted:
    """Everything the Overview's page works out after a filter change: queries, figures, and the tables under them."""
    names = {agent.id: agent.name for agent in frames.watchlist.agents}
    with clock("queries, figures and tables"):
        with clock("queries and figures"):
            with clock("selection"):
                selection = wanted.apply(frames.trials, frames.matches, frames.watchlist)
            with clock("counts"):
                key = counts.key_figures(selection)
                swept = [condition.id for condition in frames.watchlist.swept]
                counts.agent_cover(frames.trials, frames.matches, frames.scopes, frames.watchlist, conditions=swept)
                agents = counts.agent_by_phase(selection, frames.watchlist)
                statuses = counts.status_by_phase(selection)
                groups, years = tables.by_group(statuses), overview_tables.starts(selection)
            with clock("figures"):
                figures = [
                    charts.phase_by_status(groups, tables.lane_address(statuses, wanted, _address)),
                    overview_charts.agent_by_phase(
                        agents,
                        names,
                        (),
                        lambda agent, lane: _address(replace(wanted, agents=(agent,), phases=(lane,))),
                    ),
                    overview_charts.starts_per_year(
                        years, lambda year: _address(replace(wanted, year_from=year, year_to=year))
                    ),
                ]
        with clock("tables"):
            _tables(wanted, groups, statuses, agents, years, names)
    with clock("figures as JSON"):
        for figure in figures:
            figure.to_json()
    return Counted(tuple(key), statuses, agents, {int(str(year)): int(n) for year, n in years.sum(axis=1).items()})


def _address(narrower: Filter) -> str:
    return "trials?" + urlencode(narrower.to_query(), doseq=True)


def _tables(wanted: Filter, groups: Any, statuses: Any, agents: Any, years: Any, names: Any) -> None:
    tables.phase_numbers(groups, wanted, _address)
    tables.status_numbers(statuses, wanted, _address)
    overview_tables.agent_numbers(agents, names, (), wanted, _address)
    overview_tables.start_numbers(years, wanted, _address)


def plain_frames(frames: Frames) -> Frames:
    """The same facts without what the product prepares for speed: text columns instead of categories, no numbers."""
    trials = frames.trials.drop(columns=["number"])
    matches = frames.matches.drop(columns=["number"])
    for frame in (trials, matches):
        for name in frame.select_dtypes("category"):
            frame[name] = frame[name].astype("str")
    return Frames(trials, matches, frames.scopes, frames.watchlist)


def by_hand(frames: Frames, wanted: Filter) -> Counted:
    """The same selection and numbers with masks, ``merge`` and ``groupby``, as one would write them in a notebook."""
    trials = frames.trials[_passing(frames, wanted)]
    pairs = frames.matches[frames.matches["tier"].isin(wanted.tiers)]
    if not wanted.background:
        pairs = pairs[pairs["role"] != "background"]
    if wanted.agents:
        pairs = pairs[pairs["agent"].isin(wanted.agents)]
    joined = pairs[["nct_id", "agent"]].merge(trials[["nct_id", "lane"]], on="nct_id")
    trials = trials[trials["nct_id"].isin(joined["nct_id"])]
    status, results = trials["overall_status"].fillna(NOT_RECORDED), trials["has_results"]
    completed = status == "COMPLETED"
    key = (
        len(trials), (status != NOT_RECORDED).sum(), (status == "RECRUITING").sum(), completed.sum(),
        results.notna().sum(), results.sum(), (completed & results.notna()).sum(),
        (completed & results.fillna(False)).sum(), trials["start_year"].notna().sum(),
    )  # fmt: skip
    starts = trials.groupby("start_year").size()
    return Counted(
        tuple(int(number) for number in key),
        trials.assign(overall_status=status).groupby(["lane", "overall_status"]).size().unstack(fill_value=0),
        joined.groupby(["agent", "lane"]).size().unstack(fill_value=0),
        {int(year): int(number) for year, number in starts.items()},
    )


def _passing(frames: Frames, wanted: Filter) -> Any:
    trials = frames.trials
    rows = trials["left_registry"].isna() & _within_years(trials["start_year"], wanted)
    chosen = {"lane": wanted.phases, "overall_status": wanted.statuses, "study_type": wanted.study_types}
    for name, values in (chosen | {"sponsor_class": wanted.sponsor_classes}).items():
        if values:
            rows &= trials[name].isin(values)
    for name, values in (("condition_groups", wanted.groups(frames.watchlist)), ("countries", wanted.countries)):
        if values:
            rows &= trials[name].map(lambda items, values=values: bool(items) and any(v in items for v in values))
    if wanted.results is not None:
        rows &= (trials["has_results"] == wanted.results).fillna(False)
    return rows.astype(bool)


def _within_years(years: Any, wanted: Filter) -> Any:
    rows = pd.Series(True, index=years.index)
    if wanted.year_from:
        rows &= (years >= wanted.year_from).fillna(False)
    if wanted.year_to:
        rows &= (years <= wanted.year_to).fillna(False)
    return rows


def agree(ours: Counted, theirs: Counted) -> bool:
    """Whether both sides counted the same."""
    status = theirs.status_by_phase.reindex(index=list(LANES), columns=ours.status_by_phase.columns, fill_value=0)
    agents = theirs.agent_by_phase.reindex(index=ours.agent_by_phase.index, columns=list(LANES), fill_value=0)
    return (
        ours.key == theirs.key
        and bool((ours.status_by_phase.to_numpy() == status.to_numpy()).all())
        and bool((ours.agent_by_phase.to_numpy() == agents.to_numpy()).all())
        and {year: number for year, number in ours.starts.items() if number} == theirs.starts
    )


def measure(frames: Frames, repeats: int) -> Clock:
    """Every scenario, ``repeats`` times, both sides in turn. Raises when they count differently."""
    clock, plain = Clock(), plain_frames(frames)
    redraw(frames, Filter(), Clock())  # the first figure of a process loads Plotly's templates
    gc.collect()
    for turn in range(repeats):
        for name, wanted in SCENARIOS.items():
            with clock(f"redraw: {name}"):
                ours = redraw(frames, wanted, clock)
            with clock("plain pandas"):
                theirs = by_hand(plain, wanted)
            if turn == 0 and not agree(ours, theirs):
                raise AssertionError(f"the two sides count differently for {name!r}: {ours.key} and {theirs.key}")
    return clock


def report(frames: Frames, clock: Clock, repeats: int) -> str:
    """The tables."""
    steps = ["queries and figures", "selection", "counts", "figures", "tables", "queries, figures and tables"]
    rows = [[name, *clock.row(name)] for name in [*steps, "figures as JSON"]]
    rows.append(["plain pandas: selection and counts only", *clock.row("plain pandas")])
    per_view = [[name, *clock.row(f"redraw: {name}")[::2]] for name in SCENARIOS]
    both = clock.row("selection")[2] + clock.row("counts")[2]
    return "\n\n".join(
        [
            f"{len(frames.trials):,} trials, {len(frames.matches):,} matches, {len(SCENARIOS)} filters x {repeats}",
            table(["step", "median ms", "p95 ms", "median CPU ms"], rows),
            f"plain pandas takes {clock.row('plain pandas')[2] / both:.1f}x the CPU for selection and counts",
            table(["filter", "all of it and JSON, median ms", "CPU ms"], per_view),
        ]
    )


def main(argv: list[str] | None = None) -> tuple[Frames, Clock]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overview", description=__doc__)
    parser.add_argument("--studies", type=int, default=25_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--store", type=Path, help="keep the filled store in this file, or use the one it holds")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        store = filled(given.store or Path(folder) / "store.sqlite3", given.studies)
        frames = read(store)
        store.close()
    clock = measure(frames, given.repeats)
    print(report(frames, clock, given.repeats))
    print(f"\n{environment()}")
    return frames, clock


if __name__ == "__main__":
    main()
