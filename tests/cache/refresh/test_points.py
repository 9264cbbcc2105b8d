"""A store from before coordinates were asked for: the next refresh brings them, and they are no news."""

import pytest

from cache.refresh import ask, plan
from cache.store.schema import event, study
from fetchers.registry.fields import FIELDS, PIECES
from tests.rigs.refresh import Rig, held

pytestmark = pytest.mark.both_databases

SITES = "protocolSection.contactsLocationsModule.locations"
OLD = ",".join(piece for piece in PIECES.values() if piece != "LocationGeoPoint")


def points(rig: Rig, nct_id: str) -> object:
    return next(row["points"] for row in rig.rows(study) if row["nct_id"] == nct_id)


def test_coordinates_come_with_the_next_refresh_and_make_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "LocationGeoPoint" in FIELDS
    site = {"city": "Berlin", "country": "Germany", "status": "RECRUITING"}
    with Rig() as rig:
        for module in (plan, ask):
            monkeypatch.setattr(module, "FIELDS", OLD)
        rig.refresh("azathioprine")
        trials = held(rig, "azathioprine")
        rig.fake.edit(trials[0], **{SITES: [site | {"geoPoint": {"lat": 52.52, "lon": 13.41}}, site]})
        rig.refresh("azathioprine", full=True)
        assert points(rig, trials[0]) == [None, None, 2, 0, None, None, 2, 0]
        before = rig.rows(event)
        monkeypatch.undo()
        assert rig.refresh("azathioprine").agents["azathioprine"].status == "fresh", "another question, the same data"
        assert points(rig, trials[0]) == [52.52, 13.41, 2, 0, None, None, 2, 0]
        assert held(rig, "azathioprine") == trials
        assert rig.rows(event) == before
        assert rig.refresh("azathioprine").agents["azathioprine"].status == "unchanged"
