"""The list of trials: its filters, pages and downloads, against the export of the same address."""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.rigs.pages import assert_clean, elements, exported, frames, listed

Open = Callable[..., AppTest]


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
    assert app.header[0].value == f"{len(rows)} trial{'s' if len(rows) > 1 else ''} found"
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
    assert app.header[0].value == "No trial found"
    assert any("does not mean that none exists" in info.value for info in app.info)
    assert not elements(app, "download_button")


def test_an_id_outside_the_view_is_offered_by_the_name_of_its_trial(live: str, opened: Open) -> None:
    inside = {row["nct_id"] for row in exported(live, "")}
    outside = next(row for row in exported(live, "all=1") if row["nct_id"] not in inside)
    app = opened(live, "trials", f"q={outside['nct_id'].lower()}")
    (link,) = [one for one in elements(app, "page_link") if "lies outside this view" in one.proto.label]
    assert link.proto.label.startswith(outside["nct_id"])
    assert outside["title"] in link.proto.label.replace("\\", "")
    assert link.proto.query_string == f"nct={outside['nct_id']}"
    everywhere = opened(live, "trials", f"q={outside['nct_id']}&all=1")
    assert not [one for one in elements(everywhere, "page_link") if "lies outside" in one.proto.label]


def test_an_id_that_is_not_stored_is_said_not_to_be(live: str, opened: Open) -> None:
    app = opened(live, "trials", "q=NCT99999999")
    assert any(text.value.startswith("NCT99999999 is not stored here") for text in app.text)


def test_downloads_are_offered_in_every_format(live: str, opened: Open) -> None:
    app = opened(live, "trials")
    assert [button.label for button in elements(app, "download_button")] == [
        "CSV", "Excel", "JSON", "Parquet", "RIS", "BibTeX", "Markdown table", "Brief to print", "Brief as Markdown",
    ]  # fmt: skip


def test_a_long_list_comes_in_pages(opened: Open, live: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.columns.ROWS", 5)
    everything = sorted((row["nct_id"] for row in exported(live, "all=1")), reverse=True)
    assert len(everything) > 10
    assert listed(opened(live, "trials", "all=1")) == everything[:5]
    assert listed(opened(live, "trials", "all=1&page=2")) == everything[5:10]
    last = len(everything) - len(everything) % 5 if len(everything) % 5 else len(everything) - 5
    assert listed(opened(live, "trials", "all=1&page=999")) == everything[last:]
    assert listed(opened(live, "trials", "all=1&page=-1")) == everything[:5]


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


def test_the_count_comes_first_and_the_filters_fold_away(live: str, opened: Open) -> None:
    app = opened(live, "trials", "all=1&status=recruiting&phase=phase2&q=a")
    kinds = [element.type for element in app.main if element.type in ("header", "text_input", "multiselect")]
    assert kinds[:2] == ["header", "text_input"]
    assert [one.label for one in app.main.expander] == ["Filters (2 set)", "Where the words stand", "Follow this view"]
    assert {one.key for one in app.main.expander[0].multiselect} >= {
        "filter_statuses",
        "filter_phases",
        "filter_countries",
    }
    assert [one.label for one in opened(live, "trials", "all=1").main.expander] == ["Filters", "Follow this view"]


def test_a_narrow_window_has_the_same_trials_as_cards(live: str, opened: Open) -> None:
    app = opened(live, "trials", "all=1")
    cards = [one.value for one in app.main.markdown if "](trial?nct=" in one.value]
    assert [re.findall(r"\]\(trial\?nct=(NCT\d{8})\)", one) for one in cards] == [[nct_id] for nct_id in listed(app)]
    assert all(re.search(r":\w+-badge\[", one) for one in cards)
    # The columns in sight first, so that they are seen without scrolling.
    table = frames(app)[0]
    assert list(table.columns[:5]) == ["NCT id", "Title", "Status", "Agents", "Countries"]
