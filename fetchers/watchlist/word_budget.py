"""How many words of a watch-list's name the registry may be asked for at a time."""

import re

# The registry refuses values of more than about a dozen words; ten is the budget, counted on the safe side.
MAX_WORDS = 10
WORD = re.compile(r"[^\W_]+")


def count_words(name: str) -> int:
    """Words the registry may see in a name: at least as many as it does see, and at least one."""
    return max(1, len(WORD.findall(name)))
