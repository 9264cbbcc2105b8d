"""What the words of a question found: where they stand in the trials of a page, or what may have been meant."""

from collections.abc import Mapping, Sequence
from typing import Any

from cache.read import records
from cache.search import asked as words
from cache.search.find import find
from cache.search.hits import hits
from dashboard.api.asking import Question, Reading

TRIALS = 50  # of a page whose hits are told
HITS = 2  # of each trial


def meant(reading: Reading, question: Question) -> str | None:
    """Other words that find more, when these find next to nothing."""
    text = question.view.text
    return find(reading.parts.store, text, reading.watchlist).meant if text else None


def places(reading: Reading, question: Question, nct_ids: Sequence[str]) -> list[Mapping[str, Any]]:
    """Where the words stand in the first of these trials, in their order."""
    asked = words.read(question.view.text, reading.watchlist)
    if not asked:
        return []
    some = nct_ids[:TRIALS]
    told = {
        one.nct_id: [hit._asdict() for hit in hits(one, asked, HITS)]
        for one in records.studies(reading.parts.store, some)
    }
    return [{"nct_id": nct_id, "hits": told[nct_id]} for nct_id in some if told.get(nct_id)]
