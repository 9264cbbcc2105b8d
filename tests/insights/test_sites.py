"""The sites of a country by city: those of that country only, under the nearest city, nothing lost."""

from typing import Any

import pandas as pd

from cache.read import lists
from insights.geography import sites

BERLIN, POTSDAM, PARIS = (52.52, 13.41), (52.40, 13.06), (48.85, 2.35)


def frame(points: list[Any], countries: list[Any], statuses: list[str]) -> pd.DataFrame:
    known = pd.Categorical(statuses, categories=["RECRUITING", "COMPLETED"])
    return pd.DataFrame(
        {"points": lists.series(points), "countries": lists.series(countries), "overall_status": known}
    )  # fmt: skip


TRIALS = frame(
    [
        [*BERLIN, 2, 0, *PARIS, 2, 1, None, None, 2, 0],
        [*BERLIN, None, 0, *POTSDAM, 0, 0],
        [*PARIS, None, 0],
        None,
    ],
    [["Germany", "France"], ["Germany"], ["France"], None],
    ["COMPLETED", "RECRUITING", "COMPLETED", "RECRUITING"],
)


def test_sites_stand_under_their_city_and_country() -> None:
    found = sites.by_city(TRIALS, ["Germany"]).set_index("city")
    assert list(found.index) == ["Berlin, DE", "Potsdam, DE"]
    assert found[["trials", "sites", "open"]].to_numpy().tolist() == [[2, 2, 2], [1, 1, 0]]
    assert list(sites.by_city(TRIALS, ["France"])["city"].str[:5]) == ["Paris"]
    assert sites.by_city(TRIALS, ["Germany", "France"])["sites"].sum() == 5


def test_what_has_no_place_is_counted_apart() -> None:
    assert sites.unplaced(TRIALS, ["Germany"]) == 1
    assert sites.unplaced(TRIALS, ["France"]) == 0
    assert len(sites.by_city(TRIALS, ["Norway"])) == 0
    assert list(sites.by_city(TRIALS.iloc[3:], ["Germany"]).columns) == list(sites.COLUMNS)


def test_a_point_far_from_every_city_has_the_nearest_one() -> None:
    far = frame([[-89.0, 100.0, None, 0]], [["Antarctica"]], ["RECRUITING"])
    assert sites.by_city(far, ["Antarctica"])["sites"].tolist() == [1]
