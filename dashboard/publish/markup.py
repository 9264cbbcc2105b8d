"""The Markdown of the pages as HTML. Pure.

The pages write Streamlit's Markdown, with every letter of the registry escaped. Whatever this reader does not know as
markup comes out as text; no tag of a text ever becomes one.
"""

import re
from collections.abc import Callable

from markupsafe import Markup, escape

Href = Callable[[str], str | None]  # an address of a page -> what leads there; None: nothing does, "" : say nothing

_TOKEN = re.compile(
    r"\\(?P<letter>.)|:material/\w+:|:(?P<style>[a-z-]+)\[|(?P<link>\[)|(?P<bold>\*\*)|`(?P<code>[^`]+)`", re.DOTALL
)
_ITEM = re.compile(r"^- ", re.MULTILINE)


def blocks(text: str, href: Href) -> Markup:
    """Paragraphs and lists."""
    return Markup().join(_block(part, href) for part in re.split(r"\n{2,}", text) if part.strip())


def _block(text: str, href: Href) -> Markup:
    first = _ITEM.search(text)
    if first is None:
        made = inline(text, href)
        return Markup("<p>{}</p>").format(made) if made.strip() else Markup()
    lead = text[: first.start()].strip()
    items = Markup().join(Markup("<li>{}</li>").format(inline(one, href)) for one in _ITEM.split(text)[1:])
    before = Markup("<p>{}</p>").format(inline(lead, href)) if lead else Markup()
    return before + Markup("<ul>{}</ul>").format(items)


def inline(text: str, href: Href) -> Markup:
    """One paragraph: bold, links, badges, code, line breaks."""
    made, at, bold = Markup(), 0, False
    while (found := _TOKEN.search(text, at)) is not None:
        made += _letters(text[at : found.start()])
        at = found.end()
        if found["bold"]:
            made, bold = made + _BOLD[bold], not bold
        elif found["style"] or found["link"]:
            part, at = _bracketed(text, at, found["style"], href)
            made += part
        else:
            made += Markup("<code>{}</code>").format(found["code"]) if found["code"] else escape(found["letter"] or "")
    made += _letters(text[at:])
    return made + _BOLD[True] if bold else made


_BOLD = {False: Markup("<strong>"), True: Markup("</strong>")}


def _letters(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("  \n"))


def _bracketed(text: str, at: int, style: str | None, href: Href) -> tuple[Markup, int]:
    """What stands in brackets that opened just before ``at``, and where it goes on."""
    end = _closing(text, at, "]")
    inner = inline(text[at:end], href)
    if style:
        return (Markup('<span class="{}">{}</span>').format(style, inner) if inner else Markup()), end + 1
    if not text.startswith("(", end + 1):
        return Markup("[{}]").format(inner), end + 1
    close = text.find(")", end + 2)
    close = close if close >= 0 else len(text)
    return anchor(text[end + 2 : close], inner, href), close + 1


def anchor(address: str, inner: Markup, href: Href) -> Markup:
    """A link, or its words alone when nothing leads there."""
    to = href(address)
    if to is None:
        return inner
    return Markup('<a href="{}">{}</a>').format(to, inner) if to else Markup()


def _closing(text: str, at: int, sign: str) -> int:
    depth = 1
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == "[":
            depth += 1
        elif text[at] == sign:
            depth -= 1
            if not depth:
                return at
        at += 1
    return len(text)
