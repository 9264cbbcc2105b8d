"""What the command line tells of a store: its status, its trials, its changes."""

import json
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from cache.store.schema import answer, event
from cache.store.store import Store
from tests.fake_registry import FakeRegistry, make_study
from tests.rigs.commands import Run, rows
from tests.rigs.refresh import AGENTS


def test_status_of_a_store_that_does_not_exist_yet_shows_the_starter(run: Run, tmp_path: Path) -> None:
    (tmp_path / "trials.sqlite3").unlink()
    code, out, _ = run("status", "--json")
    status = json.loads(out)
    assert code == 0
    assert set(status) >= {"store", "registry_timestamp", "fetched_at", "version", "studies", "starter", "agents"}
    assert (status["starter"], status["registry_timestamp"], status["fetched_at"]) == (True, None, None)
    assert status["studies"] > 0
    assert set(status["agents"]) == set(AGENTS)
    for one in status["agents"].values():
        assert set(one) == {"studies", "given", "mentioned", "excluded", "starter", "last_refresh", "error"}
        assert (one["starter"], one["last_refresh"], one["error"]) == (True, None, None)
    code, out, _ = run("status")
    assert code == 0
    assert "never" in out
    assert "starter sample" in out


def test_status_after_a_refresh(run: Run, fake: FakeRegistry) -> None:
    report = json.loads(run("refresh", "--json")[1])
    status = json.loads(run("status", "--json")[1])
    assert status["registry_timestamp"] == fake.data_timestamp
    assert status["starter"] is False
    for name, one in status["agents"].items():
        assert one["studies"] == report["agents"][name]["studies"]
        assert one["last_refresh"] == one["last_refresh"].strip()
        assert one["given"] + one["mentioned"] + one["excluded"] >= one["studies"]
    assert status["refresh"]["outcome"] == "fresh"
    assert status["refresh"]["requests"] == report["requests"]
    missed = status["unexplained_interventions"]
    assert missed
    assert all(set(one) == {"name", "trials", "nct_ids"} and one["trials"] == len(one["nct_ids"]) for one in missed)
    assert [one["trials"] for one in missed] == sorted((one["trials"] for one in missed), reverse=True)
    read = status["results"]
    assert (read["said"], read["wanted"], read["read"]) == ("results: 3 of 3 read", 3, 3)
    assert (read["failed"], read["error"], read["requests"]) == (0, None, 1)
    text = run("status")[1]
    assert "posted          results: 3 of 3 read" in text
    assert f"{report['requests']} requests" in text
    heading, *lines = text.splitlines()[7:]
    assert heading.split() == ["scope", "trials", "given", "mentioned", "excluded", "last", "refresh"]
    assert [line.split()[0] for line in lines] == [*AGENTS, "me_cfs"]


@pytest.mark.usefixtures("refreshed")
def test_export_json_equals_the_raw_records(run: Run, fake: FakeRegistry, tmp_path: Path) -> None:
    out = tmp_path / "trials.json"
    code, printed, err = run("export", "--format", "json", "--out", str(out))
    assert (code, printed) == (0, "")
    exported = json.loads(out.read_text())
    assert f"{len(exported)} rows written to {out}" in err
    assert len(exported) > 30
    for row in exported:
        raw = fake.studies[row["nct_id"]]["protocolSection"]
        assert row["overall_status"] == raw["statusModule"]["overallStatus"]
        assert row["phases"] == raw.get("designModule", {}).get("phases", [])
        assert row["start_date"] == raw["statusModule"].get("startDateStruct", {}).get("date")


@pytest.mark.usefixtures("refreshed")
def test_export_writes_a_data_set_to_a_folder_and_a_file_to_a_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "lake"
    for place in (f"{out}/", str(out)):  # the second time it is a folder already
        code, printed, err = run("export", "--format", "parquet", "--out", place)
        assert (code, printed) == (0, "")
        assert "rows of trial_agents" in err
        assert len(list(out.glob("trials/*/*.parquet"))) > 2
    assert run("export", "--format", "parquet", "--out", str(tmp_path / "one.parquet"))[0] == 0
    assert (tmp_path / "one.parquet").is_file()
    for wrong in (["--format", "csv"], ["--format", "parquet", "--what", "outcomes"]):
        code, _, err = run("export", *wrong, "--out", f"{tmp_path}/new/")
        assert code == 2
        assert "only --format parquet" in err
    assert not (tmp_path / "new").exists()


def test_export_to_an_impossible_place(run: Run, tmp_path: Path) -> None:
    code, _, err = run("export", "--format", "csv", "--out", str(tmp_path / "no" / "such" / "file.csv"))
    assert code in (2, 5)
    assert "no/such" in err


def test_changes_newest_first_and_since(run: Run, env: dict[str, str], fake: FakeRegistry) -> None:
    run("refresh", "--agent", "ivig")
    code, out, _ = run("changes", "--json")
    assert (code, json.loads(out)) == (0, [])
    assert "No changes" in run("changes")[2]
    nct_id = next(row["nct_id"] for row in rows(env["TRIALS_CACHE_URL"], answer) if row["origin"] == "live")
    fake.edit(nct_id, **{"protocolSection.statusModule.overallStatus": "TERMINATED"})
    fake.reload()
    run("refresh", "--agent", "ivig")
    (seen,) = json.loads(run("changes", "--json")[1])
    contract = {"nct_id", "kind", "weight", "before", "after", "registry_date", "seen_at"}
    assert set(seen) > contract
    assert (seen["nct_id"], seen["kind"], seen["after"]) == (nct_id, "status", "TERMINATED")
    store = Store.open(env["TRIALS_CACHE_URL"])
    with store.writing() as connection:
        connection.execute(update(event).values(seen_at="2026-11-20T10:00:00Z"))
        later = {key: seen[key] for key in contract} | {"kind": "enrollment", "seen_at": "2026-11-21T10:00:00Z"}
        later |= {"before": None, "after": {"count": 7, "type": "ACTUAL"}}
        connection.execute(insert(event).values(**later))
    store.close()
    kinds = {
        since: [one["kind"] for one in json.loads(run("changes", "--json", "--since", since)[1])]
        for since in ("2026-11-20", "2026-11-20T10:00:00Z", "2026-11-20T11:00:01+01:00", "2026-11-22")
    }
    assert kinds == {
        "2026-11-20": ["enrollment", "status"],
        "2026-11-20T10:00:00Z": ["enrollment", "status"],
        "2026-11-20T11:00:01+01:00": ["enrollment"],
        "2026-11-22": [],
    }
    text = run("changes")[1]
    assert nct_id in text
    assert "terminated" in text.lower()


def test_registry_text_cannot_steer_the_terminal(run: Run, fake: FakeRegistry, env: dict[str, str]) -> None:
    drugs = [{"type": "BIOLOGICAL", "name": "IVIG"}]
    fake.put(make_study("NCT88888888", why_stopped="ok", interventions=drugs, status="TERMINATED"))
    run("refresh", "--agent", "ivig")
    fake.edit("NCT88888888", **{"protocolSection.statusModule.whyStopped": "\x1b[31mred\x07"})
    fake.edit("NCT88888888", **{"protocolSection.statusModule.lastUpdatePostDateStruct.date": "2026-11-21"})
    fake.reload()
    run("refresh", "--agent", "ivig")
    text = run("changes")[1]
    assert "red" in text
    assert "\x1b" not in text
    assert "\x07" not in text
