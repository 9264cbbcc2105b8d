"""What follows from the stored records one by one, kept as long as the store does not change; never written to."""

from collections.abc import Iterable
from threading import Event
from typing import NamedTuple

import pandas as pd

from cache.filters.select import any_of
from cache.read import records
from cache.read import results as stored_results
from cache.read.results import Posted
from dashboard.shared import data
from dashboard.shared.kept import kept
from fetchers.record.study import Study
from insights import criteria, families, results_due, stale
from insights.findings import across, papers
from insights.findings.across import Found

NO_LINKS = pd.DataFrame(columns=list(families.LINK_COLUMNS), dtype="str")
READING = "Reading the records …"
AT_ONCE = 5000  # stored trials that are read in less than a second


class Frame(NamedTuple):
    """The trials in the watch-list's focus (ME/CFS), whatever they test, and what their eligibility texts say."""

    trials: pd.DataFrame  # rows of ``data.trials()`` that are in the registry
    findings: pd.DataFrame  # ``criteria.table``
    pem: pd.DataFrame  # ``criteria.pem_table``


@kept(spinner=READING)
def facts() -> pd.DataFrame:
    """``records.facts`` of every stored trial, with ``judged_on``: the day of the data load a record was read from, or
    the day a starter fact stood so; missing when it was not noted."""
    trials = data.trials()
    return results_due.judged(records.facts(data.store(), list(trials["nct_id"])), trials)


def facts_of(nct_id: str) -> pd.DataFrame:
    """The row of ``facts`` of one trial, read by itself: its page does not wait for all the others. No row when its
    record is not stored."""
    trials = data.trials()
    return results_due.judged(records.facts(data.store(), [nct_id]), trials[trials["nct_id"] == nct_id])


def posted_of(nct_id: str) -> Posted | None:
    """What is known of the posted results of one trial."""
    return stored_results.posted(data.store(), [nct_id]).get(nct_id)


@kept(spinner="Reading the posted results …")
def found() -> Found:
    """What the posted results of every stored trial report, as far as they are read."""
    return across.stored(data.store(), list(data.trials()["nct_id"]))


@kept(spinner=READING)
def verdicts() -> pd.DataFrame:
    """``results_due.judge`` of every stored trial."""
    return results_due.judge(facts())


@kept()
def published() -> pd.DataFrame:
    """``papers.published`` of every stored trial."""
    return papers.published(facts())


@kept(spinner=READING)
def overtaken() -> pd.DataFrame:
    """``stale.stale`` of every stored trial."""
    return stale.stale(facts())


@kept()
def stopped() -> pd.DataFrame:
    """``stale.stopped`` of every stored trial."""
    return stale.stopped(facts())


@kept()
def registration() -> pd.DataFrame:
    """``stale.registration`` of every stored trial."""
    return stale.registration(facts())


def in_focus(groups: Iterable[str]) -> bool:
    """Whether a trial of these condition groups is in the watch-list's focus."""
    return not {condition.id for condition in data.watchlist().focus}.isdisjoint(groups)


@kept(spinner=READING)
def me_cfs() -> Frame:
    """The trials in the watch-list's focus with their eligibility texts read."""
    trials = data.trials()
    inside = any_of(trials["condition_groups"], tuple(condition.id for condition in data.watchlist().focus))
    mine = trials[inside & trials["left_registry"].isna().to_numpy()].reset_index(drop=True)
    studies = list(records.studies(data.store(), list(mine["nct_id"])))
    return Frame(mine, criteria.table(studies), criteria.pem_table(studies))


@kept(spinner=READING)
def links() -> pd.DataFrame:
    """``families.links`` of every stored trial."""
    every = facts()
    citing = every["nct_id"][every["cited"].str.len() > 0]
    types = dict(zip(every["nct_id"], every["study_type"], strict=True))
    _links_read().set()
    return families.links(records.studies(data.store(), list(citing)), types)


@kept()
def _links_read() -> Event:
    """Set once ``links`` has been read from this state of the store."""
    return Event()


def links_of(study: Study) -> pd.DataFrame:
    """The rows of ``links`` in which this record is the one that cites, without reading the others."""
    trials = data.trials()
    return families.links([study], dict(zip(trials["nct_id"], trials["study_type"], strict=True)))


def links_at_once() -> bool:
    """Whether ``links`` of the store as it is now keeps nobody waiting: it is small, or they have been read before."""
    return len(data.trials()) <= AT_ONCE or _links_read().is_set()


@kept()
def family_of() -> dict[str, str]:
    """``families.families`` of every stored trial: by id, the trial its family is named after."""
    return families.families(links(), set(data.trials()["nct_id"]))
