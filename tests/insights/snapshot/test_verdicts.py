"""After a refresh the claims are judged by the rules, and a verdict that changed is told."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from cache.changes.changelog import changelog
from cache.codes import VERDICT_WORDS
from cache.store.schema import match, study
from cache.store.store import Store, bump
from dashboard.claims.tables import VERDICT
from fetchers.watchlist.load import load
from insights.cli.snapshot import judge
from insights.snapshot import verdicts
from insights.verdicts.rule import VERDICTS
from tests.rigs import moved_stores as moved
from tests.rigs.stores import opened
from tests.rigs.trial_rows import asked

WATCHLIST = load()
TODAY = date(2026, 11, 27)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "store.sqlite3") as store:
        moved.live(store, agents=[agent.id for agent in WATCHLIST.agents])
        for condition in WATCHLIST.conditions:
            if condition.swept:
                asked(store, condition.id, kind="sweep")
        yield store


def test_a_trial_that_begins_to_run_changes_verdicts(store: Store) -> None:
    assert judge(store, WATCHLIST, TODAY) == []
    assert judge(store, WATCHLIST, TODAY) == []
    with store.writing() as connection:
        runs = {"overall_status": "RECRUITING", "last_update_posted": "2026-11-18", "start_date": "2026-10"}
        connection.execute(update(study).where(study.c.nct_id == "NCT00000003").values(**runs))
        connection.execute(
            update(match).where(match.c.nct_id == "NCT00000003").values(agent="rintatolimod", role="tested")
        )
        bump(connection)
    moved.happened(store, 3, "status")
    claims = judge(store, WATCHLIST, TODAY)
    assert claims
    told = changelog(store, kinds=["verdict"])
    assert sorted(one.after["claim"] for one in told) == sorted(claims)
    assert {one.nct_id for one in told} == {"NCT00000003"}
    assert all(one.before["verdict"] != one.after["verdict"] for one in told)
    assert judge(store, WATCHLIST, TODAY) == []


def test_the_rules_have_a_name_that_their_code_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = verdicts.rules_of(WATCHLIST)
    assert name == verdicts.rules_of(load())
    for file in ("claims.py", "claim_rules.py", "evidence.py"):
        (tmp_path / file).write_text("")
    for folder in ("verdicts", "findings"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(verdicts, "_ROOM", tmp_path)
    empty = verdicts.rules_of(WATCHLIST)
    (tmp_path / "verdicts" / "now.py").write_text("later = True")
    assert len({name, empty, verdicts.rules_of(WATCHLIST)}) == 3


def test_every_verdict_has_the_word_of_the_page() -> None:
    assert set(VERDICT_WORDS) == set(VERDICTS)
    assert {key: look.word for key, look in VERDICT.items()} == VERDICT_WORDS
