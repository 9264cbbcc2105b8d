"""Several processes at once: one refreshes and the others say so, one makes the store and the others find it made."""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Text, cast, func, select

from cache.__main__ import main
from cache.opening import open_store
from cache.recovery.check import integrity
from cache.store.schema import answer, event, match, refresh, scope, study, version
from cache.store.store import Store
from fetchers.settings import ROOT, VARIABLES, Settings
from tests.fake_registry import FakeRegistry, Request, agent_studies, make_study
from tests.rigs.refresh import SCOPES, WATCHLIST, url_of

AGENTS = ("--agent", "sizofiran", "--agent", "ivig")
STATUS = "protocolSection.statusModule.overallStatus"
PATIENCE = 180.0

OPENER = """
import sys
from cache import starter
from cache.opening import open_store
from fetchers.watchlist import load as watchlist
from fetchers.settings import Settings
watched = watchlist.load()
print("ready", flush=True)
sys.stdin.readline()
store = open_store(Settings(cache_url=sys.argv[1]), watched)
print(store.version())
store.close()
"""

Started = subprocess.Popen[str]
Start = Callable[..., Started]


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    with FakeRegistry(agent_studies(), page_cap=3) as registry:
        yield registry


@pytest.fixture
def url(tmp_path: Path, fake: FakeRegistry, monkeypatch: pytest.MonkeyPatch) -> str:
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    given = {
        "TRIALS_REGISTRY_URL": fake.url,
        "TRIALS_CACHE_URL": url_of(tmp_path),
        "TRIALS_PACE_SECONDS": "0",
        "TRIALS_TIMEOUT_SECONDS": str(PATIENCE),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return given["TRIALS_CACHE_URL"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start Python in a process of its own; none outlives its test."""
    started: list[Started] = []

    def start_there(*arguments: str) -> Started:
        pipe = subprocess.PIPE
        command = [sys.executable, *arguments]
        started.append(subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe, stderr=pipe))
        return started[-1]

    yield start_there
    for process in started:
        process.kill()
        process.communicate()


def edited(fake: FakeRegistry, url: str, day: int) -> None:
    """A trial of each agent gets a new status, one is removed and one is added; all are noticed by a sweep."""
    with closing(Store.open(url)) as store, store.reading() as connection:
        query = select(answer.c.scope, answer.c.nct_id).where(answer.c.origin == "live", answer.c.ended_at.is_(None))
        held = sorted((name, nct_id) for name, nct_id in connection.execute(query))
    for agent in ("ivig", "sizofiran"):
        changed, *_, gone = (nct_id for name, nct_id in held if name == agent)
        now = fake.studies[changed]["protocolSection"]["statusModule"]["overallStatus"]
        fake.edit(changed, **{STATUS: "TERMINATED" if now == "SUSPENDED" else "SUSPENDED"})
        fake.remove(gone)
        fake.put(make_study(f"NCT7{agent == 'ivig':d}{day:06d}", interventions=[{"type": "DRUG", "name": agent}]))
    fake.reload()


def counts(store: Store) -> Counter[str]:
    with store.reading() as connection:
        return Counter({one.name: connection.scalar(select(func.count()).select_from(one)) for one in (version, event)})


def assert_nothing_twice(store: Store) -> None:
    same_version = select(version.c.nct_id).group_by(version.c.nct_id, version.c.body_hash).having(func.count() > 1)
    # Two refreshes within one second may tell two changes of the same kind; the same change twice is a fault.
    moved = (cast(event.c.before, Text), cast(event.c.after, Text))
    columns = (event.c.nct_id, event.c.kind, *moved, event.c.registry_date, event.c.seen_at)
    same_event = select(event.c.nct_id).group_by(*columns).having(func.count() > 1)
    with store.reading() as connection:
        assert connection.execute(same_version).all() == []
        assert connection.execute(same_event).all() == []
    assert integrity(store) == []


@pytest.mark.slow
def test_of_several_refreshes_at_once_one_runs_and_the_others_say_so(
    url: str, fake: FakeRegistry, start: Start
) -> None:
    count = 5
    assert main(["refresh", *AGENTS, "--quiet"]) == 0
    edited(fake, url, 1)
    others_ended, record = threading.Event(), fake.record

    def hold_back(request: Request) -> None:
        record(request)
        others_ended.wait(PATIENCE)

    fake.record = hold_back  # type: ignore[method-assign]
    fake.clear_requests()
    processes = [start("-m", "cache", "refresh", *AGENTS, "--json") for _ in range(count)]
    end = time.monotonic() + PATIENCE
    while sum(process.poll() is not None for process in processes) < count - 1:
        assert time.monotonic() < end, "a refresh that may not run does not end"
        time.sleep(0.02)
    others_ended.set()
    printed = [process.communicate(timeout=PATIENCE) for process in processes]
    codes = [process.returncode for process in processes]
    assert sorted(codes) == [0, *[4] * (count - 1)], printed
    (runner,) = (process.pid for process in processes if process.returncode == 0)
    for code, (out, err) in zip(codes, printed, strict=True):
        if code == 4:
            assert "Another refresh has been running since " in err
            assert f"(process {runner} on " in err
            assert json.loads(out)["error"] == err.strip()
            assert json.loads(out)["agents"] == {}
    with closing(Store.open(url)) as store:
        with store.reading() as connection:
            outcomes = list(connection.scalars(select(refresh.c.outcome)))
        assert outcomes == ["fresh", "fresh"]
        assert sum(request.path == "/version" for request in fake.requests) == 1
        assert_nothing_twice(store)
        told = counts(store)
        assert told["event"] == 6  # of each agent: a status, one that left, one that is new
        edited(fake, url, 2)
        assert main(["refresh", *AGENTS, "--quiet"]) == 0
        assert_nothing_twice(store)
        assert counts(store)["event"] == 12


def test_several_who_open_a_new_store_at_once_find_one_schema_and_one_starter(
    url: str, start: Start, tmp_path: Path
) -> None:
    processes = [start("-c", OPENER, url) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()
    for process in processes:  # all have loaded their code: now the store itself is what they race for
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = [process.communicate(timeout=PATIENCE) for process in processes]
    assert [(out, err) for out, err in printed] == [("1\n", "")] * len(processes)
    with closing(Store.open(url)) as store, closing(open_store(Settings(cache_url="sqlite://"), WATCHLIST)) as alone:
        assert [one.split(".")[0] for one in _names(tmp_path)] == ["trials"]
        moments = (study.c.first_seen, study.c.fetched_at, version.c.seen_at, answer.c.first_seen)
        assert _without(store, moments) == _without(alone, moments)
        with store.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar() == 1
            assert connection.scalar(select(func.count()).select_from(scope).where(scope.c.starter)) == len(SCOPES)
        assert integrity(store) == []


def _names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir() if one.suffix == ".sqlite3")


def _without(store: Store, left_out: tuple[object, ...]) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    with store.reading() as connection:
        for table in (study, version, answer, match, scope, event):
            columns = [
                column
                for column in table.c
                if column.name != "digest" and all(column is not other for other in left_out)
            ]
            query = select(*columns).order_by(*table.primary_key.columns)
            found[table.name] = [tuple(row) for row in connection.execute(query)]
    return found
