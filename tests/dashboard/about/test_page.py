"""The page about the data."""

from collections.abc import Callable

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from cache.store.schema import progress, refresh, study
from cache.store.store import Store
from tests.fake_registry.results import results_section
from tests.rigs.pages import WATCHLIST, assert_clean, tables, texts
from tests.rigs.posted_results import put_results

NAMES = {agent.id: agent.name for agent in WATCHLIST.agents}
Open = Callable[..., AppTest]


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


def test_the_data_page_lists_past_refreshes_with_traffic_and_reasons(own_live: str, opened: Open) -> None:
    store = Store.open(own_live)
    with store.writing() as connection:
        connection.execute(refresh.update().values(outcome="partial", bytes=123_456))
        connection.execute(progress.update().where(progress.c.scope == "ivig").values(error="It was down."))
        requests = connection.scalar(select(refresh.c.requests))
    store.close()
    app = opened(own_live, "about")
    (told,) = (table for table in tables(app) if "Requests" in table)
    assert told.loc[0, ["Ended", "Requests", "Kilobytes"]].tolist() == ["Some parts failed", requests, 123]
    assert told.loc[0, "Why"] == f"{NAMES['ivig']}: It was down."
    assert_clean(app)


def test_the_data_page_says_how_far_posted_results_are_read_and_what_failed(own_live: str, opened: Open) -> None:
    budget = "in one refresh at most 120 requests and 24 MB and in one hour at most 240 requests and 48 MB"
    assert f"Posted results: none asked for yet ({budget})." in texts(opened(own_live, "about"))
    store = Store.open(own_live)
    with store.reading() as connection:
        one, other = connection.scalars(select(study.c.nct_id).where(study.c.has_results).limit(2))
    put_results(store, {one: results_section(), other: "The results were =garbage."})
    store.close()
    app = opened(own_live, "about")
    assert (
        "Posted results: 1 of 2 read, 1 could not be read (1 request, 3 kB the last time, nothing in the last hour; "
        "in one refresh at most 120 requests and 24 MB and in one hour at most 240 requests and 48 MB)."
    ) in texts(app)
    (told,) = (table for table in tables(app) if "Tried" in table)
    assert told.loc[0, ["NCT id", "Reason", "Shown"]].tolist() == [other, "The results were =garbage.", "none"]
    assert_clean(app)


def test_about_lists_interventions_that_no_name_explains(live: str, opened: Open) -> None:
    app = opened(live, "about")
    table = next(one.value for one in app.dataframe if "Intervention" in one.value.columns)
    assert len(table)
    assert all(len(ids.split(", ")) == trials for ids, trials in zip(table["NCT ids"], table["Trials"], strict=True))
