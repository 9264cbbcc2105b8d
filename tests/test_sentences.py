"""The list of texts people can read: what is one, how it is cut, and that the pages' texts are in it."""

import pytest

from fetchers.settings import ROOT
from tests.tools.sentences import Text, figures, is_long, is_prose, main, of_module, of_table, sentences, texts

MODULE = '''
"""A docstring is not shown."""
import re
KEY = "registry_date"
PATTERN = re.compile(r"not shown [a-z]+")
QUERY = "SELECT nct_id FROM study"
LABEL: "not a text" = "Registry date"

def told(at: int, names: list[str]) -> str:
    """Nor is this one."""
    raise ValueError(f"No trial {at:,} of {', '.join(names)}" f" {'was found' if at else ''}")
'''


def test_texts_of_a_module_are_its_prose_with_named_placeholders() -> None:
    assert of_module("m.py", MODULE) == [
        Text("m.py", 7, "Registry date"),
        Text("m.py", 11, "No trial {at} of {join} {}"),
        Text("m.py", 11, "was found"),
    ]


def test_texts_of_a_table_are_those_of_the_keys_that_are_shown() -> None:
    source = '[[claims]]\nid = "C1"\nwords = "It was tried."\nquote = "not shown"\n'
    assert of_table("t.toml", source, {"words"}) == [Text("t.toml", 3, "It was tried.")]


@pytest.mark.parametrize("words", ["nct_id", "{a} {b}", "%d %B", "DELETE FROM study", " · ", "a/b c/(?:d)"])
def test_keys_patterns_and_queries_are_no_prose(words: str) -> None:
    assert not is_prose(words)


def test_a_text_is_cut_where_a_sentence_ends() -> None:
    assert sentences("One is [here](/a. B). Two, e.g. this?\nThree · four") == [
        "One is [here].",
        "Two, e.g. this?",
        "Three",
        "four",
    ]


def test_figures_count_sentences_and_leave_labels_out() -> None:
    told = figures([Text("m", 1, "A label"), Text("m", 2, "Four short words here. Responsibility lies with {name}.")])
    assert (told.texts, told.sentences, told.mean, told.ninetieth) == (2, 2, 4.0, 4)
    assert told.long_words == 1 / 8
    assert told.long_sentences == 0


@pytest.mark.parametrize("word", ["responsibility", "interventional", "nationalities"])
def test_long_words(word: str) -> None:
    assert is_long(word)
    assert not is_long(word[:6])


def test_the_product_s_own_texts_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    files = {text.file.partition("/")[0] for text in texts(ROOT)}
    assert files == {"dashboard", "insights", "cache", "fetchers"}
    main(["--figures"])
    assert "words a sentence:" in capsys.readouterr().out
    main([])
    assert "dashboard/terms.toml:" in capsys.readouterr().out
