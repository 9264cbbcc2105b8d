"""Texts from outside for places that read Markdown: shown letter by letter, on one line. Pure, no Streamlit.

A backslash keeps Markdown itself away. What comes after it does not look at backslashes: Streamlit turns ``:100:`` into
a picture, ``->`` into an arrow and ``:material/home:`` into an icon, and addresses become links. Those find nothing
when the text is in two pieces where they look: an empty piece of Streamlit's own markup parts it. Nothing of that is
in the page's text, so whoever copies it gets the registry's letters and no others.
"""

import re

PART = ":color[]"  # an element without text, colour or width; it parts the text around it
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$:&@])")
# What Markdown would read as something else than the letter: signs anywhere, a colon before a word (icons, colours,
# links), what starts an entity, and what starts a list, a heading or a link at the beginning.
_SIGNS = re.compile(
    r"[\\`*_{\[\]<>~|$@]|:(?=\S)|&(?=[#\w])|(?<=www)\.|^[#+\-=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]", re.IGNORECASE
)
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
    return _parted(for_file(text))


def for_file(text: str) -> str:
    """As ``quiet``, for a Markdown file, which no Streamlit reads."""
    return _SIGNS.sub(lambda sign: "\\" + sign.group(), " ".join(text.split()))


def letters(markdown: str) -> str:
    """The other way: a sentence of ours in Markdown as it is read, without escapes, links and bold."""
    return _READ.sub(lambda found: found[1] or (letters(found[2]) if found[2] else ""), markdown)


def _parted(escaped: str) -> str:
    return _FOUND_LATER.sub(PART, escaped)
