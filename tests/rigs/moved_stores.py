"""Stores in which something has moved, put together row by row: for tests of what tells of changes."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import insert

from cache.changes.differences import KINDS
from cache.changes.weights import Weight
from cache.store.schema import event, refresh
from cache.store.store import Store, bump
from tests.rigs.trial_rows import Why, asked, body, put, row

BEGAN = "2026-11-20T07:59:00Z"
SEEN = "2026-11-20T08:00:00Z"

# One change of each kind, the way ``cache.changes.differences`` writes them.
MOVES: dict[str, tuple[Weight, Any, Any]] = {
    "new_trial": ("high", None, {"title": "Trial 1", "status": "RECRUITING"}),
    "status": ("high", "RECRUITING", "TERMINATED"),
    "phase": ("high", ["PHASE2"], ["PHASE2", "PHASE3"]),
    "start_date": ("low", None, {"date": "2026-01", "type": "ESTIMATED"}),
    "primary_completion_date": (
        "high", {"date": "2022-12-30", "type": "ESTIMATED"}, {"date": "2026-12-15", "type": "ESTIMATED"},
    ),
    "completion_date": ("noise", {"date": "2027-01-01", "type": None}, {"date": "2027-01-03", "type": None}),
    "enrollment": ("high", {"count": 300, "type": "ESTIMATED"}, {"count": 100, "type": "ESTIMATED"}),
    "results_posted": ("high", False, True),
    "title": ("low", "Trial one", "Trial 1"),
    "why_stopped": ("medium", None, "No *funding* <b>left</b>"),
    "sponsor": ("medium", "A", "B"),
    "arms": ("medium", {"arms": []}, {"arms": [{"label": "x"}]}),
    "outcomes": ("high", [], [{"measure": "Fatigue", "time_frame": None}]),
    "eligibility": ("noise", {"criteria": "Adults"}, {"criteria": "adults"}),
    "countries": ("low", ["Norway"], ["Norway", "Sweden"]),
    "planned_size": ("high", 300, 100),
    "case_definition": ("high", ["fukuda"], ["ccc", "icc"]),
    "post_exertional_malaise": ("high", "none", "required"),
    "left_registry": ("high", None, "2026-11-20"),
    "returned": ("medium", "2026-11-01", "2026-11-20"),
    "verdict": (
        "high", {"claim": "c1", "verdict": "not_found", "rule": "none"},
        {"claim": "c1", "verdict": "supported", "rule": "running", "entered": ["NCT00000001"], "left": []},
    ),
}  # fmt: skip
assert tuple(MOVES) == KINDS
# A change of the criteria: one in another place, one with a word changed and signs in it, one taken out, one put in.
CRITERIA: tuple[Weight, Any, Any] = (
    "medium",
    {"criteria": "Inclusion Criteria:\n\n* Adults\n* Pain *over* <b>6</b> months\n\nExclusion Criteria:\n\n* Asthma"},
    {"criteria": "Inclusion Criteria:\n\n* Pain *over* <b>3</b> months\n* Adults\n\nExclusion Criteria:\n\n* Cancer"},
)


def happened(
    store: Store, number: int, kind: str, *, at: str = SEEN, registry_date: str | None = "2026-11-18",
    move: tuple[Weight, Any, Any] | None = None,
) -> None:  # fmt: skip
    """Note one change of a trial. ``move``: another than that of MOVES."""
    weight, before, after = move or MOVES[kind]
    values = {"nct_id": f"NCT{number:08d}", "kind": kind, "weight": weight, "before": before, "after": after}
    with store.writing() as connection:
        connection.execute(insert(event).values(**values, registry_date=registry_date, seen_at=at))
        bump(connection)


def refreshed(store: Store, began: str = BEGAN, outcome: str = "fresh") -> None:
    """Note a refresh that has ended."""
    values = {"state": "ended", "outcome": outcome, "exit_code": 0, "started_at": began, "ended_at": SEEN}
    values |= {"beat_at": SEEN, "full": True, "cancel": False, "requests": 9, "bytes": 900}
    with store.writing() as connection:
        connection.execute(insert(refresh).values(**values))
        bump(connection)


def live(store: Store, agents: Sequence[str] = ("ivig", "methotrexate"), **facts: Any) -> None:
    """Four ME/CFS trials of two agents (1 and 2 give IVIG, 3 methotrexate as background, 4 none), asked live."""
    why = {1: [Why("ivig")], 2: [Why("ivig")], 3: [Why("methotrexate", "given", "background")], 4: []}
    put(store, [row(number, **facts) for number in why], why)
    for agent in agents:
        asked(store, agent)
    refreshed(store)


def every_kind(store: Store) -> None:
    """``live``, and one change of every kind in trial 1."""
    live(store)
    for kind in KINDS:
        happened(store, 1, kind)


def stated(store: Store, number: int, registry_date: str, **status: Any) -> None:
    """Add a version of a trial; ``status`` names fields of the status module, ``people`` its enrollment."""
    people = status.pop("people", None)
    protocol: dict[str, Any] = {
        "identificationModule": {"nctId": f"NCT{number:08d}"},
        "statusModule": {
            name: {"date": value, "type": "ESTIMATED"} if name.endswith("Struct") else value
            for name, value in status.items()
        },
    }
    if people is not None:
        protocol["designModule"] = {"enrollmentInfo": {"count": people, "type": "ESTIMATED"}}
    content = msgspec.json.encode({"protocolSection": protocol})
    body(store, f"NCT{number:08d}", content, registry_date=registry_date)
