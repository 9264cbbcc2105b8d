"""That every sentence of the documents is accounted for, and what is said about a table that is wrong."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from fetchers.errors import Validation
from fetchers.settings import ROOT
from fetchers.watchlist.claims import MOST_QUOTED
from fetchers.watchlist.load import load
from tests.fetchers.watchlist.test_load import SMALL, written

LISTED = load()
DOCUMENTS = ROOT.parent / "shared" / "documents"
AT_HAND = pytest.mark.skipif(not DOCUMENTS.exists(), reason="the documents are not beside the checkout")
# A stop ends a sentence unless it follows a number ("1. IVIG"); a line with words is a paragraph, the title the first.
_STOP = re.compile(r"(?<=[^\d\s][.!?])\s+(?=[A-Z])")
_SPOKEN = re.compile(r"[a-z']+")


def text(document: str) -> str:
    return next(DOCUMENTS.glob(f"{document}_*.txt")).read_text(encoding="utf-8")


def paragraphs(document: str) -> list[list[str]]:
    lines = [line.strip() for line in text(document).splitlines()]
    return [_STOP.split(line) for line in lines if re.search(r"\w", line)]


def runs(words: list[str], size: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def spoken(words: str) -> list[str]:
    return _SPOKEN.findall(words.lower().replace("’", "'"))


@AT_HAND
@pytest.mark.parametrize("document", [one.id for one in LISTED.documents])
def test_every_sentence_of_every_paragraph_is_in_the_table(document: str) -> None:
    table = next(one for one in LISTED.documents if one.id == document).sentences
    counted = [len(list(group)) for _, group in groupby(table, key=lambda one: one.at.partition(".")[0])]
    assert counted == [len(sentences) for sentences in paragraphs(document)]


@AT_HAND
def test_quotations_are_the_documents_own_words_and_all_else_is_ours() -> None:
    for document in LISTED.documents:
        whole = " ".join(text(document.id).split())
        theirs = set(runs(spoken(whole), 7))
        mine = [one for one in LISTED.claims if one.document == document.id]
        for claim in mine:
            assert claim.quote is None or claim.quote in whole, claim.id
        for words in (*(one.words for one in mine), *(one.words for one in document.sentences)):
            assert not theirs.intersection(runs(spoken(words), 7)), words


def test_every_claim_is_stated_by_a_sentence_of_its_document_and_the_table_is_short() -> None:
    for document in LISTED.documents:
        assert document.sentences
        stated = {id for sentence in document.sentences for id in sentence.claims}
        assert stated == {claim.id for claim in LISTED.claims if claim.document == document.id}
        assert all(len(sentence.words.split()) <= 8 for sentence in document.sentences)


def test_every_claim_has_a_short_quotation_and_an_unchecked_one_its_reason() -> None:
    for claim in LISTED.claims:
        assert claim.quote is not None
        assert len(claim.quote.split()) <= MOST_QUOTED
        assert claim.checkable or claim.unchecked_because


SENTENCES = 'conditions = ["pain"]\nsentences = [{ at = "0.1", words = "title", why = "heading" }, %s]\n'


@pytest.mark.parametrize(
    ("row", "place", "reason"),
    [
        ('{ at = "0.3", words = "x", why = "opinion" }', "sentences[1].at", "'0.3' does not follow 0.1"),
        ('{ at = "2.1", words = "x", why = "opinion" }', "sentences[1].at", "'2.1' does not follow 0.1"),
        ('{ at = "0.1", words = "x", why = "opinion" }', "sentences[1].at", "'0.1' does not follow 0.1"),
        ('{ at = "one", words = "x", why = "opinion" }', "sentences[1].at", "'one' does not follow 0.1"),
        ('{ at = "1.1", words = " ", why = "opinion" }', "sentences[1].words", "empty"),
        ('{ at = "1.1", words = "x" }', "sentences[1].why", "claims or a reason"),
        ('{ at = "1.1", words = "x", why = "opinion", claims = ["C1"] }', "sentences[1].why", "claims or a reason"),
        ('{ at = "1.1", words = "x", claims = ["C9"] }', "sentences[1].claims", "no claim 'C9'"),
        ('{ at = "1.1", words = "x", part_of = ["C9"] }', "sentences[1].claims", "no claim 'C9'"),
        ('{ at = "1.1", words = "x", why = "boring" }', "sentences[1].why", "boring"),
        ('{ at = "1.1", words = "x", whose = "boring" }', "sentences[1].whose", "unknown key"),
    ],
)
def test_a_wrong_sentence_is_told(tmp_path: Path, row: str, place: str, reason: str) -> None:
    path = written(tmp_path, SMALL.replace('conditions = ["pain"]\n', SENTENCES % row, 1))
    with pytest.raises(Validation) as caught:
        load(path)
    assert place in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("more", "place", "reason"),
    [
        ('agents = ["salve"]', "claims[0].agents", "either agent or agents"),
        ('conditions = ["pain"]', "claims[0].conditions", "either condition or conditions"),
        (f'quote = "{"word " * 16}"', "claims[0].quote", "1 to 15 words"),
        ('quote = " "', "claims[0].quote", "1 to 15 words"),
        ('interventions = [" - "]', "claims[0].interventions[0]", "no word"),
        ('unchecked_because = "So."', "claims[0].unchecked_because", "checkable = false"),
        ('checkable = false\nunchecked_because = " "', "claims[0].unchecked_because", "in words"),
    ],
)
def test_a_wrong_claim_is_told(tmp_path: Path, more: str, place: str, reason: str) -> None:
    path = written(tmp_path, SMALL.replace('tense = "present"', f'tense = "present"\n{more}', 1))
    with pytest.raises(Validation) as caught:
        load(path)
    assert place in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize("key", ["agents", "conditions"])
def test_an_id_among_several_that_is_not_there_is_told(tmp_path: Path, key: str) -> None:
    single = {"agents": 'agent = "salve"', "conditions": 'condition = "pain"'}[key]
    at = SMALL.index("[[claims]]")
    path = written(tmp_path, SMALL[:at] + SMALL[at:].replace(single, f'{key} = ["nobody"]', 1))
    with pytest.raises(Validation, match=rf"claims\[0\]\.{key}.*'nobody'"):
        load(path)
