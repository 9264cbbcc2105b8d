"""``python -m tests.tools.sentences``: every text that people can read, collected from the code, with file and line.

A text is a string of the code that reads like prose: it holds a space and a small letter, and is no docstring, query,
pattern, path or key. Its placeholders are shown as ``{name}``. The texts of the watch-list, of the notes on the
literature and of the glossary are added. ``--figures`` counts its sentences and words; ``--checkout`` reads another
working copy, so that before and after can be compared.
"""

import argparse
import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from fetchers.settings import ROOT

ROOMS = ("dashboard", "insights", "cache", "fetchers")
# Of their strings nothing is ever shown: patterns, names to look for, tables of the store.
UNSEEN = ("fetchers/matching/", "fetchers/record/", "cache/store/migrations/", "insights/criteria.py")
SHOWN = {  # by file, the keys whose texts are shown
    "fetchers/watchlist.toml": {"words", "unchecked_because", "size_hint"},
    "insights/literature.toml": {"words"},
    "dashboard/terms.toml": {"name", "text"},
}
NOT_PROSE = re.compile(
    r"\\[bdswW(.]|\(\?|%[YmdHb]|^(SELECT|INSERT|UPDATE|DELETE|PRAGMA|CREATE|DROP|ALTER|ANALYZE|VACUUM)\b"
    r"|^[\w-]+(/[\w.{}-]+)+$|^(max|min|no)-[a-z]+|^\s*(font|color|width)|rgba?\(|^default-src|;base64"
)
CODE = ("compile", "sub", "match", "search", "fullmatch", "finditer", "split", "text", "query", "strftime", "execute")
LEAST = 4  # words; what is shorter is a label
LONG, MANY, TOO_MANY = 12, 4, 25  # letters and syllables of a long word, words of a long sentence


class Text(NamedTuple):
    """One text and where it stands."""

    file: str
    line: int
    words: str


class Figures(NamedTuple):
    """How hard all sentences together are to read."""

    texts: int
    sentences: int
    mean: float  # words a sentence
    ninetieth: int  # nine of ten sentences have at most so many words
    long_words: float  # of all words
    long_sentences: float  # of all sentences


def texts(checkout: Path) -> list[Text]:
    """Every text of a working copy, by file and line."""
    found: list[Text] = []
    for room in ROOMS:
        for path in sorted((checkout / room).rglob("*.py")):
            name = path.relative_to(checkout).as_posix()
            if not name.startswith(UNSEEN):
                found += of_module(name, path.read_text(encoding="utf-8"))
    for name, keys in SHOWN.items():
        if (checkout / name).exists():
            found += of_table(name, (checkout / name).read_text(encoding="utf-8"), keys)
    return found


def of_module(name: str, source: str) -> list[Text]:
    """The texts of one module."""
    tree = ast.parse(source)
    return [Text(name, line, words) for line, words in sorted(_walk(tree)) if is_prose(words)]


def of_table(name: str, source: str, keys: Iterable[str]) -> list[Text]:
    """The texts under some keys of a TOML file; the line is that of the first place where the text stands."""
    lines = source.splitlines()
    found = []
    for words in _under(tomllib.loads(source), frozenset(keys)):
        line = next((at for at, text in enumerate(lines, 1) if words in text), 1)
        found.append(Text(name, line, words))
    return found


def is_prose(words: str) -> bool:
    """Whether a string reads like something written for people."""
    bare = re.sub(r"\{\w*\}", "", words)
    return " " in words.strip() and bool(re.search(r"[a-z]", bare)) and not NOT_PROSE.search(words)


def figures(found: Iterable[Text]) -> Figures:
    """The figures of some texts; there must be a sentence among them."""
    found = list(found)
    told = [words for text in found for sentence in sentences(text.words) if len(words := _words(sentence)) >= LEAST]
    lengths = sorted(map(len, told))
    every = [word for words in told for word in words]
    return Figures(
        texts=len(found),
        sentences=len(lengths),
        mean=len(every) / len(lengths),
        ninetieth=lengths[(9 * len(lengths) - 1) // 10],
        long_words=sum(map(is_long, every)) / len(every),
        long_sentences=sum(length > TOO_MANY for length in lengths) / len(lengths),
    )


def sentences(words: str) -> list[str]:
    """A text cut where a sentence, a line or a part between dots ends."""
    plain = re.sub(r"\]\([^)]*\)", "]", words)
    return [part.strip() for part in re.split(r"(?<=[.!?:])\s+(?=[“(]?[A-Z{])|\n+| · ", plain) if part.strip()]


def is_long(word: str) -> bool:
    """Whether a word has more than twelve letters, or four syllables (groups of vowels, without a silent e)."""
    small = re.sub(r"e(s|d)?$", "", word.lower()) or word.lower()
    return len(word) > LONG or len(re.findall("[aeiouy]+", small)) >= MANY


def _words(sentence: str) -> list[str]:
    """Its words; a placeholder counts as one, spelled as a short word."""
    return re.findall(r"[^\W_][\w’'-]*", re.sub(r"\{\w*\}", " x ", sentence))


def _walk(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The strings under a node, without docstrings, annotations and keys."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Constant | ast.JoinedStr):
        said = _said(node)
        if said is not None:
            yield node.lineno, said
    if isinstance(node, ast.Call) and _called(node) in CODE:
        return
    for child in _children(node):
        yield from _walk(child)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What a node holds that may hold texts of its own: the pieces of a joined text are already told."""
    if isinstance(node, ast.JoinedStr):
        yield from (part.value for part in node.values if isinstance(part, ast.FormattedValue))
        return
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "slice"}:
            continue
        yield from (child for child in (value if isinstance(value, list) else [value]) if isinstance(child, ast.AST))


def _said(node: ast.Constant | ast.JoinedStr) -> str | None:
    """The text a constant stands for; None when it is none."""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else f"{{{_name(part)}}}" for part in node.values
        )
    return node.value if isinstance(node.value, str) else None


def _name(node: ast.AST) -> str:
    """What a placeholder is called: the name, attribute or function it shows."""
    match node:
        case ast.FormattedValue(value=inside) | ast.Subscript(value=inside) | ast.Await(value=inside):
            return _name(inside)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call():
            return _called(node) or "…"
    return ""


def _called(node: ast.Call) -> str:
    """The name of a called function, without what it belongs to."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _under(table: object, keys: frozenset[str]) -> Iterator[str]:
    """The texts under some keys, wherever they stand in a table."""
    if isinstance(table, dict):
        for key, value in table.items():
            if key in keys and isinstance(value, str):
                yield value
            yield from _under(value, keys)
    elif isinstance(table, list):
        for value in table:
            yield from _under(value, keys)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the list, or its figures."""
    asked = argparse.ArgumentParser(prog="python -m tests.tools.sentences", description="Every text people can read.")
    asked.add_argument("--checkout", type=Path, default=ROOT, help="another working copy of the product")
    asked.add_argument("--figures", action="store_true", help="how hard the sentences are to read")
    wanted = asked.parse_args(arguments)
    found = texts(wanted.checkout)
    if wanted.figures:
        told = figures(found)
        print(f"texts: {told.texts}")
        print(f"sentences ({LEAST} words or more): {told.sentences}")
        print(f"words a sentence: {told.mean:.1f} (nine of ten have at most {told.ninetieth})")
        print(f"long words (over {LONG} letters or {MANY} syllables): {told.long_words:.1%}")
        print(f"sentences over {TOO_MANY} words: {told.long_sentences:.1%}")
    else:
        for text in found:
            print(f"{text.file}:{text.line}: {' '.join(text.words.split())}")


if __name__ == "__main__":
    main()
