"""A text made ready for the search, beside the plain and slow way to say the same."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from fetchers.matching.forms import Forms
from fetchers.matching.names import Text, squeeze
from fetchers.watchlist.load import load

# What a text is cut at, in ASCII and beyond, among what it is made of.
TEXTS = st.text(st.sampled_from([*map(chr, range(128)), *"\x85\xa0\u2003\u2028–®éßı½漢ﬁ"]), max_size=60)
FORMS = tuple(form for agent in load().agents for member in agent.members if not member.on for form in member.forms)


def slowly_squeezed(text: str) -> str:
    return " ".join(text.replace("-", " ").replace("_", " ").split())


@given(TEXTS.filter(lambda text: not set(text) & set("\\&.") and text.isascii()))
def test_ascii_text_is_squeezed_as_python_splits_it(text: str) -> None:
    assert squeeze(text) == slowly_squeezed(text)


@given(TEXTS)
def test_squeezed_text_holds_single_spaces_and_no_hyphens(text: str) -> None:
    squeezed = squeeze(text)
    assert squeezed == slowly_squeezed(squeezed)
    assert squeezed == squeeze(squeezed) or "\\" in text or "&" in text or "." in text


@given(TEXTS)
def test_words_are_those_a_regular_expression_finds(text: str) -> None:
    made = Text(text)
    assert made.words == frozenset(re.findall(r"[^\W_]+", made.folded))
    some = frozenset(sorted(made.words)[::2])
    assert Text(text, some | {"methotrexate"}).words == some


@given(st.lists(st.sampled_from([*FORMS, "oral", "injection", "tablet", "daily", "1%", ",", "(", "of"]), max_size=6))
def test_form_words_are_found_as_by_a_search_without_a_short_cut(words: list[str]) -> None:
    text = unicodedata.normalize("NFKD", " ".join(words))
    quick, slow = Forms(FORMS), Forms(FORMS)
    slow._pieces = frozenset({""})  # stands in every text
    assert quick.outside(text, len(text), (text,)) == slow.outside(text, len(text), (text,))
    assert quick.outside("methotrexate", 12, (text,)) == slow.outside("methotrexate", 12, (text,))
