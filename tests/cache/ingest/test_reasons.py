"""Why an agent is found, as the store keeps it and gives it back."""

import json

import pytest

from cache.ingest.matches import reason
from cache.read.frames import Reason, reasons
from fetchers.matching.matcher import Match


@pytest.mark.parametrize(
    ("match", "back"),
    [
        (Match("ivig", "mentioned", None, ("IVIG",)), Reason(["IVIG"], None, None)),
        (Match("ivig", "mentioned", None, ()), Reason([], None, None)),
        (Match("ivig", "mentioned", None, ("IVIG",), None, "IVIG, among"), Reason(["IVIG"], None, "IVIG, among")),
        (Match("ivig", "given", "tested", ("IVIG", "IGIV"), "name"), Reason(["IVIG", "IGIV"], "name", None)),
        (
            Match("ivig", "given", "tested", ("IVIG",), "description", "IVIG 2 g/kg"),
            Reason(["IVIG"], "description", "IVIG 2 g/kg"),
        ),
    ],
)
def test_what_is_kept_comes_back(match: Match, back: Reason) -> None:
    assert reasons([json.dumps(reason(match))]) == [back]


def test_stores_of_earlier_versions_hold_the_names_alone() -> None:
    assert reasons(['["MTX"]', "[]", '["MTX"]']) == [
        Reason(["MTX"], None, None),
        Reason([], None, None),
        Reason(["MTX"], None, None),
    ]
