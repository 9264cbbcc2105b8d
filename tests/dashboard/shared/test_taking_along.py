"""Tables as files: what the screen shows, numbers as numbers, no formula; and a line to cite that says whence."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as hs
from streamlit.testing.v1 import AppTest

from cache.read.trials import Freshness
from dashboard.shared import address as view
from dashboard.shared import columns
from dashboard.shared.number_tables import numbered, trial_link
from dashboard.shared.taking_along import citation, csv_of
from tests.rigs.pages import elements

BASE = "https://example.org/tracker/"
LAST = {"Source": "ClinicalTrials.gov", "View": f"{BASE}?all=1"}
Open = Callable[..., AppTest]


def read(shown: pd.DataFrame, config: columns.Config, missing: str | None = None, base: str | None = BASE) -> Any:
    """The lines of the file; what stands without quotes is a number."""
    text = csv_of(shown, config, missing, LAST, base).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), quoting=csv.QUOTE_NONNUMERIC))


def test_numbers_that_open_their_lists_are_numbers_and_links_are_whole() -> None:
    table = pd.DataFrame({
        "Phase": ["Phase 1", "All phases"], "All": [1_234, 1_240], "Trials": ["trials?phase=phase1", "trials"],
        "Open": [numbered("trials?phase=phase1&status=RECRUITING", 1_200), None],
    })  # fmt: skip
    assert read(table, columns.counts(table), "not asked") == [
        ["Phase", "All", "Trials (link)", "Open", "Source", "View"],
        ["Phase 1", 1234, f"{BASE}trials?phase=phase1", 1200, *LAST.values()],
        ["All phases", 1240, f"{BASE}trials", "not asked", *LAST.values()],
    ]
    assert read(table, columns.counts(table), base=None)[0] == ["Phase", "All", "Open", "Source", "View"]


def test_a_trial_is_its_number_and_what_is_missing_is_empty() -> None:
    table = pd.DataFrame({
        "NCT id": [trial_link("NCT00000001")] * 3, "Title": ["planned", None, "=1+1"], "Sites": [1.5, None, 2.0],
        "People": pd.array([3, None, 0], dtype="Int64"), "When": [pd.Timestamp("2026-11-20"), pd.NaT, pd.NaT],
    })  # fmt: skip
    lines = [line[:5] for line in read(table, {"NCT id": columns.trial(), "Title": None}, "–")[1:]]
    assert lines[0] == ["NCT00000001", "planned", 1.5, 3, "2026-11-20 00:00:00"]
    assert lines[1] == ["NCT00000001", "", "", "", ""]
    assert lines[2] == ["NCT00000001", "'=1+1", 2, 0, ""]


@given(hs.text(max_size=30).map(lambda text: text.encode("utf-8", "ignore").decode()))
def test_no_text_or_heading_runs_as_a_formula(text: str) -> None:
    for line in read(pd.DataFrame({text: [text]}), {"Elsewhere": st.column_config.TextColumn()}):
        assert line[0] == "" or line[0][0] not in "=+-@\t\r\n"


@pytest.mark.parametrize(
    "here",
    [f"{BASE}?all=1", f"{BASE}agents", f"{BASE}trials?q=a/b", BASE, BASE.rstrip("/")],
)
def test_links_lead_to_where_the_pages_are(here: str) -> None:
    assert view.joined(view.base(here), "trials?all=1") == f"{BASE}trials?all=1"


def test_the_line_to_cite_names_source_date_product_and_place() -> None:
    fresh = Freshness(
        registry_timestamp="2026-11-20T09:00:05", fetched_at="2026-11-21T10:00:00Z", starter=False, starter_date=None,
        live=True, failed=(), version=1,
    )  # fmt: skip
    now = datetime(2026, 11, 27, tzinfo=UTC)
    said = citation("Phases", r"**3 trials** of [IVIG\-1](agents).", fresh, f"{BASE}?all=1", now)
    assert said == (
        "Phases. 3 trials of IVIG-1. ClinicalTrials.gov, 20 November 2026. Trial tracker, retrieved 27 November 2026, "
        f"{BASE}?all=1"
    )
    sample = fresh._replace(registry_timestamp=None, live=False, starter=True, starter_date="2026-08-20")
    assert citation("Phases", "3 trials.", sample, None, now) == (
        "Phases. 3 trials. ClinicalTrials.gov, starter snapshot of 20 August 2026 (a sample, not a count). "
        "Trial tracker, retrieved 27 November 2026"
    )


def test_every_table_of_numbers_can_be_saved_and_every_chart_cited(live: str, opened: Open) -> None:
    for name, query in (("overview", "all=1"), ("mecfs", ""), ("gaps", ""), ("map", "all=1"), ("claims", "")):
        app = opened(live, name, query)
        below = [one for one in app.expander if one.label.startswith("Numbers")]
        assert below, name
        for one in below:
            buttons = [button.label for button in elements(one, "download_button")]
            names = [table.proto.alt for table in elements(one, "dataframe")]
            assert buttons == [f"{kind}: {name}" for name in names for kind in ("CSV", "Markdown")]
            (cited,) = one.code
            assert "ClinicalTrials.gov, 20 November 2026. Trial tracker, retrieved " in cited.value
            assert "\\" not in cited.value
            assert "](" not in cited.value


def test_a_chart_of_one_agent_is_cited_with_its_name(live: str, opened: Open) -> None:
    app = opened(live, "agents", "agent=methotrexate&all=1")
    cited = [one.code[0].value for one in app.expander if one.label.startswith("Numbers")]
    assert len(cited) > 3
    assert [line for line in cited if not line.partition(".")[0].endswith(": Methotrexate")] == []


def test_every_chart_can_be_saved_as_a_picture_and_carries_its_words(live: str, opened: Open) -> None:
    for name, query in (("overview", "all=1"), ("map", "all=1"), ("gaps", ""), ("timeline", "all=1")):
        app = opened(live, name, query)
        offered = "\n".join(one.value for one in app.markdown if "#save-" in one.value)
        for chart in elements(app, "plotly_chart"):
            key = chart.proto.id.rpartition("-")[2]
            assert f"(#save-png-of-{key})" in offered
            assert f"(#save-svg-of-{key})" in offered
            meta = json.loads(chart.proto.spec)["layout"]["meta"]
            assert chart.proto.alt == f"{meta['title']}. {meta['say']}"
            assert meta["notes"][-1].startswith("Source: ClinicalTrials.gov")
