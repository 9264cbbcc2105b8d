"""A page of facts to download: one structure, written as Markdown or as a page to print. Pure.

Whatever the texts hold, they come out as text: Markdown and HTML in them mean nothing in either file. The page to print
stands alone: no scripts, nothing loaded from anywhere. Only ``Line.url`` and ``Brief.link`` become links, and whoever
makes a brief sees to it that they are made of our own words and of ids that were checked.
"""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from cache.export.markdown import safe

CUT = "[…]"
# What no file should hold: control signs, and those that turn the direction of the text around them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class Line(NamedTuple):
    """A fact under its label; ``quote``: the words are the registry's and stand in quotation marks."""

    label: str
    text: str
    quote: bool = False
    url: str | None = None


class Section(NamedTuple):
    """Facts of one kind; ``source``: where they come from and of which day."""

    title: str
    source: str
    lines: tuple[Line, ...]


class Brief(NamedTuple):
    """A whole page. ``under``: short facts below the title; ``foot``: source, terms and what was done to the texts."""

    title: str
    under: tuple[str, ...]
    link: str
    short: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...]
    link_to: str = "Record"


def cut(text: str, most: int) -> str:
    """A text on one line of at most about so many characters, cut at a word, with the mark ``CUT`` where it is."""
    line = tidy(text)
    if len(line) <= most:
        return line
    kept = line[:most]
    return f"{kept[: kept.rfind(' ')] if ' ' in kept[most // 2 :] else kept} {CUT}"


def tidy(text: str) -> str:
    """A text on one line, without signs that cannot be seen."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def markdown(brief: Brief) -> str:
    """The brief as Markdown."""
    return "\n".join(_markdown(brief)) + "\n"


def _markdown(brief: Brief) -> Iterator[str]:
    yield f"# {_safe(brief.title)}"
    yield ""
    yield _safe(" · ".join(brief.under))
    yield ""
    yield f"{brief.link_to}: <{brief.link}>"
    yield ""
    yield f"**In short.** {_safe(brief.short)}"
    for section in brief.sections:
        yield ""
        yield f"## {_safe(section.title)}"
        yield ""
        yield f"*{_safe(section.source)}*"
        yield ""
        for line in section.lines:
            text = _safe(_quoted(line))
            yield f"- **{_safe(line.label)}:** " + (f"[{text}]({line.url})" if line.url else text)
    yield ""
    yield "---"
    for said in brief.foot:
        yield ""
        yield _safe(said)


def _safe(text: str) -> str:
    # After the first sign, "!" before a bracket and "(" after one are harmless: the bracket itself is escaped.
    return safe(tidy(text))


def _quoted(line: Line) -> str:
    return f"“{line.text}”" if line.quote else line.text


_STYLE = """
:root { color-scheme: light; }
@page { size: A4; margin: 11mm 12mm; }
* { box-sizing: border-box; }
body { font: 9.8pt/1.27 system-ui, "Liberation Sans", Arial, sans-serif; color: #17212b; background: #fff;
  margin: 0 auto; max-width: 190mm; overflow-wrap: anywhere; }
h1 { font-size: 14pt; line-height: 1.15; margin: 0 0 1mm; }
h2 { font-size: 10.6pt; margin: 0; display: inline; }
p { margin: 0 0 1mm; }
.under { font-weight: 600; }
.short { border-left: 1mm solid #0072b2; padding-left: 2mm; margin: 1.5mm 0 2mm; font-size: 10.4pt; }
main { columns: 2; column-gap: 6mm; }
section { margin: 0 0 2mm; padding-top: 1mm; border-top: 0.2mm solid #98a2ad; }
header { break-after: avoid; }
.source { color: #4a5560; font-size: 7.6pt; }
dl { margin: 0.6mm 0 0; }
dl div { break-inside: avoid; margin: 0 0 0.5mm; }
dt { display: inline; font-weight: 600; }
dd { display: inline; margin: 0; unicode-bidi: isolate; }
footer { border-top: 0.3mm solid #17212b; margin-top: 1.5mm; padding-top: 1mm; font-size: 7.6pt; color: #333d47; }
a { color: inherit; }
@media screen { body { padding: 6mm; } }
@media screen and (max-width: 640px) { main { columns: 1; } body { font-size: 12pt; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(brief: Brief) -> str:
    """The brief as an HTML file of its own."""
    return "\n".join(_page(brief)) + "\n"


def _page(brief: Brief) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_text(_POLICY)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(brief.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield f"<h1>{_text(brief.title)}</h1>"
    yield f'<p class="under">{_text(" · ".join(brief.under))}</p>'
    yield f"<p>{_text(brief.link_to)}: {_link(brief.link, brief.link)}</p>"
    yield f'<p class="short">{_text(brief.short)}</p>\n<main>'
    for section in brief.sections:
        yield f'<section>\n<header><h2>{_text(section.title)}</h2> <span class="source">{_text(section.source)}</span>'
        yield "</header>\n<dl>"
        for line in section.lines:
            text = _link(line.url, line.text) if line.url else _text(_quoted(line))
            yield f"<div><dt>{_text(line.label)}:</dt> <dd>{text}</dd></div>"
        yield "</dl>\n</section>"
    yield "</main>\n<footer>"
    yield from (f"<p>{_text(said)}</p>" for said in brief.foot)
    yield "</footer>\n</body>\n</html>"


def _text(text: str) -> str:
    return html.escape(tidy(text))


def _link(url: str, text: str) -> str:
    return f'<a href="{_text(url)}">{_text(text)}</a>'
