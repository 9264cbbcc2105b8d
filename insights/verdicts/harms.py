"""The rules for a claim that something can harm: what posted results of its trials count, and why that is no verdict.

Serious events and deaths happen in every group, whoever gets what. Results count them as people of people at risk, for
each group; they do not say what caused them, and the counts do not say which of them were infections. So no rule calls
such a claim supported or contradicted, and nothing here is a rate, a sum over groups, or a comparison.
"""

from collections.abc import Mapping

import pandas as pd

from cache.english import count
from fetchers.watchlist.model import Claim
from insights import evidence
from insights.findings.across import HARMS, Report
from insights.verdicts.effects import UNREAD, posted_parts, unread_says
from insights.verdicts.rule import OUTSIDE, Parts, Rule, here, number, parts, said
from insights.verdicts.seen import Seen

SERIOUS = {key: f"Serious events {words}" for key, words in HARMS.items()}
DEATHS = "Deaths in at least one group"
_TOLD = 2  # trials whose counts are told group by group; the page of findings has all
_NO_VERDICT = (
    "That is no verdict: serious events and deaths happen in every group, whoever gets what, and the counts say "
    "neither what caused them nor which of them were infections."
)


def _reports(seen: Seen) -> Mapping[str, Report]:
    """What the results that are read report, the largest trial first."""
    sizes = seen.here.drop_duplicates("nct_id").sort_values(["enrollment", "nct_id"], ascending=[False, True])
    return {id: seen.found.reports[id] for id in sizes["nct_id"] if id in seen.found.reports}


def _some(seen: Seen, ids: list[str]) -> pd.DataFrame:
    return evidence.rows(seen.here, seen.here["nct_id"].isin(ids).to_numpy(dtype=bool))


def _parts(claim: Claim, seen: Seen) -> Parts:
    reports, made = _reports(seen), dict(posted_parts(seen))
    unread = made.pop(UNREAD, None)
    for key, words in SERIOUS.items():
        ids = [id for id, one in reports.items() if one.harmed == key]
        made |= {words: _some(seen, ids)} if ids else {}
    died = [id for id, one in reports.items() if one.died == "some"]
    made |= {DEATHS: _some(seen, died)} if died else {}
    return made if unread is None else made | {UNREAD: unread}


def _counts(seen: Seen) -> str:
    """The counts of the largest trials in the record's own groups, each by itself."""
    told = [(id, one) for id, one in _reports(seen).items() if one.serious]
    said_of = [f"Serious events in {id}: {'; '.join(one.serious)}." for id, one in told[:_TOLD]]
    more = len(told) - _TOLD
    rest = f"The page of findings has those of {count(more, 'more trial')}." if more > 0 else ""
    return said(*said_of, rest)


RULES = (
    Rule(
        "risk_counted", OUTSIDE,
        "The claim says that it can harm, and trials with posted results count people with serious events and deaths "
        "by group. The counts are shown and judged by no rule: such events happen in every group, and the counts say "
        "neither what caused them nor which of them were infections.", False,
        lambda claim, seen: claim.kind == "risk" and bool(_reports(seen)),
        lambda claim, seen: said(here(seen), parts(seen), _counts(seen), unread_says(seen), _NO_VERDICT,
                                  number(seen, "background")),
        _parts,
    ),
    Rule(
        "risk", OUTSIDE,
        "The same, but no posted results of these trials are read: none are posted, or not asked for yet, or asked for "
        "without success.", False,
        lambda claim, seen: claim.kind == "risk",
        lambda claim, seen: said("A registry shows how often it harms only in posted results.", here(seen),
                                  parts(seen), unread_says(seen), number(seen, "background")),
        lambda claim, seen: posted_parts(seen) if len(seen.here) else {},
    ),
)  # fmt: skip
