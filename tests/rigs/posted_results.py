"""Posted results put into a store without a refresh: as an answer to our question would have brought them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from cache.ingest import posted
from cache.ingest.posted import Cost, Wanted
from cache.store.store import Store
from fetchers.record.results import Results, read_results
from fetchers.registry.result_fields import RESULT_FIELDS
from tests.fake_registry.pieces import project, resolve_fields

_FIELDS, _ = resolve_fields(RESULT_FIELDS, ())


def answered(nct_id: str, section: Mapping[str, Any]) -> Results:
    """What is read of a section of results, the fields we ask for alone."""
    record = {"protocolSection": {"identificationModule": {"nctId": nct_id}}, "resultsSection": section}
    return read_results(msgspec.json.encode(project(record, _FIELDS)))


def put_results(store: Store, sections: Mapping[str, Mapping[str, Any] | str]) -> None:
    """Keep a section of results for each trial, or the reason why it could not be read."""
    posted.note_wanted(store, list(sections), all_agents=True)
    wanted = [Wanted(nct_id, "2025-01-02", "2026-01-15", None, failed=False, due=True) for nct_id in sections]
    answers = {
        nct_id: section if isinstance(section, str) else answered(nct_id, section)
        for nct_id, section in sections.items()
    }
    posted.keep(store, 1, wanted, answers, Cost(requests=1, bytes=2_345))
