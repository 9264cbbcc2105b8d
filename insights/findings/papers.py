"""The papers a record names: what each is, when it was published, where it opens. Facts on papers, not on results.

A paper whose year lies before the year the trial began cannot tell its results, whatever type the sponsor gave it.
"""

import re
from typing import Any
from urllib.parse import quote

import pandas as pd

from cache.read.lists import lengths
from fetchers.settings import DOI_URL, PUBMED_URL

PUBLISHED_COLUMNS = ("nct_id", "type", "pmid", "citation")
READ = ("nct_id", "start_date", "references")  # what ``published`` is made by
REFERENCE_TYPES = {
    "RESULT": "Results paper, named by the sponsor",
    "DERIVED": "Paper that names the trial, found by the registry",
    "EARLY_RESULT": "Named as a result, published before the trial began",
    "EARLY_DERIVED": "Found by the registry, published before the trial began",
    "BACKGROUND": "Background, named by the sponsor",
}
# Whether results are posted and a paper is named: code -> words.
PAPERS = {
    "posted_paper": "Results posted, and a results paper named",
    "posted_alone": "Results posted, no results paper named",
    "paper_alone": "No results posted, a results paper named",
    "found_alone": "No results posted, only a paper the registry found",
    "neither": "Neither",
    "unknown": "Not known whether results are posted",
}


def published(facts: pd.DataFrame) -> pd.DataFrame:
    """Every reference of the records, in their order; columns ``PUBLISHED_COLUMNS``, ``type`` a key of REFERENCE_TYPES
    or a code the registry has invented since."""
    rows = [
        (nct_id, _kind(kind, citation, start), pmid, citation)
        for nct_id, start, references in zip(facts["nct_id"], facts["start_date"], facts["references"], strict=True)
        for kind, pmid, citation in references or ()
    ]
    return pd.DataFrame.from_records(rows, columns=list(PUBLISHED_COLUMNS)).astype("str")


def may_tell(found: pd.DataFrame) -> pd.DataFrame:
    """The papers of ``published`` that may tell results: those named as such, then those that name the trial."""
    told = found[found["type"].isin(["RESULT", "DERIVED"])]
    return told.sort_values("type", ascending=False, kind="stable")


def by_trial(found: pd.DataFrame) -> pd.DataFrame:
    """For each trial the PubMed ids of the papers that may tell its results: ``nct_id`` as index, columns RESULT and
    DERIVED, each a list."""
    told = may_tell(found)
    known = told[told["pmid"].notna()]
    lists = known.groupby(["nct_id", "type"])["pmid"].agg(lambda ids: list(dict.fromkeys(ids)))
    table = lists.unstack().reindex(columns=["RESULT", "DERIVED"])
    return table.map(lambda ids: ids if isinstance(ids, list) else [])


def paper_groups(facts: pd.DataFrame) -> "pd.Series[Any]":
    """For each trial its key of PAPERS. What the starter snapshot does not say of papers is not known."""
    found = by_trial(published(facts))
    told = facts["has_results"].notna() & ((facts["origin"] == "live") | (lengths(facts["references"]) > 0))
    groups = []
    for nct_id, known, posted in zip(facts["nct_id"], told, facts["has_results"], strict=True):
        results, derived = found.loc[nct_id] if nct_id in found.index else ((), ())
        if not known:
            groups.append("unknown")
        elif posted:
            groups.append("posted_paper" if results else "posted_alone")
        else:
            groups.append("paper_alone" if results else "found_alone" if derived else "neither")
    return pd.Series(groups, index=facts["nct_id"], dtype="str")


def address(found: pd.DataFrame, nct_id: str) -> str | None:
    """Where PubMed shows the papers that may tell a trial's results; None without any. ``found``: ``by_trial``."""
    if nct_id not in found.index:
        return None
    mine: dict[Any, list[str]] = found.loc[nct_id].to_dict()
    ids = dict.fromkeys([*mine["RESULT"], *mine["DERIVED"]])
    return PUBMED_URL + ",".join(ids) if ids else None


def is_pubmed(pmid: object) -> bool:
    """Whether a text of the record can be a PubMed id, so that an address may be made of it."""
    return isinstance(pmid, str) and re.fullmatch(r"[0-9]{1,9}", pmid) is not None


_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"<>]+)", re.IGNORECASE)
_ISSUED = re.compile(r"[.?!]\s+\(?((?:18|19|20)\d\d)\b(?=\)?(?:[;:.,]|\s+[A-Z][a-z]{2}|\s*$))")
_YEAR = re.compile(r"(?<![\d./-])((?:19|20)\d\d)(?![\d/]|-\d)")


def doi(citation: object) -> str | None:
    """The DOI in a citation; None without one."""
    found = _DOI.search(citation) if isinstance(citation, str) else None
    return found[1].rstrip(".,;)]}") if found else None


def dois(found: pd.DataFrame) -> dict[str, list[str]]:
    """For each trial with any the DOIs of the papers that may tell its results, each once. ``found``: ``published``."""
    told: dict[str, list[str]] = {}
    for nct_id, citation in may_tell(found)[["nct_id", "citation"]].itertuples(index=False):
        name = doi(citation)
        if name and name not in told.setdefault(nct_id, []):
            told[nct_id].append(name)
    return told


def doi_address(name: str) -> str:
    """Where a DOI opens."""
    return DOI_URL + quote(name, safe="/:;.-_")


def year(citation: object) -> int | None:
    """The year a paper was published, by its citation: the one after the journal, else the only one there is; None
    when it cannot be told."""
    if not isinstance(citation, str):
        return None
    text = re.split(r"\bdoi\b|\bEpub\b|10\.\d{4,9}/", citation, maxsplit=1, flags=re.IGNORECASE)[0]
    issued = _ISSUED.findall(text)
    if issued:
        return int(issued[-1])
    years = set(_YEAR.findall(text))
    return int(years.pop()) if len(years) == 1 else None


def _kind(kind: Any, citation: object, start: object) -> Any:
    """The registry's type, or that the paper is older than the trial."""
    issued = year(citation) if kind in ("RESULT", "DERIVED") else None
    began = int(start[:4]) if isinstance(start, str) else None
    return f"EARLY_{kind}" if issued is not None and began is not None and issued < began else kind
