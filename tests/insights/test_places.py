"""Land and places on the flat map: the projection as published, no bar across the map, every country where it is."""

import csv
from itertools import pairwise
from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import starter
from fetchers.settings import ROOT
from insights.geography import land, make, places
from insights.geography.projection import WIDEST, project
from tests.rigs.records import Records, each_set_at_hand

FOLDER = ROOT / "insights" / "geography"
AUTHALIC = 6_371_007.181  # metres: radius of a globe as large as the earth (WGS 84)
ROWS = list(csv.DictReader((FOLDER / "places.csv").read_text(encoding="utf-8").splitlines()))
Ring = tuple[tuple[float, float], ...]


# -- the projection -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latitude", "longitude", "east", "north"),
    # The bounds of EPSG:8857, in metres; at the equator and at the poles globe and ellipsoid agree.
    [(0, 0, 0, 0), (0, 180, 17_243_959.06, 0), (0, -180, -17_243_959.06, 0), (90, 180, 10_216_474.79, 8_392_927.60),
     (-90, -180, -10_216_474.79, -8_392_927.60), (90, 0, 0, 8_392_927.60)],
)  # fmt: skip
def test_anchors_of_the_published_projection(latitude: float, longitude: float, east: float, north: float) -> None:
    x, y = project(latitude, longitude)
    assert (x * AUTHALIC, y * AUTHALIC) == pytest.approx((east, north), abs=1)


def test_its_widest_line_is_the_equator() -> None:
    assert project(0, 180)[0] == pytest.approx(WIDEST)


@given(st.floats(-85, 85), st.floats(-179, 179))
def test_equal_areas_stay_equal_and_nothing_is_turned_over(latitude: float, longitude: float) -> None:
    step = 0.01
    (x, y), (x_east, _), (_, y_north) = (
        project(latitude, longitude), project(latitude, longitude + step), project(latitude + step, longitude)
    )  # fmt: skip
    # East stays level, so the area of a small cell is its width times its height.
    cell = (x_east - x) * (y_north - y)
    assert cell == pytest.approx(radians(step) ** 2 * cos(radians(latitude + step / 2)), rel=2e-3)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_both_halves_mirror_each_other(latitude: float, longitude: float) -> None:
    x, y = project(latitude, longitude)
    assert project(-latitude, -longitude) == pytest.approx((-x, -y))


# -- land -----------------------------------------------------------------------------------------------------------


def on_land(latitude: float, longitude: float) -> bool:
    return sum(crossings(ring, latitude, longitude) for ring in land.rings()) % 2 == 1


def crossings(ring: Ring, latitude: float, longitude: float) -> int:
    closed = [*ring, ring[0]]
    return sum(
        (y0 > latitude) != (y1 > latitude) and longitude < x0 + (latitude - y0) / (y1 - y0) * (x1 - x0)
        for (y0, x0), (y1, x1) in pairwise(closed)
    )


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(39, -98), (23, 10), (62, 100), (-25, 135), (52.3, 5.6), (67, 178), (67, -176), (72, -40), (-54, -69), (36, 138)],
)
def test_land_is_land(latitude: float, longitude: float) -> None:
    assert on_land(latitude, longitude)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(0, -30), (42, 51), (60, -86), (-40, 0), (20, -160), (43, 34), (-75, 0), (-60, 100)]
)
def test_sea_is_sea_also_the_caspian_and_there_is_no_antarctica(latitude: float, longitude: float) -> None:
    assert not on_land(latitude, longitude)


def test_no_line_runs_across_the_map() -> None:
    for ring in land.rings():
        assert len(ring) >= 3
        for (_, one), (_, other) in pairwise([*ring, ring[0]]):
            assert abs(one - other) < 20
            assert -180 <= one <= 180


def test_the_outline_is_one_line_with_a_gap_between_rings() -> None:
    east, north = land.outline()
    assert len(east) == len(north) == sum(len(ring) for ring in land.rings()) + len(land.rings()) - 1
    assert [at for at, x in enumerate(east) if x is None] == [at for at, y in enumerate(north) if y is None]
    assert east.count(None) == len(land.rings()) - 1
    assert min(x for x in east if x is not None) >= land.WEST_EAST[0]
    assert max(y for y in north if y is not None) <= land.SOUTH_NORTH[1]


