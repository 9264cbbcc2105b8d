"""What the list of trials says of the words that were looked for."""

import pytest

from dashboard.trials import words


@pytest.mark.parametrize("text", ["fatigue OR lupus", "fatigue -chronic", "pain AND NOT cancer", "-chronic fatigue"])
def test_who_writes_commands_is_told_that_there_are_none(text: str) -> None:
    assert words.unread(text, has_words=True).startswith("AND, OR, NOT and a minus are no commands here")


@pytest.mark.parametrize("text", ["pain and fatigue", "post-exertional", "SF-36", "OR", "NORTH - south", '"not known"'])
def test_plain_words_need_no_advice(text: str) -> None:
    assert words.unread(text, has_words=True) == ""


def test_a_text_without_a_word_is_named() -> None:
    assert words.unread("😀", has_words=False) == "There is no word in “😀” that can be looked for."
