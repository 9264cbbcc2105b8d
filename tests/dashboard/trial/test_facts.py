"""A trial's page shows the facts of the export, letter by letter."""

import re
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cache import codes as labels
from cache.codes import LANE_WORDS, STATUS_WORDS
from cache.english import on_day
from dashboard.shared.escape import PART
from tests.rigs.pages import WATCHLIST, assert_clean, exported, tables, texts

NAMES = {agent.id: agent.name for agent in WATCHLIST.agents}
Open = Callable[..., AppTest]


def lane(row: Mapping[str, Any]) -> str:
    return labels.lane(row["phases"], row["study_type"])


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
        link = app.get("link_button")[0]
        assert link.proto.url == f"https://clinicaltrials.gov/study/{row['nct_id']}"
        for agent in row["agents"]:
            assert NAMES[agent] in said


def test_dates_keep_their_precision_and_say_whether_they_are_planned(live: str, opened: Open) -> None:
    row = next(row for row in exported(live) if re.fullmatch(r"\d{4}-\d{2}", row["start_date"] or ""))
    app = opened(live, "trial", f"nct={row['nct_id']}")
    (table,) = (table for table in tables(app) if "Planned or actual" in table)
    start = table.set_index("What").loc["Start"]
    assert re.fullmatch(r"[A-Z][a-z]+ \d{4}", start["Date"])  # no day was invented
    expected = {"ACTUAL": "actual", "ESTIMATED": "planned", None: "not known"}[row["start_date_type"]]
    assert start["Planned or actual"] == expected


def test_text_of_the_registry_is_no_markup(own_live: str, opened: Open) -> None:
    nasty = ":red[adults] <b>x</b> [y](https://example.org) $a$ **z** :material/home: `c`"
    path = own_live.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        nct_id = connection.execute("select nct_id from study limit 1").fetchone()[0]
        connection.execute("update study set title = ?, why_stopped = ?", (nasty, nasty))
    connection.close()
    app = opened(own_live, "trial", f"nct={nct_id}")
    assert app.title[0].value.replace(PART, "") == (
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


def test_a_starter_trial_names_its_source_and_date(opened: Open, starter: str) -> None:
    row = exported(starter)[0]
    app = opened(starter, "trial", f"nct={row['nct_id']}")
    assert any(text.value.startswith("From the starter snapshot: facts of") for text in app.text)
    assert any(row["source"] in text.value for text in app.text)


def test_a_starter_trial_that_was_open_long_ago_is_not_called_open(starter: str, opened: Open) -> None:
    rows = [one for one in exported(starter) if one["overall_status"] is None and one["last_known_status"]]
    row = next(one for one in rows if one["as_of"] and one["last_known_status"] == "RECRUITING")
    app = opened(starter, "trial", f"nct={row['nct_id']}")
    said = " ".join(texts(app))
    assert f"Not known (recruiting {on_day(row['as_of'])})" in said
    assert row["note"].endswith(f"Its status was “recruiting” {on_day(row['as_of'])}; today’s is not known.")
    assert any(row["note"] in text.value for text in app.text)
