"""The command ``trial-tracker``: every command of the rooms below, and the dashboard with the right settings."""

import argparse
import logging
import os
import sys
from pathlib import Path

import pytest

import cache.__main__ as cache_commands
import dashboard.__main__ as dashboard_commands
import insights.__main__ as insight_commands
from dashboard import command, serve
from fetchers import __version__
from fetchers.settings import ROOT
from tests.rigs.refresh import url_of


def choices(parser: argparse.ArgumentParser) -> set[str]:
    """The commands a parser knows."""
    (action,) = [one for one in parser._actions if one.dest == "command"]
    return set(action.choices or ())


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines under which the server would have started."""
    started: list[list[str]] = []
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setattr(serve, "_streamlit", lambda: started.append(list(sys.argv)))
    for name in ("TRIALS_CACHE_URL", "TRIALS_WATCHLIST", "STREAMLIT_SERVER_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    return started


def test_it_knows_every_command_of_the_rooms() -> None:
    rooms = (cache_commands, insight_commands, dashboard_commands)
    assert choices(command.parser()) == set().union(*(choices(room.parser()) for room in rooms))
    assert choices(dashboard_commands.parser()) == set(dashboard_commands.COMMANDS)


def test_it_serves_this_machine_only_unless_told_otherwise(
    served: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = ["streamlit", "run", str(ROOT / "dashboard" / "app.py")]
    assert command.main(["serve"]) == 0
    assert dashboard_commands.main(["serve"]) == 0
    assert command.main(["serve", "--port", "8600", "--address", "0.0.0.0"]) == 0
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "192.0.2.1")
    assert command.main(["serve"]) == 0
    assert served == [
        [*head, "--server.address=127.0.0.1"],
        [*head, "--server.address=127.0.0.1"],
        [*head, "--server.address=0.0.0.0", "--server.port=8600"],
        head,
    ]


@pytest.mark.parametrize("options", [["publish", "--out", "site"], ["mcp"]])
def test_a_command_that_needs_no_browser_is_not_warned_that_none_is_there(
    options: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    logger = logging.getLogger(dashboard_commands.NO_BROWSER)
    monkeypatch.setattr(logger, "filters", [])
    monkeypatch.setenv("TRIALS_CACHE_URL", "nonsense")
    monkeypatch.chdir(tmp_path)
    assert dashboard_commands.main(options) != 0
    assert not logger.filter(logging.makeLogRecord({"msg": "missing ScriptRunContext!"}))


@pytest.mark.parametrize(
    ("given", "settled"),
    [
        ("sqlite:///mine.sqlite3", "sqlite:///HERE/mine.sqlite3"),
        ("sqlite:////srv/mine.sqlite3", "sqlite:////srv/mine.sqlite3"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_refresh_from_the_page_finds_the_store_that_is_served(
    given: str, settled: str, served: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRIALS_CACHE_URL", given)
    monkeypatch.setenv("TRIALS_WATCHLIST", "mine.toml")
    assert command.main(["serve"]) == 0
    assert os.environ["TRIALS_CACHE_URL"] == settled.replace("HERE", str(tmp_path))
    assert os.environ["TRIALS_WATCHLIST"] == str(tmp_path / "mine.toml")


def test_commands_end_as_in_their_rooms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRIALS_CACHE_URL", url_of(tmp_path))
    assert command.main(["status"]) == 0
    assert "starter sample" in capsys.readouterr().out
    assert command.main(["refresh", "--agent", "nobody"]) == 2
    assert command.main(["claims", "--agent", "nobody"]) == 2
    (tmp_path / "trials.sqlite3").write_bytes(b"no database" * 500)
    assert command.main(["claims"]) == 5


def test_it_tells_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == f"trial-tracker {__version__}"
