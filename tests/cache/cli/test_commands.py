"""``python -m cache``: exit codes, shapes and sentences of the contract, in one process where that will do."""

import json
import resource
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert

from cache.store.lock import hold
from cache.store.schema import answer, refresh
from cache.store.store import Store
from fetchers.registry.client import Registry
from tests.fake_registry import FakeRegistry
from tests.rigs.commands import PATIENCE, Run, Start, rows
from tests.rigs.refresh import AGENTS, SCOPES, no_sleep

RESULT = {"status", "studies", "new", "changed", "left", "set_aside", "error"}
REPORT = {"registry_timestamp", "requests", "bytes", "seconds", "agents", "sweeps", "results", "error"}


# -- refresh ----------------------------------------------------------------------------------------------------------


def test_refresh_of_all_reports_every_agent_and_the_sweeps_apart(run: Run, fake: FakeRegistry) -> None:
    code, out, err = run("refresh", "--json")
    report = json.loads(out)
    assert code == 0
    assert set(report) == REPORT
    assert set(report["agents"]) == set(AGENTS)
    assert set(report["sweeps"]) == {"me_cfs"}
    for result in (*report["agents"].values(), *report["sweeps"].values()):
        assert set(result) == RESULT
        assert result["status"] == "fresh"
        assert result["studies"] == result["new"] > 0
        assert result["error"] is None
    assert report["registry_timestamp"] == fake.data_timestamp
    assert report["requests"] == len(fake.requests)
    assert report["bytes"] == sum(request.bytes_sent for request in fake.requests)
    assert report["seconds"] > 0
    lines = err.splitlines()
    assert len(lines) == len(SCOPES) + 2  # a line a scope, one for posted results, and the summary
    assert lines[0].startswith(f"[1/{len(SCOPES) + 1}] Sizofiran: fresh, 4 trials (4 new, 0 changed, 0 left)")
    assert lines[-1].startswith(f"{len(SCOPES)} fresh; registry data of 2026-11-20T09:00:05;")


@pytest.mark.usefixtures("refreshed")
def test_refresh_again_is_unchanged_with_one_request(run: Run, fake: FakeRegistry) -> None:
    code, out, _ = run("refresh", "--json")
    report = json.loads(out)
    assert (code, report["requests"], len(fake.requests)) == (0, 1, 1)
    assert {result["status"] for result in report["agents"].values()} == {"unchanged"}


def test_refresh_of_two_agents_reports_exactly_these(run: Run) -> None:
    code, out, _ = run("refresh", "--agent", "ivig", "--agent", "sizofiran", "--json")
    report = json.loads(out)
    assert code == 0
    assert (set(report["agents"]), report["sweeps"]) == ({"ivig", "sizofiran"}, {})


def test_refresh_in_full_asks_for_everything_again(run: Run, fake: FakeRegistry) -> None:
    run("refresh", "--agent", "ivig")
    fake.clear_requests()
    code, _, err = run("refresh", "--agent", "ivig", "--full")
    assert code == 0
    assert len(fake.requests) > 1
    assert "fresh" in err


def test_quiet_refresh_says_nothing_when_all_went_well(run: Run, fake: FakeRegistry) -> None:
    assert run("refresh", "--quiet", "--agent", "ivig") == (0, "", "")
    assert run("refresh", "--quiet", "--agent", "ivig") == (0, "", "")  # unchanged
    code, out, err = run("refresh", "--quiet", "--json", "--agent", "ivig")
    assert (code, err, json.loads(out)["agents"]["ivig"]["status"]) == (0, "", "unchanged")


def test_quiet_refresh_says_what_failed_and_nothing_else(run: Run, fake: FakeRegistry) -> None:
    fake.fault("short-total", when=lambda request: "Ampligen" in str(request.params))
    code, out, err = run("refresh", "--quiet", "--agent", "ivig", "--agent", "rintatolimod")
    assert (code, out) == (1, "")
    failed, last = err.splitlines()
    assert failed.startswith("[1/3] Rintatolimod (Ampligen): failed, ")
    assert last.startswith("1 fresh, 1 failed; registry data of ")


