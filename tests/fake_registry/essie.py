"""The Essie expression language, as far as the stand-in speaks it: text -> tree, or the registry's 400.

Spoken: words, "phrases", parentheses, AND OR NOT (upper case), backslash escapes, AREA[...], COVERAGE[...],
RANGE[a,b], MISSING, ALL. EXPANSION, SEARCH, TILT and DISTANCE are refused with a parse error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import text
from .errors import BadRequest

COVERAGES = ("FullMatch", "StartsWith", "EndsWith", "Contains")
_WORD_END = set(' \t\r\n()"[]')
_OPERATORS = {"AND", "OR", "NOT", "MISSING", "ALL"}
_BRACKETED = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Word:
    """One word as typed (a hyphenated one is still several words to the index)."""

    text: str


@dataclass(frozen=True)
class Phrase:
    """Words that must stand side by side."""

    text: str


@dataclass(frozen=True)
class Term:
    """A run of words and phrases: all must occur."""

    parts: tuple[Word | Phrase, ...]


@dataclass(frozen=True)
class And:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    item: Node


@dataclass(frozen=True)
class Area:
    """`item` looked for in another field or area."""

    name: str
    item: Node


@dataclass(frozen=True)
class Coverage:
    """How much of a value `item` must cover."""

    how: str
    item: Node


@dataclass(frozen=True)
class Range:
    low: str
    high: str


@dataclass(frozen=True)
class Missing:
    """The field has no value."""


@dataclass(frozen=True)
class Everything:
    """ALL."""


Node = Term | And | Or | Not | Area | Coverage | Range | Missing | Everything


@dataclass(frozen=True)
class Token:
    """kind: `word`, `phrase`, `op`, `(`, `)`, `[`, or a bracketed operator's name; end is `end`."""

    kind: str
    text: str = ""


def parse(source: str, label: str) -> Node:
    """The tree of an expression; `label` is how the registry names the input field in its error texts."""
    try:
        return _Parser(_tokens(source)).whole()
    except _Syntax as problem:
        raise BadRequest(f"Error parsing query in {label}: {problem}") from None


def count_words(node: Node) -> int:
    """Words after splitting; operators do not count."""
    if isinstance(node, Term):
        return sum(len(text.words(part.text)) for part in node.parts)
    if isinstance(node, And | Or):
        return sum(map(count_words, node.items))
    if isinstance(node, Not | Area | Coverage):
        return count_words(node.item)
    return 0


class _Syntax(Exception):
    pass


def _tokens(source: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(source):
        char = source[at]
        if char.isspace():
            at += 1
        elif char in "()[]":
            tokens.append(Token(char, char))
            at += 1
        elif char == '"':
            content, at = _quoted(source, at + 1)
            tokens.append(Token("phrase", content))
        else:
            token, at = _word(source, at)
            tokens.append(token)
    return [*tokens, Token("end", "<EOF>")]


def _quoted(source: str, at: int) -> tuple[str, int]:
    content: list[str] = []
    while at < len(source):
        if source[at] == '"':
            return "".join(content), at + 1
        if source[at] == "\\" and at + 1 < len(source):
            at += 1
        content.append(source[at])
        at += 1
    raise _Syntax("token recognition error at: '\"" + "".join(content) + "'")


def _word(source: str, at: int) -> tuple[Token, int]:
    start = at
    content: list[str] = []
    while at < len(source) and source[at] not in _WORD_END:
        if source[at] == "\\" and at + 1 < len(source):
            at += 1
        content.append(source[at])
        at += 1
    word = "".join(content)
    if "\\" in source[start:at]:
        return Token("word", word), at
    bracket = _BRACKETED.match(source, at)
    if bracket and word.isupper():
        return Token(word, bracket[1]), bracket.end()
    return Token("op" if word in _OPERATORS else "word", word), at


class _Parser:
    """Recursive descent; from loose to tight: OR, AND (also unwritten), NOT and context operators, terms."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def whole(self) -> Node:
        node = self.either()
        if self.now.kind == "[":
            raise _Syntax("mismatched input '[' expecting {<EOF>, '(', 'AND', 'OR', 'NOT', '\"', WORD}")
        if self.now.kind != "end":
            raise _Syntax(f"extraneous input '{self.now.text}' expecting <EOF>")
        return node

    def either(self) -> Node:
        items = [self.both()]
        while self.now == Token("op", "OR"):
            self.at += 1
            items.append(self.both())
        return items[0] if len(items) == 1 else Or(tuple(items))

    def both(self) -> Node:
        items = [self.unary()]
        while self.now.kind not in {"end", ")", "[", "]"} and self.now != Token("op", "OR"):
            if self.now == Token("op", "AND"):
                self.at += 1
            items.append(self.unary())
        return items[0] if len(items) == 1 else And(tuple(items))

    def unary(self) -> Node:
        token = self.now
        if token == Token("op", "NOT"):
            self.at += 1
            return Not(self.unary())
        if token.kind == "AREA":
            self.at += 1
            return Area(token.text.strip(), self.unary())
        if token.kind in {"COVERAGE", "COVER"}:
            if token.text not in COVERAGES:
                raise BadRequest(f"Invalid coverage: {token.text}")
            self.at += 1
            return Coverage(token.text, self.unary())
        return self.primary()

    def primary(self) -> Node:
        token = self.now
        if token.kind in {"word", "phrase"}:
            return self.term()
        self.at += 1
        if token.kind == "(":
            return self.group()
        if token.kind == "RANGE" and token.text.count(",") == 1:
            low, high = token.text.split(",")
            return Range(low.strip(), high.strip())
        if token == Token("op", "MISSING"):
            return Missing()
        if token == Token("op", "ALL"):
            return Everything()
        if token.kind == "[":
            raise _Syntax("mismatched input '[' expecting {'(', 'NOT', 'AREA', 'MISSING', 'ALL', '\"', WORD}")
        raise _Syntax(f"no viable alternative at input '{token.text}'")

    def group(self) -> Node:
        node = self.either()
        if self.now.kind != ")":
            raise _Syntax(f"no viable alternative at input '{self.now.text}'\nmissing ')' at '{self.now.text}'")
        self.at += 1
        return node

    def term(self) -> Term:
        parts: list[Word | Phrase] = []
        while self.now.kind in {"word", "phrase"}:
            parts.append(Word(self.now.text) if self.now.kind == "word" else Phrase(self.now.text))
            self.at += 1
        return Term(tuple(parts))
