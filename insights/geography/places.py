"""Where a country lies, by any of the ways the registry spells or spelled it (``places.csv``)."""

import csv
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    """A country under the registry's present spelling, with a point in its largest part, in degrees."""

    country: str
    latitude: float
    longitude: float


def find(spelling: str) -> Place | None:
    """The place of a country; capitals, accents and signs do not matter. None when it is not known."""
    return _places().get(_plain(spelling))


def name(spelling: str) -> str:
    """The present spelling of a country; one that is not known keeps its own."""
    place = find(spelling)
    return place.country if place else spelling


def _plain(spelling: str) -> str:
    letters = unicodedata.normalize("NFKD", spelling).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


@cache
def _places() -> dict[str, Place]:
    found = {}
    with Path(__file__).with_name("places.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            place = Place(row["country"], float(row["latitude"]), float(row["longitude"]))
            for spelling in (place.country, *filter(None, row["also"].split("|"))):
                found[_plain(spelling)] = place
    return found
