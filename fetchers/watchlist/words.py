"""How many words a name is to the registry, which refuses questions of more than about a dozen."""

import re

MAX_WORDS = 10  # of one question, its ORs included; on the safe side
WORD = re.compile(r"[^\W_]+")


def count_words(name: str) -> int:
    """Words the registry may see in a name: at least as many as it does see, and at least one."""
    return max(1, len(WORD.findall(name)))
