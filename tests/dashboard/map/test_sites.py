"""The map goes closer: the sites of one country, drawn and listed, with those that have no place."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.fake_registry import make_study
from tests.rigs.pages import assert_clean, elements, table, use
from tests.rigs.refresh import Rig, url_of

Open = Callable[..., AppTest]
BERLIN, POTSDAM, LYON = ({"lat": a, "lon": b} for a, b in ((52.52, 13.41), (52.40, 13.06), (45.76, 4.84)))


@pytest.fixture(scope="module")
def sites_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = url_of(tmp_path_factory.mktemp("sites"))
    drug = [{"type": "DRUG", "name": "Azathioprine"}]
    germany, france = {"country": "Germany"}, {"country": "France"}
    places = (
        [germany | {"geoPoint": BERLIN}, germany | {"geoPoint": POTSDAM}, france | {"geoPoint": LYON}],
        [germany | {"geoPoint": BERLIN, "status": "COMPLETED"}, germany],
    )
    studies = [
        make_study(f"NCT0900000{at}", status="RECRUITING", interventions=drug, conditions=["Lupus"], locations=sites)
        for at, sites in enumerate(places, start=1)
    ]
    with Rig(studies, url=url) as rig:
        assert rig.refresh("azathioprine").exit_code == 0
    return url


def test_a_country_shows_its_sites(sites_url: str, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(use(monkeypatch, sites_url), "map", "all=1")
    assert not [one for one in app.header if one.value == "Sites in this view"]
    app.selectbox(key="map_country").set_value("Germany").run()
    assert app.query_params["country"] == "Germany"
    found = table(app, "Near", "Open sites")
    assert list(found["Near"]) == ["Berlin (Germany)", "Potsdam (Brandenburg, Germany)"]
    assert list(found["All"]) == [2, 1]
    assert list(found["Sites"]) == [2, 1]
    assert list(found["Open sites"]) == [1, 1]
    assert found["Trials"][0].startswith("trials?")
    assert "near=Berlin%2C+DE" in found["Trials"][0]
    assert any("1 site without coordinates" in one.value for one in app.text)
    assert len(elements(app, "plotly_chart")) == 3
    assert_clean(app)
    app.selectbox(key="map_country").set_value("All countries").run()
    assert "country" not in app.query_params


def test_the_starter_has_no_sites_to_show(starter: str, opened: Open) -> None:
    app = opened(starter, "map", "all=1&country=Germany")
    assert not [one for one in app.header if one.value == "Sites in this view"]
    assert_clean(app)
