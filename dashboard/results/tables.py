"""What the page on results and delays counts, lists and says: pure functions from frames to frames and sentences."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from cache.codes import NOT_RECORDED, STATUS_WORDS
from cache.english import agreeing, count
from dashboard.shared.number_tables import LINK, group_numbers, numbered
from dashboard.shared.trial_list import Group, named
from insights import why_stopped
from insights.dates.odd import ODD
from insights.findings import papers as papers_of
from insights.findings.papers import PAPERS
from insights.results_due import COVERAGE, FACTS, REASONS, STATES, UNTOLD
from insights.stale import FLAGS, GOING_ON, REGISTRATION

ALL = "all"  # the row that adds up
Address = Callable[[str], str]  # a group -> where its trials are listed


def state_numbers(verdicts: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Trials by state and by whether the rule covers them; all states."""
    table = pd.crosstab(verdicts["state"], verdicts["coverage"])
    table = table.reindex(index=list(STATES), columns=list(COVERAGE), fill_value=0)
    table.loc[ALL] = table.sum()
    shown = pd.DataFrame({"Results": [*STATES.values(), "All trials"], "All": table.sum(axis=1).to_numpy()})
    shown[LINK] = [address(f"state.{state}") for state in table.index]
    for coverage, words in COVERAGE.items():
        links = [address(f"state.{state}.{coverage}") for state in table.index]
        shown[words] = [numbered(link, number) for link, number in zip(links, table[coverage], strict=True)]
    return shown


