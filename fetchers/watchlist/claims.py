"""What a watch-list's claims and sentences must keep to, beyond the types of their values."""

import re
from collections.abc import Iterator, Sequence

from fetchers.watchlist.model import Claim, Document, Sentence

MOST_QUOTED = 15  # words of a document that may stand with a claim
Fault = tuple[str, str]  # the place in the file, and what is wrong there

_PHASES = ("NA", "EARLY_PHASE1", "PHASE1", "PHASE1|PHASE2", "PHASE2", "PHASE2|PHASE3", "PHASE3", "PHASE4")
_AT = re.compile(r"(\d+)\.([1-9]\d*)")
_EITHER = (("agent", "agents"), ("condition", "conditions"))


def faults(documents: Sequence[Document], claims: Sequence[Claim]) -> Iterator[Fault]:
    """Everything that has the right type and still cannot be."""
    for number, claim in enumerate(claims):
        yield from _claim_faults(claim, f"claims[{number}]")
    for number, document in enumerate(documents):
        stated = {claim.id for claim in claims if claim.document == document.id}
        yield from _sentence_faults(document.sentences, stated, f"documents[{number}].sentences")


def _claim_faults(claim: Claim, path: str) -> Iterator[Fault]:
    if claim.phase is not None and claim.phase not in _PHASES:
        yield f"{path}.phase", f"{claim.phase!r} must be one of {', '.join(_PHASES)}"
    if claim.kind == "trial" and claim.status is None:
        yield f"{path}.status", "a claim about a trial must say ongoing or completed"
    for one, many in _EITHER:
        if getattr(claim, one) is not None and getattr(claim, many):
            yield f"{path}.{many}", f"either {one} or {many}, not both"
    yield from _wording_faults(claim, path)


def _wording_faults(claim: Claim, path: str) -> Iterator[Fault]:
    if claim.quote is not None and not 0 < len(claim.quote.split()) <= MOST_QUOTED:
        yield f"{path}.quote", f"a quotation must have 1 to {MOST_QUOTED} words"
    if claim.unchecked_because is not None and (claim.checkable or not claim.unchecked_because.strip()):
        yield (
            f"{path}.unchecked_because",
            "must say in words why the claim cannot be checked, and needs checkable = false",
        )
    for number, words in enumerate(claim.interventions):
        if not any(char.isalnum() for char in words):
            yield f"{path}.interventions[{number}]", f"{words!r} holds no word to look for"


def _sentence_faults(sentences: Sequence[Sentence], stated: set[str], path: str) -> Iterator[Fault]:
    """Each sentence stands once, in order and without a gap, and is accounted for in one way."""
    before = (0, 0)  # the title is paragraph 0
    for number, sentence in enumerate(sentences):
        place = f"{path}[{number}]"
        at = _AT.fullmatch(sentence.at)
        here = (int(at[1]), int(at[2])) if at else before
        if here not in {(before[0], before[1] + 1), (before[0] + 1, 1)}:
            yield f"{place}.at", f"{sentence.at!r} does not follow {before[0]}.{before[1]} (paragraph.sentence)"
            return
        before = here
        if not sentence.words.strip():
            yield f"{place}.words", "must not be empty"
        if bool(sentence.claims or sentence.part_of) is (sentence.why is not None):
            yield f"{place}.why", "a sentence needs either claims or a reason under why"
        for id in (*sentence.claims, *sentence.part_of):
            if id not in stated:
                yield f"{place}.claims", f"there is no claim {id!r} of this document"
