"""What the pages read of trials: frames kept as long as the store does not change, shared by all sessions and never
written to. A refresh by whatever process shows with the next run of a page."""

import pandas as pd

from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.read import trials as queries
from cache.read.trials import Freshness
from cache.read.unexplained import Unexplained
from cache.search.find import Found, find
from dashboard.shared.kept import RETRY_SECONDS as RETRY_SECONDS
from dashboard.shared.kept import identity as identity
from dashboard.shared.kept import kept, once_a_run, parts, steady
from dashboard.shared.kept import settings as settings
from dashboard.shared.kept import store as store
from dashboard.shared.kept import trouble as trouble
from dashboard.shared.kept import version as version
from dashboard.shared.kept import watchlist as watchlist
from fetchers.record.study import Study


@kept()
def trials() -> pd.DataFrame:
    """``queries.trials`` of the store as it is now."""
    return parts().trials()


@kept()
def matches() -> pd.DataFrame:
    """``queries.matches`` of the store as it is now."""
    return parts().matches()


@kept()
def scopes() -> pd.DataFrame:
    """``queries.scopes`` of the store as it is now."""
    return parts().scopes()


@kept()
def freshness() -> Freshness:
    """``queries.freshness`` of the store as it is now."""
    return parts().freshness()


@kept()
def names(column: str) -> tuple[str, ...]:
    """Every name in the lists of a column of ``trials``, sorted."""
    return parts().names(column)


@kept()
def missed() -> tuple[Unexplained, ...]:
    """Interventions in the documents' conditions that no name of the watch-list tells, the most frequent first."""
    return parts().missed()


def study(nct_id: str) -> Study | None:
    """``queries.study_body`` of one trial."""
    with steady() as shown:
        return queries.study_body(shown.still, nct_id)


@once_a_run
def selection(wanted: Filter) -> Selection:
    """What a filter lets through now; not to be written to."""
    return wanted.apply(trials(), matches(), watchlist(), lambda text: found(text).trials)


@kept(entries=32)
def found(text: str) -> Found:
    """What a text finds in everything that is kept."""
    with steady() as shown:
        return find(shown.still, text, shown.watchlist)
