"""The product's own ways, called as the refresh and the pages call them; and stores full of synthetic trials."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.peers import COLUMNS
from cache.ingest import keep as answers
from cache.ingest.derive import rules_for
from cache.ingest.staging import Staging
from cache.ingest.study_row import live_facts
from cache.refresh import journal
from cache.refresh.ask import Context, ask
from cache.refresh.plan import PlannedScope, question
from cache.store.collector import paused
from cache.store.store import Store, utcnow
from fetchers.matching.matcher import Match, Matcher
from fetchers.record.study import Study, decode_study
from fetchers.registry.client import Registry
from fetchers.registry.fields import PIECES
from fetchers.registry.queries import Query
from fetchers.watchlist.load import load
from tests.fake_registry import synthetic_studies

TIMESTAMP = "2026-11-20T09:00:05"
SWEPT = "me_cfs"


def our_frame(url: str) -> pd.DataFrame:
    """The registry's pages, decoded and flattened into the product's own row of a trial."""
    with Registry(url, pace=0) as registry:
        rows = [live_facts(study) for page in registry.pages({"query.term": "ALL"}) for study in page.studies]
    return pd.DataFrame(rows)[list(COLUMNS)]


def our_store(url: str, path: str) -> int:
    """One whole answer on the refresh's own path: pages staged one by one, then matched and stored in one transaction.

    It is asked as a swept condition, so every record is looked through for all nine agents: the dearest case.
    """
    watchlist = load()
    store = Store.open(f"sqlite:///{path}")
    query = Query(f"{SWEPT}:1", SWEPT, "query.term", "ALL", ())
    refresh_id = journal.begin(store, [SWEPT], full=True, now=utcnow())
    with Registry(url, pace=0) as registry:
        context = Context(
            store=store,
            source=registry,
            make_matcher=lambda: Matcher(watchlist),
            refresh_id=refresh_id,
            question=question(watchlist),
            now=utcnow,
            timestamp=TIMESTAMP,
            note=lambda scope, **progress: journal.mark(store, refresh_id, scope, **progress),
        )
        report = ask(context, PlannedScope(SWEPT, "sweep", (query,)), "full")
    store.close()
    return report.studies


def projected(studies: int, seed: int = 0) -> list[bytes]:
    """Synthetic records with only the fields the product asks for, as the registry would send them."""
    return [with_our_fields(record) for record in synthetic_studies(studies, seed)]


def with_our_fields(record: dict[str, Any]) -> bytes:
    """A record with only the fields the product asks for, as the registry would send it."""
    return json.dumps(_cut(record, _WANTED)).encode()


def filled(path: Path, studies: int, seed: int = 0) -> Store:
    """A store whose agents and sweep hold ``studies`` live trials, made without a registry; reused when it is there."""
    watchlist = load()
    names = [*(agent.id for agent in watchlist.agents), SWEPT]
    store = Store.open(f"sqlite:///{path}")
    if store.version() == len(names):  # a filled store has changed once a scope
        return store
    if store.version():
        raise SystemExit(f"{path} holds something else; name a file that does not exist yet.")
    matcher = Matcher(watchlist)
    scopes: dict[str, list[Study]] = defaultdict(list)
    for body in projected(studies, seed):
        study = decode_study(body)
        for match in matcher.matches(study):
            scopes[match.agent].append(study)
        if SWEPT in matcher.condition_groups(study):
            scopes[SWEPT].append(study)
    for scope in names:
        keep(store, scope, scopes[scope], matcher)
    return store


def ask_for_store(parser: argparse.ArgumentParser) -> None:
    """The options by which a store is chosen; ``store_asked_for`` takes them."""
    parser.add_argument("--studies", type=int, default=25_000)
    parser.add_argument("--store", type=Path, help="keep the filled store in this file, or use the one it holds")
    parser.add_argument("--as-it-is", action="store_true", help="take the file of --store whatever it holds")


@contextmanager
def store_asked_for(given: argparse.Namespace) -> Iterator[Path]:
    """The file of a filled store; without ``--store`` it is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = (given.store or Path(folder) / "store.sqlite3").absolute()
        if not given.as_it_is:
            filled(path, given.studies).close()
        yield path


def keep(
    store: Store, scope: str, studies: list[Study], matcher: Matcher, timestamp: str = TIMESTAMP
) -> answers.ScopeReport:
    """Stage and keep an answer in pages of 1000, as the refresh does; ``timestamp``: that of the registry's data."""
    kind: answers.Kind = "sweep" if scope == SWEPT else "agent"
    with store.reading() as connection:
        rules = rules_for(connection, scope, kind, matcher, "benchmark")
    named: dict[str, Any] = {"registry_timestamp": timestamp, "question": "benchmark", "full": True, "vanished": ()}
    with paused(), Staging(store, 1, scope, rules) as staged:
        for start in range(0, len(studies), 1000):
            staged.add(f"{scope}:1", studies[start : start + 1000])
        return answers.keep(staged, kind, matcher, **named)


class Remembered(Matcher):
    """A matcher that has found everything before, so that storing can be timed without matching."""

    def __init__(self, matcher: Matcher, studies: Iterable[Study]) -> None:
        self._matcher = matcher
        self._known = {one.nct_id: (matcher.matches(one), matcher.condition_groups(one)) for one in studies}

    def matches(self, study: Study) -> tuple[Match, ...]:
        return self._known[study.nct_id][0]

    def condition_groups(self, study: Study) -> tuple[str, ...]:
        return self._known[study.nct_id][1]

    def in_focus(self, groups: Iterable[str]) -> bool:
        return self._matcher.in_focus(groups)


def _tree() -> dict[str, Any]:
    root: dict[str, Any] = {}
    for path in PIECES:
        node = root
        for key in path.split("."):
            node = node.setdefault(key, {})
    return root


def _cut(value: Any, wanted: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_cut(item, wanted) for item in value]
    if not wanted or not isinstance(value, dict):
        return value
    return {key: _cut(item, wanted[key]) for key, item in value.items() if key in wanted}


_WANTED = _tree()
