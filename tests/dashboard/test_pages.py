"""Every page in every state of the store, run the way Streamlit runs it, from the router; the words and numbers on it.

Numbers are compared with the JSON export of the same store, counted here the slow and simple way.
"""

import json
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
import streamlit as st
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from cache import codes as labels
from cache.codes import LANE_WORDS, STATUS_WORDS
from cache.export import trials as export
from cache.filters.counts import KeyFigures
from cache.filters.filter import Filter
from cache.read import trials as queries
from cache.store.schema import progress, refresh, scope
from cache.store.store import Store
from dashboard.shared import data, words
from dashboard.shared.escape import JOINER
from fetchers.settings import ROOT
from fetchers.watchlist import load as watchlists
from tests.rigs.pages import elements
from tests.rigs.refresh import Rig, url_of

WATCHLIST = watchlists.load()
NAMES = {agent.id: agent.name for agent in WATCHLIST.agents}
PAGES = ("overview", "agents", "trials", "trial", "changes", "about")
# Codes that must never be read on a screen, and what missing values look like when nobody thought of them.
CODES = {
    *(code for code in labels.STATUSES if "_" in code),
    *("EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "PHASE1|PHASE2", "PHASE2|PHASE3", "EXPANDED_ACCESS"),
    *("INTERVENTIONAL", "OBSERVATIONAL", "OTHER_GOV", "ESTIMATED", "me_cfs", "tnf_inhibitors", "hyperbaric_oxygen"),
}
NOTHINGS = re.compile(r"\b(None(?! (?:found|posted|given)\b)|nan|NaN|NaT|<NA>)\b")


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """Caches are shared by all sessions of a process; a test must not live on those of another."""
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def live_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store filled by a real refresh from the stand-in; to be copied, not used."""
    folder = tmp_path_factory.mktemp("live")
    with Rig(url=url_of(folder)) as rig:
        assert rig.refresh().exit_code == 0
    return folder / "trials.sqlite3"


@pytest.fixture
def live(live_store: Path, tmp_path: Path) -> str:
    shutil.copy(live_store, tmp_path / "trials.sqlite3")
    return url_of(tmp_path)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open a page of the app with a store, and a query as a browser would send it."""

    def open_(url: str, page: str = "overview", query: str = "") -> AppTest:
        monkeypatch.setenv("TRIALS_CACHE_URL", url)
        app = AppTest.from_file(str(ROOT / "dashboard" / "main.py"), default_timeout=60)
        app.switch_page(f"app_pages/{page}.py")
        for key, values in parse_qs(query).items():
            app.query_params[key] = values
        return app.run()

    return open_


Open = Callable[..., AppTest]


def exported(url: str, query: str | None = None) -> list[dict[str, Any]]:
    """The JSON export of a store, of everything or of a view."""
    store = Store.open(url)
    try:
        out = Path(url.removeprefix("sqlite:///")).parent / "export.json"
        export.write(store, WATCHLIST, "json", out, query)
        rows: list[dict[str, Any]] = json.loads(out.read_text(encoding="utf-8"))
        return rows
    finally:
        store.close()


def texts(app: AppTest) -> list[str]:
    """Every text a reader sees, the cells of tables included."""
    found = [
        str(element.value)
        for kind in (
            "title",
            "header",
            "subheader",
            "markdown",
            "caption",
            "text",
            "info",
            "warning",
            "error",
            "metric",
        )
        for element in elements(app, kind)
    ]
    found += [element.label for kind in ("metric", "expander", "button") for element in elements(app, kind)]
    return [text.replace(JOINER, "") for text in [*found, *(cell for table in tables(app) for cell in cells(table))]]


def tables(app: AppTest) -> list[pd.DataFrame]:
    return [element.value for kind in ("dataframe", "table") for element in elements(app, kind)]


def cells(table: pd.DataFrame) -> list[str]:
    """Texts of a table; a missing cell has none, because Streamlit writes its placeholder there."""
    shown = table.drop(columns=[name for name in ("Trials", "NCT id") if name in table])
    return [str(name) for name in table.columns] + [
        value for column in shown for value in shown[column] if isinstance(value, str)
    ]


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def numbers(app: AppTest, first: str) -> pd.DataFrame:
    """The table of numbers whose first column has this heading, with that column as index."""
    (table,) = (table for table in tables(app) if table.columns[0] == first and "Trials" in table)
    return table.set_index(first)


def assert_clean(app: AppTest) -> None:
    assert not app.exception
    for text in texts(app):
        assert not any(re.search(rf"(?<![\w?&=]){re.escape(code)}(?!\w)", text) for code in CODES), text
        assert not NOTHINGS.search(text), text


def lane(row: Mapping[str, Any]) -> str:
    return labels.lane(row["phases"], row["study_type"])


# --- every page, every state ---------------------------------------------------------------------------------------


@pytest.fixture
def stores(live: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """The address of a store in a state: starter, live, failed, damaged, empty."""

    def of(state: str) -> str:
        if state == "live":
            return live
        if state == "failed":
            return failed(live)
        if state == "damaged":
            return damaged(tmp_path)
        if state == "empty":
            monkeypatch.setattr(data, "open_store", lambda settings, watchlist: Store.in_memory())
            return "sqlite://"
        return f"sqlite:///{tmp_path / 'starter' / 'trials.sqlite3'}"

    return of


def failed(url: str) -> str:
    """One agent could not be refreshed."""
    store = Store.open(url)
    with store.writing() as connection:
        reason = "The registry answered 500 <b>four</b> times; try again later."
        values = {"error": reason, "error_at": "2026-11-22T12:30:00Z"}
        connection.execute(scope.update().where(scope.c.scope == "methotrexate").values(**values))
    store.close()
    return url


def damaged(folder: Path) -> str:
    path = folder / "damaged.sqlite3"
    path.write_bytes(b"This is no database at all." * 500)
    return f"sqlite:///{path}"


@pytest.mark.parametrize("state", ["starter", "live", "failed", "damaged", "empty"])
def test_every_page_opens_in_every_state(stores: Callable[[str], str], opened: Open, state: str) -> None:
    url = stores(state)
    for page in PAGES:
        app = opened(url, page)
        assert_clean(app)
        assert app.title, page
        said = " ".join(texts(app))
        assert "Not medical advice." in said
        assert "ClinicalTrials.gov" in said
        line = {"live": "Registry data of 20 November 2026", "failed": "Registry data of", "empty": "No data yet"}
        assert line.get(state, "Starter snapshot of") in said


@pytest.mark.parametrize("query", ["agent=foo&phase=9&from=abc&all=perhaps&nonsense=1", "from=2020&to=1990", "%00=%ff"])
@pytest.mark.parametrize("page", ["overview", "agents", "trials"])
def test_a_nonsense_address_opens_the_default_view_and_says_so(live: str, opened: Open, page: str, query: str) -> None:
    app = opened(live, page, query)
    assert not app.exception
    assert any("Parts of this link could not be used" in text for text in texts(app))
    assert any("ignored" in text.value for text in app.text)


# --- overview ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "all=1", "all=1&background=1", "all=1&tier=mentioned"])
def test_numbers_of_the_overview_are_those_of_the_export(live: str, opened: Open, query: str) -> None:
    app, rows = opened(live, "overview", query), exported(live, query)
    assert len(rows) > 3
    shown = metrics(app)
    assert shown["Trials"] == str(len(rows))
    assert shown["Recruiting now"] == str(sum(row["overall_status"] == "RECRUITING" for row in rows))
    assert shown["Completed"] == str(sum(row["overall_status"] == "COMPLETED" for row in rows))
    assert shown["With posted results"] == str(sum(row["has_results"] is True for row in rows))
    known = sum(row["has_results"] is not None for row in rows)
    assert f"of {known} where known" in [caption.value for caption in app.caption]

    by_status = numbers(app, "Status")
    expected = Counter((STATUS_WORDS[row["overall_status"]], LANE_WORDS[lane(row)]) for row in rows)
    found = {
        (status, column): int(by_status.loc[status, column].rpartition("#")[2])
        for status in by_status.index
        for column in by_status.columns.difference(["All", "Trials"])
    }
    assert {cell: number for cell, number in found.items() if number} == expected
    phases = numbers(app, "Phase")
    assert phases["All"]["All phases"] == len(rows)
    assert {name: int(n) for name, n in phases["All"].items() if n and name != "All phases"} == Counter(
        LANE_WORDS[lane(row)] for row in rows
    )


def test_heatmap_numbers_are_those_of_the_export_and_every_agent_has_its_row(live: str, opened: Open) -> None:
    app, rows = opened(live, "overview", "all=1"), exported(live, "all=1")
    table = numbers(app, "Agent")
    assert list(table.index) == list(NAMES.values())
    expected = Counter(
        NAMES[agent]
        for row in rows
        for agent, match in row["agents"].items()
        if match["tier"] == "given" and match["role"] != "background"
    )
    assert {name: int(n) for name, n in table["All"].items()} == {name: expected[name] for name in NAMES.values()}


def test_the_two_switches_change_address_and_numbers(live: str, opened: Open) -> None:
    app = opened(live)
    app.segmented_control(key="scope").set_value("all").run()
    assert app.query_params["all"] == "1"
    assert metrics(app)["Trials"] == str(len(exported(live, "all=1")))
    app.toggle(key="background").set_value(True).run()
    assert app.query_params["background"] == "1"
    assert metrics(app)["Trials"] == str(len(exported(live, "all=1&background=1")))
    assert any("also as background" in text for text in texts(app))
    app.segmented_control(key="scope").set_value("documents").run()
    assert "all" not in app.query_params
    assert_clean(app)


def test_the_starter_is_a_sample_and_its_gaps_are_not_asked_yet(opened: Open, tmp_path: Path) -> None:
    app = opened(url_of(tmp_path))
    said = " ".join(texts(app))
    assert "Trials in the sample" in metrics(app)
    assert int(metrics(app)["Trials in the sample"]) == len(exported(url_of(tmp_path), ""))
    assert metrics(app)["Agents without any trial in ME/CFS"] == "Not known yet"
    assert "Not asked yet:" in said
    assert "None found" not in said
    table = numbers(app, "Agent")
    assert set(table["Registry"]) == {"Not asked yet: a sample"}
    sizofiran = table.loc["Sizofiran"].drop(["Registry", "Trials"])
    assert sizofiran.isna().all()  # an empty cell of an agent nobody has asked for is not zero


def test_none_found_is_said_of_agents_that_were_asked(live: str, opened: Open) -> None:
    rows = exported(live)
    without = {
        agent
        for agent in NAMES
        if not any(
            agent in row["agents"]
            and row["agents"][agent]["tier"] == "given"
            and row["agents"][agent]["role"] != "background"
            and "me_cfs" in row["condition_groups"]
            for row in rows
        )
    }
    app = opened(live)
    assert metrics(app)["Agents without any trial in ME/CFS"] == f"{len(without)} of 9"
    (note,) = (caption.value for caption in app.caption if "A trial was found for" in caption.value)
    for agent in without:
        assert NAMES[agent].split(" (")[0] in note.partition("A trial was found")[0]


def test_charts_have_names_and_stand_over_their_numbers(live: str, opened: Open) -> None:
    app = opened(live)
    charts = app.get("plotly_chart")
    assert len(charts) == 3
    assert [expander.label for expander in app.expander].count("Numbers") == 3
    for chart in charts:
        assert len(chart.proto.alt) > 30
    for table in app.dataframe:
        assert table.proto.alt


def test_every_row_of_numbers_leads_to_its_trials(live: str, opened: Open) -> None:
    app = opened(live, "overview", "all=1")
    seen = 0
    for heading in ("Phase", "Status", "Agent", "Year"):
        table = numbers(app, heading)
        for _, row in table.iterrows():
            page, _, query = row["Trials"].partition("?")
            assert page == "trials"
            total = row["All"] if "All" in row else row["Started"] + row["Planned"]
            assert len(exported(live, query)) == total
            seen += 1
    assert seen > 20


def test_every_cell_of_the_tables_of_numbers_opens_just_its_trials(live: str, opened: Open) -> None:
    app = opened(live, "overview", "all=1&status=recruiting&status=completed&status=terminated")
    store = Store.open(live)
    frames = queries.trials(store), queries.matches(store)
    store.close()
    cells = {
        cell for one in app.dataframe for column in one.value for cell in one.value[column].astype(str) if "#" in cell
    }
    assert len(cells) > 60
    for cell in cells:
        address, _, number = cell.partition("#")
        wanted, ignored = Filter.from_query(address.partition("?")[2], WATCHLIST)
        assert not ignored
        assert len(wanted.apply(*frames, WATCHLIST).trials) == int(number), cell


def test_an_empty_view_says_what_to_do(live: str, opened: Open) -> None:
    app = opened(live, "overview", "q=nosuchwordanywhere")
    assert any("does not mean that none exists" in info.value for info in app.info)
    assert any(button.key == "clear_filters" for button in app.button)
    assert_clean(app)


# --- agents --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agent", list(NAMES))
def test_an_agent_shows_its_counts_names_and_trials(live: str, opened: Open, agent: str) -> None:
    app, rows = opened(live, "agents", f"agent={agent}&all=1"), exported(live)
    assert app.selectbox(key="agent").value == agent
    assert_clean(app)
    mine = [row["agents"][agent] for row in rows if agent in row["agents"] and not row["left_registry"]]
    given = [match for match in mine if match["tier"] == "given"]
    shown = metrics(app)
    assert shown["Given"] == str(sum(match["role"] != "background" for match in given))
    assert shown["Background"] == str(sum(match["role"] == "background" for match in given))
    assert shown["Only mentioned"] == str(sum(match["tier"] == "mentioned" for match in mine))
    assert shown["Only as an exclusion"] == str(sum(match["tier"] == "excluded" for match in mine))
    said = " ".join(texts(app))
    for member in WATCHLIST.agent(agent).members:
        if member.on:
            assert member.names[0] in said
    assert any(button.key == f"refresh_{agent}" for button in app.button)


def test_an_agent_without_trials_here_is_none_found_not_none_exists(live: str, opened: Open) -> None:
    app = opened(live, "agents", "agent=azathioprine&condition=fibromyalgia")
    assert not exported(live, "agent=azathioprine&condition=fibromyalgia")
    (info,) = (info.value for info in app.info if "azathioprine" in info.value)
    assert info.startswith("None found: the registry was asked")
    assert "does not mean that none exists" in info


def test_choosing_another_agent_goes_into_the_address(live: str, opened: Open) -> None:
    app = opened(live, "agents", "all=1")
    app.selectbox(key="agent").set_value("sizofiran").run()
    assert app.query_params["agent"] == "sizofiran"
    assert app.query_params["all"] == "1"
    assert app.subheader[0].value == "Sizofiran"


def test_the_data_page_lists_past_refreshes_with_traffic_and_reasons(live: str, opened: Open) -> None:
    store = Store.open(live)
    with store.writing() as connection:
        connection.execute(refresh.update().values(outcome="partial", bytes=123_456))
        connection.execute(progress.update().where(progress.c.scope == "ivig").values(error="It was down."))
        requests = connection.scalar(select(refresh.c.requests))
    store.close()
    app = opened(live, "about")
    (told,) = (table for table in tables(app) if "Requests" in table)
    assert [told[name][0] for name in ("Ended", "Requests", "Kilobytes")] == ["Some parts failed", requests, 123]
    assert told.loc[0, "Why"] == f"{NAMES['ivig']}: It was down."
    assert_clean(app)


def test_agents_side_by_side(live: str, opened: Open) -> None:
    app = opened(live, "agents", "compare=corticosteroids&compare=rintatolimod&all=1")
    table = numbers(app, "Agent")
    assert list(table.index) == ["Corticosteroids", NAMES["rintatolimod"]]
    for agent in ("corticosteroids", "rintatolimod"):
        assert table["All"][NAMES[agent]] == len(exported(live, f"all=1&agent={agent}"))
    app.multiselect(key="compare").set_value(["sizofiran", "ivig", "azathioprine"]).run()
    assert app.query_params["compare"] == ["sizofiran", "ivig", "azathioprine"]
    assert_clean(app)


def test_comparing_nonsense_is_said(live: str, opened: Open) -> None:
    app = opened(live, "agents", "compare=foo&compare=ivig")
    assert not app.exception
    assert any("Not compared: foo" in text.value for text in app.text)


def test_a_failed_agent_says_why_and_the_others_stay(live: str, opened: Open) -> None:
    failed(live)
    app = opened(live, "agents", "agent=methotrexate")
    assert any("The last refresh failed" in text.value and "<b>four</b>" in text.value for text in app.text)
    assert any(expander.label == "1 part could not be refreshed" for expander in app.expander)
    assert metrics(opened(live))["Trials"] == str(len(exported(live, "")))


# --- trials --------------------------------------------------------------------------------------------------------


def listed(app: AppTest) -> list[str]:
    """NCT ids of the list on screen, top down."""
    (table,) = (table for table in tables(app) if "NCT id" in table and "Title" in table)
    return [parse_qs(urlsplit(link).query)["nct"][0] for link in table["NCT id"]]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "all=1",
        "all=1&agent=corticosteroids&phase=phase2&phase=phase1-phase2",
        "all=1&status=unknown&status=terminated",
        "all=1&tier=excluded&tier=mentioned",
        "all=1&type=observational&background=1",
        "condition=me_cfs&frame=1",
        "all=1&results=yes",
        "all=1&from=2015&to=2023",
        "all=1&country=United+States",
        "all=1&q=fatigue",
    ],
)
def test_the_list_holds_what_the_export_of_the_same_address_holds(live: str, opened: Open, query: str) -> None:
    app, rows = opened(live, "trials", query), exported(live, query)
    assert rows, "a query without a trial tests nothing"
    assert listed(app) == sorted((row["nct_id"] for row in rows), reverse=True)
    assert app.subheader[0].value == f"{len(rows)} trial{'s' if len(rows) > 1 else ''} found"
    assert_clean(app)


