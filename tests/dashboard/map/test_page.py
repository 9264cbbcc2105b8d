"""The map page from the router, in every state of the store; its numbers against the lists behind them; its figures."""

import html
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest

from cache.filters.filter import Filter
from cache.filters.select import Selection
from cache.ingest.study_row import live_facts
from cache.read import trials as queries
from cache.store.schema import version
from cache.store.store import Store, bump
from dashboard.map import charts as map_charts
from dashboard.map import tables as map_tables
from dashboard.shared import data, kept
from fetchers.record.study import Study, decode_study
from fetchers.watchlist import load as watchlist
from insights.geography import countries, land
from tests.fake_registry import agent_studies
from tests.fake_registry.shorthand import experimental, phase
from tests.fake_registry.studies import make_study
from tests.rigs.insight_rows import frames as rows_in_frames
from tests.rigs.pages import ME as CONDITION
from tests.rigs.pages import elements, live_url, page, shown, table, tables, use
from tests.rigs.records import Records, each_set_at_hand
from tests.rigs.refresh import url_of
from tests.rigs.trial_rows import SEEN, Why, asked, put, row

WATCHLIST = watchlist.load()
ME = CONDITION | phase(2)
HOSTILE = "<b>*Atlantis*</b> :red[x]"


def studies() -> list[dict[str, Any]]:
    """The stand-in's records, one country spelled in two ways, one nobody knows, and sites without a country."""
    given_ = experimental("Intravenous Immunoglobulin")
    return [
        *agent_studies(),
        make_study("NCT08100001", **ME, **given_, status="RECRUITING",
                   countries=["Korea, Republic of", "Korea, Republic of", "South Korea", HOSTILE]),
        make_study("NCT08100002", **ME, **given_, status="COMPLETED", countries=["South Korea"]),
        make_study("NCT08100003", **ME, **given_, status="NOT_YET_RECRUITING", countries=["Korea, Republic of"] * 3),
        make_study("NCT08100004", **ME, **given_, status="COMPLETED", locations=[{"facility": "Somewhere"}]),
        make_study("NCT08100005", **ME, **given_, status="WITHDRAWN"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from live_url(tmp_path_factory.mktemp("map"), studies())


@pytest.fixture
def live(refreshed: str, monkeypatch: pytest.MonkeyPatch) -> str:
    return use(monkeypatch, refreshed)


def opened(query: str = "", name: str = "map") -> AppTest:
    return page(name, query)


def behind(link: str, url: str) -> int:
    """How many trials the list has that a link opens: read from the store by the link's own query."""
    path, _, query = link.partition("?")
    assert path == "trials"
    wanted, ignored = Filter.from_query(query, WATCHLIST)
    assert ignored == ()
    store = Store.open(url)
    try:
        return len(wanted.apply(queries.trials(store), queries.matches(store), WATCHLIST).trials)
    finally:
        store.close()


def by_country(app: AppTest) -> pd.DataFrame:
    found: pd.DataFrame = table(app, "Country", "All", "Open", "Sites").set_index("Country")
    return found


# -- the page -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "",
        "all=1",
        "all=1&background=1",
        "all=1&status=recruiting&status=completed",
        "all=1&country=South+Korea",
        "all=1&country=United+States&country=Germany&status=recruiting",
        "condition=me_cfs&agent=ivig&left=1&frame=1",
        "all=1&status=completed&status=not_yet_recruiting",
    ],
)
def test_every_number_of_a_country_is_that_of_its_list(live: str, query: str) -> None:
    found = by_country(opened(query))
    assert len(found) > (0 if "country" in query or "agent" in query else 3)
    for country, row_ in found.iterrows():
        assert behind(row_["Trials"], live) == row_["All"] > 0, country
        assert behind(row_["Open ones"], live) == row_["Open"]
    assert list(found["All"]) == sorted(found["All"], reverse=True)


def test_the_page_of_the_list_says_the_same_number(live: str) -> None:
    link = str(by_country(opened("all=1")).loc["South Korea", "Trials"])
    listed = opened(link.partition("?")[2], "trials")
    assert listed.header[0].value == "4 trials found"


def test_two_spellings_are_one_country_and_a_trial_counts_once_in_it(live: str) -> None:
    found = by_country(opened("condition=me_cfs&agent=ivig"))
    korea = found.loc["South Korea"]
    assert (korea["All"], korea["Open"], korea["Sites"]) == (3, 2, 3 + 1 + 3)
    assert korea["In the registry’s words"] == "Korea, Republic of; South Korea"
    assert dict(parse_qsl(korea["Trials"].partition("?")[2]))["country"] == "South Korea"
    assert "Korea%2C+Republic+of" in korea["Trials"]


