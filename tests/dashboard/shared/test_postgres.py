"""A page over a store on PostgreSQL: it takes a new connection by itself, says why it cannot, and shows no password."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.shared import kept
from tests.fake_registry import agent_studies
from tests.rigs import databases
from tests.rigs.pages import page, shown, use
from tests.rigs.refresh import Rig

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True, scope="module")


@pytest.fixture
def database_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cold: None) -> Iterator[str]:
    """A refreshed store that the pages show; the name of its database."""
    url = databases.url(tmp_path / "store")
    with Rig(agent_studies(), url=url) as rig:
        assert rig.refresh("ivig", "sizofiran").exit_code == 0
    use(monkeypatch, url)
    yield url.partition("@/")[2].partition("?")[0]
    kept.store().close()


def test_an_open_page_goes_on_when_its_connections_are_ended(database_name: str) -> None:
    at = page("overview")
    before = shown(at)
    assert "Registry data of" in before
    assert databases.current().kill_all()
    at.run()
    assert not at.exception
    assert shown(at) == before
    assert databases.PASSWORD not in before


def test_a_page_says_that_the_database_is_down_and_comes_back_by_itself(database_name: str) -> None:
    at = page("overview")
    server = databases.current()
    server.run(f"ALTER DATABASE {database_name} ALLOW_CONNECTIONS false")
    server.kill_all()
    at.run()
    said = shown(at)
    assert not at.exception
    assert "cannot be reached, or it ended the connection" in said
    assert "starter snapshot is shown" in said
    assert databases.PASSWORD not in said
    server.run(f"ALTER DATABASE {database_name} ALLOW_CONNECTIONS true")
    kept._failure.clear()  # as it does every few seconds
    at.run()
    assert "Registry data of" in shown(at)
    assert "cannot be reached" not in shown(at)