@given(
    st.integers(-2500, 2000), st.integers(-1000, 1000), st.integers(1, 2000), st.integers(1, 1500)
)  # fmt: skip
def test_a_box_holds_what_lies_in_it_and_nothing_else(west: int, south: int, wide: int, high: int) -> None:
    box = (west, south, west + wide, south + high)
    east, north = land.outline.__wrapped__(box)
    inner = {
        point
        for point in zip(*land.outline(), strict=True)
        if point[0] is not None and box[0] <= point[0] <= box[2] and box[1] <= (point[1] or 0) <= box[3]
    }
    found = set(zip(east, north, strict=True))
    assert inner <= found
    assert all(x is None or (box[0] <= x <= box[2] and box[1] <= (y or 0) <= box[3]) for x, y in found)


def test_the_files_are_small() -> None:
    assert (FOLDER / "land.json").stat().st_size < 80_000
    assert (FOLDER / "places.csv").stat().st_size < 20_000


# -- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelling", "country"),
    [
        ("Korea, Republic of", "South Korea"),
        ("South Korea", "South Korea"),
        ("Korea, Democratic People's Republic of", "North Korea"),
        ("Türkiye", "Turkey (Türkiye)"),
        ("Turkey", "Turkey (Türkiye)"),
        ("Turkey (Türkiye)", "Turkey (Türkiye)"),
        ("Czech Republic", "Czechia"),
        ("Russian Federation", "Russia"),
        ("Iran, Islamic Republic of", "Iran"),
        ("Macedonia, The Former Yugoslav Republic of", "North Macedonia"),
        ("Former Yugoslavia", "Former Yugoslavia"),
        ("Former Serbia and Montenegro", "Former Serbia and Montenegro"),
        ("Palestinian territories", "Palestinian Territories"),
        ("Palestinian Territories, Occupied", "Palestinian Territories"),
        ("Viet Nam", "Vietnam"),
        ("Cote d’Ivoire", "Côte d'Ivoire"),
        ("Côte D'Ivoire", "Côte d'Ivoire"),
        ("Congo, The Democratic Republic of the", "Democratic Republic of the Congo"),
        ("Congo", "Republic of the Congo"),
        # Two countries, each under one name.
        ("Democratic Republic of Congo", "Democratic Republic of the Congo"),
        ("Congo, Democratic Republic", "Democratic Republic of the Congo"),
        ("DR Congo", "Democratic Republic of the Congo"),
        ("Zaire", "Democratic Republic of the Congo"),
        ("Congo-Kinshasa", "Democratic Republic of the Congo"),
        ("Congo, Republic of", "Republic of the Congo"),
        ("Republic of Congo", "Republic of the Congo"),
        ("Congo, Republic of the", "Republic of the Congo"),
        ("Congo-Brazzaville", "Republic of the Congo"),
        ("Swaziland", "Eswatini"),
        ("Moldova, Republic of", "Moldova"),
        ("TAIWAN", "Taiwan"),
        *((name, name) for name in ("Hong Kong", "Macau", "Kosovo", "Singapore", "Malta", "Puerto Rico", "Réunion")),
    ],
)
def test_old_and_new_spellings_name_one_place(spelling: str, country: str) -> None:
    assert places.name(spelling) == country
    place = places.find(spelling)
    assert place is not None
    assert place.country == country


@pytest.mark.parametrize("spelling", ["Atlantis", "", "  ", "<b>Atlantis</b>", "=1+1", "Korea", "\udcff"])
def test_what_is_no_known_country_has_no_place_and_keeps_its_name(spelling: str) -> None:
    assert places.find(spelling) is None
    assert places.name(spelling) == spelling


def test_no_two_rows_share_a_spelling() -> None:
    spellings = [one for row in ROWS for one in (row["country"], *filter(None, row["also"].split("|")))]
    found = [places.name(one) for one in spellings]
    assert len(ROWS) > 200
    assert len(set(spellings)) == len(spellings)
    assert all(name == row["country"] for row in ROWS for name in [places.name(row["country"])])
    assert set(found) == {row["country"] for row in ROWS}