def test_a_country_of_the_address_alone_is_shown_as_it_is_spelled_there(live: str) -> None:
    app = opened("condition=me_cfs&agent=ivig&country=South+Korea")
    found = by_country(app)
    assert list(found.index) == ["South Korea"]
    assert (found.loc["South Korea", "All"], found.loc["South Korea", "Sites"]) == (2, 1 + 1)
    assert "Shown: only the countries in the address" in shown(app)


def test_a_country_without_a_place_is_counted_and_named(live: str) -> None:
    app = opened("condition=me_cfs&agent=ivig")
    assert by_country(app).loc[HOSTILE, "All"] == 1
    (told,) = (one.value for one in app.text if "Not on the map" in one.value)
    assert HOSTILE in told
    said = [one.value for kind in ("markdown", "caption") for one in elements(app, kind)]
    assert not any("<b>" in one or ":red[" in one for one in said)
    map_, ranking = elements(app, "plotly_chart")
    assert "Atlantis" not in str(json.loads(map_.proto.spec)["data"])
    assert "&lt;b&gt;*Atlantis*" in ranking.proto.spec.replace("\\u0026", "&").replace("\\u003c", "<")


def test_trials_without_a_country_are_counted_apart_and_listed(live: str) -> None:
    app = opened("condition=me_cfs&agent=ivig")
    without = table(app, "No country", "All").set_index("No country")
    for title, nct_id in (
        ("Trials whose record names no site", "NCT08100005"), ("Trials whose countries are not known", "NCT08100004"),
    ):  # fmt: skip
        path, _, query = without.loc[title, "Trials"].partition("?")
        assert path == "map"
        listed = opened(query)
        assert [one.value for one in listed.header] == [title]
        (ids,) = tables(listed)
        assert len(ids) == without.loc[title, "All"]
        assert f"trial?nct={nct_id}" in list(ids["NCT id"])
    assert without.loc["Trials whose countries are not known", "All"] == 1


def test_a_view_without_open_trials_has_no_list_of_them(live: str) -> None:
    found = by_country(opened("all=1&status=completed"))
    assert (found["Open"] == 0).all()
    assert "Open ones" not in found


@pytest.mark.parametrize("query", ["", "all=1"])
def test_the_sentence_adds_up(live: str, query: str) -> None:
    app = opened(query)
    said = shown(app)
    without = int(table(app, "No country")["All"].sum())
    trials = data.selection(Filter.from_query(query, WATCHLIST)[0]).trials
    named = len(trials) - without
    assert f"{named} of {len(trials)} trials name a country, {len(by_country(app))} countries in all." in said
    first = by_country(app)
    assert f"Most trials: {first.index[0]} ({first['All'].iloc[0]})" in said
    opened_ = sum(bool(found) and status in map_tables.OPEN
                  for found, status in zip(trials["countries"], trials["overall_status"], strict=True))  # fmt: skip
    assert f"Open or about to open: {opened_} of these {named}." in said
    assert "As of 20 November 2026" in said
    assert "Registry data of 20 November 2026" in said


def test_charts_have_names_and_stand_over_their_numbers(live: str) -> None:
    app = opened("all=1")
    assert [chart.proto.alt.partition(".")[0] for chart in app.get("plotly_chart")] == [
        "Map of trials by country", "Countries with the most trials",
    ]  # fmt: skip
    assert [expander.label for expander in app.expander].count("Numbers, pictures, citation") == 1
    assert all(one.proto.alt for one in app.dataframe)


def test_the_starter_knows_few_countries_and_says_so(starter: str) -> None:
    app = opened("all=1")
    said = shown(app)
    assert "trials in the sample name" in said
    assert "Starter snapshot of" in said
    without = table(app, "No country", "All").set_index("No country")["All"]
    assert without["Trials whose countries are not known"] > 50
    assert without["Trials whose record names no site"] == 0
    found = by_country(app)
    assert len(found) > 0
    assert found["Sites"].isna().all()  # the snapshot does not say; one is not its number


def test_a_view_without_any_country_has_its_numbers_and_no_map(starter: str) -> None:
    app = opened("agent=rintatolimod")
    assert app.get("plotly_chart") == []
    assert "There is no map to draw: no country is named in" in shown(app)
    assert not app.get("plotly_chart")
    assert table(app, "No country")["All"].sum() > 0


def test_an_empty_view_says_what_to_do(live: str) -> None:
    app = opened("q=nosuchwordanywhere")
    assert any("does not mean that none exists" in info.value for info in app.info)
    assert app.get("plotly_chart") == []


