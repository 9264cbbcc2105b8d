"""Trials that belong together: platforms with their sub-studies, extensions, expanded access, by the NCT ids that
stand inside the records.

A link is read off the record that cites: where the id stands and the words around it. Trials under one roof (platform
and sub-study, or one trial with two ids) form a family that counts once; extensions, expanded access and other
citations are linked, but count each for itself. Studies in, frames out, no Streamlit.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from cache.english import around
from cache.read import lists
from fetchers.record.study import Study
from fetchers.record.texts import plain

KINDS = {
    "platform": "Platform and sub-study, or one trial with two ids",
    "expanded_access": "Expanded access to the same treatment",
    "extension": "Extension or follow-up of the other",
    "cited": "Named in the record",
}
LINK_COLUMNS = ("nct_id", "cites", "kind", "place", "quote")
ROOM = 140  # characters on either side of an id that tell what it is
_NCT = re.compile(r"NCT\d{8}(?!\d)")
# In this order: a follow-up of a sub-study is a follow-up.
_WORDS = {
    "expanded_access": r"expanded access|compassionate use|early access",
    "extension": r"\bextension|\broll.?over|\blong.?term (?:safety )?follow.?up|\bcontinuation (?:study|trial)"
    r"|\bfeeder|\bparent (?:study|trial)|\bcontinued into|\b(?:pivotal|core|base) (?:study|studies|trials?)\b",
    "platform": r"\bsub.?stud(?:y|ies)|\bplatform|\bmaster protocol|\bumbrella (?:trial|study|protocol)|\bappendix\b"
    r"|\bmain (?:study|trial)|\bancillary|\bnested (?:study|within|in)"
    r"|\bpart of (?:the )?(?:larger|overall|main|parent)|\b(?:treatment|study) arms? of",
}  # fmt: skip
_COMPILED = {kind: re.compile(words, re.IGNORECASE) for kind, words in _WORDS.items()}
_EXPANDED = "EXPANDED_ACCESS"


class Place(NamedTuple):
    """A text of a record in which ids may stand."""

    name: str
    text: str


def links(studies: Iterable[Study], types: Mapping[str, str | None]) -> pd.DataFrame:
    """One row for each other trial a record cites, the strongest kind first found; columns ``LINK_COLUMNS``.

    ``types``: the study types of stored trials; a citation between a trial and an expanded access is one of that kind.
    """
    rows = [row for study in studies for row in _links(study, types)]
    return pd.DataFrame.from_records(rows, columns=list(LINK_COLUMNS)).astype("str")


def citing(facts: pd.DataFrame) -> "pd.Series[str]":
    """The trials whose record names others."""
    return facts["nct_id"][lists.lengths(facts["cited"]) > 0]


def expanded(facts: pd.DataFrame) -> frozenset[str]:
    """The stored trials whose type decides on links of others to them."""
    return frozenset(facts["nct_id"][facts["study_type"] == _EXPANDED])


def families(found: pd.DataFrame, stored: Collection[str]) -> dict[str, str]:
    """For each stored trial under one roof with another stored one the lowest NCT id of that roof."""
    parents: dict[str, str] = {}

    def root(nct_id: str) -> str:
        while parents.get(nct_id, nct_id) != nct_id:
            nct_id = parents[nct_id]
        return nct_id

    known = set(stored)
    roof = found[found["kind"] == "platform"]
    for one, other in zip(roof["nct_id"], roof["cites"], strict=True):
        low, high = sorted((root(str(one)), root(str(other))))
        parents[high] = low
    # Two sub-studies belong together through a platform that is not stored, too.
    named = known & {*roof["nct_id"], *roof["cites"]}
    members: dict[str, list[str]] = {}
    for nct_id in sorted(named):
        members.setdefault(root(nct_id), []).append(nct_id)
    return {nct_id: ids[0] for ids in members.values() if len(ids) > 1 for nct_id in ids}


def once(nct_ids: Iterable[str], roofs: Mapping[str, str]) -> int:
    """How many trials there are when those under one roof count once."""
    return len({roofs.get(nct_id, nct_id) for nct_id in nct_ids})


def _links(study: Study, types: Mapping[str, str | None]) -> Iterator[tuple[str, str, str, str, str]]:
    own = {study.nct_id, *study.identification.nct_id_aliases}
    best: dict[str, tuple[str, str, str, str, str]] = {}
    order = list(KINDS)
    for place in _places(study):
        for hit in _NCT.finditer(place.text):
            if hit[0] in own:
                continue
            kind = _kind(study, place, hit, types)
            quote = " ".join(around(place.text, hit.start(), hit.end(), 2 * ROOM).split())
            row = (study.nct_id, hit[0], kind, place.name, quote)
            if hit[0] not in best or order.index(kind) < order.index(best[hit[0]][2]):
                best[hit[0]] = row
    yield from best.values()


def _kind(study: Study, place: Place, hit: re.Match[str], types: Mapping[str, str | None]) -> str:
    expanded = (study.design.study_type == _EXPANDED, types.get(hit[0]) == _EXPANDED)
    if place.name == "expanded access" or any(expanded):
        return "expanded_access"
    if place.name == "secondary id":
        return "platform"
    near = place.text[max(0, hit.start() - ROOM) : hit.end() + ROOM]
    for kind, words in _COMPILED.items():
        if words.search(near):
            return kind
    return "cited"


def _places(study: Study) -> Iterator[Place]:
    protocol, own = study.protocol_section, study.identification
    if study.status.expanded_access_info.nct_id:
        yield Place("expanded access", study.status.expanded_access_info.nct_id)
    for other in own.secondary_id_infos:
        yield Place("secondary id", other.id or "")
    texts = {
        "title": (own.brief_title, own.official_title, own.acronym, own.org_study_id_info.id),
        "summary": (protocol.description_module.brief_summary, protocol.description_module.detailed_description),
        "arms": (*(arm.description for arm in study.arms), *(one.description for one in study.interventions)),
        "eligibility": (study.eligibility.eligibility_criteria, study.eligibility.study_population),
        "reference": tuple(one.citation for one in protocol.references_module.references),
    }
    for name, several in texts.items():
        for text in several:
            if text and "NCT" in text:
                yield Place(name, plain(text))
