"""What an installed package holds: all the house needs, and every version and licence in one place."""

import fnmatch
import re
import tomllib
from pathlib import Path

import pytest

from fetchers import __version__
from fetchers.settings import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = ("fetchers", "cache", "insights", "dashboard")
# What lies in a room without belonging to it.
LEFT_OUT = {"__pycache__", "data"}


def files() -> list[Path]:
    found = [path.relative_to(ROOT) for room in ROOMS for path in sorted((ROOT / room).rglob("*"))]
    return [path for path in found if (ROOT / path).is_file() and not LEFT_OUT & set(path.parts)]


@pytest.mark.parametrize("path", [path for path in files() if path.suffix != ".py"], ids=str)
def test_every_data_file_is_packed(path: Path) -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    folder = "" if path.parent.name.isidentifier() else f"{path.parent.name}/"  # else it is a folder of the one above
    assert any(fnmatch.fnmatchcase(folder + path.name, pattern) for pattern in patterns), path


def test_every_room_is_packed() -> None:
    assert PROJECT["tool"]["setuptools"]["packages"]["find"]["include"] == [f"{room}*" for room in ROOMS]


def test_the_version_stands_in_one_place() -> None:
    assert "version" not in PROJECT["project"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "fetchers.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_the_changelog_tells_of_this_version() -> None:
    told = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert told[:1] == ["Unreleased"]
    assert __version__ in told


def test_licence_and_foreign_terms_come_along() -> None:
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert "ClinicalTrials.gov" in notice
    assert "Natural Earth" in notice


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {name.lower().replace("_", "-"): version for name, version in pins}


def test_the_constraints_pin_all_that_is_required() -> None:
    for name in sorted(path.name for path in ROOT.glob("requirements*.txt")):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            asked = re.match(r"[A-Za-z0-9_-]+", line)
            if asked and not line.startswith("-r"):
                assert asked[0].lower().replace("_", "-") in pinned(), line


def test_the_hooks_are_the_checks_of_ci() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"^ +entry: (.+)$", hooks, re.M)
    ran = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert len(entries) > 1
    for entry in entries:
        tests = re.findall(r"tests/\S+", entry)  # CI runs all tests
        assert entry in ran or (tests and all((ROOT / test).is_file() for test in tests)), entry
    assert "repo: local" in hooks
    assert "http" not in hooks
