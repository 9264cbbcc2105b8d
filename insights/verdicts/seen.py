"""The trials that bear on a claim, by where they stand towards it, and the numbers that are said of them.

A number is made once, with its trials, its words and the list that opens it; sentence and button both read it here.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import pandas as pd

from cache.codes import LANE_WORDS, NOT_RECORDED, TIERS
from cache.english import count, listed
from cache.filters.filter import Filter
from cache.filters.select import among, coded
from fetchers.watchlist.model import Claim
from insights import evidence
from insights.findings.across import Found


class Number(NamedTuple):
    """How many trials there are somewhere: which they are, and the filter that lists exactly them (None: nothing to
    list, and no filter says so)."""

    label: str
    ids: tuple[str, ...]
    wanted: Filter | None

    @property
    def words(self) -> str:
        """As it stands on a button: "In ME/CFS: 8 trials"."""
        return f"{self.label}: {count(len(self.ids), 'trial')}"


class Seen(NamedTuple):
    """The pairs of trial and agent that bear on a claim, each frame as ``evidence.dated`` makes it."""

    here: pd.DataFrame  # people get the agent (not as background), in the claim's conditions
    near: pd.DataFrame  # the same in the groups near them, not in them
    background: pd.DataFrame  # in the conditions, as background only
    named: pd.DataFrame  # in the conditions, only mentioned or only excluded
    elsewhere: pd.DataFrame  # people get it in any other condition
    on: date  # the day of the data
    place: str  # the names of the conditions
    around: str  # the names of the groups near them
    found: Found = Found()  # what their posted results report
    names: Mapping[str, str] = {}  # of the agents
    numbers: Mapping[str, Number] = {}  # by what is counted: here around background named anywhere


class Asking(NamedTuple):
    """What a claim asks of the store."""

    claim: Claim
    agents: tuple[str, ...]
    groups: tuple[str, ...]
    near: tuple[str, ...]

    @property
    def counts_background(self) -> bool:
        """Whoever gets an agent as background is in use of it, though the trial does not test it."""
        return self.claim.kind == "use"


def gather(asking: Asking, found: pd.DataFrame, others: pd.DataFrame, on: date, *, place: str, around: str) -> Seen:
    """Sort dated pairs by where they stand. ``others``: trials in the conditions that give what the claim names beside
    its agents."""
    given = evidence.is_given(found, background=asking.counts_background)
    inside, near = (evidence.is_in_groups(found, groups) for groups in (asking.groups, asking.near))
    aside = inside & ~given
    as_background = aside & coded(found["tier"], ["given"])
    here = evidence.rows(found, given & inside)
    more = evidence.rows(others, ~among(others["nct_id"], here["nct_id"]))
    seen = Seen(
        here=pd.concat([here, more], ignore_index=True) if len(more) else here,
        near=evidence.rows(found, given & near & ~inside),
        background=evidence.rows(found, as_background),
        named=evidence.rows(found, aside & ~as_background),
        elsewhere=evidence.rows(found, given & ~inside & ~near),
        on=on,
        place=place,
        around=around,
    )
    ids = found[["nct_id"]]
    return seen._replace(numbers=_numbers(asking, seen, around=ids[given & near], anywhere=ids[given]))


def _numbers(asking: Asking, seen: Seen, *, around: pd.DataFrame, anywhere: pd.DataFrame) -> dict[str, Number]:
    agents, groups = asking.agents, asking.groups
    counted = Filter(agents=agents, background=asking.counts_background)
    also = ", also as background" if asking.counts_background and agents else ""
    ids = {name: evidence.ids(getattr(seen, name)) for name in ("here", "background", "named")}
    here = replace(counted, conditions=groups) if agents else None
    if asking.claim.interventions and ids["here"]:
        here = exactly(ids["here"])
    numbers = {"here": Number(f"In {seen.place}{also}", ids["here"], here)}
    if not agents:
        return numbers
    everywhere = "In any condition" if not asking.claim.interventions else "The agents followed here, in any condition"
    return numbers | {
        "around": Number(
            f"In {seen.around}{also}",
            evidence.ids(around),
            replace(counted, conditions=asking.near) if asking.near else None,
        ),
        "background": Number(
            f"Given to everybody beside something else, in {seen.place}",
            ids["background"],
            # Where background counts, those trials are among the first number's.
            None if asking.counts_background else Filter(agents=agents, roles=("background",), conditions=groups),
        ),
        "named": Number(
            f"Named but not given, in {seen.place}",
            ids["named"],
            Filter(agents=agents, tiers=TIERS[1:], conditions=groups),
        ),
        "anywhere": Number(
            f"{everywhere}{also}",
            evidence.ids(anywhere),
            replace(counted, everywhere=True),
        ),
    }


def exactly(ids: tuple[str, ...]) -> Filter:
    """The filter that lists just these trials, whatever they give."""
    return Filter(ids=ids, tiers=TIERS, background=True, everywhere=True, frame=True)


def part_of(seen: Seen, label: str, part: pd.DataFrame) -> Number:
    """Some of the trials in the condition. Their list is the condition's by status where that says it, else by id."""
    ids, whole = evidence.ids(part), seen.numbers["here"]
    if not ids or len(ids) == len(whole.ids):
        return Number(label, ids, whole.wanted if ids else None)
    statuses = [NOT_RECORDED if pd.isna(code) else str(code) for code in part["overall_status"].unique()]
    same = evidence.ids(seen.here[coded(seen.here["overall_status"], statuses)])
    if same == ids and whole.wanted and not whole.wanted.ids:
        return Number(label, ids, replace(whole.wanted, statuses=tuple(statuses)))
    return Number(label, ids, exactly(ids) if len(ids) <= evidence.MOST_BY_ID else None)


def in_phase(claim: Claim, found: pd.DataFrame) -> pd.DataFrame:
    """The pairs in the claimed phase, in joint ones too; all of them when the claim names none."""
    if claim.phase is None:
        return found
    wanted = set(claim.phase.split("|"))
    lanes = [lane for lane in LANE_WORDS if wanted <= set(lane.split("|"))]
    return evidence.rows(found, coded(found["lane"], lanes))


def running(claim: Claim, seen: Seen) -> pd.DataFrame:
    """Trials of the claimed phase that run: open or active, not expanded access, heard of within two years."""
    found = in_phase(claim, seen.here)
    return evidence.rows(found, evidence.is_running(found, seen.on))


def done(claim: Claim, seen: Seen) -> pd.DataFrame:
    """Completed trials of the claimed phase."""
    found = in_phase(claim, seen.here)
    return evidence.rows(found, coded(found["overall_status"], ["COMPLETED"]))


def begun(found: pd.DataFrame) -> pd.DataFrame:
    """Trials, and expanded access, in which people have been given the agent, or may have been."""
    return evidence.rows(found, evidence.has_begun(found))


def studies(found: pd.DataFrame) -> pd.DataFrame:
    """Those that have begun without expanded access, which tests nothing."""
    return evidence.rows(found, evidence.has_begun(found) & ~evidence.is_expanded(found))


def unconfirmed(found: pd.DataFrame) -> pd.DataFrame:
    """Trials of which nobody has said for two years whether they still run."""
    return evidence.rows(found, coded(found["overall_status"], ["UNKNOWN"]))


def named(ids: tuple[str, ...]) -> str:
    """The ids; of many only the first three."""
    return listed(ids, "and") if len(ids) <= 3 else f"{', '.join(ids[:3])} and {len(ids) - 3:,} more"
