"""Around one trial: trials that belong together with it, exclusions that concern the watch-list, other ids.

The registry's texts are shown letter by letter, never read as Markdown or HTML.
"""

import pandas as pd
import streamlit as st

from cache.codes import STATUS_WORDS
from cache.english import count
from dashboard.shared import columns, data, frame, record_data, words
from dashboard.trial import exclusions as trial_exclusions
from dashboard.trial import sentences as trial_says
from dashboard.trial import tables as trial_tables
from dashboard.trial.known import Known
from fetchers.record import other_registries


def together(known: Known) -> None:
    """Trials this record names, and stored records that name it; expanded access in its own words.

    Which records name this one is known only when all have been read. Where that takes seconds, only those wait who
    turn on a switch, unless the records have been read since the last refresh.
    """
    st.header("Belongs together", anchor="together")
    _expanded(known)
    own = [known.nct_id, *known.row["aliases"]]
    if record_data.links_at_once() or _asked():
        links = record_data.links()
        mine = links[links["nct_id"].isin(own) | links["cites"].isin(own)]
        _linked(mine, own, f"{_none(known)} No stored record names this one.")
    else:
        mine = record_data.links_of(known.study) if known.study else record_data.NO_LINKS
        _linked(mine, own, _none(known))


def _none(known: Known) -> str:
    if known.told:
        return "Its record names no other trial by its NCT id."
    return "Which trials its record names is not known."


def _asked() -> bool:
    return st.toggle(
        "Also look for stored records that name this one", key="trial_links", help="Takes a few seconds, once a refresh"
    )


def _linked(mine: pd.DataFrame, own: list[str], none: str) -> None:
    if mine.empty:
        st.text(none)
        return
    trials = data.trials()
    near = trials[trials["nct_id"].isin({*mine["nct_id"], *mine["cites"]})]
    titles = dict(zip(near["nct_id"], near["title"].fillna("title not known"), strict=True))
    shown = trial_tables.links(mine, own, titles)
    st.text(f"{count(shown['NCT id'].nunique(), 'other trial')}, read off the NCT ids that stand in the records.")
    # The ids are eight digits each, so these links are ours and not the record's.
    linked = [f"[{id}]({address})" for id, address in zip(shown["NCT id"], shown["address"], strict=True)]
    texts = {name: [words.quiet(cell) for cell in shown[name]] for name in shown.columns.drop(["NCT id", "address"])}
    columns.plain_table(pd.DataFrame({"NCT id": linked, **texts}), "Trials that belong together with this one")


def _expanded(known: Known) -> None:
    if known.row["study_type"] == "EXPANDED_ACCESS":
        st.text(trial_says.EXPANDED)
        return
    offered = known.study.status.expanded_access_info if known.study else None
    if offered is None or offered.has_expanded_access is None:
        return
    if not offered.has_expanded_access:
        st.text("The record says that there is no expanded access to the treatment outside of the trial.")
        return
    status = STATUS_WORDS.get(offered.status_for_nct_id or "", offered.status_for_nct_id)
    where = f" Its record: {offered.nct_id}." if offered.nct_id else " It names no record of it."
    said = f" Status: {status}." if status else ""
    st.text(f"The record says that people can get the treatment outside of the trial (expanded access).{where}{said}")


def exclusions(known: Known) -> None:
    """Exclusions that concern the watch-list; nothing when there is none."""
    matches = data.matches()
    mine = matches[matches["nct_id"] == known.nct_id]
    agents = [
        trial_exclusions.Agent(*one) for one in zip(mine["agent"], mine["tier"], mine["found_by"], strict=True)
        if one[0] in frame.names()
    ]  # fmt: skip
    groups = list(known.row["condition_groups"])
    found = trial_exclusions.notes(known.eligibility, agents, groups, data.watchlist())
    if not found:
        return
    st.header("Exclusions that meet the documents", anchor=False)
    for one in found:
        st.markdown(words.plain(one.say))
        st.text(f"“{one.quote}”")
    st.caption("A fact about this trial, found by word rules. It is not advice.")


def ids(known: Known) -> None:
    """Other names and ids, under what each of them is; an id that has a page of its own opens it."""
    found = trial_tables.ids(known)
    if not found:
        return
    st.header("Other names and ids", anchor=False)
    if known.study is not None and (also := trial_says.also_registered(known.study)):
        st.markdown(also)
    shown = {words.quiet(kind): ", ".join(_opened(kind, name) for name in names) for kind, names in found.items()}
    st.table(shown, border="horizontal", alt="Other names and ids of the trial")


def _opened(kind: str, name: str) -> str:
    # A title may name another trial.
    one = None if kind in trial_tables.NAMES else other_registries.entry(name)
    return f"[{words.quiet(name)}]({one.url})" if one and one.url else words.quiet(name)