@pytest.mark.parametrize(
    ("country", "south", "north", "west", "east"),
    [
        ("France", 43, 50, -1, 6),
        ("Netherlands", 51, 54, 4, 7),
        ("United States", 35, 45, -110, -90),
        ("Norway", 58, 68, 6, 20),
        ("Portugal", 37, 42, -9, -6),
        ("Spain", 37, 43, -6, 1),
        ("Denmark", 54, 58, 8, 11),
        ("United Kingdom", 51, 57, -5, 0),
        ("Russia", 55, 68, 60, 120),
        ("Fiji", -19, -16, 177, 180),
        ("Croatia", 44, 47, 14, 18),
        ("Vietnam", 10, 23, 104, 109),
        ("Singapore", 1, 2, 103, 105),
        ("Kosovo", 42, 43, 20, 22),
        ("New Zealand", -47, -35, 167, 178),
        ("French Guiana", 2, 6, -55, -51),
    ],
)
def test_places_lie_in_the_largest_part(country: str, south: int, north: int, west: int, east: int) -> None:
    place = places.find(country)
    assert place is not None
    assert south < place.latitude < north
    assert west < place.longitude < east


def test_every_place_is_on_the_map_and_most_are_on_drawn_land() -> None:
    found = [place for row in ROWS if (place := places.find(row["country"]))]
    for place in found:
        x, y = land.place(place.latitude, place.longitude)
        assert land.WEST_EAST[0] < x < land.WEST_EAST[1], place
        assert land.SOUTH_NORTH[0] < y < land.SOUTH_NORTH[1], place
    # The others are islands and towns too small for the outline.
    assert sum(on_land(place.latitude, place.longitude) for place in found) > 0.75 * len(found)


@each_set_at_hand
def test_every_country_of_whole_records_has_a_place(at_hand: Records) -> None:
    protocols = [raw["protocolSection"] for raw in at_hand.raw]
    sites = [site for one in protocols for site in one.get("contactsLocationsModule", {}).get("locations", [])]
    found = {site["country"] for site in sites if "country" in site}
    assert len(found) > 60
    assert {country for country in found if places.find(country) is None} == set()


def test_every_country_of_the_starter_has_a_place() -> None:
    found = {country for record in starter.records() for country in record.study.countries}
    assert found
    assert {country for country in found if places.find(country) is None} == set()


# -- how the files were made ----------------------------------------------------------------------------------------


def test_a_ring_across_the_edge_of_the_map_is_cut_in_two() -> None:
    ring = [(170.0, 60.0), (-170.0, 60.0), (-170.0, 70.0), (170.0, 70.0), (170.0, 60.0)]
    west, east = make.halves(ring)
    assert {longitude for longitude, _ in west} == {-180.0, -170.0}
    assert {longitude for longitude, _ in east} == {170.0, 180.0}
    assert west[0] == west[-1]
    assert abs(make.area(west)) == abs(make.area(east)) == 100


def test_a_ring_on_one_side_stays_whole() -> None:
    ring = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 0.0)]
    assert make.halves(ring) == [ring]


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=2, max_size=30))
def test_a_simpler_line_keeps_its_ends_and_adds_no_point(line: list[tuple[float, float]]) -> None:
    simple = make.simplified(line)
    assert (simple[0], simple[-1]) == (line[0], line[-1])
    at = -1
    for point in simple[:-1]:
        at = line.index(point, at + 1)
    assert len(simple) <= len(line)


def test_the_middle_of_a_crescent_lies_inside_it() -> None:
    crescent = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 9.0), (9.0, 9.0), (9.0, 1.0), (0.0, 1.0),
                (0.0, 0.0)]  # fmt: skip
    assert make.inside(make.middle([[crescent]]), crescent)
    square = [(20.0, 0.0), (40.0, 0.0), (40.0, 20.0), (20.0, 20.0), (20.0, 0.0)]
    assert make.middle([[crescent], [square]]) == (30.0, 10.0)
