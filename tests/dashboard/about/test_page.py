"""The page about the data."""

from collections.abc import Callable

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from cache.store.schema import progress, refresh
from cache.store.store import Store
from tests.rigs.pages import WATCHLIST, assert_clean, tables, texts

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


def test_about_lists_interventions_that_no_name_explains(live: str, opened: Open) -> None:
    app = opened(live, "about")
    table = next(one.value for one in app.dataframe if "Intervention" in one.value.columns)
    assert len(table)
    assert all(len(ids.split(", ")) == trials for ids, trials in zip(table["NCT ids"], table["Trials"], strict=True))