@pytest.mark.parametrize(
    "query",
    ["country=%3Cscript%3E&country=Atlantis", "show=country.nonsense", "show=..%2F..&page=-1", "%00=%ff&status=nope",
     "from=2020&to=1990", "show=country.none&page=999999"],
)  # fmt: skip
def test_a_hostile_address_does_no_harm(live: str, query: str) -> None:
    app = opened(query)
    assert app.title[0].value == "Where the trials are"
    if "nonsense" in query:
        assert "This page has no list" in shown(app)
        assert len(by_country(app)) > 0


@pytest.mark.parametrize("state", ["damaged", "empty"])
def test_it_opens_whatever_the_store_is_like(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    path = tmp_path / "trials.sqlite3"
    if state == "damaged":
        path.write_bytes(b"This is no database at all." * 500)
    else:
        monkeypatch.setattr(kept, "open_store", lambda settings, watchlist: Store.in_memory())
    use(monkeypatch, f"sqlite:///{path}")
    said = shown(opened())
    assert ("Nothing has been fetched yet" if state == "empty" else "Starter snapshot of") in said


@each_set_at_hand
def test_whole_records_add_up_and_all_are_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_hand: Records
) -> None:
    url = url_of(tmp_path)
    whole = {study.nct_id: study for study in at_hand.studies}
    fill(url, list(whole.values()))
    use(monkeypatch, url)
    app = opened("all=1")
    found = by_country(app)
    assert len(found) > 60
    for country, row_ in found.iterrows():
        spelled = set(row_["In the registry’s words"].split("; "))
        mine = [study for study in whole.values() if spelled & set(study.countries)]
        assert (row_["All"], row_["Open"]) == (
            len(mine), sum(study.status.overall_status in map_tables.OPEN for study in mine)
        ), country  # fmt: skip
    assert found["Sites"].sum() == sum(bool(site.country) for study in whole.values() for site in study.locations)
    assert found["All"].sum() >= sum(bool(study.countries) for study in whole.values())
    assert "Not drawn" not in shown(app)
    for country in ("South Korea", "Turkey (Türkiye)", "Russia", "Hong Kong", "United States"):
        assert behind(str(found.loc[country, "Trials"]), url) == found.loc[country, "All"]


def fill(url: str, real: list[Study]) -> None:
    """All of them as trials of one agent."""
    store = Store.open(url)
    numbers = {study.nct_id: int(study.nct_id[3:]) for study in real}
    put(store, [row(numbers[study.nct_id], **live_facts(study)) for study in real],
        {number: [Why("ivig")] for number in numbers.values()}, held_by="ivig")  # fmt: skip
    asked(store, "ivig")
    plain = {"body_hash": "0" * 32, "seen_at": SEEN, "registry_timestamp": None, "origin": "live"}
    with store.writing() as connection:
        bodies = [plain | {"nct_id": study.nct_id, "body": zlib.compress(study.body())} for study in real]
        connection.execute(insert(version), bodies)
        bump(connection)
    store.close()


# -- counting -------------------------------------------------------------------------------------------------------

NO_SITES = countries.several([])
SPELLINGS = ["Germany", "South Korea", "Korea, Republic of", "Russia", "Russian Federation", "Atlantis"]


def trials(*facts: dict[str, Any]) -> pd.DataFrame:
    """Rows of ``queries.trials``."""
    rows = [row(number, **one) for number, one in enumerate(facts, 1)]
    return rows_in_frames(rows, {}, {}).trials


def counted(*facts: dict[str, Any], sites: pd.DataFrame = NO_SITES, only: tuple[str, ...] = ()) -> pd.DataFrame:
    return countries.by_country(trials(*facts), sites, map_tables.OPEN, only)


def test_counting_nothing_gives_every_column() -> None:
    for found in (counted(), counted({"countries": []}), counted({"countries": None})):
        assert found.empty
        assert tuple(found.columns) == countries.COLUMNS


def test_open_is_the_trials_own_status_and_unknown_is_not_open() -> None:
    found = counted(*({"countries": ["Germany"], "overall_status": status} for status in
                      ("RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "UNKNOWN", None, "COMPLETED",
                       "SUSPENDED", "AVAILABLE", "ON_HOLD")))  # fmt: skip
    assert found[["trials", "open"]].to_numpy().tolist() == [[9, 3]]