def test_filters_set_by_hand_are_written_in_the_address(live: str, opened: Open) -> None:
    app = opened(live, "trials", "all=1")
    app.multiselect(key="filter_statuses").set_value(["COMPLETED", "RECRUITING"]).run()
    app.text_input(key="filter_text").set_value("syndrome").run()
    app.number_input(key="filter_year_from").set_value(2001).run()
    address = {key: app.query_params[key] for key in ("all", "status", "q", "from")}
    assert address == {"all": "1", "status": ["recruiting", "completed"], "q": "syndrome", "from": "2001"}
    query = "all=1&status=completed&status=recruiting&q=syndrome&from=2001"
    assert set(listed(app)) == {row["nct_id"] for row in exported(live, query)}
    app.button(key="clear_all").click().run()
    assert len(listed(app)) == len(exported(live, "all=1"))


def test_the_sentence_of_the_filter_stands_over_the_list(live: str, opened: Open) -> None:
    app = opened(live, "trials", "agent=rintatolimod&condition=me_cfs")
    assert any(text.value.startswith("Trials that give rintatolimod") and "ME/CFS" in text.value for text in app.text)


def test_nothing_found_never_says_that_nothing_exists(live: str, opened: Open) -> None:
    app = opened(live, "trials", "q=nosuchwordanywhere")
    assert app.subheader[0].value == "No trial found"
    assert any("does not mean that none exists" in info.value for info in app.info)
    assert not app.get("download_button")


