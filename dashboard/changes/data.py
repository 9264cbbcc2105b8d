"""What the Changes page and a trial's history read, kept as long as the store does not change; never written to."""

from collections.abc import Collection

import pandas as pd

from cache.changes import changelog
from cache.changes.changelog import Change, Refreshed
from cache.read import versions
from dashboard.shared import data
from dashboard.shared.kept import kept, parts


@kept(entries=6)
def changes(since: str) -> pd.DataFrame:
    """``changelog.as_frame`` of the store as it is now."""
    return changelog.as_frame(data.store(), since)


@kept()
def ledger() -> pd.DataFrame:
    """The slip ledger of every stored trial."""
    return parts().ledger()


def refreshed() -> Refreshed:
    """When the registry last answered a refresh."""
    return changelog.refreshed(data.store())


def states(nct_id: str) -> pd.DataFrame:
    """Every known state of one trial, those of public copies included, oldest first."""
    return versions.with_copies(versions.versions(data.store(), [nct_id]), [nct_id])


def events(nct_id: str) -> list[Change]:
    """Every change seen in one trial, newest first."""
    return changelog.changelog(data.store(), nct_id=nct_id)


def some(ids: Collection[int]) -> list[Change]:
    """These changes, newest first, with their texts."""
    return changelog.changelog(data.store(), ids=ids)
