"""Sentences about events: what a reader sees for each kind."""

from typing import Any

import pytest

from cache.changes.differences import KINDS
from cache.changes.wording import KIND_WORDS, describe

CASES: list[tuple[str, Any, Any, str]] = [
    ("new_trial", None, {"title": "T", "status": "NOT_YET_RECRUITING"}, "New trial: not yet recruiting"),
    ("status", "RECRUITING", "TERMINATED", "Status: recruiting → terminated"),
    (
        "verdict",
        {"claim": "c1", "verdict": "not_found", "rule": "a"},
        {"claim": "c1", "verdict": "partly", "rule": "b"},
        "Verdict on claim c1: not found → partly",
    ),
    (
        "verdict",
        {"claim": "c1", "verdict": "not_found", "rule": "a"},
        {"claim": "c1", "words": "A trial runs.", "verdict": "partly", "rule": "b", "because": "None does."},
        "Verdict on claim c1, “A trial runs.”: not found → partly. None does.",
    ),
    ("status", None, "A_NEW_CODE", "Status: not recorded → a_new_code"),
    ("phase", ["PHASE2"], ["PHASE2", "PHASE3"], "Phase: phase 2 → phase 2/3"),
    (
        "primary_completion_date",
        {"date": "2022-12-30", "type": "ESTIMATED"},
        {"date": "2026-12-15", "type": "ESTIMATED"},
        "Primary completion: 2022-12-30 (planned) → 2026-12-15 (planned), 48 months later",
    ),
    (
        "start_date",
        {"date": "2025-03-10", "type": None},
        {"date": "2025-03-09", "type": "ACTUAL"},
        "Start: 2025-03-10 → 2025-03-09 (actual), 1 day earlier",
    ),
    (
        "completion_date",
        {"date": "2025-03", "type": "ESTIMATED"},
        {"date": "2025-03-09", "type": "ACTUAL"},
        "Completion: 2025-03 (planned) → 2025-03-09 (actual)",
    ),
    ("completion_date", None, {"date": "2025", "type": "ESTIMATED"}, "Completion: no date → 2025 (planned)"),
    (
        "enrollment",
        {"count": 3000, "type": "ESTIMATED"},
        {"count": 0, "type": "ACTUAL"},
        "Enrolment: 3,000 (planned) → 0 (actual)",
    ),
    ("enrollment", None, {"count": None, "type": "ESTIMATED"}, "Enrolment: not given → not given"),
    ("results_posted", False, True, "Results: posted"),
    ("results_posted", True, False, "Results: no longer posted"),
    ("title", "A trial", "Another trial", "Title: “A trial” → “Another trial”"),
    ("why_stopped", None, "Slow\n recruitment", "Reason for stopping: nothing → “Slow recruitment”"),
    ("sponsor", "A", "B", "Lead sponsor: “A” → “B”"),
    ("arms", {"arms": []}, {"arms": [1]}, "Arms or interventions: changed"),
    ("outcomes", [], [{"measure": "x"}], "Primary outcomes: added"),
    ("outcomes", [{"measure": "Pain"}], [], "Primary outcomes: removed"),
    ("outcomes", [{"measure": "Pain"}], [{"measure": "pain."}], "Primary outcomes: changed"),
    (
        "outcomes",
        [{"measure": "Fatigue", "time_frame": "1 week"}, {"measure": "Pain"}, {"measure": "Sleep"}],
        [{"measure": "Steps a day"}, {"measure": "Sleep"}, {"measure": "Fatigue", "time_frame": "2 weeks"}],
        "Primary outcomes: 1 changed, 1 added, 1 removed",
    ),
    ("eligibility", {"criteria": "x"}, None, "Who may take part: removed"),
    ("countries", ["Norway"], ["Sweden"], "Countries: added Sweden; removed Norway"),
    ("planned_size", 300, 100, "Planned size: 300 → 100, 67% fewer"),
    ("planned_size", 0, 1000, "Planned size: 0 → 1,000"),
    (
        "case_definition",
        ["fukuda"],
        ["ccc", "icc"],
        "Case definition: possibly Fukuda / CDC (1994) → possibly Canadian (CCC, 2003) and International (ICC, 2011)",
    ),
    ("case_definition", [], ["ccc"], "Case definition: none named → possibly Canadian (CCC, 2003)"),
    ("case_definition", ["ccc"], None, "Case definition: possibly Canadian (CCC, 2003) → text not known"),
    (
        "post_exertional_malaise",
        "none",
        "required",
        "Post-exertional malaise: not named → possibly asked for by name",
    ),
    ("left_registry", None, "2026-11-22", "Left the registry"),
    ("returned", "2026-11-22", "2026-11-25", "Back in the registry"),
]


@pytest.mark.parametrize(("kind", "before", "after", "words"), CASES)
def test_sentences(kind: str, before: Any, after: Any, words: str) -> None:
    assert describe(kind, before, after) == words


def test_every_kind_has_words_and_a_case() -> None:
    assert set(KIND_WORDS) == set(KINDS) == {case[0] for case in CASES}


def test_long_registry_texts_are_cut() -> None:
    sentence = describe("why_stopped", None, "word " * 100)
    assert sentence.endswith("…”")
    assert len(sentence) < 220
