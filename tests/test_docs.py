"""The documents are held to the code: what they promise exists, and what exists stands in them."""

import argparse
import os
import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cache.__main__ import parser
from dashboard import catalogue
from fetchers.settings import ROOT, VARIABLES, Variable
from fetchers.watchlist import load as watchlist


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
USING = (ROOT / "docs" / "using.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
)
START = "python -m pip install -r requirements.txt && python -m streamlit run dashboard/app.py"
TEST = "python -m pip install -r requirements-dev.txt && python -m pytest"
EXIT_CODES = ("0", "1", "2", "3", "4", "5", "130")


def rows(document: str, heading: str) -> list[list[str]]:
    """The cells of the table whose first column is called ``heading``, without its two head lines."""
    table = re.search(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", document, re.M)
    assert table is not None, f"there is no table of {heading}s"
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in table[1].splitlines()
    ]


@pytest.mark.parametrize("command", [START, TEST])
def test_the_two_commands_stand_alone_on_their_line_and_name_files_that_exist(command: str) -> None:
    assert README.splitlines().count(command) == 1
    for word in shlex.split(command):
        if word.endswith((".txt", ".py")):
            assert (ROOT / word).is_file(), word


def test_ci_runs_the_readmes_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert TEST in script.read_text(encoding="utf-8")
    assert "python -m streamlit run dashboard/app.py" in script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_every_variable_stands_in_the_table_with_its_default_and_meaning(variable: Variable) -> None:
    table = {cells[0].strip("`"): (cells[1].strip("`"), cells[2]) for cells in rows(README, "variable")}
    assert table[variable.name] == (variable.default, variable.meaning)


def test_the_table_names_no_variable_that_does_not_exist() -> None:
    assert [cells[0].strip("`") for cells in rows(README, "variable")] == [variable.name for variable in VARIABLES]
    assert set(re.findall(r"TRIALS_[A-Z_]+", README)) == {variable.name for variable in VARIABLES}


def subcommands() -> dict[str, argparse.ArgumentParser]:
    (action,) = [one for one in parser()._actions if isinstance(one, argparse._SubParsersAction)]
    return dict(action.choices)


def options(command: argparse.ArgumentParser) -> set[str]:
    return {name for action in command._actions for name in action.option_strings} - {"-h", "--help"}


def documented() -> dict[str, set[str]]:
    """Each command of the table with the options named in its rows."""
    found: dict[str, set[str]] = {}
    for cells in rows(PROGRAMS, "command"):
        command = re.match(r"`python -m cache (\w+)", cells[0])
        assert command is not None, cells[0]
        found.setdefault(command[1], set()).update(re.findall(r"--[a-z-]+", cells[0]))
    return found


def test_every_command_and_option_is_in_the_table_and_nothing_else() -> None:
    assert documented() == {name: options(command) for name, command in subcommands().items()}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_command_line_is_accepted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for command in re.findall(r"python -m cache ((?:refresh|status|changes|check|cancel)[^`|\\>\n]*)", text):
        parser().parse_args(shlex.split(command.replace("DATE", "2026-11-01").replace("...", "")))


def test_every_format_of_an_export_is_told() -> None:
    for export_format in ("csv", "xlsx", "json", "parquet"):
        assert parser().parse_args(["export", "--format", export_format, "--out", "x", "--query", "agent=ivig"])
        assert export_format in next(cells[0] for cells in rows(PROGRAMS, "command") if "export --format" in cells[0])


def test_every_exit_code_of_the_contract_is_explained() -> None:
    assert tuple(cells[0] for cells in rows(PROGRAMS, "code")) == EXIT_CODES


def test_the_agents_are_those_of_the_watch_list() -> None:
    said = re.search(r"Agent ids: (.*?)\.\n", PROGRAMS, re.S)
    assert said is not None
    assert re.findall(r"`(\w+)`", said[1]) == [agent.id for agent in watchlist.load().agents]


def test_every_document_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    new = {ROOT / "README.md"}
    while new:
        reached |= new
        new = {(path.parent / target).resolve() for path in new for target in local_documents(path)} - reached
    assert set(DOCUMENTS) <= reached


def local_documents(path: Path) -> list[str]:
    return re.findall(r"\]\(([^):#]+\.md)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_links_and_pictures_lead_to_files_and_headings_that_exist(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        if urlsplit(target).scheme:
            continue
        file, _, heading = target.partition("#")
        there = (path.parent / file) if file else path
        assert there.exists(), target
        assert not heading or heading in anchors(there.read_text(encoding="utf-8")), target


def anchors(text: str) -> set[str]:
    """The headings of a document as links name them."""
    found = (re.sub(r"[^\w\- ]", "", line.lstrip("# ")) for line in text.splitlines() if line.startswith("#"))
    return {heading.lower().replace(" ", "-") for heading in found}


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_pictures_are_small() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    for target in pictures:
        assert (ROOT / target).stat().st_size < 300_000, target


def test_the_folders_described_exist() -> None:
    described = re.findall(r"^    (\S+/)  ", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), re.M)
    assert {"fetchers/", "cache/", "insights/", "dashboard/"} <= set(described)
    for line in described:
        assert (ROOT / line).is_dir(), line


def test_every_page_in_the_navigation_is_told() -> None:
    shown = {entry.title for entry in catalogue.PAGES if entry.shown}
    assert {title for title in shown if f"**{title}**" not in README or f"**{title}**" not in USING} == set()


def test_it_is_said_once_and_plainly_that_this_is_no_medical_advice() -> None:
    assert README.lower().count("not medical advice") == 1
