"""The registry's texts as people read them: without its escapes and entities, with plain line breaks and without
characters nobody sees. Bodies stay as the registry wrote them.
"""

import re
from html import unescape
from html.entities import html5

_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>^~|=&$\"'/:;?@%,])")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DEEPEST = 3  # "&amp;lt;" is met in records; what is escaped more often stays as it is
_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")  # control characters but tab and line ends
_BROKEN = re.compile(r"[\ud800-\udfff\ufffe\uffff]")  # halves of characters, and what is none
_BREAK = re.compile(r"\s*[\n\t]\s*")


def plain(text: str) -> str:
    """Registry markdown without its backslash escapes (``\\<= 5`` becomes ``<= 5``) and HTML entities (``&#39;``,
    also escaped ones); other text unchanged."""
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    for _ in range(_DEEPEST):
        if "&" not in text:
            break
        text = _ENTITY.sub(_character, text)
    return text


def _character(entity: re.Match[str]) -> str:
    """What an entity stands for; one that nobody knows stays."""
    written = entity.group()
    name = written[1:]
    found = unescape(written) if name[0] == "#" else html5.get(name, html5.get(name.lower(), written))
    return " " if found == "\u00a0" else found


def readable(text: str) -> str:
    """The text with ``\n`` for every kind of line end, without control characters, and U+FFFD for what is no
    character."""
    if text.isprintable():
        return text
    return _BROKEN.sub("\ufffd", _UNSEEN.sub("", _LINE_END.sub("\n", text)))


def shown(text: str) -> str:
    """A text of the registry as it is shown, of several lines when it has them."""
    return readable(plain(text))


def shown_line(text: str) -> str:
    """A name, a title or a reason as it is shown: on one line."""
    return _BREAK.sub(" ", shown(text)).strip("\n\t")


def printable(text: object) -> str:
    """Text for a terminal or a header: registry and file names may hold control characters, which must not reach it."""
    return "".join(letter if letter.isprintable() else " " for letter in str(text))
