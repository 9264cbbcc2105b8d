"""A stand-in registry, a store in memory and a refresh over both, for each test its own."""

from collections.abc import Iterator

import pytest

from tests.rigs.refresh import Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    with Rig() as made:
        yield made
