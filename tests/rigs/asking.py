"""Twenty trials of methotrexate, a question that finds them, and a client that waits on a clock of its own."""

from collections.abc import Iterable
from typing import Any

from fetchers.registry.client import Registry
from fetchers.registry.pages import Page
from tests.fake_registry import FakeRegistry, make_study
from tests.rigs.scripted import Clock, Scripted

COUNT = 20
IDS = [f"NCT{number:08d}" for number in range(1, COUNT + 1)]
QUESTION = {"query.intr": "methotrexate"}


def held() -> list[dict[str, Any]]:
    return [
        make_study(
            nct_id,
            title=f"Trial {at}",
            interventions=["DRUG: Methotrexate"],
            last_update=f"2026-01-{at + 1:02d}",
            contacts=[{"name": "A Person", "email": "person@example.org"}],
            aliases=["NCT09999999"] if at == 3 else None,
        )
        for at, nct_id in enumerate(IDS)
    ] + [make_study("NCT00000900", interventions=["DRUG: Aspirin"])]


def client(fake: FakeRegistry | Scripted, clock: Clock | None = None, **options: Any) -> Registry:
    clock = clock or Clock()
    given: dict[str, Any] = {"pace": 0.0, "timeout": 5.0, "page_size": 5, "sleep": clock.sleep, "clock": clock}
    return Registry(fake.url, **{**given, "jitter": lambda: 0.0, **options})


def ids(pages: Iterable[Page]) -> list[str]:
    return [study.nct_id for page in pages for study in page.studies]
