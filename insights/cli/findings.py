"""What posted results report, as rows of plain values: a row a trial, the largest first, as on the page of findings."""

import pandas as pd

from cache.filters.select import Selection
from cache.read.frames import plain_rows
from fetchers.watchlist.model import Watchlist
from insights.cli.rows import Frames, Row, asked_for
from insights.findings import across, papers
from insights.findings.across import REPORTS, STATES, Report

_ASKED = {"read": "asked", "failed": "failed", "not_asked": "not_asked"}
_REPORTED = (
    "says", "primary_outcomes", "outcomes_without_analysis", "analyses", "analysis_kinds", "analysis_rules",
    "analysis_words", "serious_events", "deaths",
)  # fmt: skip

_NO_RECORD: Row = {"papers_pmid": None, "papers_doi": None}  # which papers it names is not known


def of_findings(watchlist: Watchlist, held: Frames, selection: Selection, facts: pd.DataFrame) -> list[Row]:
    """A row for each trial of ``selection`` whose results are posted, or were read before they were withdrawn; what is
    not read is null. ``facts``: ``results_due.judged`` of these trials."""
    trials = across.largest_first(selection.trials)
    agents = selection.pairs.groupby("nct_id")["agent"].agg(lambda ids: sorted(set(ids)))
    asked, named = asked_for(watchlist, held.answers), _papers(facts)
    days = dict(zip(facts["nct_id"], facts["judged_on"], strict=True))
    return [
        {
            **{name: trial[name] for name in ("nct_id", "title", "enrollment")},
            "agents": agents.get(trial["nct_id"], []),
            "condition_groups": list(trial["condition_groups"]),
            "results": state,
            "results_words": STATES[state],
            **_reported(held.results.reports.get(trial["nct_id"]), state),
            **named.get(trial["nct_id"], _NO_RECORD),
            "ids": [trial["nct_id"]],
            "query": asked.get(trial["nct_id"], []),
            "state": _ASKED[state],
            "date": days.get(trial["nct_id"]),
            "error": held.results.failed.get(trial["nct_id"]) or held.results.older.get(trial["nct_id"]),
            "starter": trial["origin"] == "starter",
        }
        for trial, state in zip(plain_rows(trials), across.states(held.results, trials), strict=True)
        if state in _ASKED
    ]


def _reported(report: Report | None, state: str) -> Row:
    """What the results say, and the rule it goes by. The analyses of primary outcomes are lists side by side: the
    sentence, its kind, why it is of that kind, and the record's words this rests on."""
    if report is None:
        return {"rule": state, "rule_words": STATES[state], **dict.fromkeys(_REPORTED)}
    readings = [reading for _, reading in report.readings]
    told = (
        across.says(report),
        list(report.primary),
        report.bare,
        [sentence for sentence, _ in report.readings],
        [reading.kind for reading in readings],
        [reading.why for reading in readings],
        ["; ".join(reading.words) for reading in readings],
        list(report.serious),
        list(report.deaths),
    )
    return {"rule": report.key, "rule_words": REPORTS[report.key], **dict(zip(_REPORTED, told, strict=True))}


def _papers(facts: pd.DataFrame) -> dict[str, Row]:
    """By trial the papers that may tell its results: PubMed ids, and DOIs."""
    found = papers.published(facts)
    dois, lists = papers.dois(found), papers.by_trial(found)
    pmids = {nct_id: [*results, *derived] for nct_id, results, derived in lists.itertuples()}
    return {
        nct_id: {"papers_pmid": pmids.get(nct_id, []), "papers_doi": dois.get(nct_id, [])} for nct_id in facts["nct_id"]
    }
