"""The groups of trials the page on results and delays links to, by their names in the address. Pure, no Streamlit."""

from typing import Any, NamedTuple

import pandas as pd

from cache.codes import NOT_RECORDED, STATUS_WORDS
from dashboard.results.tables import ALL
from dashboard.shared.trial_list import Group
from insights.dates.odd import ODD
from insights.findings.papers import PAPERS
from insights.results_due import COVERAGE, FACTS, REASONS, STATES, UNTOLD
from insights.stale import FLAGS, REGISTRATION
from insights.why_stopped import CLASSES, said


class Material(NamedTuple):
    """Everything the page knows of the trials in view."""

    facts: pd.DataFrame
    verdicts: pd.DataFrame
    overtaken: pd.DataFrame
    stopped: pd.DataFrame
    registration: pd.DataFrame
    papers: "pd.Series[Any]"  # keys of PAPERS by trial


TITLES = {
    "state": {**STATES, ALL: "All trials"},
    "reason": REASONS,
    "missing": {key: f"Not known: {words}" for key, words in FACTS.items()},
    "papers": PAPERS,
    "stale": FLAGS,
    "why": {name: said(name) for name in CLASSES},
    "registered": REGISTRATION,
}


def find(name: str, material: Material) -> Group | None:
    """The group of that name; None for a name that means nothing."""
    kind, dot, key = name.partition(".")
    if kind == "last":
        rows = _last_known(key, material)
        return Group(f"Unknown status, last known: {STATUS_WORDS.get(key, key)}", rows) if len(rows) else None
    if kind == "state" and "." in key:
        state, _, coverage = key.partition(".")
        return _covered(state, coverage, material)
    if not dot or key not in TITLES.get(kind, {}):
        return None
    return Group(TITLES[kind][key], _ROWS[kind](key, material))


def _covered(state: str, coverage: str, material: Material) -> Group | None:
    """The trials of a state that the rule covers in one way."""
    if state not in TITLES["state"] or coverage not in COVERAGE:
        return None
    rows = _state(state, material)
    return Group(f"{TITLES['state'][state]}, US rule: {COVERAGE[coverage].lower()}",
                 rows[rows["US rule"] == COVERAGE[coverage]])  # fmt: skip


def _state(key: str, material: Material) -> pd.DataFrame:
    found = material.verdicts if key == ALL else material.verdicts[material.verdicts["state"] == key]
    return _verdicts(found.sort_values(["days", "nct_id"], ascending=[False, True]))


def _reason(key: str, material: Material) -> pd.DataFrame:
    return _verdicts(material.verdicts[material.verdicts["reason"] == key])


def _missing(key: str, material: Material) -> pd.DataFrame:
    untold = material.verdicts[material.verdicts["state"].isin(UNTOLD)]
    return _verdicts(untold.loc[[key in facts for facts in untold["missing"]]])


def _papers(key: str, material: Material) -> pd.DataFrame:
    mine = material.papers.index[material.papers == key]
    return _verdicts(material.verdicts[material.verdicts["nct_id"].isin(mine)])


def _verdicts(found: pd.DataFrame) -> pd.DataFrame:
    why = found["reason"].map(REASONS).astype(object)
    gaps = [", ".join(FACTS[fact] for fact in facts) or None for facts in found["missing"]]
    return pd.DataFrame(
        {
            "nct_id": found["nct_id"],
            "Results": found["state"].map(STATES),
            "US rule": found["coverage"].map(COVERAGE),
            "Why not, or what is not known": why.where(why.notna(), pd.Series(gaps, index=found.index, dtype=object)),
            "Completion that counts": found["ended_on"],
            "Due": found["due_on"],
            "Days after due": found["days"],
            "Delay certificate": found["certificate"],
            "Judged on": found["judged_on"],
        }
    )


def _stale(key: str, material: Material) -> pd.DataFrame:
    found = material.overtaken[material.overtaken["flag"] == key].sort_values(
        ["days", "nct_id"], ascending=[False, True]
    )
    if key in ODD:
        return found[["nct_id", "date", "judged_on"]].set_axis(["nct_id", "Dates", "Judged on"], axis=1)
    date = {"past_start": "Start", "past_completion": "Completion"}.get(key, "Verified last")
    return pd.DataFrame(
        {"nct_id": found["nct_id"], date: found["date"], "Days ago": found["days"], "Judged on": found["judged_on"]}
    )


def _last_known(key: str, material: Material) -> pd.DataFrame:
    unknown = _stale("unknown_status", material)
    mine = material.overtaken[material.overtaken["flag"] == "unknown_status"]
    last = mine.set_index("nct_id")["last_known_status"]
    return unknown[(unknown["nct_id"].map(last).fillna(NOT_RECORDED) == key).to_numpy()]


def _why(key: str, material: Material) -> pd.DataFrame:
    found = material.stopped.loc[[key in classes for classes in material.stopped["classes"]]]
    return pd.DataFrame(
        {
            "nct_id": found["nct_id"],
            "Why stopped, in the registry’s words": found["why"],
            "Classes": [", ".join(said(one) for one in classes) for classes in found["classes"]],
        }
    )


def _registered(key: str, material: Material) -> pd.DataFrame:
    found = material.registration[material.registration["registration"] == key]
    found = found.sort_values(["days", "nct_id"], ascending=[False, True])
    return pd.DataFrame(
        {
            "nct_id": found["nct_id"],
            "Start": found["start"],
            "Registered": found["submitted"],
            "Days after start": found["days"],
        }
    )


_ROWS = {
    "state": _state,
    "reason": _reason,
    "missing": _missing,
    "papers": _papers,
    "stale": _stale,
    "why": _why,
    "registered": _registered,
}
