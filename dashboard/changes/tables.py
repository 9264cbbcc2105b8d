"""Changes and slips as tables and sentences of the screen: pure functions over frames, no Streamlit."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from cache import english
from cache.changes.changelog import WEIGHTS
from cache.changes.wording import KIND_WORDS
from cache.codes import DATE_TYPE_WORDS
from cache.english import count
from dashboard.changes.address import MEASURE_WORDS
from dashboard.shared.escape import plain
from dashboard.shared.number_tables import LINK as TRIALS
from dashboard.shared.number_tables import claim_link, trial_link
from insights import slips

LINK = "NCT id"
CLAIM = "Claim"
SHOW = "Changes"
_WEIGHTS = {"high": "High", "medium": "Medium", "low": "Low", "noise": "Noise"}
_ORIGINS = {"live": "Registry", "copy": "Public copies", "starter": "Starter snapshot"}


def listed(shown: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Changes as a list in words, in their order; dates that are not known yet are missing."""
    claims = [claim_link(claim) if isinstance(claim, str) else None for claim in shown["claim"]]
    return pd.DataFrame(
        {
            LINK: [trial_link(nct_id) for nct_id in shown["nct_id"]],
            "Change": shown["sentence"].tolist(),
            **({CLAIM: claims} if any(claims) else {}),
            "Weight": [_WEIGHTS[weight] for weight in shown["weight"]],
            "Trial": shown["title"].tolist(),
            "Registry date": shown["registry_date"].tolist(),
            "Seen": [f"{seen[:10]} {seen[11:16]}" for seen in shown["seen_at"]],
            "Agents": [
                ", ".join(names.get(one, one) for one in agents) or "none of them" for agents in shown["agents"]
            ],
        }
    )


def by_kind(changes: pd.DataFrame) -> "pd.Series[int]":
    """How many changes there are of each kind, the most frequent first."""
    found = changes["kind"].value_counts()
    order = sorted(found.index, key=lambda kind: (-int(found[kind]), list(KIND_WORDS).index(kind)))
    return found.reindex(order)


def kind_numbers(changes: pd.DataFrame, address: Mapping[str, str]) -> pd.DataFrame:
    """The same by weight: a row a kind, a column a weight, the sum, the address of its list."""
    kinds = by_kind(changes)
    crossed = pd.crosstab(changes["kind"], changes["weight"]).reindex(index=kinds.index, columns=list(WEIGHTS))
    shown = crossed.fillna(0).astype("int64").rename(columns=_WEIGHTS)
    shown = shown.loc[:, [word for word in shown if shown[word].sum()]]
    shown["All"] = kinds.to_numpy()
    shown.insert(0, "Kind", [KIND_WORDS.get(kind, kind) for kind in kinds.index])
    shown[SHOW] = [address[kind] for kind in kinds.index]
    return shown.reset_index(drop=True)


def counted(changes: pd.DataFrame) -> str:
    """ "14 changes in 6 trials: 3 high, 5 medium and 6 low"."""
    found = changes["weight"].value_counts()
    parts = [f"{found[weight]:,} {weight}" for weight in WEIGHTS if weight in found]
    trials = count(changes["nct_id"].nunique(), "trial")
    return f"{count(len(changes), 'change')} in {trials}: {english.listed(parts)}"


def kinds_say(changes: pd.DataFrame) -> str:
    """One sentence on the chart."""
    kinds = by_kind(changes)
    top = [KIND_WORDS[str(kind)] for kind in kinds.index[kinds == kinds.max()]]
    return f"Most often: {english.listed(plain(word.lower()) for word in top)} ({int(kinds.max()):,})."


def slip_words(amount: int, measure: str) -> str:
    """How far something moved: "36 months later", "200 fewer", "not moved in the end"."""
    if amount == 0:
        return "back where it was"
    if measure == slips.PEOPLE:
        return f"{abs(amount):,} {'more' if amount > 0 else 'fewer'}"
    months = slips.months(abs(amount))
    size = count(months, "month") if months else count(abs(amount), "day")
    return f"{size} {'later' if amount > 0 else 'earlier'}"


