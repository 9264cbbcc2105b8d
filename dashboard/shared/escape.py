"""Texts from outside for places that read Markdown: shown letter by letter, on one line. Pure, no Streamlit.

A backslash keeps Markdown itself away. What comes after it does not look at backslashes: Streamlit turns ``:100:`` into
a picture, ``->`` into an arrow and ``:material/home:`` into an icon, and addresses become links. Those find nothing
when the text is in two pieces where they look: an empty piece of Streamlit's own markup parts it. Nothing of that is
in the page's text, so whoever copies it gets the registry's letters and no others.
"""

import os
import re
from pathlib import Path

from cache.export import markdown
from fetchers.settings import ROOT

# Their names may hold blanks, which otherwise end a path.
_KNOWN_FOLDERS = tuple(str(folder) for folder in (ROOT, Path.home()) if folder != folder.parent)
_FOLDERS = re.compile(r"""(?<![\w:/.\\])(?:[A-Za-z]:)?[/\\](?:[^/\\\s'"“”‘’()<>|,;]+[/\\])+""")
_STORE_ADDRESS = re.compile(r"""\bsqlite:/{3,}(?:[^/\s'"“”‘’]+/)*""")
PART = ":color[]"  # an element without text, colour or width; it parts the text around it
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$:&@])")
_FOUND_LATER = re.compile(
    r"(?<=:)(?=[\w+/\-\\]*:|\\?/\\?/)|(?<=@)(?=\S)|(?<=www)(?=\\?\.)|(?<=-)(?=\\?[->])|(?<=<)(?=\\?[-=])|(?<=[>~!])(?=\\?=)",
    re.IGNORECASE,
)

_READ = re.compile(rf"\\(.)|\[((?:\\.|[^\]\\])*)\]\([^)]*\)|\*\*|{re.escape(PART)}", re.DOTALL)


def plain(text: str) -> str:
    """Every sign that Markdown knows is escaped; for texts of which nothing is known."""
    return _parted(_MARKUP.sub(r"\\\1", " ".join(text.split())))


def quiet(text: str) -> str:
    """As ``plain``, but only what would be read as markup is escaped, so ordinary titles stay as they are."""
    return _parted(markdown.safe(text))


def letters(said: str) -> str:
    """The other way: a sentence of ours in Markdown as it is read, without escapes, links and bold."""
    return _READ.sub(lambda found: found[1] or (letters(found[2]) if found[2] else ""), said)


def without_folders(text: str) -> str:
    """A message without where things lie on the server: of a path only the last name stays. The server's own log, and
    the command line, say it in full."""
    for folder in _KNOWN_FOLDERS:
        text = text.replace(f"{folder}{os.sep}", "")
    return _FOLDERS.sub("", _STORE_ADDRESS.sub("", text))


def _parted(escaped: str) -> str:
    return _FOUND_LATER.sub(PART, escaped)
