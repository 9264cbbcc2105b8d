"""The numbers of the Overview's charts as tables. Pure, no Streamlit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from cache.codes import LANE_WORDS
from cache.filters import counts
from cache.filters.filter import Filter
from cache.filters.select import Selection, coded
from dashboard.shared.number_tables import LINK, Address, framed, linked, trial_link
from dashboard.shared.palette import used_lanes
from dashboard.shared.trial_list import agents_of, dated


def starts(selection: Selection) -> pd.DataFrame:
    """Trials by start year, every year from first to last: ``started`` (or not said otherwise) and ``planned``."""
    planned = (selection.trials["start_date_type"] == "ESTIMATED").to_numpy(dtype=bool)
    every = counts.starts_per_year(selection)
    ahead = counts.starts_per_year(Selection(selection.trials[planned], selection.pairs))
    ahead = ahead.reindex(every.index, fill_value=0)
    return pd.DataFrame({"started": every - ahead, "planned": ahead})


def agent_numbers(
    agents: pd.DataFrame, names: Mapping[str, str], sampled: Sequence[str], wanted: Filter, address: Address
) -> pd.DataFrame:
    """The numbers of the heatmap: a row an agent. A number nobody knows yet (an agent not asked) is missing, not 0."""
    lanes = used_lanes(agents.sum())
    shown = agents[lanes].astype("Int64")
    unasked = agents.index.isin(list(sampled))
    for lane in lanes:
        shown.loc[unasked & (agents[lane] == 0).to_numpy(), lane] = pd.NA
    totals = agents.sum(axis=1).astype("Int64")
    totals = totals.mask(unasked & (totals == 0).to_numpy())
    cells = linked(shown, lambda agent, lane: address(replace(wanted, agents=(agent,), phases=(lane,))))
    cells = cells.rename(columns=LANE_WORDS)
    cells["Registry"] = ["Not asked yet: a sample" if agent in sampled else "Asked" for agent in agents.index]
    words = [names[agent] for agent in agents.index]
    return framed("Agent", words, cells, totals, [address(replace(wanted, agents=(agent,))) for agent in agents.index])


def start_numbers(years: pd.DataFrame, wanted: Filter, address: Address) -> pd.DataFrame:
    """The numbers of the chart of starts, newest year first; years without a start are left to the chart."""
    shown = years[years.sum(axis=1) > 0].iloc[::-1]
    return pd.DataFrame(
        {
            "Year": [str(year) for year in shown.index],
            "Started": shown["started"].to_numpy(),
            "Planned": shown["planned"].to_numpy(),
            LINK: [address(replace(wanted, year_from=int(year), year_to=int(year))) for year in shown.index],
        }
    )


def opening_soon(selection: Selection, today: date) -> pd.DataFrame:
    """The trials that are not yet recruiting, the earliest planned start first, those without one after them; and
    last, marked as ``overdue``, those whose planned start lies before ``today``: such a record is out of date."""
    trials = selection.trials[coded(selection.trials["overall_status"], ["NOT_YET_RECRUITING"])]
    past = [isinstance(start, str) and start < today.isoformat()[: len(start)] for start in trials["start_date"]]
    return trials.assign(overdue=past).sort_values(["overdue", "start_date", "nct_id"], na_position="last")


def soon_rows(trials: pd.DataFrame, selection: Selection, names: Mapping[str, str]) -> pd.DataFrame:
    """These trials in words: id, title, agents, planned start, countries."""
    agents = agents_of(selection.pairs[selection.pairs["nct_id"].isin(trials["nct_id"])], names)
    return pd.DataFrame(
        {
            "NCT id": [trial_link(nct_id) for nct_id in trials["nct_id"]],
            "Title": trials["title"].to_numpy(),
            "Agents": [agents.get(nct_id, "none of them") for nct_id in trials["nct_id"]],
            "Start": [dated(*both) for both in zip(trials["start_date"], trials["start_date_type"], strict=True)],
            "Countries": [", ".join(found) if found else None for found in trials["countries"]],
        }
    )
