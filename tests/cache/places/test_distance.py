"""Distances on the globe: of known places, and what holds of any."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.places.distance import LONGEST, kilometres

PLACES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
Place = tuple[float, float]


def apart(one: Place, other: Place) -> float:
    return float(kilometres(*one, *other))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((52.52, 13.41), (48.14, 11.58), 504),  # Berlin, Munich
        ((52.52, 13.41), (40.71, -74.01), 6385),  # Berlin, New York
        ((0, 0), (0, 180), math.pi * 6371),
        ((90, 0), (-90, 0), math.pi * 6371),
        ((10, 179.9), (10, -179.9), 21.9),  # across the date line
    ],
)
def test_known_distances(one: Place, other: Place, expected: float) -> None:
    assert apart(one, other) == pytest.approx(expected, rel=0.005)


@given(PLACES, PLACES)
def test_both_ways_are_as_long_and_no_way_is_longer_than_half_the_globe(one: Place, other: Place) -> None:
    assert apart(one, other) == pytest.approx(apart(other, one), abs=1e-6)
    assert 0 <= apart(one, other) <= LONGEST
    assert apart(one, one) == 0


@given(PLACES, PLACES, PLACES)
def test_no_way_round_is_shorter(one: Place, other: Place, third: Place) -> None:
    assert apart(one, third) <= apart(one, other) + apart(other, third) + 1e-3


def test_what_is_not_known_is_no_distance() -> None:
    found = kilometres(np.array([np.nan, 52.5]), np.array([np.nan, 13.4]), 52.5, 13.4)
    assert np.isnan(found[0])
    assert found[1] == 0
