"""What the attacks share: a dashboard as an operator starts it, and the table that says what became of them."""

from collections.abc import Callable, Iterator

import pytest

from tests.browser.serving import Dashboard
from tests.rigs import attack_table
from tests.rigs.attack_table import Note


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Records what became of an attack; an attack is not refused until a test has seen that it is."""

    def record(target: str, attack: str, outcome: str = attack_table.THROUGH) -> None:
        record_property(attack_table.ATTACK, [target, attack, outcome])

    return record


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard that serves this machine, with the starter."""
    with Dashboard(tmp_path_factory.mktemp("attacked")) as running:
        yield running
