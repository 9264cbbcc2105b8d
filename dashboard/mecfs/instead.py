"""What the trials in ME/CFS test that give none of the agents: the interventions by name, and by type. Pure."""

import html
import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from cache.english import agreeing, count, listed, shortened
from dashboard.shared.number_tables import bars_of, group_numbers
from dashboard.shared.words import code, quiet
from fetchers.matching.context import is_make_believe
from fetchers.matching.names import lower, squeeze

Address = Callable[[str], str]  # a group -> where its trials are listed
NAMES = 15  # interventions in the chart; the table has all
FIRST = 3  # interventions in the sentence
LONGEST = 60  # letters of a name in chart and sentence
NO_TYPE = "NOT_RECORDED"
# What an arm gets that tests nothing; whole names only, for "no sugar" is a treatment.
_NO_TREATMENT = re.compile(
    r"(?:no|without|absence of) (?:active |further |additional |specific )?(?:treatment|intervention|therapy|drug)s?"
    r"|none|nothing|observation(?:al)?(?: only)?|not applicable|n/?a|control(?: group)?|wait(?:ing)?[ -]?list"
    r"(?: control)?"
)


def instead(trials: pd.DataFrame, places: "pd.Series[Any]") -> pd.DataFrame:
    """One row for each intervention of the interventional trials that give none of the agents, not as background
    either, without placebos and names of no treatment: ``nct_id``, ``type``, ``name`` (as first written) and ``key``
    (the name without case)."""
    interventional = trials["study_type"].isna() | (trials["study_type"] == "INTERVENTIONAL")
    none = trials[interventional & ~trials["nct_id"].map(places).isin(["given", "background"]).to_numpy()]
    rows = []
    for nct_id, items in zip(none["nct_id"], none["interventions"], strict=True):
        for item in dict.fromkeys(items or ()):
            kind, colon, name = item.partition(": ")
            known = bool(colon) and kind.replace("_", "").isupper()
            name = " ".join((name if known else item).split())
            if not _is_control(name):
                rows.append((nct_id, kind if known else NO_TYPE, name, name.casefold()))
    return pd.DataFrame.from_records(rows, columns=["nct_id", "type", "name", "key"]).astype("str")


def _is_control(name: str) -> bool:
    folded = lower(squeeze(name))
    return is_make_believe(folded) or _NO_TREATMENT.fullmatch(folded) is not None


def type_numbers(tested: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Trials by type of intervention, the most frequent first; a trial with two types counts in both."""
    found = tested.drop_duplicates(["nct_id", "type"])["type"].value_counts()
    return group_numbers("Type", {str(key): type_words(str(key)) for key in found.index}, found, "type", address)


def name_numbers(tested: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Every intervention as it is written, the one most trials name first; spellings are not united but in case."""
    found = tested.drop_duplicates(["nct_id", "key"])["key"].value_counts().sort_index()
    ranked = found.sort_values(ascending=False, kind="stable")
    first = tested.drop_duplicates("key").set_index("key")["name"]
    return group_numbers("Intervention", {str(key): str(first[key]) for key in ranked.index}, found, "name", address)


def most_named(numbers: pd.DataFrame) -> pd.DataFrame:
    """The first rows of ``name_numbers``: those that several trials name, or all when no trial shares any."""
    several = numbers[numbers["All"] > 1]
    return (several if len(several) else numbers).head(NAMES)


def shown(numbers: pd.DataFrame) -> tuple["pd.Series[int]", list[str]]:
    """``most_named`` as a chart of bars wants it: long names are cut where they stay apart, and no tag is read."""
    found, links = bars_of(most_named(numbers))
    cut = [shortened(str(name), LONGEST) for name in found.index]
    names = cut if len(set(cut)) == len(cut) else list(found.index)
    return found.set_axis([html.escape(str(name), quote=False) for name in names]), links


def instead_say(tested: pd.DataFrame) -> str:
    """What the other trials test most often; the registry's names, safe for Markdown."""
    if tested.empty:
        return "No trial here names another intervention."
    numbers = name_numbers(tested, str)
    trials = tested["nct_id"].nunique()
    said = f"{count(trials, 'trial')} {agreeing(trials, 'tests', 'test')} {count(len(numbers), 'other intervention')}"
    most = int(numbers["All"].iloc[0])
    if most == 1:
        return f"{said}, each in one trial only." if len(numbers) > 1 else f"{said}."
    next_one = int(numbers["All"].iloc[FIRST]) if len(numbers) > FIRST else 1
    top = [
        f"{quiet(shortened(name, LONGEST))} ({number:,})"
        for name, number in zip(numbers["Intervention"], numbers["All"], strict=True)
        if number > next_one  # of several with the same number none is named alone
    ]
    if not top:
        return f"{said}; {(numbers['All'] == most).sum():,} of them are in {most:,} trials each."
    return f"{said}, most often {listed(top)}."


def types_say(tested: pd.DataFrame) -> str:
    """The same trials by type of intervention, in one line; empty when most records do not tell the type."""
    found = tested.drop_duplicates(["nct_id", "type"])["type"].value_counts()
    if found.empty or found.index[0] == NO_TYPE:
        return ""
    return f"By type: {listed(f'{n:,} {type_words(str(key)).lower()}' for key, n in found.items())}."


def rest_say(numbers: pd.DataFrame) -> str:
    """How many interventions only the table has, for the end of a caption."""
    rest = len(numbers) - len(most_named(numbers))
    return f"; {rest:,} more in the table" if rest else ""


def type_words(kind: str) -> str:
    """ "DIETARY_SUPPLEMENT" in words."""
    return "Type not recorded" if kind == NO_TYPE else str(code(kind))
