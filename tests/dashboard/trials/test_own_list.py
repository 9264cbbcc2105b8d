"""A list of one's own on the server's side: what its address shows, and what can be done with it."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from cache.filters.filter import Filter
from dashboard.shared import address as view
from tests.rigs.pages import WATCHLIST, assert_clean, elements, exported, listed, shown

Open = Callable[..., AppTest]
EVERY = "all=1&background=1&frame=1&left=1&tier=given&tier=mentioned&tier=excluded"


def test_a_list_of_ones_own_holds_any_stored_trial(live: str, opened: Open) -> None:
    everything = [row["nct_id"] for row in exported(live)]
    query = "&".join(f"{key}={value}" for key, value in view.params(Filter.of_trials(everything)))
    assert {row["nct_id"] for row in exported(live, query)} == set(everything)
    assert Filter.from_query(query, WATCHLIST) == (Filter.of_trials(everything), ())


@pytest.mark.parametrize("beside", [EVERY, "", "condition=lupus&status=withdrawn"])
def test_the_page_of_a_list_shows_exactly_its_trials(live: str, opened: Open, beside: str) -> None:
    ids = sorted((row["nct_id"] for row in exported(live)), reverse=True)[3:6]
    app = opened(live, "trials", f"{beside}&mine=1&ids={','.join(ids)}")
    assert app.title[0].value == "My list"
    assert app.header[0].value == "3 trials on this list"
    assert listed(app) == ids
    compare = [one for one in elements(app.main, "page_link") if one.label == "Compare side by side"]
    assert [f"ids={'%2C'.join(sorted(ids))}" in one.proto.query_string for one in compare] == [True]
    assert_clean(app)


def test_a_trial_that_is_not_stored_is_named(live: str, opened: Open) -> None:
    nct_id = exported(live)[0]["nct_id"]
    app = opened(live, "trials", f"{EVERY}&mine=1&ids={nct_id},NCT00000099")
    assert "Not among the stored trials: NCT00000099." in shown(app)


def test_a_list_of_five_says_that_comparing_takes_four(live: str, opened: Open) -> None:
    ids = [row["nct_id"] for row in exported(live)[:5]]
    app = opened(live, "trials", f"{EVERY}&mine=1&ids={','.join(ids)}")
    assert "Comparing takes two to four trials" in shown(app)


def test_an_empty_list_says_how_it_begins(live: str, opened: Open) -> None:
    app = opened(live, "trials", f"{EVERY}&mine=1")
    assert any("press “Keep”" in one.value for one in app.info)
    assert not elements(app, "dataframe")


@pytest.mark.parametrize("name", ["overview", "claims", "trial"])
def test_every_page_leads_to_the_list(live: str, opened: Open, name: str) -> None:
    assert any("](trials#my-list?" in one.value for one in opened(live, name).sidebar.markdown)