def why_numbers(verdicts: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Why trials are not covered, each under one reason, whether their results are posted or not."""
    found = verdicts["reason"].value_counts()
    return group_numbers("Why not covered", REASONS, found, "reason", address)


def missing_numbers(verdicts: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Which facts are missing where it cannot be told; a trial may lack several."""
    found = verdicts["missing"][verdicts["state"].isin(UNTOLD)].explode().value_counts()
    return group_numbers(
        "What is not known", {key: _capital(words) for key, words in FACTS.items()}, found, "missing", address
    )


def paper_numbers(groups: "pd.Series[Any]", address: Address) -> pd.DataFrame:
    """Trials by whether results are posted and a paper is named."""
    return group_numbers("Posted and published", PAPERS, groups.value_counts(), "papers", address)


def stale_numbers(overtaken: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Trials by what has been overtaken; a trial may have several flags."""
    return group_numbers("Record", FLAGS, overtaken["flag"].value_counts(), "stale", address)


def last_known_numbers(overtaken: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Trials of unknown status by the status that was known last, the most frequent first."""
    unknown = overtaken[overtaken["flag"] == "unknown_status"]
    found = unknown["last_known_status"].fillna(NOT_RECORDED).value_counts()
    words = {str(code): STATUS_WORDS.get(str(code), str(code)) for code in found.index}
    return group_numbers("Last known status", words, found, "last", address)


def stopped_numbers(stopped: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Stopped trials by class of reason; a trial may stand in several."""
    return group_numbers(
        "Why stopped",
        {name: why_stopped.said(name) for name in why_stopped.CLASSES},
        stopped["classes"].explode().value_counts(),
        "why",
        address,
    )


def registration_numbers(found: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Trials by whether they were registered by the day they started."""
    return group_numbers("Registration", REGISTRATION, found["registration"].value_counts(), "registered", address)


def results_say(verdicts: pd.DataFrame, facts: pd.DataFrame) -> str:
    """How many results stand in the registry, of how many that are due; posting facts only."""
    if verdicts.empty:
        return "There are no trials to count in this view."
    known = int(facts["has_results"].notna().sum())
    there = int(facts["has_results"].sum())
    within = verdicts[verdicts["coverage"].isin(["covered", "probable"])]
    posted = int((within["state"] == "posted").sum())
    of = "" if known == len(facts) else f" that {agreeing(known, 'says', 'say')} so"
    parts = ["No trial here says whether results are posted"]
    if known:
        parts = [f"Results are posted for {there:,} of {count(known, 'trial')}{of}"]
    if len(within):
        overdue = int((within["state"] == "overdue").sum())
        parts.append(
            f"the US rule covers or probably covers {len(within):,}: {posted:,} posted, {overdue:,} overdue, "
            f"{len(within) - posted - overdue:,} due later or not clear"
        )
    parts.append(f"{(verdicts['coverage'] == 'not_covered').sum():,} are not covered")
    unknown = int((verdicts["coverage"] == "unknown").sum())
    if unknown:
        parts.append(f"the records of {unknown:,} do not tell")
    return "; ".join(parts) + "."


def papers_say(groups: "pd.Series[Any]") -> str:
    """What posting and publishing have to do with each other in this view."""
    found = groups.value_counts()
    known = len(groups) - int(found.get("unknown", 0))
    if not known:
        return "No record in this view tells both whether results are posted and which papers it names."
    neither = int(found.get("neither", 0))
    alone = int(found.get("paper_alone", 0)) + int(found.get("found_alone", 0))
    return (
        f"Of {count(known, 'trial')} with both known, {_none(alone)} {agreeing(alone or 1, 'has', 'have')} no results "
        "in the registry but a paper beside the record; "
        f"{_none(neither)} {agreeing(neither or 1, 'has', 'have')} neither."
    )


def stale_say(overtaken: pd.DataFrame, facts: pd.DataFrame) -> str:
    """How many records time has overtaken, with what they are a part of."""
    flags = overtaken["flag"].value_counts()
    going = facts["overall_status"].isin(GOING_ON)
    verified = int((going & facts["status_verified"].notna()).sum())
    odd = overtaken["nct_id"][overtaken["flag"].isin(list(ODD))].nunique()
    unknown = f"{flags.get('unknown_status', 0):,} of {len(facts):,} have an unknown status"
    unknown += f", {odd:,} have dates that do not fit." if odd > 1 else ", 1 has dates that do not fit." if odd else "."
    if not going.any():
        return f"No trial in this view is going on; {unknown}"
    confirmed = "none of them says when it was last verified"
    if verified:
        confirmed = (
            f"{flags.get('unverified', 0):,} of {verified:,} with a known date of verification were not verified for "
            "two years"
        )
    return (
        f"{flags.get('past_completion', 0):,} of {count(int(going.sum()), 'trial')} going on are past their completion "
        f"date and still open; {confirmed}; {unknown}"
    )


def _none(number: int) -> str:
    return f"{number:,}" if number else "none"


def stopped_say(stopped: pd.DataFrame, facts: pd.DataFrame) -> str:
    """How many were stopped and what for most often."""
    if stopped.empty:
        return "No trial in this view is recorded as terminated, withdrawn or suspended."
    told = stopped["classes"].explode()
    given = told[~told.isin(["none_given", "not_known", why_stopped.UNCLASSIFIED])].value_counts()
    silent = int(told.isin(["none_given", "not_known"]).sum())
    known = int(facts["overall_status"].notna().sum())
    said = f"{count(len(stopped), 'trial')} of {known:,} with a recorded status stopped or paused"
    if not given.empty:
        said += f"; most often named: {why_stopped.said(str(given.index[0])).lower()} ({int(given.iloc[0]):,})"
    return f"{said}; the reason is unknown for {silent:,}." if silent else f"{said}."


def reasons_known(stopped: pd.DataFrame) -> bool:
    """Whether anything is known of the reasons: a text, or that the record gives none."""
    return bool((stopped["classes"].explode() != "not_known").any())


def registration_say(found: pd.DataFrame) -> str:
    """How many were registered by the day they started, of those of which it is known."""
    counted = found["registration"].value_counts()
    known = int(counted.get("prospective", 0) + counted.get("retrospective", 0))
    if not known:
        return "No trial in this view tells both when it started and when it was registered."
    return (
        f"Of {count(known, 'trial')} with both dates, {counted.get('prospective', 0):,} were registered before or on "
        f"the day they started, {counted.get('retrospective', 0):,} after it; "
        f"{counted.get('unknown', 0):,} lack a date."
    )


def listed(group: Group, trials: pd.DataFrame, papers: pd.DataFrame) -> pd.DataFrame:
    """The trials of a group as a table: id, title, status, phase, what the group is about, papers."""
    table = named(trials, list(group.rows["nct_id"]))
    for name in group.rows.columns.drop("nct_id"):
        table[name] = group.rows[name].to_numpy()
    table["Papers"] = [papers_of.address(papers, nct_id) for nct_id in group.rows["nct_id"]]
    return table


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
