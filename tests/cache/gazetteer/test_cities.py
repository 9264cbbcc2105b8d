"""The gazetteer: every name finds its city, every label one city, and nobody else is asked."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.gazetteer import cities
from fetchers.errors import LocalTrouble
from fetchers.settings import ROOT


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Berlin", "Berlin, DE"),
        ("berlin , germany", "Berlin, DE"),
        ("Munchen", "Munich, DE"),
        ("München", "Munich, DE"),
        ("MUENCHEN", "Munich, DE"),
        ("Munich", "Munich, DE"),
        ("Louvain", "Leuven, BE"),
        ("são paulo", "São Paulo, BR"),
        ("Cambridge, Massachusetts", "Cambridge, US"),
        ("Cambridge, UK", "Cambridge, GB"),
        ("Springfield, Missouri, US", "Springfield, Missouri, US"),
    ],
)
def test_a_name_finds_its_city_however_it_is_written(text: str, label: str) -> None:
    city = cities.one(text)
    assert city is not None
    assert cities.label(city) == label


def test_a_name_of_several_cities_is_a_choice_that_tells_them_apart() -> None:
    found = cities.find("Cambridge")
    assert {"GB", "US"} <= {city.code for city in found}
    assert [city.people for city in found] == sorted((city.people for city in found), reverse=True)
    assert len({cities.shown(city) for city in found}) == len(found)
    assert cities.shown(found[0]) == "Cambridge (England, United Kingdom)"
    assert cities.one("Cambridge") is None
    assert {"Frankfurt am Main", "Frankfurt (Oder)"} <= {city.name for city in cities.find("Frankfurt")}


def test_an_unknown_place_is_none_with_near_spellings() -> None:
    assert cities.find("Brlin") == ()
    assert cities.one("Brlin") is None
    assert "Berlin, DE" in cities.alike("Brlin")
    assert cities.find("Berlin, France") == ()
    assert cities.alike("Qqqqqqqqqq") == ()


def test_every_label_leads_to_its_city_and_to_no_other() -> None:
    known = list(cities._known().by_id.values())
    assert len(known) > 30_000
    assert [city for city in known if cities.one(cities.label(city)) != city] == []
    assert all(abs(city.latitude) <= 90 and abs(city.longitude) <= 180 and city.country for city in known)


@given(st.text(max_size=30) | st.text("Berlin,# 0123456789", max_size=20))
def test_whatever_is_typed_is_a_city_or_none(text: str) -> None:
    found = cities.find(text)
    one = cities.one(text)
    assert one is None or "#" in text or "@" in text or found == (one,)
    assert all(cities.one(label) for label in cities.alike(text))


@given(st.text(max_size=20), st.text(max_size=20), st.floats(-90, 90), st.floats(-180, 180))
def test_a_spot_has_a_label_that_leads_back(name: str, country: str, north: float, east: float) -> None:
    spot = cities.spot(f"A{name}", country, (north, east))
    again = cities.one(cities.label(spot))
    assert again is not None
    assert (again.name, again.country) == (spot.name, spot.country)
    assert abs(again.latitude - north) < 0.001
    assert abs(again.longitude - east) < 0.001
    assert cities.label(again) == cities.label(spot)


@pytest.mark.parametrize("text", ["X, Y @91.000,0.000", "X, Y @0.000,181.000", "X, Y @1,2", "X @1.000,2.000"])
def test_coordinates_of_no_place_are_none(text: str) -> None:
    assert cities.one(text) is None


def test_the_file_is_small_and_read_only_when_a_place_is_asked_for() -> None:
    assert cities.FILE.stat().st_size < 1_500_000
    code = (
        "import cache.filters.keys, cache.filters.filter\n"
        "from cache.gazetteer import cities\n"
        "assert cities._known.cache_info().currsize == 0\n"
        "cache.filters.filter.Filter(text='x')\n"
        "assert cities._known.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_a_file_that_cannot_be_read_is_said(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = cities.FILE.with_name("no such file")
    monkeypatch.setattr(cities, "FILE", broken)
    with pytest.raises(LocalTrouble, match="Install the product again"):
        cities._known.__wrapped__()
