"""How a text becomes words, once for records and once for queries, so that both always agree."""

from __future__ import annotations

import unicodedata

# The registry splits words on these ...
SPLITTING = "-,/;+&|@#="
# ... and these carry no word of their own either (brackets, quotes, escapes, sentence marks).
_PUNCTUATION = '()[]{}<>"“”‘’*?!%^~\\\n\r\t\xa0–—•'
_TO_SPACE = str.maketrans(dict.fromkeys(SPLITTING + _PUNCTUATION, " "))
# These stay inside a word (`D2.E7`, `aujourd'hui`) but do not belong to it at either end.
_INNER = ".:_'"
# Stands between two values, so that no phrase reaches from one value into the next.
BREAK = "\x00"

_CONCEPTS = (
    ("rintatolimod", "ampligen", "poly i poly c12u", "poly i :poly c12u"),
    ("adalimumab", "humira", "d2e7", "exemptia"),
    ("infliximab", "remicade"),
    ("etanercept", "enbrel", "rhtnfr fc", "tnfr fc"),
    ("certolizumab pegol", "cimzia", "cdp870", "cdp 870"),
    ("golimumab", "simponi", "cnto 148", "cnto148"),
    ("prednisone", "deltasone", "rayos"),
    ("methylprednisolone", "medrol"),
    ("hydrocortisone", "cortisol", "cortef"),
    ("dexamethasone", "decadron"),
    ("methotrexate", "mtx", "amethopterin", "trexall"),
    ("azathioprine", "imuran", "azasan"),
    ("intravenous immunoglobulin", "intravenous immunoglobulins", "immunoglobulins intravenous", "ivig"),
    ("hyperbaric oxygenation", "hyperbaric oxygen therapy", "hbot"),
    ("sizofiran", "sizofilan", "schizophyllan"),
    ("chronic fatigue syndrome", "fatigue syndrome chronic", "myalgic encephalomyelitis"),
    ("rheumatoid arthritis", "arthritis rheumatoid"),
    ("systemic lupus erythematosus", "lupus erythematosus systemic"),
)


def words(text: str) -> list[str]:
    """The lower-case words of a text, split as the registry splits."""
    return fold(text).split()


def fold(text: str) -> str:
    """One line of lower-case words between single spaces, with a space at both ends."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = f" {text.lower().translate(_TO_SPACE)} "
    for mark in _INNER:
        if mark in text:
            text = text.replace(mark + " ", " ").replace(" " + mark, " ")
    return f" {' '.join(text.split())} "


def fold_values(texts: list[str]) -> str:
    """Several values as one searchable line; a phrase never spans two of them."""
    return fold(f" {BREAK} ".join(texts))


def _table() -> dict[tuple[str, ...], list[str]]:
    table: dict[tuple[str, ...], list[str]] = {}
    for names in _CONCEPTS:
        phrases = sorted({" ".join(words(name)) for name in names})
        for phrase in phrases:
            table[tuple(phrase.split())] = phrases
    return table


_SYNONYMS = _table()
_LONGEST = max(map(len, _SYNONYMS))


def synonyms(run: tuple[str, ...]) -> list[str]:
    """Every name of the concept these words are, or nothing when they are no known concept."""
    return _SYNONYMS.get(run, [])


def concepts(run: list[str]) -> list[tuple[str, ...]]:
    """The run cut into known concepts (longest first) and single words."""
    cut: list[tuple[str, ...]] = []
    at = 0
    while at < len(run):
        for size in range(min(_LONGEST, len(run) - at), 0, -1):
            piece = tuple(run[at : at + size])
            if size == 1 or piece in _SYNONYMS:
                cut.append(piece)
                at += size
                break
    return cut


def variants(phrase: str) -> list[str]:
    """The phrase and its other number (`corticosteroid` finds `corticosteroids`), as Essie's Term level does."""
    if len(phrase) < 5:
        return [phrase]
    return [phrase, phrase[:-1] if phrase.endswith("s") and not phrase.endswith("ss") else phrase + "s"]
