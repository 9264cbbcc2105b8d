"""Trials put into a store as rows, without the refresh that would normally bring them: for tests of what reads them."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import insert

from cache.search.find import Finder
from cache.store.schema import answer, match, scope, study, version
from cache.store.store import Store, bump
from fetchers.watchlist.model import Agent, Condition, Document, Member, Watchlist

SEEN = "2026-11-20T08:00:00Z"


def watchlist() -> Watchlist:
    """Three agents and four conditions: small enough to reason about, different from the product's own."""
    return Watchlist(
        documents=(Document("d1", "A document", "article", conditions=("me_cfs", "lupus")),),
        agents=tuple(
            Agent(id, name, "medicine", (Member(id, name, (name,)),))
            for id, name in (("methotrexate", "Methotrexate"), ("ivig", "IVIG"), ("tnf_inhibitors", "TNF inhibitors"))
        ),
        conditions=(
            Condition("me_cfs", "ME/CFS", ("chronic fatigue syndrome",), swept=True),
            Condition("fibromyalgia", "Fibromyalgia", ("fibromyalgia",)),
            Condition("lupus", "Lupus", ("lupus",)),
            Condition("other", "Other conditions"),
        ),
    )


class Why(NamedTuple):
    """A match row of one trial."""

    agent: str
    tier: str = "given"
    role: str | None = "tested"
    found_by: Sequence[str] = ()


def row(number: int, **facts: Any) -> dict[str, Any]:
    """A row of ``study``: a completed phase 2 trial of ME/CFS, unless ``facts`` say otherwise."""
    plain: dict[str, Any] = {column.name: None for column in study.c}
    return plain | {
        "nct_id": f"NCT{number:08d}",
        "origin": "live",
        "title": f"Trial {number}",
        "overall_status": "COMPLETED",
        "study_type": "INTERVENTIONAL",
        "phases": ["PHASE2"],
        "conditions": ["Chronic Fatigue Syndrome"],
        "interventions": ["DRUG: Methotrexate"],
        "countries": [],
        "condition_groups": ["me_cfs"],
        "aliases": [],
        "has_results": False,
        "body_hash": f"{number:032d}",
        "first_seen": SEEN,
        "fetched_at": SEEN,
    } | facts  # fmt: skip


def put(
    store: Store, rows: Sequence[Mapping[str, Any]], why: Mapping[int, Iterable[Why]] | None = None,
    *, held_by: str = "methotrexate",
) -> None:  # fmt: skip
    """Store the rows as held by one scope, with matches by the trial's number."""
    answers = [
        {"scope": held_by, "nct_id": one["nct_id"], "origin": one["origin"], "asked": [], "first_seen": SEEN}
        for one in rows
        if one["left_registry"] is None
    ]
    matches = [
        {"nct_id": f"NCT{number:08d}", **one._asdict(), "found_by": list(one.found_by)}
        for number, many in (why or {}).items()
        for one in many
    ]
    with store.writing() as connection:
        for table, values in ((study, list(rows)), (answer, answers), (match, matches)):
            if values:
                connection.execute(insert(table), values)
        bump(connection)


def asked(store: Store, name: str, *, kind: str = "agent", **facts: Any) -> None:
    """Note that a scope was answered by the registry, unless ``facts`` say otherwise."""
    plain = {"starter": False, "refreshed_at": SEEN, "registry_timestamp": "2026-11-19T09:00:05"}
    with store.writing() as connection:
        connection.execute(insert(scope), [plain | {"scope": name, "kind": kind} | facts])
        bump(connection)


def body(store: Store, nct_id: str, content: bytes, **facts: Any) -> None:
    """Add a stored state of a record."""
    plain = {"body_hash": "0" * 32, "seen_at": SEEN, "registry_timestamp": None, "origin": "live"}
    with store.writing() as connection:
        connection.execute(insert(version), [plain | {"nct_id": nct_id, "body": zlib.compress(content)} | facts])
        bump(connection)


def plain_finder(trials: pd.DataFrame) -> Finder:
    """Words by a plain look at the rows' own texts, for rows without any record."""
    texts = {
        row["nct_id"]: " ".join(str(row[name]) for name in ("nct_id", "title", "acronym", "lead_sponsor", "aliases"))
        for row in trials.to_dict("records")
    }
    return lambda text: [
        nct_id for nct_id, own in texts.items() if all(word in own.casefold() for word in text.casefold().split())
    ]
