"""The units and the environment of deploy/: what they name exists, and systemd, where there is one, takes them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit import config

from cache.__main__ import parser
from fetchers.settings import ROOT, VARIABLES, Settings
from tests.rigs.nginx import DASHBOARDS, DEPLOY, NAME, environment

UNITS = DEPLOY / "systemd"
FILES = sorted(path for path in UNITS.rglob("*") if path.is_file())
PYTHON = "/srv/trial-tracker/.venv/bin/python"


def commands() -> dict[str, list[str]]:
    """The command of each service, without the interpreter."""
    found = {}
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        start = re.search(rf"^ExecStart={re.escape(PYTHON)} -m ((?:.*\\\n)*.*)$", text, re.M)
        if start:
            found[path.name] = start[1].replace("\\\n", " ").replace("%%", "%").split()
    return found


def test_a_dashboard_is_started_as_the_readme_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"python -m {' '.join(commands()['trials-dashboard@.service'])}" in readme


@pytest.mark.parametrize("unit", ["trials-refresh.service", "trials-digest.service"])
def test_the_commands_of_the_timers_are_accepted(unit: str) -> None:
    room, *words = commands()[unit]
    assert room == "cache"
    assert parser().parse_args(words)
    assert (UNITS / unit.replace(".service", ".timer")).exists()


@pytest.mark.parametrize("path", [DEPLOY / "trials.env", *FILES], ids=lambda path: path.name)
def test_every_variable_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"TRIALS_[A-Z_]+", text)) <= {variable.name for variable in VARIABLES}
    known = [re.sub("([A-Z])", r"_\1", option.replace(".", "_")).upper() for option in config._config_options or ()]
    assert set(re.findall(r"STREAMLIT_[A-Z_]+", text)) <= {f"STREAMLIT_{name}" for name in known}


def test_the_environment_can_be_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    settings = Settings.from_env()
    assert (settings.allowed_hosts, settings.refresh) == ((NAME,), "nobody")
    assert environment()["STREAMLIT_SERVER_ADDRESS"] == "127.0.0.1"


def test_the_ports_of_the_readme_are_those_of_nginx() -> None:
    named = re.findall(r"127\.0\.0\.1:(\d+)", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    assert {int(port) for port in named} == set(DASHBOARDS)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for path in FILES:
        copied = tmp_path / path.relative_to(UNITS)
        copied.parent.mkdir(exist_ok=True)
        copied.write_text(path.read_text(encoding="utf-8").replace(PYTHON, sys.executable), encoding="utf-8")
    names = [path.name.replace("@.", "@8501.") for path in FILES if path.parent == UNITS]
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *names],
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "SYSTEMD_LOG_LEVEL": "warning"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (verified.returncode, verified.stderr) == (0, "")