@pytest.mark.parametrize(
    ("facts", "sites", "expected"),
    [
        ({"countries": ["Germany"], "sites": 7}, None, {"Germany": 7}),
        ({"countries": ["Germany"], "sites": None}, None, {"Germany": None}),  # the starter does not say
        ({"countries": ["Germany", "Poland"], "sites": None}, None, {"Germany": None, "Poland": None}),
        ({"countries": ["Germany", "Poland"], "sites": 5}, [("Germany", 4), ("Poland", 1)],
         {"Germany": 4, "Poland": 1}),
        ({"countries": ["Russia", "Russian Federation"], "sites": 5},
         [("Russia", 4), ("Russian Federation", 1)], {"Russia": 5}),
    ],
)  # fmt: skip
def test_sites_where_they_are_known(facts: dict[str, Any], sites: Any, expected: dict[str, int | None]) -> None:
    told = pd.DataFrame([("NCT00000001", *one) for one in sites or []], columns=["nct_id", "spelling", "sites"])
    found = counted(facts, sites=told)
    assert {country: None if pd.isna(n) else int(n) for country, n in zip(found["country"], found["sites"], strict=True)
            } == expected  # fmt: skip


def test_one_trial_that_does_not_say_leaves_the_sum_unknown() -> None:
    found = counted({"countries": ["Germany"], "sites": 3}, {"countries": ["Germany"], "sites": None})
    assert found["trials"].tolist() == [2]
    assert found["sites"].isna().all()


def test_sites_of_several_countries_are_read_from_the_record() -> None:
    body = (
        '{"protocolSection": {"identificationModule": {"nctId": "NCT00000009"}, "contactsLocationsModule": '
        '{"locations": [{"country": "Chile"}, {"country": "Peru"}, {"country": "Chile"}, {"city": "Lima"}]}}}'
    )
    found = countries.several([decode_study(body.encode())])
    assert found.to_numpy().tolist() == [["NCT00000009", "Chile", 2], ["NCT00000009", "Peru", 1]]
    assert list(countries.several([]).columns) == ["nct_id", "spelling", "sites"]


@settings(deadline=None)
@given(
    hs.lists(
        hs.tuples(
            hs.none() | hs.lists(hs.sampled_from(SPELLINGS), unique=True, max_size=4),
            hs.sampled_from(["RECRUITING", "COMPLETED", None]),
            hs.none() | hs.integers(0, 5),
        ),
        max_size=8,
    )
)
def test_every_trial_is_in_its_countries_or_in_one_group_without(rows: list[tuple[Any, Any, Any]]) -> None:
    frame = trials(*({"countries": where, "overall_status": status, "sites": n} for where, status, n in rows))
    found = countries.by_country(frame, NO_SITES, map_tables.OPEN)
    expected: dict[str, set[int]] = {}
    for number, (where, _, _) in enumerate(rows):
        for one in where or ():
            name = {"Korea, Republic of": "South Korea", "Russian Federation": "Russia"}.get(one, one)
            expected.setdefault(name, set()).add(number)
    assert dict(zip(found["country"], found["trials"], strict=True)) == {
        country: len(numbers) for country, numbers in expected.items()
    }
    assert (found["open"] <= found["trials"]).all()
    without = map_tables.groups(frame).values()
    placed = set().union(*expected.values())
    assert sum(len(group.rows) for group in without) + len(placed) == len(rows)
    assert map_tables.say(found, frame, sample=False)
    for country, spellings in zip(found["country"], found["spellings"], strict=True):
        assert [bool(set(spellings) & set(where or ())) for where, _, _ in rows].count(True) == len(expected[country])


def test_the_filter_finds_what_was_counted_with_only_some_spellings() -> None:
    found = counted({"countries": ["South Korea"]}, {"countries": ["Korea, Republic of", "Germany"]},
                    only=("South Korea",))  # fmt: skip
    assert found[["country", "spellings", "trials"]].to_numpy().tolist() == [["South Korea", ("South Korea",), 1]]


# -- sentences and figures ------------------------------------------------------------------------------------------


def test_one_trial_in_one_country_reads_well() -> None:
    frame = trials({"countries": ["Peru"], "overall_status": "RECRUITING"})
    found = map_tables.counted(Selection(frame, pd.DataFrame()), NO_SITES, ())
    assert map_tables.say(found, frame, sample=True) == (
        "1 of 1 trial in the sample names a country, 1 country in all. It is Peru (1). "
        "Open or about to open: 1 of these 1."
    )
    assert map_tables.not_drawn_say(found) == ""
    assert map_tables.without_say(map_tables.groups(frame)) == ""


def listed(country: str, which: str) -> str:
    return f"trials?country={country}&which={which}"


