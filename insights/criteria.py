"""What the eligibility text of a trial says of case definition, post-exertional malaise and the burden of taking part.

Word rules over the registry's own words (``fetchers.record.criteria_words``), nothing else. Every finding carries the
words it rests on and whether they stand among what lets people in or what keeps them out. How far a rule can be trusted
was measured on real texts that were read and labelled one by one; the figures lie in ``criteria.csv`` beside this
module, and what a rule below 0.9, or one that could not be measured, says is shown with "possibly". A text in which no
rule finds anything "does not name" the matter: that is not the same as "does not ask for it". Texts in, findings out,
no Streamlit.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd

from cache.codes import CASE_DEFINITION_WORDS, MALAISE_WORDS
from cache.english import around
from cache.read import lists
from fetchers.record import criteria_words
from fetchers.record.criteria_words import Hit
from fetchers.record.study import Study
from insights import measured

MEASURED = Path(__file__).with_name("criteria.csv")
QUOTE = 280  # characters of the registry's words
_BULLET = re.compile(r"^[*•–-]\s+")
FINDING_COLUMNS = ("nct_id", "trait", "rule", "place", "quote", "certain", "negated")

DEFINITIONS = CASE_DEFINITION_WORDS
PEM = MALAISE_WORDS
BURDEN = {
    "visits": "Has to keep visits or follow-up",
    "remote": "Needs a phone, a computer or the home",
    "function": "Limited by a scale of performance or disability",
    "mobility": "Says who can or cannot walk or leave bed or house",
}


class Finding(NamedTuple):
    """One place in a text where a rule fits."""

    trait: str  # definition, pem or burden
    rule: str
    place: Literal["in", "out"]
    quote: str  # the registry's words without the bullet of their list, cut at words
    certain: bool  # the rule was measured and holds; without it "possibly" goes with it
    negated: bool  # among what lets in, but said not to be asked for ("Canadian criteria are not required")


def find(text: str | None) -> list[Finding]:
    """Every rule that fits, once for each place (in, out) with the first words it fits, in the order of the text; what
    lets people in once more where it is negated."""
    return [Finding(one.trait, one.rule, one.place, _quote(one), certain(one.rule), one.negated)
            for one in criteria_words.hits(text)]  # fmt: skip


def pem_of(text: str | None) -> tuple[str, str | None]:
    """A key of PEM for a text and the words it rests on: see ``criteria_words.malaise``."""
    key, hit = criteria_words.malaise(text)
    return key, hit and _quote(hit)


def _quote(hit: Hit) -> str:
    return _BULLET.sub("", around(hit.criterion, hit.start, hit.end, QUOTE))


def table(studies: Iterable[Study]) -> pd.DataFrame:
    """Every finding of every study; columns ``FINDING_COLUMNS``."""
    rows = [(study.nct_id, *one) for study in studies for one in find(study.eligibility.eligibility_criteria)]
    return pd.DataFrame.from_records(rows, columns=list(FINDING_COLUMNS))


def pem_table(studies: Iterable[Study]) -> pd.DataFrame:
    """For every study what its text asks of post-exertional malaise: ``nct_id``, ``pem`` (key of PEM), ``quote``,
    ``definitions`` (keys of DEFINITIONS named among what lets people in)."""
    # A negated definition is in ``find``, to be read, but selects nobody: not counted, as one that keeps people out.
    rows = []
    for study in studies:
        text = study.eligibility.eligibility_criteria
        rows.append((study.nct_id, *pem_of(text), criteria_words.definitions(text) or []))
    made = pd.DataFrame.from_records(rows, columns=["nct_id", "pem", "quote", "definitions"])
    return made.assign(definitions=lists.series(made["definitions"]))


def certain(rule: str) -> bool:
    """Whether what a rule finds may be said without "possibly"."""
    return measured.holds(MEASURED, rule)


def figures() -> dict[str, measured.Figures]:
    """The committed figures by rule, as ``python -m tests.measure_criteria`` prints them."""
    return measured.load(MEASURED)
