"""Claims, gaps, ladders and funnels of the store as it is now, kept as long as it does not change."""

import pandas as pd

from cache.read import trials as queries
from dashboard.shared import data
from dashboard.shared.kept import kept, parts, today
from fetchers.watchlist.model import Claim
from insights import evidence, literature
from insights.claims import Finding
from insights.evidence import Asked
from insights.funnel import Funnel
from insights.literature import Note


@kept(daily=True)
def findings() -> tuple[Finding, ...]:
    """Every claim against the store."""
    return parts().claims(today())


def resting_on(nct_id: str) -> list[Finding]:
    """The findings that have a trial among their evidence. One in another condition is listed beside a claim for
    comparison, and is no evidence for it."""
    every = findings()
    return [every[place] for place in _places().get(nct_id, ())]


@kept(daily=True)
def _places() -> dict[str, list[int]]:
    """By NCT id, the places of those findings among all."""
    found: dict[str, list[int]] = {}
    for place, finding in enumerate(findings()):
        rows = finding.evidence
        for nct_id in evidence.ids(rows.loc[rows["where"] != "elsewhere", ["nct_id"]]):
            found.setdefault(nct_id, []).append(place)
    return found


def asked() -> dict[str, Asked]:
    """What of the registry was asked, by scope."""
    return evidence.asked(data.scopes())


@kept(entries=4, daily=True)
def grid(background: bool) -> pd.DataFrame:
    """The gap map."""
    return parts().grid(background, today())


@kept()
def ladders() -> pd.DataFrame:
    """The highest phase of each agent, in any condition and in each."""
    return parts().ladders()


def ladder(condition: str) -> pd.DataFrame:
    """The rows of ``ladders`` of one condition."""
    every = ladders()
    return every[every["condition"] == condition].reset_index(drop=True)


@kept(entries=16)
def funnel(agent: str) -> Funnel:
    """How the registry's rows on one agent come down to the counted trials."""
    return parts().funnel(agent)


def unread(agent: str) -> int:
    """Records of an agent's newest answer that could not be read."""
    return _unread().get(agent, 0)


@kept()
def _unread() -> dict[str, int]:
    counted = queries.set_aside(data.store())["scope"].value_counts()
    return {str(scope): int(number) for scope, number in counted.items()}


def note(claim: Claim) -> Note | None:
    """The hand-kept note on a claim."""
    return literature.of(claim, literature.load())