def many() -> pd.DataFrame:
    names = ["United States", "China", "Germany", "France", HOSTILE, "Singapore", "Fiji"]
    numbers = [100, 40, 30, 25, 9, 4, 1]
    return pd.DataFrame({"country": names, "spellings": [(name,) for name in names], "trials": numbers,
                         "open": [50, 0, 10, 5, 9, 1, 0], "sites": [None] * 7})  # fmt: skip


def test_discs_have_the_area_of_their_numbers_on_one_scale() -> None:
    figure = map_charts.bubbles(many(), listed)
    ground, discs, cores, *europe = figure.data
    assert ground.fill == "toself"
    assert ground.hoverinfo == "skip"
    assert list(discs.marker.size) == [100, 40, 30, 25, 4, 1]
    assert list(cores.marker.size) == [50, 10, 5, 1]
    assert discs.marker.sizemode == cores.marker.sizemode == "area"
    assert discs.marker.sizeref == cores.marker.sizeref
    drawn = ["United States", "China", "Germany", "France", "Singapore", "Fiji"]
    assert list(discs.customdata) == [listed(country, "trials") for country in drawn]
    with_open = ["United States", "Germany", "France", "Singapore"]
    assert list(cores.customdata) == [listed(country, "open") for country in with_open]
    assert "United States: 100 trials<br>open or about to open: 50" in discs.hovertext
    assert [[address.split("&")[0][15:] for address in trace.customdata or ()] for trace in europe] == [
        [], ["Germany", "France"], ["Germany", "France"],
    ]  # fmt: skip
    assert not any(trace.showlegend for trace in europe)


def test_a_map_with_little_in_it_has_small_discs_and_no_second_europe() -> None:
    figure = map_charts.bubbles(many().iloc[[6]], listed)
    assert [list(trace.x or ()) for trace in figure.data[2:]] == [[]]
    assert figure.data[1].marker.sizeref == map_charts.bubbles(many().iloc[[5]], listed).data[1].marker.sizeref
    assert not figure.layout.annotations
    assert len(map_charts.bubbles(many().iloc[[4]], listed).data) == 1  # nothing but land: its place is not known


def test_the_map_asks_nobody_for_shapes_and_shows_no_axes() -> None:
    figure = map_charts.bubbles(many(), listed)
    assert {trace.type for trace in figure.data} == {"scatter"}
    for axis in (figure.layout.xaxis, figure.layout.yaxis, figure.layout.xaxis2, figure.layout.yaxis2):
        assert axis.visible is False
        assert axis.fixedrange is True
    assert (figure.layout.yaxis.scaleanchor, figure.layout.yaxis2.scaleanchor) == ("x", "x2")
    assert tuple(figure.layout.xaxis.range) == land.WEST_EAST
    assert len(figure.to_json()) < 150_000


def test_the_largest_carry_their_numbers_and_no_two_numbers_touch() -> None:
    figure = map_charts.bubbles(many(), listed)
    assert figure.data[1].text[0] == "100"
    crowd = pd.DataFrame({"country": ["Belgium", "Netherlands", "Luxembourg", "Germany"], "spellings": [()] * 4,
                          "trials": [90, 80, 70, 60], "open": [0] * 4, "sites": [None] * 4})  # fmt: skip
    assert [text for text in map_charts.bubbles(crowd, listed).data[1].text if text] in ([], ["60"])


def test_a_long_label_is_wrapped_before_it_is_escaped() -> None:
    name = "Islands & coasts of <i> the > far & wide & very wide south"
    found = many().head(1).assign(country=[name])
    (label,) = map_charts.ranking(found, listed).data[0].y
    lines = label.split("<br>")
    assert len(lines) > 1
    assert " ".join(map(html.unescape, lines)) == name
    assert all(len(html.unescape(line)) <= 26 and html.escape(html.unescape(line), quote=False) == line
               for line in lines)  # fmt: skip


def test_the_ranking_shows_the_first_and_adds_up() -> None:
    found = pd.concat([many()] * 5, ignore_index=True).sort_values("trials", ascending=False, ignore_index=True)
    found["country"] = [f"{name} {at}" for at, name in enumerate(found["country"])]
    opened_, others, sums = map_charts.ranking(found, listed).data
    assert len(opened_.y) == map_charts.MOST
    assert [one + other for one, other in zip(opened_.x, others.x, strict=True)] == list(sums.x)
    assert [text.strip() for text in sums.text] == [f"{n:,}" for n in sums.x]
    assert opened_.marker.color != others.marker.color
    assert not any("<b>" in label for label in opened_.y)
