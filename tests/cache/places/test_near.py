"""How near trials are: every site counts, the open ones first, and what is not known is not judged."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cache.places import column, near
from cache.read import lists
from fetchers.record.modules import GeoPoint, Location

BERLIN, POTSDAM, MUNICH = (52.52, 13.41), (52.40, 13.06), (48.14, 11.58)
SITE = st.one_of(
    st.tuples(st.floats(-90, 90), st.floats(-180, 180), st.sampled_from([None, 0, 1, 2])),
    st.tuples(st.none(), st.none(), st.sampled_from([None, 0, 2])),
)
TRIALS = st.lists(st.none() | st.lists(SITE, max_size=4), max_size=6)


def frame(columns: Sequence[Any], statuses: Sequence[str | None] = ()) -> pd.DataFrame:
    told = [*statuses, *["COMPLETED"] * (len(columns) - len(statuses))]
    known = pd.Categorical(told, categories=["RECRUITING", "COMPLETED", "UNKNOWN"])
    return pd.DataFrame({"points": lists.series(columns), "overall_status": known})


def flat(sites: Sequence[Sequence[Any]] | None) -> list[Any] | None:
    return None if sites is None else [number for site in sites for number in (*site, 0)]


def test_the_nearest_of_the_most_open_sites_within_the_radius_is_named() -> None:
    trials = frame(
        [
            flat(sites)
            for sites in ([(*MUNICH, 2), (*POTSDAM, 2), (*BERLIN, 0)], [(*MUNICH, 2), (*BERLIN, None)], [(*MUNICH, 2)])
        ]
    )
    found = near.reach(trials, *BERLIN, 100)
    assert found.site.tolist() == [1, 1, -1]
    assert found.nearest.round().tolist() == [0, 0, 504]
    assert found.away.round(0)[:2].tolist() == [27, 0]
    assert np.isnan(found.away[2])
    assert found.openness.tolist()[:2] == [2, 0], "what a site does not say is what its trial says"


def test_a_trial_whose_own_status_is_not_known_has_no_openness() -> None:
    found = near.reach(frame([flat([(*BERLIN, None)])] * 3, ["RECRUITING", "UNKNOWN", None]), *BERLIN)
    assert found.openness[0] == column.OPEN
    assert np.isnan(found.openness[1:]).all()


def test_without_coordinates_nothing_is_judged() -> None:
    found = near.reach(frame([None, [], flat([(None, None, 2)]), flat([(None, None, 2), (*BERLIN, 0)])]), *BERLIN)
    assert found.not_judged.tolist() == [True, True, True, False]
    assert found.inside.tolist() == [False, False, False, True]
    assert found.unplaced.tolist() == [0, 0, 1, 1]
    assert found.told.tolist() == [False, True, True, True]
    assert found.site[3] == 1


def test_a_point_that_is_none_is_not_known() -> None:
    bad = [(91.0, 0.0), (-90.1, 3.0), (0.0, 180.5), (0.0, 0.0), (None, 3.0), (3.0, None), (None, None)]
    assert [Location(geo_point=GeoPoint(*one)).point for one in bad] == [None] * len(bad)
    assert Location(geo_point=GeoPoint(-90, 180)).point == (-90, 180)


@given(TRIALS, st.integers(1, 20_100), st.integers(1, 20_100))
def test_a_wider_radius_never_loses_a_trial(trials: list[Any], one: int, other: int) -> None:
    there = frame([flat(sites) for sites in trials])
    small, large, every = (near.reach(there, *BERLIN, km) for km in (*sorted([one, other]), near.ANY))
    assert not (small.inside & ~large.inside).any()
    assert not (large.inside & ~every.inside).any()
    assert ((every.inside | every.not_judged) == np.ones(len(trials), dtype=bool)).all()
    assert not (every.inside & every.not_judged).any()


@given(TRIALS, st.permutations(range(6)))
def test_rows_taken_from_a_column_say_the_same(trials: list[Any], order: list[int]) -> None:
    there = frame([flat(sites) for sites in trials])
    taken = [place for place in order if place < len(trials)]
    whole, part = near.reach(there, *MUNICH, 5000), near.reach(there.iloc[taken], *MUNICH, 5000)
    for ours, theirs in zip(whole, part, strict=True):
        np.testing.assert_array_equal(ours[taken], theirs)
