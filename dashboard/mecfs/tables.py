"""What the page on ME/CFS trials counts, lists and says: pure functions from frames to frames and sentences."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import pandas as pd

from cache.english import count
from cache.filters.select import among
from cache.read.lists import lengths
from dashboard.mecfs.instead import instead, type_words
from dashboard.shared.number_tables import LINK, group_numbers, numbered
from dashboard.shared.trial_list import Group, named
from dashboard.shared.words import intervention
from insights.criteria import BURDEN, DEFINITIONS, MEASURED, PEM
from insights.measured import possibly

Address = Callable[[str], str]  # a group -> where its trials are listed
PLACES = {
    "given": "Gives one of the agents, not as background",
    "background": "One of them as background only",
    "mentioned": "One of them only mentioned",
    "excluded": "One of them only as an exclusion",
    "none": "None of the agents",
}
SITES = {
    "one": "One site",
    "few": "2 to 5 sites",
    "many": "6 sites or more",
    "none": "No site named",
    "unknown": "Sites not known",
}
FEW = 5
NO_DEFINITION = "none"
NO_TEXTS = "The eligibility texts of these trials are not known."
_possibly = partial(possibly, MEASURED)
_DEFINITIONS = {**DEFINITIONS, NO_DEFINITION: "None of these named", "unknown": "Eligibility text not known"}


class Material(NamedTuple):
    """Everything the page knows."""

    trials: pd.DataFrame
    places: "pd.Series[Any]"  # keys of PLACES by trial
    findings: pd.DataFrame
    pem: pd.DataFrame


def agent_places(trials: pd.DataFrame, matches: pd.DataFrame) -> "pd.Series[Any]":
    """For each trial how near one of the agents comes to it: keys of PLACES, the nearest one; by NCT id."""
    mine = matches[among(matches["nct_id"], trials["nct_id"])]
    order = list(PLACES)
    best = dict.fromkeys(trials["nct_id"], "none")
    for nct_id, tier, role in zip(mine["nct_id"], mine["tier"], mine["role"], strict=True):
        place = "background" if role == "background" else str(tier)
        best[nct_id] = min(best[nct_id], place, key=order.index)
    return pd.Series(best, dtype="str")


def place_numbers(places: "pd.Series[Any]", address: Address) -> pd.DataFrame:
    """Trials by how near the agents come to them; all rows."""
    found = places.value_counts()
    return _numbers("Agents", PLACES, found, "agents", address)


def definition_numbers(pem: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Trials by the case definitions their text names among what lets people in; a trial may name several."""
    found = _definitions(pem).explode().value_counts()
    return _numbers("Case definition", _DEFINITIONS, found, "definition", address)


