"""The cities that a place can be near to, by every name they are known under (``cities.tsv.gz``, from GeoNames).

The file is read when the first place is asked for and stays in memory. No look-up leaves the machine.
"""

import gzip
import re
import unicodedata
import zlib
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fetchers.errors import LocalTrouble

FILE = Path(__file__).with_name("cities.tsv.gz")
MOST = 12  # places that one name can be offered as
_FEW = 5  # near spellings
_ALIKE = 0.75  # of the letters
_DIGITS = 12
_SPOT = re.compile(r"([^@#,]+), ([^@#,]*) @(-?[0-9]{1,2}\.[0-9]{3}),(-?[0-9]{1,3}\.[0-9]{3})", re.ASCII)
_SIGNS = re.compile(r"[@#,\s]+")
# What no decomposition takes apart.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})


class City(NamedTuple):
    """A city of at least 15,000 people."""

    name: str
    region: str  # empty when it is not known
    code: str  # of the country, ISO 3166-1
    country: str
    latitude: float
    longitude: float
    people: int
    id: int  # GeoNames' own


class _Known(NamedTuple):
    by_id: dict[int, City]
    by_name: dict[str, list[City]]  # folded
    by_other: dict[str, list[City]]
    countries: dict[str, str]  # a folded name or code -> code


def folded(text: str) -> str:
    """A name without accents, capitals, spaces and signs."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in parts if letter.isalnum())


def find(text: str) -> tuple[City, ...]:
    """Every city that this may mean, the largest first; one, when that is clear.

    "Berlin", "Berlin, DE", "Cambridge, Massachusetts, US", "Frankfurt, Germany": what follows the name narrows it by
    country, its code, or region. A city of that very name goes before those that are called so as well.
    """
    name, *rest = (folded(part) for part in text.split(","))
    known = _known()
    wanted = [one for one in rest if one]
    for held in (known.by_name, known.by_other):
        found = [city for city in held.get(name, ()) if _fits(city, wanted)]
        if found:
            return tuple(sorted(found, key=lambda city: -city.people))[:MOST]
    return ()


def spot(name: str, country: str, point: tuple[float, float]) -> City:
    """A place that is in no list: the town of a site, with the coordinates of its record."""
    return City(_SIGNS.sub(" ", name).strip(), "", "", _SIGNS.sub(" ", country).strip(), *point, people=0, id=0)


def label(city: City) -> str:
    """The shortest text that ``one`` makes this city of: "Berlin, DE"; of a ``spot``, with its coordinates."""
    if not city.id:
        return f"{city.name}, {city.country} @{city.latitude:.3f},{city.longitude:.3f}"
    short = f"{city.name}, {city.code}"
    for text in (short, f"{city.name}, {city.region}, {city.code}") if city.region else (short,):
        if find(text) == (city,):
            return text
    return f"{short} #{city.id}"


def one(text: str) -> City | None:
    """The city of a ``label``, also of a text that means one city only; None when it is not clear."""
    placed = _SPOT.fullmatch(text)
    if placed:
        north, east = float(placed[3]), float(placed[4])
        return spot(placed[1], placed[2], (north, east)) if abs(north) <= 90 and abs(east) <= 180 else None
    number = text.rpartition("#")[2].strip()
    if "#" in text:
        return _known().by_id.get(int(number)) if number.isdecimal() and len(number) < _DIGITS else None
    found = find(text)
    return found[0] if len(found) == 1 else None


def shown(city: City) -> str:
    """A city in words that tell it from others of its name."""
    region = city.region if folded(city.region) != folded(city.name) else ""
    where = ", ".join(filter(None, (region, city.country)))
    return f"{city.name} ({where})" if where else city.name


def every() -> tuple[City, ...]:
    """All cities."""
    return tuple(_known().by_id.values())


def alike(text: str) -> tuple[str, ...]:
    """Labels of cities whose names are spelled nearly so, the likeliest first."""
    known = _known()
    name = folded(text.partition(",")[0])
    near = [one for one in known.by_name if one[:1] == name[:1] and abs(len(one) - len(name)) < 3]
    found = get_close_matches(name, near, _FEW, _ALIKE)
    return tuple(label(city) for one in found for city in known.by_name[one][:1])


def _fits(city: City, wanted: Sequence[str]) -> bool:
    region, countries = folded(city.region), _known().countries
    return all(countries.get(one) == city.code or one == region for one in wanted)


@cache
def _known() -> _Known:
    named: set[str] = set()
    known = _Known({}, {}, {}, {"usa": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB"})
    for line in _lines():
        name, region, code, country, latitude, longitude, people, number, others = line.split("\t")
        city = City(name, region, code, country, float(latitude), float(longitude), int(people), int(number))
        known.by_id[city.id] = city
        known.countries[code.lower()] = code
        if country not in named:
            known.countries[folded(country)] = code
            named.add(country)
        known.by_name.setdefault(folded(name), []).append(city)
        for other in others.split("|") if others else ():
            known.by_other.setdefault(other, []).append(city)
    return known


def _lines() -> list[str]:
    try:
        return gzip.decompress(FILE.read_bytes()).decode().splitlines()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise LocalTrouble(f"The list of cities {FILE} cannot be read ({error}). Install the product again.") from error
