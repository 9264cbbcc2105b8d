"""Texts from outside for places that read Markdown: shown letter by letter, on one line. Pure, no Streamlit.

A backslash keeps Markdown itself away. What comes after it does not look at backslashes: Streamlit turns ``:100:`` into
a picture, ``->`` into an arrow and ``:material/home:`` into an icon, and addresses become links. Those find nothing
when an invisible sign (U+2060, which joins words and has no width) stands in the middle of what they look for.
"""

import re

JOINER = "\u2060"
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$:&@])")
# What Markdown would read as something else than the letter: signs anywhere, a colon before a word (icons, colours,
# links), what starts an entity, and what starts a list, a heading or a link at the beginning.
_SIGNS = re.compile(
    r"[\\`*_\[\]<>~|$@]|:(?=\S)|&(?=[#\w])|(?<=www)\.|^[#+\-=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]", re.IGNORECASE
)
_FOUND_LATER = re.compile(
    r"(?<=:)(?=[\w+/\-\\]*:|\\?/\\?/)|(?<=@)(?=\S)|(?<=www)(?=\\?\.)|(?<=-)(?=\\?[->])|(?<=<)(?=\\?[-=])|(?<=[>~!])(?=\\?=)",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """Every sign that Markdown knows is escaped; for texts of which nothing is known."""
    return _kept(_MARKUP.sub(r"\\\1", " ".join(text.split())))


def quiet(text: str) -> str:
    """As ``plain``, but only what would be read as markup is escaped, so ordinary titles stay as they are."""
    return _kept(_SIGNS.sub(lambda sign: "\\" + sign.group(), " ".join(text.split())))


def _kept(escaped: str) -> str:
    return _FOUND_LATER.sub(JOINER, escaped)
