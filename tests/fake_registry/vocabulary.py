"""Invented prose: a generated vocabulary and sentences drawn from it, the same for the same seed."""

from __future__ import annotations

import functools
import random

_ONSETS = (
    *"bcdfghklmnprstvwz",
    "br",
    "ch",
    "cl",
    "dr",
    "fl",
    "gl",
    "ph",
    "pl",
    "pr",
    "qu",
    "sc",
    "sp",
    "st",
    "th",
    "tr",
)
_NUCLEI = (*"aeiou", "ae", "ea", "ia", "io", "ou")
_CODAS = ["", "", "", "l", "m", "n", "r", "s", "t", "x", "nd", "st"]
_SMALL = ("of", "the", "and", "in", "with", "to", "for", "a", "or", "on", "by", "from", "is", "are", "will", "patients")
_ESCAPED = (" at \\>= 2 mg/m\\^2", " \\<= Grade 1", " (\\~10%)", " – naïve", " in Sjögren's")


@functools.cache
def words(seed: int, count: int = 15_000) -> tuple[str, ...]:
    """Invented words, none of them a watched name in practice."""
    rng = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        made[_word(rng)] = None
    return tuple(made)


def _word(rng: random.Random) -> str:
    syllables = rng.choices((1, 2, 3), (1, 4, 4))[0]
    pick = rng.choice
    return "".join(pick(_ONSETS) + pick(_NUCLEI) + pick(_CODAS) for _ in range(syllables))


@functools.cache
def sentences(seed: int, count: int = 4_000) -> tuple[str, ...]:
    """Sentences of 8 to 24 words, half of them small English words; some with the registry's escapes."""
    rng = random.Random(seed + 1)
    vocabulary = words(seed)
    made = []
    for _ in range(count):
        size = rng.randint(8, 24)
        line = [rng.choice(_SMALL) if rng.random() < 0.45 else rng.choice(vocabulary) for _ in range(size)]
        end = rng.choice(_ESCAPED) if rng.random() < 0.08 else ""
        made.append(f"{' '.join(line).capitalize()}{end}.")
    return tuple(made)


class Prose:
    """Draws texts with one random generator."""

    def __init__(self, rng: random.Random, seed: int) -> None:
        self.rng = rng
        self.words = words(seed)
        self.sentences = sentences(seed)

    def text(self, mean: float) -> str:
        """About `mean` characters, long-tailed as in the registry."""
        count = max(1, round(self.rng.lognormvariate(0, 0.7) * mean / 115))
        return " ".join(self.rng.choices(self.sentences, k=count))

    def bullets(self, count: int) -> str:
        """A markdown list."""
        return "\n".join(f"* {line}" for line in self.rng.choices(self.sentences, k=count))

    def phrase(self, least: int, most: int) -> str:
        """A few words, as in a title or a name."""
        return " ".join(self.rng.choices(self.words, k=self.rng.randint(least, most))).title()