def slip_numbers(moved: pd.DataFrame, titles: Mapping[str, str]) -> pd.DataFrame:
    """Every slip of one measure, the furthest first: first promised against now, with what each is known from."""
    rows = moved.to_dict("records")
    return pd.DataFrame(
        {
            LINK: [trial_link(str(row["nct_id"])) for row in rows],
            "Trial": [titles.get(str(row["nct_id"])) for row in rows],
            "First promised": [str(row["first"]) for row in rows],
            "Known from": [_known(row["first_known_on"], row["first_origin"]) for row in rows],
            "Now": [_now(row) for row in rows],
            "As of": [_known(row["now_known_on"], row["now_origin"]) for row in rows],
            "Moved": [slip_words(row["amount"], row["measure"]) for row in rows],
            "Moves": [row["moves"] for row in rows],
        }
    )


def slips_say(moved: pd.DataFrame, known: int, measure: str) -> str:
    """One sentence on the dumbbells; ``known``: trials of which more than one state says the measure."""
    what = MEASURE_WORDS[measure].lower()
    if moved.empty:
        return f"No known {what} has moved in this view."
    furthest = moved.iloc[0]
    far = slip_words(int(furthest["amount"]), measure)
    if len(moved) == 1:
        alone = "No other trial here has" if known == 1 else f"This is the only one of {known:,} trials with"
        return f"The {what} of {furthest['nct_id']} has moved: {far}. {alone} more than one known state."
    later = int((moved["amount"] > 0).sum())
    side = ("larger", "smaller") if measure == slips.PEOPLE else ("later", "earlier")
    parts = [f"{n:,} {word}" for n, word in ((later, side[0]), (int((moved["amount"] < 0).sum()), side[1])) if n]
    return (
        f"The {what} has moved in {len(moved):,} of {count(known, 'trial')} with more than one known state"
        f"{f' ({english.listed(parts)})' if parts else ''}; the furthest is {furthest['nct_id']}, {far}."
    )


def copies_say(moved: pd.DataFrame) -> str | None:
    """Which rows rest on public copies; None when none does."""
    copied = moved[(moved["first_origin"] == "copy") | (moved["now_origin"] == "copy")]
    if copied.empty:
        return None
    ids = english.listed(str(nct_id) for nct_id in copied["nct_id"])
    return f"From public copies of earlier records, not read from the registry by this tracker: {ids}."


def _known(day: Any, origin: Any) -> str:
    from_what = _ORIGINS.get(origin, str(origin))
    return f"{from_what}, {day}" if isinstance(day, str) else f"{from_what}, day not recorded"


def _now(row: Mapping[Any, Any]) -> str:
    kind = DATE_TYPE_WORDS.get(row["now_type"], row["now_type"]) if isinstance(row["now_type"], str) else None
    value = f"{row['now']:,}" if row["measure"] == slips.PEOPLE else str(row["now"])
    said = f"{value} ({kind})" if kind else value
    return f"{said}, last known" if row["gone"] else said


def slipped(ledger: pd.DataFrame, address: Callable[[str], str]) -> pd.DataFrame:
    """For each measure how many trials moved, of how many with more than one known state, and the furthest."""
    rows = []
    for measure, word in MEASURE_WORDS.items():
        moved = slips.slipped(ledger, measure)
        known = int((ledger["states"][ledger["measure"] == measure] > 1).sum())
        furthest = None if moved.empty else moved.iloc[0]
        far = None if furthest is None else f"{slip_words(int(furthest['amount']), measure)}, {furthest['nct_id']}"
        rows.append((word, len(moved), known, far, address(measure) if len(moved) else None))
    columns = ["First promised against now", "Moved", "With more than one known state", "Furthest", TRIALS]
    return pd.DataFrame(rows, columns=columns)


def slipped_say(table: pd.DataFrame) -> str:
    """One sentence on the table of ``slipped``."""
    known = int(table["With more than one known state"].sum())
    if not known:
        return "No earlier state of these trials is known, so nothing can be compared with what was promised."
    moved = table[table["Moved"] > 0]
    if moved.empty:
        return "No promised date or number of people has moved between the known states of these trials."
    said = "; ".join(
        f"{what.lower()}: {number:,} of {of:,} moved, the furthest {plain(far)}"
        for what, number, of, far in moved.iloc[:, :4].itertuples(index=False)
    )
    return f"{said[0].upper()}{said[1:]}."
