"""What somebody may have meant: words of the store that differ from what was typed by a letter or two. Pure."""

from collections.abc import Mapping

from cache.search.asked import Asked
from cache.search.full_text import Index
from cache.search.words import folded

_SHORTEST = 4  # letters of a word that is looked at
_LONG = 8  # letters from which two may be wrong


def corrected(index: Index, text: str, asked: Asked) -> str | None:
    """The text with each word that hardly any record has replaced by the likeliest one; None when there is none."""
    made = text
    for item in asked:
        for word in item.typed.replace("-", " ").split():
            better = _better(index, folded(word.strip('"*,.;:()')))
            if better:
                made = made.replace(word, better, 1)
    return made if made != text else None


def _better(index: Index, word: str) -> str | None:
    if len(word) < _SHORTEST or not word.isalpha():
        return None
    most = 2 if len(word) >= _LONG else 1
    # A word is seldom wrong in its first letter, and the others are quickly read.
    return _nearest(word, index.frequencies(word[0]), most) or _nearest(word, index.like(word, most), most)


def _nearest(word: str, known: Mapping[str, int], most: int) -> str | None:
    """The nearest word that more records have; of several as near as that the one that most have."""
    floor = max(known.get(word, 0), 1) if word in known else 0
    letters = set(word)
    found: list[tuple[int, int, str]] = []
    for other, number in known.items():
        if number <= floor or abs(len(other) - len(word)) > most or len(letters ^ set(other)) > 2 * most:
            continue
        if other != word and (far := distance(word, other, most)) <= most:
            found.append((far, -number, other))
    return min(found)[2] if found else None


def distance(one: str, other: str, most: int) -> int:
    """How many letters have to be changed, added, left out or swapped with their neighbour; above ``most`` only that
    they are more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