def test_quiet_refresh_that_does_not_begin_says_why(run: Run, env: dict[str, str], fake: FakeRegistry) -> None:
    store = Store.open(env["TRIALS_CACHE_URL"])
    with hold(store.engine):
        code, out, err = run("refresh", "--quiet")
    store.close()
    assert (code, out, len(err.splitlines())) == (4, "", 1)
    fake.fault("403")
    code, out, err = run("refresh", "--quiet", "--agent", "ivig")
    assert (code, out) == (3, "")
    assert "refused this machine" in err
    assert run("refresh", "--quiet", "--agent", "vitamin_c")[0] == 2


def test_some_agents_failed(run: Run, fake: FakeRegistry) -> None:
    fake.fault("short-total", when=lambda request: "Ampligen" in str(request.params))
    code, out, err = run("refresh", "--json")
    report = json.loads(out)
    assert code == 1
    assert report["agents"]["rintatolimod"]["status"] == "failed"
    assert "announced" in report["agents"]["rintatolimod"]["error"]
    assert report["agents"]["ivig"]["status"] == "fresh"
    assert "Rintatolimod (Ampligen): failed, 0 trials kept as they were: " in err


def test_registry_refuses_this_machine(run: Run, fake: FakeRegistry) -> None:
    fake.fault("403")
    code, out, err = run("refresh", "--json")
    report = json.loads(out)
    assert code == 3
    assert set(report["agents"]) == set(AGENTS)
    assert {result["status"] for result in report["agents"].values()} == {"failed"}
    assert "refused this machine" in report["error"]
    assert "refused this machine" in err