def pem_numbers(pem: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Trials by what their text asks of post-exertional malaise."""
    found = {key: words if key in ("none", "unknown") else _possibly("pem", words) for key, words in PEM.items()}
    return _numbers("Post-exertional malaise", found, pem["pem"].value_counts(), "pem", address)


def burden_numbers(findings: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Trials by what their text says of taking part, and whether to let people in or to keep them out."""
    mine = findings[findings["trait"] == "burden"]
    table = pd.crosstab(mine["rule"], mine["place"]).reindex(index=list(BURDEN), columns=["in", "out"], fill_value=0)
    either = mine.drop_duplicates(["nct_id", "rule"])["rule"].value_counts()
    return pd.DataFrame(
        {
            "Taking part": [_possibly(rule, words) for rule, words in BURDEN.items()],
            "All": [int(either.get(rule, 0)) for rule in BURDEN],
            LINK: [address(f"burden.{rule}") for rule in BURDEN],
            **{
                word: [numbered(address(f"burden.{rule}.{place}"), number) for rule, number in table[place].items()]
                for place, word in (("in", "To let in"), ("out", "To keep out"))
            },
        }
    )


def site_numbers(trials: pd.DataFrame, address: Address) -> pd.DataFrame:
    """Trials by number of sites, which is how far people may have to travel; each trial once."""
    return _numbers("Sites", SITES, trials["sites"].map(sites_key, na_action=None).value_counts(), "sites", address)


def sites_key(number: Any) -> str:
    """A key of SITES for a number of sites; a missing one is unknown, not none."""
    if pd.isna(number):
        return "unknown"
    return "none" if number == 0 else "one" if number == 1 else "few" if number <= FEW else "many"


def share_say(places: "pd.Series[Any]", trials: pd.DataFrame, *, sample: bool) -> str:
    """What share of the trials gives one of the agents."""
    given = int((places == "given").sum())
    of = f"{count(len(trials), 'trial')} in ME/CFS{' in the starter sample' if sample else ''}"
    if trials.empty:
        return "No trial in ME/CFS is stored."
    tests = trials["study_type"] == "INTERVENTIONAL"
    said = f"Of {of}, {given:,} ({given / len(trials):.0%}) give one of the agents other than as background"
    if tests.any():
        inside = int((places.reindex(trials["nct_id"][tests]) == "given").sum())
        said += f", {inside:,} of the {int(tests.sum()):,} interventional trials among them"
    return f"{said}."


def pem_say(pem: pd.DataFrame) -> str:
    """What the texts that are known ask of post-exertional malaise and case definition."""
    known = pem[pem["pem"] != "unknown"]
    if known.empty:
        return NO_TEXTS
    asked = int(known["pem"].isin(["required", "implied"]).sum())
    named = int((lengths(known["definitions"]) > 0).sum())
    return (
        f"Of {count(len(known), 'trial')} whose eligibility text is known, {asked:,} possibly ask for post-exertional "
        f"malaise, by name or through the case definition; {named:,} possibly name a case definition."
    )


def burden_say(findings: pd.DataFrame, pem: pd.DataFrame) -> str:
    """How many of the known texts say something of the burden."""
    known = int((pem["pem"] != "unknown").sum())
    if not known:
        return NO_TEXTS
    mine = findings[findings["trait"] == "burden"]["nct_id"].nunique()
    of = f"of {count(known, 'trial')} with a known eligibility text"
    return f"{f'{mine:,}' if mine else 'None'} {of} {'say' if mine > 1 else 'says'} what taking part involves."


def group(name: str, material: Material) -> Group | None:
    """The trials behind a number by their name in the address; None for a name that means nothing."""
    kind, _, key = name.partition(".")
    trials, pem = material.trials, material.pem
    if kind == "agents" and key in PLACES:
        return Group(PLACES[key], pd.DataFrame({"nct_id": material.places.index[material.places == key]}))
    if kind in ("type", "name"):
        tested = instead(trials, material.places)
        mine = tested[tested["type" if kind == "type" else "key"] == key].drop_duplicates("nct_id")
        title = type_words(key) if kind == "type" else str(mine["name"].iloc[0]) if len(mine) else key
        return Group(title, mine[["nct_id"]].reset_index(drop=True)) if len(mine) else None
    if kind == "definition" and key in _DEFINITIONS:
        rows = pem.loc[[key in named for named in _definitions(pem)]]
        title = _possibly(key, _DEFINITIONS[key]) if key in DEFINITIONS else _DEFINITIONS[key]
        return Group(title, _quotes(rows["nct_id"], material.findings, key))
    if kind == "pem" and key in PEM:
        rows = pem[pem["pem"] == key]
        title = PEM[key] if key == "unknown" else f"Post-exertional malaise: {_possibly('pem', PEM[key].lower())}"
        return Group(title, rows[["nct_id", "quote"]].rename(columns={"quote": "In the registry’s words"}))
    if kind == "burden":
        return _burden(key, material.findings)
    if kind == "sites" and key in SITES:
        rows = trials[trials["sites"].map(sites_key, na_action=None) == key]
        return Group(SITES[key], pd.DataFrame({"nct_id": rows["nct_id"], "Sites": rows["sites"]}))
    return None


def _burden(key: str, findings: pd.DataFrame) -> Group | None:
    """The trials a rule on burden finds something in, or only what lets in or keeps out (``visits.in``)."""
    rule, dot, place = key.partition(".")
    if rule not in BURDEN or (dot and place not in ("in", "out")):
        return None
    mine = findings[(findings["rule"] == rule) & ((findings["place"] == place) if dot else True)]
    title = _possibly(rule, BURDEN[rule]) + (f", to {'let in' if place == 'in' else 'keep out'}" if dot else "")
    return Group(title, _quotes(mine["nct_id"].drop_duplicates(), mine, rule))


def listed(found: Group, trials: pd.DataFrame, agents: Mapping[str, str]) -> pd.DataFrame:
    """The trials of a group as a table."""
    ids = list(found.rows["nct_id"])
    items = trials.set_index("nct_id")["interventions"].loc[ids]
    table = named(trials, ids)
    table["Agents"] = [agents.get(nct_id, "none of them") for nct_id in ids]
    table["Interventions"] = ["; ".join(map(intervention, some)) if some else None for some in items]
    for name in found.rows.columns.drop("nct_id"):
        table.insert(2, name, found.rows[name].to_numpy())
    return table


def _definitions(pem: pd.DataFrame) -> "pd.Series[Any]":
    lists = [
        ["unknown"] if state == "unknown" else named or [NO_DEFINITION]
        for state, named in zip(pem["pem"], pem["definitions"], strict=True)
    ]
    return pd.Series(lists, index=pem.index, dtype=object)


def _quotes(nct_ids: "pd.Series[Any]", findings: pd.DataFrame, rule: str) -> pd.DataFrame:
    mine = findings[findings["rule"] == rule]
    places = mine["place"].map({"in": "In: ", "out": "Out: "})
    words = (places + mine["quote"]).groupby(mine["nct_id"]).agg(" / ".join)
    return pd.DataFrame({"nct_id": nct_ids, "In the registry’s words": nct_ids.map(words)})


def _numbers(
    head: str, words: Mapping[str, str], found: "pd.Series[int]", prefix: str, address: Address
) -> pd.DataFrame:
    rules = {key: _possibly(key, one) if key in DEFINITIONS else one for key, one in words.items()}
    return group_numbers(head, rules, found, prefix, address)