def test_downloads_are_offered_in_three_formats(live: str, opened: Open) -> None:
    app = opened(live, "trials")
    assert [button.label for button in elements(app, "download_button")] == ["CSV", "Excel", "JSON"]


def test_a_long_list_comes_in_pages(opened: Open, live: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.trial_list.ROWS", 5)
    everything = sorted((row["nct_id"] for row in exported(live, "all=1")), reverse=True)
    assert len(everything) > 10
    assert listed(opened(live, "trials", "all=1")) == everything[:5]
    assert listed(opened(live, "trials", "all=1&page=2")) == everything[5:10]
    last = len(everything) - len(everything) % 5 if len(everything) % 5 else len(everything) - 5
    assert listed(opened(live, "trials", "all=1&page=999")) == everything[last:]
    assert listed(opened(live, "trials", "all=1&page=-1")) == everything[:5]


# --- one trial -----------------------------------------------------------------------------------------------------


def test_a_trial_shows_its_facts(live: str, opened: Open) -> None:
    app = opened(live, "trial")
    for row in exported(live, "all=1&background=1&tier=given&tier=mentioned&tier=excluded&frame=1"):
        app.query_params["nct"] = row["nct_id"]
        app.run()
        assert_clean(app)
        said = " ".join(texts(app)).replace("\\", "")
        assert " ".join(row["title"].split()) in said
        assert STATUS_WORDS[row["overall_status"]] in said
        if row["last_known_status"]:
            assert f"(last known: {STATUS_WORDS[row['last_known_status']].lower()})" in said
        assert LANE_WORDS[lane(row)] in said
        if row["why_stopped"]:
            assert " ".join(row["why_stopped"].split()) in said
        for country in row["countries"] or ():
            assert country in said
        if row["enrollment"] is None:
            assert "0 people" not in said
        else:
            assert f"{row['enrollment']:,} people" in said
        (link,) = app.get("link_button")
        assert link.proto.url == f"https://clinicaltrials.gov/study/{row['nct_id']}"
        for agent in row["agents"]:
            assert NAMES[agent] in said


def test_dates_keep_their_precision_and_say_whether_they_are_planned(live: str, opened: Open) -> None:
    row = next(row for row in exported(live) if re.fullmatch(r"\d{4}-\d{2}", row["start_date"] or ""))
    app = opened(live, "trial", f"nct={row['nct_id']}")
    (table,) = (table for table in tables(app) if "Planned or actual" in table)
    start = table.set_index("What").loc["Start"]
    assert re.fullmatch(r"[A-Z][a-z]+ \d{4}", str(start["Date"]))  # no day was invented
    expected = {"ACTUAL": "actual", "ESTIMATED": "planned", None: "not known"}[row["start_date_type"]]
    assert start["Planned or actual"] == expected


def test_text_of_the_registry_is_no_markup(live: str, opened: Open) -> None:
    nasty = ":red[adults] <b>x</b> [y](https://example.org) $a$ **z** :material/home: `c`"
    path = live.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        nct_id = connection.execute("select nct_id from study limit 1").fetchone()[0]
        connection.execute("update study set title = ?, why_stopped = ?", (nasty, nasty))
    connection.close()
    app = opened(live, "trial", f"nct={nct_id}")
    assert app.title[0].value.replace(JOINER, "") == (
        r"\:red\[adults\] \<b\>x\</b\> \[y\](https\://example.org) \$a\$ \*\*z\*\* \:material/home: \`c\`"
    )
    (glance,) = (table for table in tables(app) if "NCT id" in table.index)
    assert glance.loc["Why stopped, in the registry’s words", "value"] == app.title[0].value


def test_a_former_id_leads_to_the_trial(live: str, opened: Open) -> None:
    row = next(row for row in exported(live) if row["aliases"])
    app = opened(live, "trial", f"nct={row['aliases'][0]}")
    assert any(f"{row['aliases'][0]} is a former id" in text.value for text in app.text)


@pytest.mark.parametrize(
    ("nct", "words"),
    [("", "No trial was named"), ("hello", "This is no NCT id"), ("NCT99999999", "not among the stored trials")],
)
def test_an_unknown_trial_gets_a_kind_sentence(live: str, opened: Open, nct: str, words: str) -> None:
    app = opened(live, "trial", f"nct={nct}" if nct else "")
    assert words in app.info[0].value
    assert_clean(app)


def test_ids_are_read_however_they_are_typed(live: str, opened: Open) -> None:
    nct_id = exported(live)[0]["nct_id"]
    app = opened(live, "trial", f"nct=+{nct_id.lower()}+")
    assert any(nct_id in text for text in texts(app))
    assert not app.info


def test_a_starter_trial_names_its_source_and_date(opened: Open, tmp_path: Path) -> None:
    opened(url_of(tmp_path))
    row = exported(url_of(tmp_path))[0]
    app = opened(url_of(tmp_path), "trial", f"nct={row['nct_id']}")
    assert any(text.value.startswith("From the starter snapshot: facts of") for text in app.text)
    assert any(row["source"] in text.value for text in app.text)


# --- about, and trouble --------------------------------------------------------------------------------------------


def test_about_names_source_terms_documents_and_false_friends(live: str, opened: Open) -> None:
    said = " ".join(texts(opened(live, "about"))).replace("\\", "")
    assert "clinicaltrials.gov/about-site/terms-conditions" in said
    assert "Not medical advice." in said
    for document in WATCHLIST.documents:
        assert document.title in said
        assert document.interest is None or document.interest in said
    for agent in WATCHLIST.agents:
        assert all(friend in said for friend in agent.false_friends)
    assert "No record had to be set aside" in said


@pytest.mark.parametrize("state", ["damaged", "newer", "folder"])
def test_a_store_that_cannot_be_used_is_said_and_the_starter_shown(opened: Open, tmp_path: Path, state: str) -> None:
    url = damaged(tmp_path)
    if state == "newer":
        url = url_of(tmp_path)
        Store.open(url).close()
        with sqlite3.connect(tmp_path / "trials.sqlite3") as connection:
            connection.execute("update alembic_version set version_num = 'from_the_future'")
        connection.close()
    if state == "folder":
        url = f"sqlite:///{tmp_path}"
    before = (tmp_path / "damaged.sqlite3").read_bytes()
    app = opened(url)
    assert_clean(app)
    assert any("Until then the starter snapshot is shown" in warning.value for warning in app.warning)
    assert int(metrics(app)["Trials in the sample"]) > 0
    assert (tmp_path / "damaged.sqlite3").read_bytes() == before


def test_a_watch_list_that_cannot_be_read_is_said(
    opened: Open, live: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "mine.toml"
    broken.write_text("[[agents]]\nid = 3\n", encoding="utf-8")
    monkeypatch.setenv("TRIALS_WATCHLIST", str(broken))
    app = AppTest.from_file(str(ROOT / "dashboard" / "main.py"), default_timeout=60)
    monkeypatch.setenv("TRIALS_CACHE_URL", live)
    app.run()
    assert not app.exception
    assert "mine.toml" in app.error[0].value.replace("\\", "")


def test_a_change_in_the_store_shows_with_the_next_run(opened: Open, tmp_path: Path) -> None:
    folder = tmp_path / "moving"
    folder.mkdir()
    with Rig(url=url_of(folder)) as rig:
        rig.refresh()
        app = opened(url_of(folder), "overview", "all=1")
        recruiting = int(metrics(app)["Recruiting now"])
        given = {row["nct_id"] for row in exported(url_of(folder), "all=1&status=recruiting")}
        moved = sorted(given)[0]
        rig.fake.edit(moved, **{"protocolSection.statusModule.overallStatus": "COMPLETED"})
        rig.fake.reload()
        rig.refresh(full=True)
        app.run()
        assert int(metrics(app)["Recruiting now"]) == recruiting - 1


def test_frames_are_read_once_for_all_sessions(live: str, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(live)
    monkeypatch.setattr("cache.read.trials.trials", lambda store: pytest.fail("read again though nothing changed"))
    assert metrics(opened(live))["Trials"]
    monkeypatch.setenv("TRIALS_CACHE_URL", live)
    assert len(data.trials()) > 0


def test_links_to_other_pages_carry_the_scope_also_by_way_of_a_trial(live: str, opened: Open) -> None:
    app = opened(live, "trials", "all=1&phase=phase2")

    def queries() -> set[str]:
        return {link.proto.query_string for link in app.sidebar.get("page_link")}

    assert queries() == {"all=1"}
    nct_id = listed(app)[0]
    app.switch_page("app_pages/trial.py")
    app.query_params.clear()
    app.query_params["nct"] = nct_id
    app.run()
    assert queries() == {"all=1"}
    (back,) = (link for link in elements(app.main, "page_link") if link.label == "Back to the list")
    assert back.proto.query_string == "all=1&phase=phase2"


@pytest.mark.parametrize(
    ("started", "said"),
    [
        ([1, 0, 1, 1, 0], "Never more than 1 a year; 1 start planned or not confirmed."),
        ([2, 2, 0, 0, 0], "Never more than 2 a year; 1 start planned or not confirmed."),
        ([3, 1, 3, 0, 0], "Most trials started in 2020 and 2022 (3 each); 1 start planned or not confirmed."),
        ([0, 4, 0, 0, 0], "Most trials started in 2021 (4); 1 start planned or not confirmed."),
        ([2, 2, 2, 2, 1], "Never more than 2 a year; 1 start planned or not confirmed."),  # too many to name
        ([0, 0, 0, 0, 0], "1 start planned or not confirmed."),
    ],
)
def test_no_year_is_called_the_one_with_the_most_when_all_are_alike(started: list[int], said: str) -> None:
    counts = pd.DataFrame({"started": started, "planned": [0, 0, 0, 0, 1]}, index=range(2020, 2025))
    assert words.starts_say(counts, 0) == said


def test_the_key_figures_count_recorded_statuses() -> None:
    recruiting = words.cards(KeyFigures(*[3] * 9), Filter(), sample=False)[1]
    assert recruiting.note == "of 3 with a recorded status"  # an unknown status is recorded, too
