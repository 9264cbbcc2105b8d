"""``python -m cache`` as a process of its own: cancelled, unread, beside others."""

import json
import signal

import pytest

from cache.store.schema import refresh
from tests.fake_registry import FakeRegistry
from tests.rigs.commands import PATIENCE, Run, Start, rows, wait_until


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
