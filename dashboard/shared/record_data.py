"""What follows from the stored records one by one, kept as long as the store does not change; never written to."""

from collections.abc import Iterable

import pandas as pd

from cache.read import records
from cache.read import results as stored_results
from cache.read.results import Posted
from dashboard.shared import data
from dashboard.shared.kept import kept, parts, steady
from fetchers.record.study import Study
from insights import families, results_due
from insights.findings.across import Found
from insights.snapshot.parts import Frame as Frame

NO_LINKS = pd.DataFrame(columns=list(families.LINK_COLUMNS), dtype="str")
READING = "Reading the records …"
AT_ONCE = 5000  # stored trials that are read in less than a second


@kept(spinner=READING)
def facts() -> pd.DataFrame:
    """``records.facts`` of every stored trial, with ``judged_on``: the day of the data load a record was read from, or
    the day a starter fact stood so; missing when it was not noted."""
    return parts().facts()


def facts_of(nct_id: str) -> pd.DataFrame:
    """The row of ``facts`` of one trial, read by itself: its page does not wait for all the others. No row when its
    record is not stored."""
    trials = data.trials()
    with steady() as shown:
        return results_due.judged(records.facts(shown.still, [nct_id]), trials[trials["nct_id"] == nct_id])


def posted_of(nct_id: str) -> Posted | None:
    """What is known of the posted results of one trial."""
    with steady() as shown:
        return stored_results.posted(shown.still, [nct_id]).get(nct_id)


@kept(spinner="Reading the posted results …")
def found() -> Found:
    """What the posted results of every stored trial report, as far as they are read."""
    return parts().found()


@kept(spinner=READING)
def verdicts() -> pd.DataFrame:
    """``results_due.judge`` of every stored trial."""
    return parts().verdicts()


@kept(spinner=READING)
def paper_groups() -> pd.DataFrame:
    """``papers.paper_groups`` of every stored trial: nct_id and group."""
    return parts().paper_groups()


@kept()
def published() -> pd.DataFrame:
    """``papers.published`` of every stored trial."""
    return parts().published()


@kept(spinner=READING)
def overtaken() -> pd.DataFrame:
    """``stale.stale`` of every stored trial."""
    return parts().overtaken()


@kept()
def stopped() -> pd.DataFrame:
    """``stale.stopped`` of every stored trial."""
    return parts().stopped()


@kept()
def registration() -> pd.DataFrame:
    """``stale.registration`` of every stored trial."""
    return parts().registration()


def in_focus(groups: Iterable[str]) -> bool:
    """Whether a trial of these condition groups is in the watch-list's focus."""
    return not {condition.id for condition in data.watchlist().focus}.isdisjoint(groups)


@kept(spinner=READING)
def me_cfs() -> Frame:
    """The trials in the watch-list's focus with their eligibility texts read."""
    return parts().me_cfs()


@kept(spinner=READING)
def links() -> pd.DataFrame:
    """``families.links`` of every stored trial."""
    return parts().links()


def links_of(study: Study) -> pd.DataFrame:
    """The rows of ``links`` in which this record is the one that cites, without reading the others."""
    trials = data.trials()
    return families.links([study], dict(zip(trials["nct_id"], trials["study_type"], strict=True)))


def links_at_once() -> bool:
    """Whether ``links`` of the store as it is now keeps nobody waiting: it is small, or they have been read before."""
    return len(data.trials()) <= AT_ONCE or parts().has("links")


@kept()
def family_of() -> dict[str, str]:
    """``families.families`` of every stored trial: by id, the trial its family is named after."""
    return parts().family_of()
