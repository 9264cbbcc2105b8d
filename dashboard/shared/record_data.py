"""What follows from the stored records one by one: frames kept, as in ``dashboard.shared.data``, while the store does
not change. Shared by all sessions and never written to."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd
import streamlit as st

from cache.filters.select import any_of
from cache.read import records
from cache.store.store import Store
from dashboard.shared import data
from fetchers.record.study import Study
from insights import criteria, families, results_due, stale

NO_LINKS = pd.DataFrame(columns=list(families.LINK_COLUMNS), dtype="str")
_SAID = "Reading the records …"
AT_ONCE = 5000  # stored trials that are read in less than a second


class Frame(NamedTuple):
    """The trials in the watch-list's focus (ME/CFS), whatever they test, and what their eligibility texts say."""

    trials: pd.DataFrame  # rows of ``data.trials()`` that are in the registry
    findings: pd.DataFrame  # ``criteria.table``
    pem: pd.DataFrame  # ``criteria.pem_table``


def facts() -> pd.DataFrame:
    """``records.facts`` of the store as it is now, with ``judged_on``: the day of the data load a record was read
    from, or the day a starter fact stood so; missing when nobody noted it."""
    return _facts(*data.identity(), data.store())


def facts_of(nct_id: str) -> pd.DataFrame:
    """The row of ``facts`` of one trial, read by itself: its page does not wait for all the others. No row when its
    record is not stored."""
    trials = data.trials()
    return results_due.judged(records.facts(data.store(), [nct_id]), trials[trials["nct_id"] == nct_id])


def verdicts() -> pd.DataFrame:
    """``results_due.judge`` of every stored trial."""
    return _verdicts(*data.identity(), data.store())


def published() -> pd.DataFrame:
    """``results_due.published`` of every stored trial."""
    return _published(*data.identity(), data.store())


def overtaken() -> pd.DataFrame:
    """``stale.stale`` of every stored trial."""
    return _overtaken(*data.identity(), data.store())


def stopped() -> pd.DataFrame:
    """``stale.stopped`` of every stored trial."""
    return _stopped(*data.identity(), data.store())


def registration() -> pd.DataFrame:
    """``stale.registration`` of every stored trial."""
    return _registration(*data.identity(), data.store())


def in_focus(groups: Iterable[str]) -> bool:
    """Whether a trial of these condition groups is in the watch-list's focus."""
    return not {condition.id for condition in data.watchlist().focus}.isdisjoint(groups)


def me_cfs() -> Frame:
    """The trials in the watch-list's focus with their eligibility texts read."""
    focus = tuple(condition.id for condition in data.watchlist().focus)
    return _me_cfs(*data.identity(), focus, data.store())


def links() -> pd.DataFrame:
    """``families.links`` of every stored trial."""
    return _links(*data.identity(), data.store())


def links_of(study: Study) -> pd.DataFrame:
    """The rows of ``links`` in which this record is the one that cites, without reading the others."""
    trials = data.trials()
    return families.links([study], dict(zip(trials["nct_id"], trials["study_type"], strict=True)))


def links_at_once() -> bool:
    """Whether ``links`` of the store as it is now keeps nobody waiting: it is small, or they have been made before."""
    key, version = data.identity()
    return len(data.trials()) <= AT_ONCE or version in _linked(key)


def roofs() -> dict[str, str]:
    """``families.families`` of every stored trial."""
    return _roofs(*data.identity(), data.store())


@st.cache_resource(max_entries=2, show_spinner=False)
def _roofs(key: str, version: int, _store: Store) -> dict[str, str]:
    return families.families(_links(key, version, _store), set(data.trials()["nct_id"]))


@st.cache_resource(max_entries=2, show_spinner=False)
def _linked(key: str) -> set[int]:
    """The versions of a store whose links have been made."""
    return set()


@st.cache_resource(max_entries=2, show_spinner=_SAID)
def _links(key: str, version: int, _store: Store) -> pd.DataFrame:
    facts = _facts(key, version, _store)
    citing = facts["nct_id"][facts["cited"].str.len() > 0]
    types = dict(zip(facts["nct_id"], facts["study_type"], strict=True))
    _linked(key).add(version)
    return families.links(records.studies(_store, list(citing)), types)


@st.cache_resource(max_entries=2, show_spinner=_SAID)
def _me_cfs(key: str, version: int, focus: tuple[str, ...], _store: Store) -> Frame:
    trials = data.trials()
    inside = any_of(trials["condition_groups"], focus)
    mine = trials[inside & trials["left_registry"].isna().to_numpy()].reset_index(drop=True)
    studies = list(records.studies(_store, list(mine["nct_id"])))
    return Frame(mine, criteria.table(studies), criteria.pem_table(studies))


@st.cache_resource(max_entries=2, show_spinner=_SAID)
def _facts(key: str, version: int, _store: Store) -> pd.DataFrame:
    trials = data.trials()
    return results_due.judged(records.facts(_store, list(trials["nct_id"])), trials)


@st.cache_resource(max_entries=2, show_spinner=_SAID)
def _verdicts(key: str, version: int, _store: Store) -> pd.DataFrame:
    return results_due.judge(_facts(key, version, _store))


@st.cache_resource(max_entries=2, show_spinner=False)
def _published(key: str, version: int, _store: Store) -> pd.DataFrame:
    return results_due.published(_facts(key, version, _store))


@st.cache_resource(max_entries=2, show_spinner=_SAID)
def _overtaken(key: str, version: int, _store: Store) -> pd.DataFrame:
    return stale.stale(_facts(key, version, _store))


@st.cache_resource(max_entries=2, show_spinner=False)
def _stopped(key: str, version: int, _store: Store) -> pd.DataFrame:
    return stale.stopped(_facts(key, version, _store))


@st.cache_resource(max_entries=2, show_spinner=False)
def _registration(key: str, version: int, _store: Store) -> pd.DataFrame:
    return stale.registration(_facts(key, version, _store))