def test_registry_that_is_not_there(run: Run, fake: FakeRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    run("refresh", "--agent", "ivig")
    monkeypatch.setattr("cache.cli.refresh.Registry", partial(Registry, sleep=no_sleep))
    fake.stop()
    code, out, err = run("refresh", "--json")
    assert code == 3
    assert "connection was refused" in json.loads(out)["error"]
    assert "connection was refused" in err
    code, out, _ = run("status", "--json")
    status = json.loads(out)
    assert "connection was refused" in status["agents"]["ivig"]["error"]
    assert status["agents"]["ivig"]["studies"] == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "usage:"),
        (("refresh", "--agent", "vitamin_c"), "hyperbaric_oxygen"),
        (("refresh", "--agnt", "ivig"), "usage:"),
        (("reload",), "invalid choice"),
        (("changes", "--since", "yesterday"), "--since needs a date"),
        (("changes", "--since", "2026-13-01"), "--since needs a date"),
        (("export", "--format", "pdf", "--out", "x"), "invalid choice"),
    ],
)
def test_wrong_usage(run: Run, fake: FakeRegistry, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert fake.requests == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRIALS_REGISTRY_URL", "ftp://example.org"),
        ("TRIALS_PACE_SECONDS", "fast"),
        ("TRIALS_TIMEOUT_SECONDS", "0"),
        ("TRIALS_CACHE_URL", "not a url"),
        ("TRIALS_WATCHLIST", "/no/such/watchlist.toml"),
    ],
)
@pytest.mark.parametrize("command", ["refresh", "status"])
def test_bad_configuration(
    run: Run, monkeypatch: pytest.MonkeyPatch, fake: FakeRegistry, command: str, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    code, out, err = run(command, "--json")
    assert (code, out) == (2, "")
    assert (name if name != "TRIALS_WATCHLIST" else value) in err
    assert fake.requests == []


def test_unreadable_watchlist_names_the_file(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[[agents]\n")
    monkeypatch.setenv("TRIALS_WATCHLIST", str(path))
    code, _, err = run("refresh")
    assert code == 2
    assert str(path) in err


def test_another_refresh_is_running(run: Run, env: dict[str, str]) -> None:
    store = Store.open(env["TRIALS_CACHE_URL"])
    with hold(store.engine), store.writing() as connection:
        values = {"state": "running", "started_at": "2026-11-22T12:00:00Z", "beat_at": "2026-11-22T12:00:00Z"}
        flags = {"full": False, "cancel": False, "requests": 0, "bytes": 0, "pid": 4711, "host": "here"}
        connection.execute(insert(refresh).values(**values, **flags))
    with hold(store.engine):
        code, out, err = run("refresh", "--json")
        assert code == 4
        assert set(json.loads(out)) == REPORT
        for text in (err, json.loads(out)["error"]):
            assert "since 2026-11-22T12:00:00Z (process 4711 on here)" in text
        assert run("cancel")[2] == "The refresh of process 4711 was asked to stop.\n"
        assert rows(env["TRIALS_CACHE_URL"], refresh)[0]["cancel"] is True
        assert "died since" in run("status")[1] or "running since" in run("status")[1]
    assert run("cancel")[2] == "No refresh is running.\n"
    assert run("refresh", "--agent", "ivig")[0] == 0
    assert [row["outcome"] for row in rows(env["TRIALS_CACHE_URL"], refresh)] == ["broken", "fresh"]
    store.close()


# -- local trouble ----------------------------------------------------------------------------------------------------


def test_folder_that_cannot_be_used(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRIALS_CACHE_URL", f"sqlite:///{tmp_path / 'file' / 'trials.sqlite3'}")
    code, out, err = run("refresh", "--json")
    assert code == 5
    assert "TRIALS_CACHE_URL" in json.loads(out)["error"]
    assert "TRIALS_CACHE_URL" in err
    assert run("status")[0] == 5


def test_damaged_store_is_copied_aside_and_the_next_refresh_works(
    run: Run, env: dict[str, str], tmp_path: Path, fake: FakeRegistry
) -> None:
    run("refresh", "--agent", "ivig")
    path = tmp_path / "trials.sqlite3"
    damaged = b"not a database at all" + path.read_bytes()[21:]
    path.write_bytes(damaged)
    assert run("check")[0] == 1
    code, _, err = run("status")
    assert code == 5
    assert "check --rescue" in err
    fake.clear_requests()
    code, out, err = run("refresh", "--json")
    assert (code, fake.requests) == (5, [])
    (copy,) = (one for one in tmp_path.iterdir() if "damaged" in one.name)
    assert copy.read_bytes() == damaged
    for text in (err, json.loads(out)["error"]):
        assert str(copy) in text
        assert "is damaged" in text
    assert run("refresh")[0] == 0
    assert run("check")[:2] == (0, "The store is sound.\n")


def test_check_can_rescue_by_itself(run: Run, tmp_path: Path) -> None:
    run("refresh", "--agent", "ivig")
    path = tmp_path / "trials.sqlite3"
    path.write_bytes(b"x" * 100 + path.read_bytes()[100:])
    code, _, err = run("check", "--rescue")
    assert code == 1
    assert "copied aside" in err
    assert run("check")[0] == 0


def test_newer_store_is_never_touched(run: Run, env: dict[str, str], tmp_path: Path) -> None:
    store = Store.open(env["TRIALS_CACHE_URL"])
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    code, _, err = run("refresh")
    assert code == 5
    assert "newer version" in err
    assert not [one for one in tmp_path.iterdir() if "damaged" in one.name]


def test_full_disk_while_refreshing(env: dict[str, str], tmp_path: Path, run: Run, start: Start) -> None:
    assert run("refresh", "--agent", "ivig")[0] == 0
    before = rows(env["TRIALS_CACHE_URL"], answer)
    largest = max(one.stat().st_size for one in tmp_path.iterdir()) + 8192

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    process = start("refresh", "--full", "--json", preexec_fn=limit)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 5, err
    assert "Traceback" not in err
    report = json.loads(out)
    assert "disk" in report["error"]
    assert run("check")[0] == 0
    kept = rows(env["TRIALS_CACHE_URL"], answer)
    assert [row for row in kept if row["scope"] == "ivig" and row["origin"] == "live"] == [
        row for row in before if row["scope"] == "ivig" and row["origin"] == "live"
    ]
    assert run("refresh")[0] == 0
