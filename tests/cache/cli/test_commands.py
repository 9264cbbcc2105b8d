"""``python -m cache``: exit codes, shapes and sentences of the contract, in one process where that will do."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from cache.__main__ import main
from cache.opening import open_store
from cache.store.lock import hold
from cache.store.schema import answer, event, refresh, staged
from cache.store.store import Store
from fetchers.registry.client import Registry
from fetchers.settings import ROOT, VARIABLES, Settings
from tests.fake_registry import FakeRegistry, agent_studies, make_study
from tests.rigs.refresh import AGENTS, WATCHLIST, Rig, no_sleep, url_of

Run = Callable[..., tuple[int, str, str]]
Start = Callable[..., subprocess.Popen[str]]
PATIENCE = 120  # for processes on a busy machine
RESULT = {"status", "studies", "new", "changed", "left", "set_aside", "error"}
REPORT = {"registry_timestamp", "requests", "bytes", "seconds", "agents", "sweeps", "error"}


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    with FakeRegistry(agent_studies(), page_cap=20) as registry:
        yield registry


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with nothing but the starter snapshot, to begin with; making one takes a second."""
    folder = tmp_path_factory.mktemp("starter")
    open_store(Settings(cache_url=url_of(folder)), WATCHLIST).close()
    return folder / "trials.sqlite3"


@pytest.fixture(scope="module")
def whole(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after a refresh of everything."""
    folder = tmp_path_factory.mktemp("whole")
    with Rig(page_cap=20, url=url_of(Path(shutil.copy(starter, folder)).parent)) as rig:
        assert rig.refresh().exit_code == 0
    return folder / "trials.sqlite3"


@pytest.fixture
def refreshed(env: dict[str, str], whole: Path, tmp_path: Path) -> None:
    """The command meets a store that was refreshed a moment ago."""
    shutil.copy(whole, tmp_path)


@pytest.fixture
def env(fake: FakeRegistry, starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables of a command over a store with the starter, set for this process too."""
    shutil.copy(starter, tmp_path)
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    given = {
        "TRIALS_REGISTRY_URL": fake.url,
        "TRIALS_CACHE_URL": url_of(tmp_path),
        "TRIALS_PACE_SECONDS": "0",
        "TRIALS_TIMEOUT_SECONDS": "5",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return {**os.environ, **given}


@pytest.fixture
def run(env: dict[str, str], capsys: pytest.CaptureFixture[str]) -> Run:
    def run_here(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as error:
            code = int(error.code or 0)
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return run_here


@pytest.fixture
def start(env: dict[str, str]) -> Iterator[Start]:
    """Start the command as a process of its own; none outlives its test."""
    started: list[subprocess.Popen[str]] = []

    def start_there(*arguments: str, set: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "cache", *arguments]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        started.append(subprocess.Popen(command, cwd=ROOT, env={**env, **(set or {})}, text=True, **pipes))
        return started[-1]

    yield start_there
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def rows(url: str, table: Any) -> list[dict[str, Any]]:
    store = Store.open(url)
    try:
        with store.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(select(table))]
    finally:
        store.close()


def wait_until(true: Callable[[], Any], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


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
    assert len(lines) == 11  # a line a scope, and the summary
    assert lines[0].startswith("[1/10] Sizofiran: fresh, 4 trials (4 new, 0 changed, 0 left)")
    assert lines[-1].startswith("10 fresh; registry data of 2026-11-20T09:00:05;")


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
    assert failed.startswith("[1/2] Rintatolimod (Ampligen): failed, ")
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
        (("changes", "--since", "yesterday"), "--since wants a date"),
        (("changes", "--since", "2026-13-01"), "--since wants a date"),
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


# -- processes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "cancel"])
def test_cancel_also_while_the_registry_stalls(
    env: dict[str, str], run: Run, start: Start, fake: FakeRegistry, how: str
) -> None:
    url = env["TRIALS_CACHE_URL"]
    fake.fault("stall", when=lambda request: "IVIG" in str(request.params))
    process = start(
        "refresh", "--agent", "ivig", "--agent", "sizofiran", "--json", set={"TRIALS_TIMEOUT_SECONDS": "600"}
    )
    wait_until(lambda: any("IVIG" in str(request.params) for request in fake.requests))
    if how == "cancel":
        assert "was asked to stop" in run("cancel")[2]
    else:
        process.send_signal(getattr(signal, how))
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    report = json.loads(out)
    assert report["error"] == report["agents"]["ivig"]["error"] == "The refresh was cancelled."
    assert report["agents"]["sizofiran"]["status"] == "fresh"
    (row,) = rows(url, refresh)
    assert (row["outcome"], row["exit_code"]) == ("cancelled", 130)
    assert rows(url, staged) == []


def test_reader_that_leaves_early_does_no_harm(env: dict[str, str], start: Start) -> None:
    letters = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    for arguments in (("refresh", "--agent", "ivig", "--json"), ("status",)):
        process = start(*arguments, set=letters)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        printed = process.stderr.read()
        assert process.wait(timeout=PATIENCE) == 0
        assert "Broken" not in printed
        assert "Error" not in printed
    assert [row["outcome"] for row in rows(env["TRIALS_CACHE_URL"], refresh)] == ["fresh"]


def test_lost_standard_error_does_not_stop_a_refresh(start: Start) -> None:
    process = start("refresh", "--agent", "ivig", "--json")
    assert process.stderr is not None
    process.stderr.close()
    assert process.stdout is not None
    assert json.load(process.stdout)["agents"]["ivig"]["status"] == "fresh"
    assert process.wait(timeout=PATIENCE) == 0


# -- reading ----------------------------------------------------------------------------------------------------------


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
    text = run("status")[1]
    assert f"{report['requests']} requests" in text
    heading, *lines = text.splitlines()[6:]
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


def test_reading_works_while_a_refresh_runs(env: dict[str, str], run: Run, start: Start, fake: FakeRegistry) -> None:
    fake.fault("stall", when=lambda request: "IVIG" in str(request.params))
    process = start("refresh", "--agent", "ivig", "--agent", "sizofiran", set={"TRIALS_TIMEOUT_SECONDS": "600"})
    wait_until(lambda: any("IVIG" in str(request.params) for request in fake.requests))
    status = json.loads(run("status", "--json")[1])
    assert status["refresh"]["state"] == "running"
    assert status["refresh"]["alive"] is True
    assert status["agents"]["sizofiran"]["starter"] is False
    assert status["agents"]["ivig"]["starter"] is True
    assert run("check")[0] == 0
    assert run("changes", "--json")[0] == 0
    beat = status["refresh"]["beat_at"]
    wait_until(lambda: rows(env["TRIALS_CACHE_URL"], refresh)[0]["beat_at"] > beat)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=PATIENCE) is not None
    assert process.returncode == 130


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
