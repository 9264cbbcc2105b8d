"""The documents against the registry: every rule and verdict, the first ledger, and what a changed record changes."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cache import starter
from cache.ingest.load_starter import load_starter
from cache.read import trials as queries
from cache.store.store import Store
from dashboard.claims import tables as claim_words
from fetchers.errors import Validation
from fetchers.matching.matcher import Matcher
from fetchers.watchlist import load as watchlists
from fetchers.watchlist.model import Claim, Condition, Watchlist
from insights import claim_rules, claims, literature
from insights.claims import Finding
from insights.verdicts import effects, harms
from tests.rigs.insight_rows import frames
from tests.rigs.trial_rows import Why, row, watchlist

TODAY = date(2026, 11, 22)
LISTED = watchlists.load()


def watched(*given: Claim) -> Watchlist:
    conditions = tuple(
        replace(one, near=("fibromyalgia",)) if one.id == "me_cfs" else one for one in watchlist().conditions
    )
    return replace(watchlist(), conditions=conditions, claims=given)


def claim(kind: str, **facts: Any) -> Claim:
    plain = {"agent": "methotrexate", "condition": "me_cfs", "tense": "present", "kind": kind}
    return Claim("X1", "d1", "first line", "It is so.", **plain | facts)


def judged(one: Claim, rows: list[dict[str, Any]], why: dict[int, list[Why]] | None = None, **scope: Any) -> Finding:
    """The finding on one claim over a store with these rows, given methotrexate unless ``why`` says otherwise."""
    given = why or {int(each["nct_id"][3:]): [Why("methotrexate")] for each in rows}
    listed = watched(one)
    found = frames(rows, given, {"methotrexate": scope}, listed=listed)
    return claims.ledger(listed, *found[:3], today=TODAY)[0]


RUNS = {"overall_status": "RECRUITING", "last_update_posted": "2026-05-01"}
SILENT = {"overall_status": "RECRUITING", "last_update_posted": "2017-05"}
GOING = claim("trial", status="ongoing", phase="PHASE2")
DONE = claim("trial", status="completed", phase="PHASE2", tense="past")
HINT = claim("hint")
USED, IN_USE = claim("use", tense="past"), claim("use")
NEAR = {"condition_groups": ["fibromyalgia"]}
CASES = [
    (claim("hint", checkable=False), [row(1)], "not_checkable", "not_checkable"),
    (claim("effect"), [], "not_found", "none"),
    (claim("risk"), [row(1, has_results=True)], "outside", "risk"),
    (claim("risk"), [], "outside", "risk"),
    (claim("need"), [row(1, **RUNS)], "partly", "taken_up"),
    (claim("need"), [row(1, **RUNS | {"overall_status": "NOT_YET_RECRUITING"})], "not_found", "not_taken_up"),
    (claim("need"), [row(1)], "not_found", "not_taken_up"),
    (claim("need"), [row(1, overall_status="UNKNOWN")], "not_found", "not_taken_up"),
    (claim("need"), [row(1, **RUNS, **NEAR)], "not_found", "not_taken_up"),
    (claim("need"), [], "not_found", "not_taken_up"),
    (GOING, [row(1, **RUNS)], "supported", "runs"),
    (GOING, [row(1, **RUNS, phases=["PHASE1", "PHASE2"])], "supported", "runs"),
    (GOING, [row(1, **RUNS, phases=["PHASE1"])], "partly", "runs_otherwise"),
    (GOING, [row(1, **SILENT)], "partly", "runs_otherwise"),
    (GOING, [row(1, **RUNS | {"overall_status": "NOT_YET_RECRUITING"})], "partly", "runs_otherwise"),
    (GOING, [row(1, overall_status="AVAILABLE", study_type="EXPANDED_ACCESS")], "partly", "runs_otherwise"),
    (GOING, [row(1)], "contradicted", "ended"),
    (GOING, [row(1, overall_status="UNKNOWN", last_update_posted="2026-05-01")], "not_found", "unconfirmed"),
    (GOING, [row(1), row(2, overall_status="UNKNOWN")], "not_found", "unconfirmed"),
    (GOING, [row(1, **RUNS, completion_date="2025-12", completion_date_type="ESTIMATED")], "partly", "runs_otherwise"),
    (GOING, [row(1, **RUNS, completion_date="2026-11", completion_date_type="ESTIMATED")], "supported", "runs"),
    (GOING, [row(1, **RUNS, **NEAR)], "not_found", "none"),
    (DONE, [row(1)], "supported", "done"),
    (DONE, [row(1, overall_status="WITHDRAWN")], "contradicted", "withdrawn"),
    (DONE, [row(1, phases=["PHASE3"])], "partly", "done_otherwise"),
    (DONE, [row(1, **RUNS)], "partly", "done_otherwise"),
    (USED, [row(1)], "supported", "was_used"),
    (USED, [row(1, overall_status="NOT_YET_RECRUITING")], "not_found", "only_registered"),
    (USED, [row(1, overall_status="UNKNOWN", last_known_status="NOT_YET_RECRUITING")], "not_found", "only_registered"),
    (USED, [row(1, overall_status="UNKNOWN", last_known_status="RECRUITING")], "supported", "was_used"),
    (USED, [row(1, overall_status="AVAILABLE", study_type="EXPANDED_ACCESS", phases=[])], "supported", "was_used"),
    (
        HINT,
        [row(1, overall_status="AVAILABLE", study_type="EXPANDED_ACCESS", phases=[])],
        "not_found",
        "only_registered",
    ),
    (IN_USE, [row(1)], "partly", "is_used"),
    (HINT, [row(1, has_results=True)], "partly", "studied"),
    (HINT, [row(1, overall_status="WITHDRAWN")], "not_found", "only_registered"),
    (HINT, [row(1, **NEAR)], "partly", "near"),
    (HINT, [row(1, **NEAR, overall_status="WITHDRAWN")], "not_found", "none"),
    (replace(HINT, tense="past", until=1997), [], "outside", "before_registration"),
    (replace(HINT, tense="past", until=2005), [], "not_found", "none"),
    (replace(DONE, until=2001), [], "outside", "before_registration"),
    (replace(HINT, until=1997), [], "not_found", "none"),
    (HINT, [row(1, condition_groups=["lupus"])], "not_found", "none"),
    (HINT, [row(1, left_registry="2026-01-01")], "not_found", "none"),
]


@pytest.mark.parametrize(("one", "rows", "verdict", "rule"), CASES)
def test_every_rule(one: Claim, rows: list[dict[str, Any]], verdict: str, rule: str) -> None:
    found = judged(one, rows)
    assert (found.verdict, found.rule) == (verdict, rule)
    assert not found.sample
    assert found.registry_date == "2026-11-19"
    assert found.because.endswith(".")
    assert "of 0" not in found.because


def test_every_rule_has_a_case_and_every_verdict_a_word() -> None:
    elsewhere = {rule.id for rule in (*effects.RULES, *harms.RULES)}  # test_effect_claims, test_risk_claims
    assert {rule for *_, rule in CASES} - {"risk"} == {rule.id for rule in claim_rules.RULES} - elsewhere
    assert {rule.verdict for rule in claim_rules.RULES} | {"not_asked"} == set(claim_rules.VERDICTS)
    assert set(claim_words.VERDICT) == set(claim_rules.VERDICTS)


@pytest.mark.parametrize(("one", "rows", "verdict", "rule"), CASES)
def test_while_nobody_asked_nothing_found_is_no_verdict(
    one: Claim, rows: list[dict[str, Any]], verdict: str, rule: str
) -> None:
    found = judged(one, rows, starter=True, refreshed_at=None, registry_timestamp=None)
    absent = next(each.absence for each in claim_rules.RULES if each.id == rule)
    assert found.verdict == ("not_asked" if absent else verdict)
    assert found.verdict not in ("not_found", "contradicted")
    assert found.sample
    assert found.registry_date is None
    if found.verdict in ("supported", "partly"):
        assert claims.standing(found) == "on the starter sample; not asked yet"
        assert "sample" in found.because


def test_asked_and_failed_is_told_apart_from_not_asked() -> None:
    never: dict[str, Any] = {"starter": True, "refreshed_at": None, "registry_timestamp": None}
    waiting, failed = judged(HINT, [], **never), judged(HINT, [], **never, error="No answer.")
    assert waiting.verdict == failed.verdict == "not_asked"
    assert "has not been asked yet about methotrexate" in waiting.because
    assert "did not answer for methotrexate" in failed.because
    stale = judged(HINT, [], error="No answer.")
    assert (stale.verdict, stale.sample) == ("not_found", False)
    assert list(claim_words.query_rows(stale, {"methotrexate": "M"})["State"]) == [
        "answered; the newest attempt failed"
    ]


def test_named_and_background_are_not_given() -> None:
    rows = [row(1), row(2), row(3, condition_groups=["lupus"])]
    why = {
        1: [Why("methotrexate", "excluded", None)],
        2: [Why("methotrexate", "given", "background")],
        3: [Why("methotrexate")],
    }
    found = judged(HINT, rows, why)
    assert found.verdict == "not_found"
    assert {place: found.counts[place] for place in claims.PLACES} == {
        "here": 0, "near": 0, "background": 1, "named": 1, "elsewhere": 1,
    }  # fmt: skip
    assert "Named but not given, in ME/CFS: 1 trial (NCT00000001)." in found.because
    assert "Given to everybody beside something else, in ME/CFS: 1 trial (NCT00000002)." in found.because
    assert "In any condition: 1 trial (NCT00000003)." in found.because
    assert dict(zip(found.evidence["nct_id"], found.evidence["where"], strict=True)) == {
        "NCT00000002": "background", "NCT00000001": "named", "NCT00000003": "elsewhere",
    }  # fmt: skip
    assert judged(USED, rows, why).rule == "was_used"  # whoever gets it as background uses it


def test_a_claim_without_an_agent_is_about_those_of_its_document() -> None:
    listed = watched(replace(HINT, agent=None))
    listed = replace(
        listed,
        agents=tuple(replace(one, documents=() if one.id == "ivig" else ("d1",)) for one in listed.agents),
    )
    assert claims.agents_of(listed.claims[0], listed) == ("methotrexate", "tnf_inhibitors")


TENSES = [
    (GOING, [row(1, **RUNS)], "holds", "2026-05-01"),
    (GOING, [row(1, **SILENT)], "contradicted", "2017-05"),
    (GOING, [row(1, last_update_posted="2026-05-01")], "idle", "2026-05-01"),
    (HINT, [row(1, last_update_posted="2026-05-01")], "idle", "2026-05-01"),
    (HINT, [row(1, completion_date="2026-01", completion_date_type="ACTUAL")], "holds", "2026-01"),
    (HINT, [row(1, overall_status="RECRUITING", completion_date="2026-01")], "undated", None),
    (HINT, [row(1, completion_date="2026-12", completion_date_type="ESTIMATED")], "undated", None),
    (HINT, [row(1, start_date="2004", primary_completion_date="2005-02")], "contradicted", "2005-02"),
    (HINT, [row(1, condition_groups=["lupus"], last_update_posted="2017-05")], "contradicted", "2017-05"),
    (HINT, [row(1, condition_groups=["lupus"], last_update_posted="2026-05")], "contradicted", "2026-05"),
    (HINT, [row(1, **RUNS | {"condition_groups": ["lupus"]})], "elsewhere", "2026-05-01"),
    (HINT, [row(1, **RUNS | {"overall_status": "NOT_YET_RECRUITING"})], "idle", "2026-05-01"),
    (HINT, [], "undated", None),
]


@pytest.mark.parametrize(("one", "rows", "verdict", "newest"), TENSES)
def test_now_is_checked_against_the_newest_activity(
    one: Claim, rows: list[dict[str, Any]], verdict: str, newest: str | None
) -> None:
    tense = judged(one, rows).tense
    assert tense is not None
    assert (tense.verdict, tense.newest) == (verdict, newest)
    assert tense.verdict in claim_words.TENSE


def test_only_the_present_tense_of_what_can_be_dated_is_checked() -> None:
    assert judged(USED, [row(1)]).tense is None
    assert judged(IN_USE, [row(1)]).tense is None
    assert judged(claim("effect"), [row(1)]).tense is None
    assert judged(claim("hint", checkable=False), [row(1)]).tense is None
    sample = judged(HINT, [row(1, last_update_posted="2017")], refreshed_at=None, registry_timestamp=None).tense
    assert sample is not None
    assert (sample.verdict, sample.newest) == ("not_asked", "2017")


# -- the first ledger, from the facts that come with the product ----------------------------------------------------


@pytest.fixture(scope="module")
def facts() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    store = Store.in_memory()
    load_starter(store, starter.records(), Matcher(LISTED), LISTED)
    found = queries.trials(store), queries.matches(store), queries.scopes(store, LISTED)
    store.close()
    return found


def as_if_asked(scopes: pd.DataFrame) -> pd.DataFrame:
    """The scopes as they would stand had the registry given just these trials."""
    return scopes.assign(refreshed_at="2026-07-06T00:00:00Z", registry_timestamp="2026-07-06T00:00:00", starter=False)


def ledger(read: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]) -> dict[str, Finding]:
    trials, matches, scopes = read
    found = claims.ledger(LISTED, trials, matches, as_if_asked(scopes), today=TODAY)
    return {one.claim.id: one for one in found}


# Claim, verdict, tense, and the trials that are its evidence in the condition, near it, or else elsewhere.
FIRST_LEDGER = [
    ("C1", "not_found", "contradicted", {"NCT01926821": "elsewhere"}),
    ("C2", "outside", None, {}),
    ("C3", "partly", "contradicted", {"NCT00215800": "here", "NCT00215813": "here", "NCT05592418": "near"}),
    ("C4", "partly", None, {"NCT06305793": "near", "NCT06305780": "near", "NCT05350774": "near"}),
    ("C5", "partly", "idle", {"NCT06118138": "here", "NCT01827683": "near", "NCT04842448": "near"}),
    ("C8", "partly", None, {"NCT05986422": "near"}),
    ("C9", "not_found", None, {}),
    ("C10", "not_found", None, {}),
    ("C12", "not_checkable", None, {}),
    ("C16", "not_asked", None, {}),
    ("C17", "not_found", None, {}),
    ("C18", "not_found", None, {}),
]


@pytest.mark.parametrize(("id", "verdict", "tense", "evidence"), FIRST_LEDGER)
def test_the_first_ledger_comes_out_by_rule(
    facts: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    id: str,
    verdict: str,
    tense: str | None,
    evidence: dict[str, str],
) -> None:
    found = ledger(facts)[id]
    assert found.verdict == verdict
    assert (found.tense.verdict if found.tense else None) == tense
    where = dict(zip(found.evidence["nct_id"], found.evidence["where"], strict=True))
    assert evidence.items() <= where.items()
    assert not set(where.values()) & {"here", "near"} or evidence or id in ("C12", "C16", "C17", "C18")


def test_the_ledger_on_the_sample_itself_never_says_not_found(
    facts: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    found = {one.claim.id: one for one in claims.ledger(LISTED, *facts, today=TODAY)}
    assert {one.verdict for one in found.values()} == {"not_asked", "partly", "outside", "not_checkable"}
    assert found["C1"].verdict == found["C2"].verdict == "not_asked"
    assert all(one.sample for one in found.values())


@pytest.mark.parametrize(
    ("id", "nct_id", "change", "verdict", "tense"),
    [
        # Sonifilan's only trial, moved into ME/CFS and Phase 2: silent, then alive, then ended.
        (
            "C1",
            "NCT01926821",
            {"groups": ["me_cfs"], "lane": "PHASE2", "overall_status": "RECRUITING"},
            "partly",
            "contradicted",
        ),
        (
            "C1",
            "NCT01926821",
            {
                "groups": ["me_cfs"],
                "lane": "PHASE2",
                "overall_status": "RECRUITING",
                "last_update_posted": "2026-06-01",
            },
            "supported",
            "holds",
        ),
        (
            "C1",
            "NCT01926821",
            {"groups": ["me_cfs"], "lane": "PHASE2", "overall_status": "COMPLETED"},
            "contradicted",
            "contradicted",
        ),
        ("C4", "NCT05350774", {"groups": ["me_cfs"]}, "partly", None),
        ("C7", "NCT07621068", {"overall_status": "RECRUITING"}, "supported", "holds"),
    ],
)
def test_a_changed_record_changes_the_verdict(
    facts: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    id: str,
    nct_id: str,
    change: dict[str, Any],
    verdict: str,
    tense: str | None,
) -> None:
    trials = facts[0].astype({"condition_groups": object})
    at = trials.index[trials["nct_id"] == nct_id][0]
    for name, value in change.items():
        trials.at[at, {"groups": "condition_groups"}.get(name, name)] = value
    before, after = ledger(facts)[id], ledger((trials, *facts[1:]))[id]
    assert (after.verdict, after.tense.verdict if after.tense else None) == (verdict, tense)
    assert (before.verdict, before.rule) != (after.verdict, after.rule)


def test_each_number_is_the_length_of_the_list_it_opens(
    facts: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
) -> None:
    opened = 0
    for found in ledger(facts).values():
        for number in claim_words.lists(found):
            assert number.wanted is not None
            listed = number.wanted.apply(*facts[:2], LISTED).trials
            assert tuple(sorted(listed["nct_id"])) == number.ids, (found.claim.id, number.label)
            opened += 1
    assert opened > 60


# -- the notes from the literature ----------------------------------------------------------------------------------

NOTE = '[[notes]]\nclaim = "C1"\ndocument = "003"\nwritten = "2026-11-22"\nwords = "Read."\nsource = "A paper"\n'


def test_every_note_belongs_to_a_claim_and_says_where_it_was_read() -> None:
    notes = literature.load()
    known = {one.id: one for one in LISTED.claims}
    assert {note.claim for note in notes} >= {"C1", "C2", "C3", "C4", "C5", "C8", "C9", "C10", "C18"}
    for note in notes:
        assert literature.of(known[note.claim], notes) is note
        assert note.written <= date(2026, 11, 27)


def test_a_claim_of_another_watch_list_with_the_same_id_has_no_note() -> None:
    assert literature.of(replace(LISTED.claims[0], agent="ivig"), literature.load()) is None
    assert literature.of(replace(LISTED.claims[0], document="000"), literature.load()) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (NOTE.replace("claim =", "claims ="), r"notes\[0\]\.claims is an unknown key"),
        (NOTE.replace('source = "A paper"\n', ""), "source"),
        (NOTE.replace('"A paper"', '" "'), "no words or no source"),
        (NOTE.replace("2026-11-22", "last year"), "date"),
        (NOTE + NOTE, r"notes\[1\] is a second one on C1"),
        ("notes = [", "are wrong"),
    ],
)
def test_a_wrong_note_is_told(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "notes.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Validation, match=reason):
        literature.load(path)


def test_notes_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(Validation, match="cannot be read"):
        literature.load(tmp_path / "none.toml")


def test_groups_near_are_those_of_the_list() -> None:
    assert claims.near_of(LISTED.claims[0], LISTED) == ("long_covid", "fibromyalgia")
    both = replace(LISTED.claims[0], condition=None)
    assert claims.groups_of(both, LISTED) == ("me_cfs",)
    assert Condition("a", "A", ("a",)).near == ()
