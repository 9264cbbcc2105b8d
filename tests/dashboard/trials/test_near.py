"""The search near a place: typed, chosen when several have the name, sorted by open and near, nothing dropped."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from cache.export import trials as export
from cache.filters.filter import Filter
from cache.store.store import Store
from dashboard.api import envelope
from dashboard.shared import data
from dashboard.trials import filters, near_data
from tests.fake_registry import make_study
from tests.rigs.asgi import ask
from tests.rigs.pages import WATCHLIST, assert_clean, elements, exported, frames, listed, table, use
from tests.rigs.refresh import Rig, url_of

Open = Callable[..., AppTest]
BERLIN, POTSDAM, MUNICH = ({"lat": a, "lon": b} for a, b in ((52.52, 13.41), (52.40, 13.06), (48.14, 11.58)))


def site(city: str, point: Any = None, status: str | None = None) -> dict[str, Any]:
    told = {"facility": f"Clinic of {city}", "city": city, "country": "Germany", "status": status, "geoPoint": point}
    return {name: value for name, value in told.items() if value}


SITES = {
    "NCT09000001": ("COMPLETED", [site("Berlin", BERLIN)]),
    "NCT09000002": ("RECRUITING", [site("Munich", MUNICH, "RECRUITING"), site("Potsdam", POTSDAM, "RECRUITING")]),
    "NCT09000003": ("RECRUITING", [site("Berlin"), site("Potsdam")]),
    "NCT09000004": ("RECRUITING", [site("Munich", MUNICH), site("Nowhere", {"lat": 200, "lon": 13})]),
    "NCT09000006": ("WITHDRAWN", [site("Smallville", POTSDAM)]),
    "NCT09000005": ("RECRUITING", [site("Berlin", BERLIN), site("Elsewhere")]),
}


NEAREST = ["NCT09000005", "NCT09000002", "NCT09000001", "NCT09000006"]
CITIES = ("Berlin", "Potsdam", "Berlin", "Smallville")
SAYING = "NCT09000002"
WORDS = {"protocolSection.descriptionModule.briefSummary": "A nurse makes home visits."}


@pytest.fixture(scope="module")
def near_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = url_of(tmp_path_factory.mktemp("near"))
    drug = [{"type": "DRUG", "name": "Azathioprine"}]
    studies = [
        make_study(
            id,
            status=status,
            interventions=drug,
            conditions=["Lupus"],
            locations=sites,
            path=WORDS if id == SAYING else {},
        )
        for id, (status, sites) in SITES.items()
    ]
    with Rig(studies, url=url) as rig:
        assert rig.refresh("azathioprine").exit_code == 0
    return url


@pytest.fixture
def near_store(near_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    return use(monkeypatch, near_url)


def order(app: AppTest) -> list[str]:
    return [link.partition("=")[2] for link in frames(app)[0]["NCT id"]]


def test_open_sites_come_first_then_the_nearest(near_store: str, opened: Open) -> None:
    app = opened(near_store, "trials", "all=1&near=Berlin,+DE")
    assert order(app) == NEAREST
    shown = frames(app)[0]
    assert list(shown["Distance"]) == ["under 1 km", "27 km", "under 1 km", "27 km"]
    assert list(shown["Site"]) == [f"Clinic of {city}, {city}" for city in CITIES]
    assert list(shown["Status of the site"]) == [
        "Recruiting (the trial’s)", "Recruiting", "Completed (the trial’s)", "Withdrawn (the trial’s)",
    ]  # fmt: skip
    assert set(shown["Country"]) == {"Germany"}
    said = " ".join(text.value for text in app.text)
    assert "with a site within 100 km of Berlin (Germany)" in said
    assert "1 more trial is not judged. No site of its record has coordinates." in said
    assert "1 trial in this list has further sites without coordinates." in said
    assert_clean(app)
    asked = table(app, "Taking part")
    assert list(asked["Taking part"]) == ["Visits or treatment at home, possibly"]
    assert list(asked["The record’s words"]) == ["A nurse makes home visits."]
    assert list(asked["Where it stands"]) == ["Brief summary"]


def test_a_wider_circle_and_no_circle(near_store: str, opened: Open) -> None:
    assert set(listed(opened(near_store, "trials", "all=1&near=Berlin,+DE&within=25"))) == {
        "NCT09000001",
        "NCT09000005",
    }
    everywhere = opened(near_store, "trials", "all=1&near=Berlin,+DE&within=any")
    assert order(everywhere) == [
        "NCT09000005", "NCT09000002", "NCT09000004", "NCT09000001", "NCT09000006",
    ]  # fmt: skip
    assert list(frames(everywhere)[0]["Distance"])[2] == "504 km"


def test_a_typed_city_is_found_and_written_in_the_address(near_store: str, opened: Open) -> None:
    app = opened(near_store, "trials", "all=1")
    app.text_input(key="near_place").set_value("munchen").run()
    assert app.query_params["near"] == "Munich, DE"
    assert app.text_input(key="near_place").value == "Munich (Bavaria, Germany)"
    assert set(listed(app)) == {"NCT09000002", "NCT09000004"}
    app.text_input(key="near_place").set_value("").run()
    assert "near" not in app.query_params
    assert len(listed(app)) == len(SITES)


def test_a_name_of_several_cities_offers_them(near_store: str, opened: Open) -> None:
    app = opened(near_store, "trials", "all=1")
    app.text_input(key="near_place").set_value("Frankfurt").run()
    assert "near" not in app.query_params
    assert any("Which “Frankfurt” do you mean?" in one.value for one in app.markdown)
    offered = [one.label for one in app.button if one.key and one.key.startswith("near_")]
    assert "Frankfurt am Main (Hesse, Germany)" in offered
    app.button(key="near_Frankfurt am Main, DE").click().run()
    assert app.query_params["near"] == "Frankfurt am Main, DE"
    assert app.header[0].value == "No trial found"
    assert any("not judged" in one.value for one in app.text)


def test_a_name_of_several_cities_in_the_address_offers_them_too(near_store: str, opened: Open) -> None:
    app = opened(near_store, "trials", "all=1&near=Frankfurt")
    assert "Frankfurt am Main (Hesse, Germany)" in [one.label for one in app.button]
    app.button(key="near_Frankfurt am Main, DE").click().run()
    assert app.query_params["near"] == "Frankfurt am Main, DE"
    app.text_input(key="near_place").set_value("").run()
    assert "near" not in app.query_params
    assert not any("do you mean?" in one.value for one in app.markdown)


def test_an_unknown_city_is_said_to_be_unknown_with_near_spellings(near_store: str, opened: Open) -> None:
    app = opened(near_store, "trials", "all=1")
    app.text_input(key="near_place").set_value("Brlin").run()
    assert any("“Brlin” is not in our list of cities" in one.value for one in app.markdown)
    assert [one.label for one in app.button if one.key == "near_Berlin, DE"] == ["Berlin (Germany)"]
    assert len(listed(app)) == len(SITES), "nothing is filtered by a place nobody knows"


def test_a_place_too_small_for_the_list_is_found_by_the_sites_of_the_store(near_store: str, opened: Open) -> None:
    app = opened(near_store, "trials", "all=1")
    app.text_input(key="near_place").set_value("smallvile").run()
    label = "Smallville, Germany @52.400,13.060"
    assert [one.label for one in app.button if one.key == f"near_{label}"] == ["Smallville (Germany)"]
    app.button(key=f"near_{label}").click().run()
    assert app.query_params["near"] == label
    assert order(app)[0] == "NCT09000002"
    assert list(frames(app)[0]["Distance"])[order(app).index("NCT09000006")] == "under 1 km"


def test_the_starter_says_that_it_has_no_coordinates(starter: str, opened: Open) -> None:
    app = opened(starter, "trials", "all=1&near=Berlin,+DE")
    assert app.header[0].value == "No trial found"
    assert any("The starter snapshot holds no coordinates" in one.value for one in app.text)
    assert_clean(app)


def test_an_export_of_the_address_takes_the_place(near_store: str) -> None:
    assert {row["nct_id"] for row in exported(near_store, "all=1&near=Berlin,+DE&within=25")} == {
        "NCT09000001", "NCT09000005",
    }  # fmt: skip


def test_those_not_judged_are_one_click_away(near_store: str, opened: Open) -> None:
    app = opened(near_store, "trials", "all=1&near=Berlin,+DE")
    links = [one for one in elements(app, "page_link") if one.proto.label == "Show those not judged"]
    assert "ids=NCT09000003" in links[0].proto.query_string


def test_the_api_says_how_many_trials_nobody_can_judge(near_store: str) -> None:
    for name in ("trials", "findings", "changes"):
        told = ask(f"/api/v1/{name}?all=1&near=Berlin,+DE").json["asked"]
        assert told["not_judged"] == 1, name
        assert "1 more trial is not judged." in told["words"]
        assert "none was found" not in told["words"]
    everywhere = ask("/api/v1/trials?all=1").json["asked"]
    assert (everywhere["not_judged"], everywhere["not_stored"]) == (0, [])
    assert "not judged" not in everywhere["words"]


def test_the_rows_of_the_api_have_the_distance_and_the_site(near_store: str) -> None:
    answered = ask("/api/v1/trials?all=1&near=Berlin,+DE")
    msgspec.json.decode(answered.body, type=envelope.Trials, strict=True)
    rows = exported(near_store, "all=1&near=Berlin,+DE")
    wanted = [(row["nct_id"], row["distance_km"], row["nearest_site"]) for row in rows]
    assert [(row["nct_id"], row["distance_km"], row["nearest_site"]) for row in answered.json["data"]] == wanted
    assert "distance_km" not in ask("/api/v1/trials?all=1").json["data"][0]


@pytest.mark.parametrize("query", ["trials?ids=NCT99999999", "findings?ids=NCT99999999", "changes?nct=NCT99999999"])
def test_an_id_that_is_not_stored_is_not_said_to_be_found_nowhere(query: str, near_store: str) -> None:
    told = ask(f"/api/v1/{query}").json["asked"]
    assert told["not_stored"] == ["NCT99999999"]
    assert "NCT99999999 is not stored here" in told["words"]
    assert "none was found" not in told["words"]


def test_an_export_says_what_it_cannot_tell(near_store: str, capsys: pytest.CaptureFixture[str]) -> None:
    exported(near_store, "all=1&near=Berlin,+DE")
    assert "1 more trial is not judged. No site of its record has coordinates." in capsys.readouterr().err
    exported(near_store, "ids=NCT09000001,NCT99999999")
    assert "NCT99999999 is not stored here" in capsys.readouterr().err
    exported(near_store, "all=1")
    assert capsys.readouterr().err == ""


def test_what_is_taken_along_has_the_distance_and_the_site(near_store: str) -> None:
    rows = {row["nct_id"]: row for row in exported(near_store, "all=1&near=Berlin,+DE")}
    assert list(rows) == sorted(rows), "the order of a file stays"
    told = {nct_id: (row["distance_km"], row["nearest_site"]) for nct_id, row in rows.items()}
    assert told == {
        "NCT09000001": (0, "Clinic of Berlin, Berlin"), "NCT09000002": (27, "Clinic of Potsdam, Potsdam"),
        "NCT09000005": (0, "Clinic of Berlin, Berlin"), "NCT09000006": (27, "Clinic of Smallville, Smallville"),
    }  # fmt: skip
    plain = exported(near_store, "all=1")[0]
    assert not {"distance_km", "nearest_site"} & set(plain)


@pytest.mark.parametrize("fmt", ["csv", "xlsx", "parquet", "md"])
def test_every_file_of_a_near_view_can_be_made(fmt: str, near_store: str, tmp_path: Path) -> None:
    out = tmp_path / f"trials.{fmt}"
    store = Store.open(near_store)
    assert export.write(store, WATCHLIST, fmt, out, "all=1&near=Berlin,+DE", warn=lambda _: None) == 4
    store.close()
    if fmt == "csv":
        heads, *lines = csv.reader(out.read_text(encoding="utf-8-sig").splitlines())
        assert heads[-3:] == ["distance_km", "nearest_site", "modified"]
        assert [line[-3] for line in lines] == ["0", "27", "0", "27"]
    if fmt == "md":
        text = out.read_text(encoding="utf-8")
        assert re.findall(r"^\| \[(NCT\d{8})", text, re.MULTILINE) == NEAREST
        assert "under 1 km" in text
        assert "1 more trial is not judged" in text


def test_the_brief_has_the_order_of_the_page_with_distances(near_store: str) -> None:
    wanted, _ = Filter.from_query("all=1&near=Berlin,+DE", WATCHLIST)
    text = filters._brief(wanted, data.selection(wanted), " ".join(near_data.not_told(wanted)), "md", "x").decode()
    assert re.findall(r"^- \*\*(NCT\d{8})", text, re.MULTILINE) == NEAREST
    assert "the nearest open sites first" in text
    assert "27 km · Clinic of Potsdam, Potsdam" in text
    assert "1 more trial is not judged" in text
