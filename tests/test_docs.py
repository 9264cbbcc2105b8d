"""The documents are held to the code: what they promise exists, and what exists stands in them."""

import argparse
import importlib
import os
import re
import shlex
from dataclasses import fields, is_dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import urlsplit

import pytest

from cache.__main__ import parser
from cache.filters.keys import KEYS
from dashboard import catalogue
from dashboard.__main__ import parser as dashboard_parser
from fetchers.settings import ROOT, VARIABLES, Variable
from fetchers.watchlist import load as watchlist
from fetchers.watchlist.model import DEFAULT_PATH, Watchlist, Wording
from insights.__main__ import parser as evidence_parser


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
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# What documents write short: "refresh.plan" is "cache.refresh.plan".
ROOMS = ("", "fetchers.", "cache.", "insights.", "dashboard.", "cache.filters.filter.", "cache.filters.keys.")
FILES = (".py", ".md", ".toml", ".txt", ".csv")
# Options that a sentence on a command may leave out, though the command needs them.
NEEDED = {"export": ("--format", "--out"), "backup": ("--out",), "restore": ("--from",)}
# Written by the product or by whoever follows the document.
MADE_LATER = {"cache/data/"}
# The head of the watch-list sends to ``Wording`` for these.
OF_A_WORDING = {field.name for field in fields(Wording)}
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
    for command in re.findall(r"python -m cache ([a-z]+[^`|\\>\n]*)", text):
        words = shlex.split(command.replace("DATE", "2026-11-01").replace("...", ""))
        needed = [option for option in NEEDED.get(words[0], ()) if option not in words]
        parser().parse_args([*words, *(word for option in needed for word in (option, "csv"))])
    for command in re.findall(r"python -m insights ([a-z]+[^`|>\n]*)", text):
        evidence_parser().parse_args(shlex.split(command))
    for command in re.findall(r"python -m dashboard (publish [^`|>\n]*)", text):
        dashboard_parser().parse_args(shlex.split(command))
    for module in re.findall(r"python -m ((?:cache|insights|tests|benchmarks)(?:\.\w+)*)\b(?!…)", text):
        assert find_spec(module) is not None, module


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_variable_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(r"TRIALS_[A-Z_]+", path.read_text(encoding="utf-8")))
    assert named - {variable.name for variable in VARIABLES} == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_file_and_folder_that_is_named_exists(path: Path) -> None:
    if path.name == "CHANGELOG.md":  # tells of what was, too
        return
    for named in code_in(path.read_text(encoding="utf-8")):
        for word in re.findall(
            r"(?<![\w/.$~])(?:fetchers|cache|insights|dashboard|tests|docs|benchmarks)/[\w./-]*", named
        ):
            if "NAME" not in word and "v000N" not in word and word not in MADE_LATER:
                assert (ROOT / word).exists(), word


@pytest.mark.parametrize("text", [ARCHITECTURE, CONTRIBUTING], ids=["architecture", "contributing"])
def test_every_name_of_the_code_that_is_told_exists(text: str) -> None:
    dotted = [one for one in code_in(text) if re.fullmatch(r"\w+(?:\.\w+)+", one) and not one.endswith(FILES)]
    assert [one for one in dotted if not any(is_there(room + one) for room in ROOMS) and one != "meta.version"] == []
    sources = [*(one for room in ROOMS[1:5] for one in (ROOT / room[:-1]).rglob("*.py"))]
    code = "\n".join(one.read_text(encoding="utf-8") for one in sources)
    constants = [one for one in code_in(text) if re.fullmatch(r"_?[A-Z][A-Z_]+|[A-Z][a-z]+(?:[A-Z][a-z]+)*", one)]
    assert constants
    assert [one for one in constants if not re.search(rf"\b{one}\b", code)] == []


def code_in(text: str) -> list[str]:
    """What stands between backquotes, without whole blocks."""
    return [" ".join(one.split()) for one in re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.S))]


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or leads from one to something in it."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        return has(module, parts[length:])
    return False


def has(owner: Any, parts: list[str]) -> bool:
    if not parts:
        return True
    known = getattr(owner, parts[0], None)
    return known is not None and has(known, parts[1:])


def test_every_key_of_an_address_is_told() -> None:
    links = USING.partition("## Links")[2].partition("## ")[0]
    told = {one.partition("=")[0] for one in code_in(links)}
    assert [key.name for key in KEYS if key.name not in told] == []


def test_every_key_of_the_watch_list_is_explained_at_its_head() -> None:
    head = DEFAULT_PATH.read_text(encoding="utf-8").partition("\n[[")[0]
    told = set(re.findall(r"\w+", head[head.index("\n# id ") :]))
    assert {key for key in keys_of(Watchlist) if key not in told and key not in OF_A_WORDING} == set()


def test_the_smallest_agent_shown_at_the_head_of_the_watch_list_is_one(tmp_path: Path) -> None:
    text = DEFAULT_PATH.read_text(encoding="utf-8")
    shown = re.findall(r"^#   (.*)$", text.partition("\n# id ")[0], re.M)
    mine = tmp_path / "mine.toml"
    mine.write_text("\n".join([text, *shown]), encoding="utf-8")
    assert watchlist.load(mine).agents[-1].id == "salve"


def keys_of(kind: Any) -> set[str]:
    """The keys of a table of the watch-list and of the tables in it."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return {field.name for field in fields(kind)}.union(*(keys_of(hints[field.name]) for field in fields(kind)))
    return {key for arg in get_args(kind) for key in keys_of(arg)}


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
