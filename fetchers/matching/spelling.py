"""How the generic names of medicines are spelt in Latin languages, German, French, Turkish and Polish.

They share a stem and differ in a few letters and in the ending: prednisona, Prednisolon, metotreksat, kortykosteroidy.
A name's spellings are made once, when the watch-list is compiled; no text is searched any slower for them.
"""

import re
from functools import lru_cache

# Shorter words have too many neighbours, and foreign spellings of brands are the brands.
_LONG = 7
# From left to right, each taken or not. Both sides are folded (``names.lower``), so accents play no part.
_LETTERS = (
    (r"th", "t"),
    (r"ph", "f"),
    (r"^hy", "i"),  # Italian drops the h: idrocortisone
    (r"y(?!$)", "i"),
    (r"(?<=met)h?yl(?=pred)", "ylo"),  # Polish joins with an o: metyloprednizolon
    (r"dexa", "desa"),
    (r"x", "ks"),
    (r"x", "ss"),
    (r"(?<=[aeiou])s(?=[aeiou])", "z"),
    (r"c(?=[aou])", "k"),
    (r"(?<=cor)ti(?=[sz])", "ty"),
    (r"(?<=kor)ti(?=[skz])", "ty"),
    (r"ci(?=n)", "cy"),
    (r"ci(?=n)", "si"),
    (r"ce(?=pt)", "se"),  # Turkish: etanersept
    (r"gluc", "glic"),
    (r"gluk", "glik"),
    (r"mm", "nm"),
    (r"mm", "m"),
    (r"nog", "ng"),
    (r"ti(?=o)", "tiy"),
    (r"ri(?=n)", "ry"),
)
_ENDINGS = ("", "e", "a", "o", "i", "y", "u", "es", "as", "os", "en", "em", "er", "um", "ie", "ow", "owi", "ler", "lar")


@lru_cache(maxsize=1024)
def spellings(word: str) -> frozenset[str]:
    """The word and what other languages make of it; nothing for brands, codes, phrases and short words."""
    if len(word) < _LONG or not (word.isalpha() and word.islower()):
        return frozenset()
    stem = word[:-1] if word.endswith(("e", "a", "o")) else word
    stems = {stem}
    for letters, other in _LETTERS:
        stems |= {re.sub(letters, other, known) for known in stems}
    return frozenset({word, *(known + ending for known in stems for ending in _ENDINGS)})
