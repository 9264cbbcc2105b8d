"""The Claims page from the router: on the starter, on a live store, and with one agent that failed."""

import pandas as pd
import pytest

from dashboard.shared import evidence_data
from fetchers.watchlist import load as watchlist
from insights.claim_rules import RULES
from tests.rigs.pages import page, shown, table, tables, unfolded

LISTED = watchlist.load()


def ids(ledger: pd.DataFrame) -> list[str]:
    """The claims of the ledger, each of which links to its own address."""
    return [link.removeprefix("claims?claim=") for link in ledger["Claim"]]


def test_the_starter_is_no_answer(starter: str) -> None:
    at = page("claims")
    said = shown(at)
    assert "Starter snapshot of" in said
    for claim in LISTED.claims:
        assert f"**{claim.words}**" in said
    assert "Not found" not in said
    assert "Contradicted:" not in said
    assert "Partly (on the starter sample; not asked yet)" in said
    assert "The registry has not been asked yet about sizofiran" in said
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
    assert "That does not mean that none exists." in rules["Rule"].iloc[-1]


def test_a_live_store_with_one_agent_that_failed(unanswered: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = page("claims")
    said = shown(at)
    assert "Registry data of" in said
    ledger = table(at, "Claim", "Verdict")
    verdicts = dict(zip(ids(ledger), ledger["Verdict"], strict=True))
    assert verdicts["C1"] == "Not asked yet"  # sizofiran: asked, and failed
    assert "The registry did not answer for sizofiran" in said
    assert verdicts["C2"] == "Supported"
    assert verdicts["C9"] == "Not found"
    assert "NCT09020005" in said  # azathioprine in ME/CFS: a reason for exclusion only


def test_one_agent_and_the_evidence_behind_its_claim(unanswered: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = page("claims", agent="azathioprine")
    assert set(ids(table(at, "Claim", "Verdict"))) == {"C9", "C11", "C12", "C21", "C22", "C23"}
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


def test_a_claim_has_an_address_of_its_own(unanswered: str) -> None:
    listed = page("claims")
    assert "claims?claim=C9" in set(table(listed, "Claim", "Verdict")["Claim"])
    assert "[C9](claims?claim=C9) · " in shown(listed)
    alone = page("claims", claim="c9")
    said = shown(alone)
    assert [claim.words for claim in LISTED.claims if f"**{claim.words}**" in said] == [
        claim.words for claim in LISTED.claims if claim.id == "C9"
    ]
    assert set(table(alone, "NCT id", "Newest activity")["Where"]) == {
        "In the condition, not given",
        "In another condition",
    }
    (back,) = [one for one in alone.main.get("page_link") if one.proto.label == "All claims"]
    assert "claim" not in back.proto.query_string


def test_the_evidence_stands_before_the_literature(starter: str) -> None:
    noted = next(claim.id for claim in LISTED.claims if evidence_data.note(claim))
    kinds = [str(one.value) for one in page("claims", claim=noted).main if hasattr(one, "value")]
    said = [at for at, text in enumerate(kinds) if text.startswith("Rule ")]
    literature = [at for at, text in enumerate(kinds) if "From the literature" in text]
    assert said
    assert literature
    assert max(said) < min(literature)


def test_a_claim_that_is_none_is_said_and_all_are_shown(starter: str) -> None:
    at = page("claims", claim="C999")
    assert "“C999” is no claim of this watch-list, so all are shown." in shown(at)
    assert len(table(at, "Claim", "Verdict")) == len(LISTED.claims)


def test_the_evidence_of_every_claim_opens(live: str) -> None:
    at = unfolded(page("claims"), ending="")
    queries = [one for one in tables(at) if "Asked of the registry" in one]
    assert len(queries) == len(evidence_data.findings())
    assert not any(one["Agent"].isna().any() for one in queries)
