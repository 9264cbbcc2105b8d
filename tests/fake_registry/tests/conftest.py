"""Stand-ins that run for one test, and clients of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fake_registry import FakeRegistry, agent_studies
from tests.fake_registry.tests.client import Client, Serve, numbered


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[Serve]:
    """`served(studies, **settings)` -> a client; everything is closed afterwards."""
    clients: list[Client] = []

    def start(studies: Any, **settings: Any) -> Client:
        clients.append(Client(FakeRegistry(studies, **settings).start()))
        return clients[-1]

    yield start
    for client in clients:
        client.session.close()
        client.reg.stop()


@pytest.fixture
def twenty(served: Serve) -> Client:
    """Twenty rintatolimod studies, seven a page."""
    return served([numbered(at) for at in range(20)], page_cap=7)


@pytest.fixture
def agents(served: Serve) -> Client:
    return served(agent_studies())
