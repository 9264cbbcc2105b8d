"""Which condition groups a record belongs to, read from its titles, its listed conditions and their index headings.

A term counts unless what stands around it makes it something else ("acute low back pain", "lupus pernio"). The titles
decide where the listed conditions are wider than the trial: under "acute low back pain" the condition "low back pain"
is the acute one, and a nerve block for a hip replacement is no trial in the chronic hip pain its conditions name. An
index heading is made from keywords too, so it gives way to all of these.
"""

import re
from typing import NamedTuple

from fetchers.matching.names import Hit, Names, Text
from fetchers.matching.texts import Reading
from fetchers.watchlist.model import Condition

# Between a qualifying word and its term at most three words may stand, and none that begins another thought.
_STOP = "with|without|in|for|after|following|during|undergoing|versus|vs|then|who|whose|among|before"
_MORE_STOP = "and|or|to|treatment|therapy|management|relief|effects?"
_LASTING_REACHES = re.compile(rf"(?:[ ,/(]+(?!(?:{_STOP})\b)[^ ,;:()/]+){{0,3}}[ ,/(]*")
_PASSING_REACHES = re.compile(rf"(?:[ (]+(?!(?:{_STOP}|{_MORE_STOP})\b)[^ ,;:()/]+){{0,3}}[ (]*")
# An operation under one of these purposes does not treat what the conditions name.
_NOT_FOR_TREATMENT = frozenset({"PREVENTION", "SUPPORTIVE_CARE"})


class _Found(NamedTuple):
    """What one text says of a group: whether a term stands in it, whether a word before one makes it another kind, and
    whether the text says that it lasts."""

    named: bool
    narrowed: bool
    lasting: bool


class Group:
    """One condition group of the watch-list, its words compiled once."""

    def __init__(self, condition: Condition) -> None:
        words, terms = condition.wording, (*condition.terms, *condition.local_terms)
        self.id = condition.id
        self._terms, self._not_terms = Names(terms), Names(condition.not_terms)
        self._lasting, self._what_lasts = Names(words.lasting), Names(words.what_lasts)
        self._lasting_terms = frozenset(term for term in terms if self._lasting.find(Text(term)))
        self._passing, self._settings = Names(words.passing), Names(words.settings)
        self._pairs = [tuple(Names([term]) for term in pair) for pair in words.pairs]
        self._operations, self._numbing = Names(words.operations), Names(words.numbing)
        self._mesh = frozenset(term.lower() for term in condition.mesh)
        self._not_mesh = Names((*condition.not_terms, *words.mesh_not_with))
        pairs = (term.vocabulary for pair in self._pairs for term in pair)
        self._telling = self._terms.vocabulary.union(self._what_lasts.vocabulary, *pairs)

    @property
    def vocabulary(self) -> frozenset[str]:
        """The words that any of its names begins with."""
        names = (
            self._terms, self._not_terms, self._lasting, self._what_lasts, self._passing, self._settings,
            self._operations, self._numbing, self._not_mesh, *(term for pair in self._pairs for term in pair),
        )  # fmt: skip
        return frozenset[str]().union(*(one.vocabulary for one in names))

    def holds(self, reading: Reading) -> bool:
        """Whether the record is about the group."""
        if self._telling.isdisjoint(reading.about_words) and not self._mesh & reading.condition_mesh:
            return False
        titles = self._in_titles(reading.titles)
        if titles.named:
            return True
        if self._is_about_an_operation(reading):
            return False
        listed = map(self._in_condition, reading.listed)
        if any(one.named and (one.lasting or not titles.narrowed) for one in listed):
            return True
        return not titles.narrowed and (self._by_pair(reading) or self._by_heading(reading))

    def _in_titles(self, text: Text) -> _Found:
        hits = self._terms.find(text)
        acute = bool(self._settings.find(text))
        kept = [hit for hit in hits if not self._is_other(text, hit)]
        lasting = self._lasts(text) or any(hit.name in self._lasting_terms for hit in kept)
        narrowed = acute or any(self._is_narrowed(text, hit) for hit in hits)
        return _Found(lasting or (bool(kept) and not acute), narrowed, lasting)

    def _in_condition(self, text: Text) -> _Found:
        """A listed condition is a heap of words: "Back Pain Lower Back Chronic", "Sciatica, Acute"."""
        lasting = bool(self._lasting.find(text))
        if lasting and self._what_lasts.find(text):
            return _Found(named=True, narrowed=False, lasting=True)
        hits = [hit for hit in self._terms.find(text) if not self._is_other(text, hit)]
        passing = not lasting and bool(self._passing.find(text))
        return _Found(bool(hits) and not passing, passing, lasting)

    def _is_other(self, text: Text, hit: Hit) -> bool:
        """Whether what stands around a term makes it something else, unless a longer term of ours says what it is."""
        return self._is_passing(text, hit) or any(
            other.start < hit.end and hit.start < other.end and not (hit.start <= other.start and other.end <= hit.end)
            for other in self._not_terms.find(text)
        )

    def _is_narrowed(self, text: Text, hit: Hit) -> bool:
        """Whether a word before the term makes it another kind of the same: acute, juvenile."""
        return self._is_passing(text, hit) or any(
            other.start < hit.start and other.end == hit.end for other in self._not_terms.find(text)
        )

    def _is_passing(self, text: Text, hit: Hit) -> bool:
        if hit.name in self._lasting_terms:
            return False
        between = (text.folded[word.end : hit.start] for word in self._passing.find(text) if word.end <= hit.start)
        return any(_PASSING_REACHES.fullmatch(words) for words in between)

    def _lasts(self, text: Text) -> bool:
        words = self._lasting.find(text)
        return bool(words) and any(
            self._says_it_lasts(text, word, hit)
            for hit in self._what_lasts.find(text)
            for word in words
            if word.end <= hit.start
        )

    def _says_it_lasts(self, text: Text, word: Hit, hit: Hit) -> bool:
        """Whether the two belong together: in "postoperative pain in chronic sinusitis" they do not."""
        if (whole := self._not_term_around(text, hit)) is not None:
            return not text.folded[word.end : whole.start].strip()
        return bool(_LASTING_REACHES.fullmatch(text.folded[word.end : hit.start]))

    def _not_term_around(self, text: Text, hit: Hit) -> Hit | None:
        around = (one for one in self._not_terms.find(text) if one.start <= hit.start and hit.end <= one.end)
        return next(around, None)

    def _is_about_an_operation(self, reading: Reading) -> bool:
        """Whether the titles tell of an operation, and of numbing for it or of a purpose that is not treatment."""
        if not self._operations.find(reading.titles):
            return False
        purpose = reading.study.protocol_section.design_module.design_info.primary_purpose
        return purpose in _NOT_FOR_TREATMENT or bool(self._numbing.find(reading.titles))

    def _by_pair(self, reading: Reading) -> bool:
        """Two terms that mean the group together, wherever they stand; in an operation they belong to the operation."""
        if not self._pairs or self._operations.find(reading.titles):
            return False
        texts = (reading.titles, *reading.listed)
        return any(all(any(self._plainly(text, term) for text in texts) for term in pair) for pair in self._pairs)

    def _plainly(self, text: Text, term: Names) -> bool:
        return any(
            not self._is_passing(text, hit) and self._not_term_around(text, hit) is None for hit in term.find(text)
        )

    def _by_heading(self, reading: Reading) -> bool:
        # The index gives "Arthritis, Rheumatoid" to juvenile arthritis too: a heading does not outweigh a not-term.
        if not self._mesh & reading.condition_mesh:
            return False
        return not any(self._not_mesh.find(text) for text in (reading.titles, reading.conditions))
