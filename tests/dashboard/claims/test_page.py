"""The Claims page from the router: on the starter, on a live store, and with one agent that failed."""

import pytest

from fetchers.watchlist import load as watchlist
from insights.claim_rules import RULES
from tests.rigs.pages import page, shown, table, tables

LISTED = watchlist.load()


def test_the_starter_is_no_answer(starter: str) -> None:
    at = page("claims")
    said = shown(at)
    assert "Starter snapshot of" in said
    for claim in LISTED.claims:
        assert f"**{claim.words}**" in said
    assert "Not found" not in said
    assert "Contradicted:" not in said
    assert "Partly (on the starter sample; not asked yet)" in said
    assert "The registry has not been asked yet for sizofiran" in said
    ledger = table(at, "Claim", "Verdict")
    assert len(ledger) == len(LISTED.claims)
    assert ledger["Trials"].str.fullmatch(r"(trials\?.+|claims)#\d+").all()


def test_each_document_says_who_made_it_and_whose_interest_it_serves(starter: str) -> None:
    at = page("claims")
    said = shown(at)
    assert [one.value for one in at.header] == [document.title for document in LISTED.documents]
    assert said.count("The publisher is not known") == 2
    assert "Published by hbot.com (Harch Hyperbaric), May 9, 2025." in said
    assert "The publisher sells hyperbaric oxygen treatment" in said


def test_the_literature_stands_apart_with_source_and_day(starter: str) -> None:
    said = shown(page("claims"))
    assert said.count("From the literature, not from the registry") >= 9
    assert "Klimas 2001, Journal of Chronic Fatigue Syndrome" in said
    assert "Written by hand on 22 November 2026." in said


def test_the_rules_are_on_the_page(starter: str) -> None:
    rules = table(page("claims"), "Rule", "Verdict")
    assert len(rules) == len(RULES)
    assert "Not found does not mean that there is none" in rules["Rule"].iloc[-1]


def test_a_live_store_with_one_agent_that_failed(unanswered: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = page("claims")
    said = shown(at)
    assert "Registry data of" in said
    verdicts = dict(zip(table(at, "Claim", "Verdict")["Claim"], table(at, "Claim", "Verdict")["Verdict"], strict=True))
    assert verdicts["C1"] == "Not asked yet"  # sizofiran: asked, and failed
    assert "The registry did not answer for sizofiran" in said
    assert verdicts["C2"] == "Supported"
    assert verdicts["C9"] == "Not found"
    assert "NCT09020005" in said  # azathioprine in ME/CFS: a reason for exclusion only


def test_one_agent_and_the_evidence_behind_its_claim(unanswered: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = page("claims", agent="azathioprine")
    assert set(table(at, "Claim", "Verdict")["Claim"]) == {"C9", "C11", "C12", "C21", "C22", "C23"}
    at.session_state["claim_C9"] = True
    at.run()
    assert not at.exception
    evidence = table(at, "NCT id", "Newest activity")
    assert "trial?nct=NCT09020005" in set(evidence["NCT id"])
    assert set(evidence["Where"]) == {"In the condition, not given", "In another condition"}
    asked = next(one for one in tables(at) if "Asked of the registry" in one)
    assert asked["Asked of the registry"].iloc[0].startswith("query.intr=azathioprine")
    assert asked["Registry data of"].notna().all()
    assert f"Rule {len(RULES)}:" in shown(at)
