"""Which studies an Essie tree finds, and how well they fit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from . import essie, text
from .errors import BadRequest
from .pieces import AREA_BY_NAME, ENUM_BY_PIECE, FIELDS, kind, piece_values

Scope = tuple[str, ...]
_AGE_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30.4, "year": 365.25}
_US_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})")


class Index:
    """The searchable words of a set of studies, taken from each record once, when first needed.

    A record that is replaced must be named to `forget`; nothing else needs to be done.
    """

    def __init__(self, studies: dict[str, dict[str, Any]]) -> None:
        self.studies = studies
        self._lines: dict[Scope, dict[str, str]] = {}

    def forget(self, nct_id: str) -> None:
        """Take the words of this study anew next time."""
        for lines in self._lines.values():
            lines.pop(nct_id, None)

    def lines(self, scope: Scope) -> dict[str, str]:
        """One line of words for each study: the values of these pieces between breaks."""
        known = self._lines.setdefault(scope, {})
        for nct_id in self.studies.keys() - known.keys():
            study = self.studies[nct_id]
            texts = [str(value) for piece in scope for value in piece_values(study, piece)]
            known[nct_id] = text.BREAK + text.fold_values(texts) + text.BREAK
        return known

    def find(self, phrase: str, scope: Scope, coverage: str = "Contains") -> set[str]:
        """The studies with this phrase (in either number) in one value of the scope."""
        before = f"{text.BREAK} " if coverage in {"FullMatch", "StartsWith"} else " "
        after = f" {text.BREAK}" if coverage in {"FullMatch", "EndsWith"} else " "
        needles = [before + variant + after for variant in text.variants(phrase)]
        lines = self.lines(scope)
        return {nct_id for nct_id, line in lines.items() if any(needle in line for needle in needles)}


class Search:
    """Evaluates one tree; `label` names the input field in error texts."""

    def __init__(self, index: Index, area: str | None, label: str) -> None:
        self.index = index
        self.label = label
        self.scope: Scope = tuple(AREA_BY_NAME[area]["pieces"]) if area in AREA_BY_NAME else (area or "NCTId",)
        self.piece: str | None = None
        self.coverage = "Contains"
        self.sizes = False

    def run(self, node: essie.Node) -> set[str]:
        """The ids found."""
        if isinstance(node, essie.And):
            return set.intersection(*map(self.run, node.items))
        if isinstance(node, essie.Or):
            return set.union(*map(self.run, node.items))
        if isinstance(node, essie.Not):
            return set(self.index.studies) - self.run(node.item)
        if isinstance(node, essie.Everything):
            return set(self.index.studies)
        if isinstance(node, essie.Area):
            return self._inside(node.name).run(node.item)
        if isinstance(node, essie.Coverage):
            return self._covering(node.how).run(node.item)
        return self._leaf(node)

    def _leaf(self, node: essie.Node) -> set[str]:
        if isinstance(node, essie.Missing):
            return self._where(lambda values: not values)
        if isinstance(node, essie.Range):
            return self._range(node)
        assert isinstance(node, essie.Term)
        if self.piece is not None and (self.sizes or kind(self.piece) != "text"):
            return self._exact(" ".join(part.text for part in node.parts))
        return set.intersection(*(self._part(part) for part in node.parts))

    def _part(self, part: essie.Word | essie.Phrase) -> set[str]:
        """All words of the part, each with the other names of its concept; a phrase keeps its order."""
        run = text.words(part.text)
        if not run:
            return set(self.index.studies)
        if isinstance(part, essie.Phrase):
            return self._any([" ".join(run), *text.synonyms(tuple(run))])
        return set.intersection(*(self._any(text.synonyms(words) or [" ".join(words)]) for words in text.concepts(run)))

    def _any(self, phrases: Iterable[str]) -> set[str]:
        return set().union(*(self.index.find(phrase, self.scope, self.coverage) for phrase in phrases))

    # -- one field ------------------------------------------------------------------------------------------------

    def _inside(self, name: str) -> Search:
        bare, _, suffix = name.partition(":")
        if (bare not in FIELDS and bare not in AREA_BY_NAME) or suffix not in {"", "size"}:
            raise BadRequest(f"Error parsing query in {self.label}: Unknown area name: `{name}`")
        inner = Search(self.index, bare, self.label)
        inner.piece = bare if bare in FIELDS else None
        inner.coverage, inner.sizes = self.coverage, suffix == "size"
        return inner

    def _covering(self, how: str) -> Search:
        inner = Search(self.index, None, self.label)
        inner.scope, inner.piece, inner.coverage, inner.sizes = self.scope, self.piece, how, self.sizes
        return inner

    def _where(self, keep: Any) -> set[str]:
        if self.piece is None:
            raise BadRequest(f"Error parsing query in {self.label}: no viable alternative: a field is needed")
        found = set()
        for nct_id, study in self.index.studies.items():
            values = piece_values(study, self.piece)
            if keep([len(values)] if self.sizes else values):
                found.add(nct_id)
        return found

    def _exact(self, wanted: str) -> set[str]:
        piece, type_ = self.piece or "", "number" if self.sizes else kind(self.piece or "")
        if type_ == "enum" and wanted not in (allowed := ENUM_BY_PIECE[piece]):
            listed = ", ".join(f"`{value}`" for value in allowed)
            problem = f"Allowed values for enum field `{FIELDS[piece][0]}` are {listed}"
            raise BadRequest(f"Error parsing query in {self.label}: {problem}")
        if type_ == "date":
            start = _iso(wanted)
            return self._where(lambda values: any(str(value).startswith(start) for value in values))
        if type_ == "number":
            number = self._number(wanted)
            return self._where(lambda values: any(_quantity(value) == number for value in values))
        return self._where(lambda values: any(str(v).lower() == wanted.lower() for v in values))

    def _number(self, wanted: str) -> float:
        number = _quantity(wanted)
        if number is None:
            raise BadRequest(f"Error parsing query in {self.label}: no viable alternative at input '{wanted}'")
        return number

    def _range(self, node: essie.Range) -> set[str]:
        type_ = "number" if self.sizes else kind(self.piece) if self.piece else None
        if type_ == "date":
            low, high = _iso(node.low), _iso(node.high)
            return self._where(lambda values: any(_date_within(str(value), low, high) for value in values))
        if type_ == "number":
            least = float("-inf") if node.low == "MIN" else self._number(node.low)
            most = float("inf") if node.high == "MAX" else self._number(node.high)
            return self._where(lambda values: any(_within(_quantity(value), least, most) for value in values))
        if (node.low, node.high) == ("MIN", "MAX"):
            return self._where(bool)
        raise BadRequest(f"Error parsing query in {self.label}: RANGE needs a date or numeric field")


def _iso(date: str) -> str:
    us = _US_DATE.fullmatch(date)
    return f"{us[3]}-{us[1]}-{us[2]}" if us else date


def _date_within(date: str, low: str, high: str) -> bool:
    """Inclusive at both ends; a partial date is its first day, a partial upper bound reaches to its last."""
    first = date + "-01-01"[len(date) - 10 :] if len(date) < 10 else date
    return (low == "MIN" or first >= low) and (high == "MAX" or first[: len(high)] <= high)


def _within(number: float | None, least: float, most: float) -> bool:
    return number is not None and least <= number <= most


def _quantity(value: Any) -> float | None:
    """A number, or an age in days."""
    amount, _, unit = str(value).strip().partition(" ")
    try:
        return float(amount) * _AGE_DAYS.get(unit.lower().rstrip("s"), 1)
    except ValueError:
        return None


def relevance(index: Index, area: str, node: essie.Node, nct_ids: Iterable[str]) -> dict[str, float]:
    """How well each study fits: the sum over the words of the weight of the best field that holds the word."""
    scores = dict.fromkeys(nct_ids, 0.0)
    for phrase in _positive_words(node):
        best: dict[str, float] = {}
        for piece, weight in AREA_BY_NAME.get(area, {"pieces": {area: 1.0}})["pieces"].items():
            for nct_id in index.find(phrase, (piece,)) & scores.keys():
                best[nct_id] = max(best.get(nct_id, 0.0), weight)
        for nct_id, weight in best.items():
            scores[nct_id] += weight
    return scores


def _positive_words(node: essie.Node) -> list[str]:
    if isinstance(node, essie.Term):
        return [word for part in node.parts for word in text.words(part.text)]
    if isinstance(node, essie.And | essie.Or):
        return [word for item in node.items for word in _positive_words(item)]
    return []
