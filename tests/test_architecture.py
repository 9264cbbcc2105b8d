"""The house stays as it was designed: who imports whom, how long a module may be, what nobody may write."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from fetchers.settings import REGISTRY_URL, ROOT

ROOMS = ("fetchers", "cache", "insights", "dashboard")
# What a room may not import, whichever way it is written.
FORBIDDEN = {
    "fetchers": {
        "cache",
        "insights",
        "dashboard",
        "benchmarks",
        "tests",
        "sqlalchemy",
        "alembic",
        "pandas",
        "streamlit",
        "plotly",
    },
    "cache": {"insights", "dashboard", "benchmarks", "tests", "requests", "urllib3", "streamlit", "plotly"},
    "insights": {"dashboard", "benchmarks", "tests", "requests", "urllib3", "streamlit", "plotly"},
    "dashboard": {"tests", "benchmarks", "requests", "urllib3"},
}
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40


def modules(*folders: str) -> list[Path]:
    found = [path.relative_to(ROOT) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if not {"__pycache__", "data"} & set(path.parts)]


def tree_of(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def imported(tree: ast.AST) -> set[str]:
    """The top-level packages a module imports, imports inside functions included."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module or "")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("import_module", "importlib.import_module"):
            names.update(arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))
    return {name.partition(".")[0] for name in names}


def catches_everything(tree: ast.AST) -> list[int]:
    """The lines where every error is swallowed; cleaning up and raising it again is no swallowing."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.ExceptHandler) and _all(node.type) and ast.unparse(node.body[-1]) != "raise")
        or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress") and any(map(_all, node.args)))
    ]


def _all(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(each is None or ast.unparse(each) in ("Exception", "BaseException") for each in kinds)


def texts(tree: ast.AST) -> Iterator[str]:
    """Every string of a module that is not a docstring."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def long_functions(tree: ast.AST) -> list[str]:
    return [
        f"{node.name} ({(node.end_lineno or 0) - node.lineno + 1} lines)"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]


# -- the house ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", modules(*ROOMS), ids=str)
def test_imports_run_one_way(path: Path) -> None:
    assert not imported(tree_of(path)) & FORBIDDEN[path.parts[0]]


# A list of cases may be as long as its subject needs.
@pytest.mark.parametrize(
    "path", [path for path in modules(*ROOMS, "benchmarks", "tests") if not path.name.startswith("test_")], ids=str
)
def test_no_module_is_too_long(path: Path) -> None:
    lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_MODULE, f"{path} has {lines} lines"


# A migration is a list of columns, written once.
@pytest.mark.parametrize("path", [path for path in modules(*ROOMS) if path.parent.name != "versions"], ids=str)
def test_no_function_is_too_long(path: Path) -> None:
    assert not long_functions(tree_of(path))


@pytest.mark.parametrize("path", modules(*ROOMS, "benchmarks"), ids=str)
def test_nothing_catches_everything(path: Path) -> None:
    assert not catches_everything(tree_of(path))


@pytest.mark.parametrize("path", modules(*ROOMS), ids=str)
def test_the_registrys_address_stands_in_one_place(path: Path) -> None:
    host = REGISTRY_URL.split("/")[2]
    if path != Path("fetchers/settings.py"):
        assert not [text for text in texts(tree_of(path)) if f"//{host}" in text]


def test_no_file_of_the_dashboard_shadows_a_room() -> None:
    names = {path.name for path in (ROOT / "dashboard").rglob("*")}
    assert not names & {"cache.py", "fetchers.py", "pages"}


def test_no_drawer_for_odds_and_ends() -> None:
    assert not [path for path in modules(*ROOMS, "tests", "benchmarks") if path.stem in ("utils", "helpers", "misc")]


def test_the_rooms_are_walked() -> None:
    found = {path.as_posix() for path in modules(*ROOMS)}
    assert {"fetchers/registry/client.py", "cache/store/schema.py"} <= found


# -- the walk itself ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "import streamlit",
        "import os, streamlit as st",
        "from streamlit.testing import v1",
        "def f():\n    from streamlit import cache_data",
        "if True:\n    import streamlit.web",
        "importlib.import_module('streamlit')",
    ],
)
def test_the_walk_sees_every_way_to_import(code: str) -> None:
    assert "streamlit" in imported(ast.parse(code))


@pytest.mark.parametrize("kind", ["", " Exception", " BaseException as error", " (ValueError, Exception)"])
def test_the_walk_sees_every_way_to_catch_everything(kind: str) -> None:
    assert catches_everything(ast.parse(f"try:\n    f()\nexcept{kind}:\n    pass")) == [3]
    assert catches_everything(ast.parse("with contextlib.suppress(Exception):\n    pass")) == [1]
    assert not catches_everything(ast.parse("try:\n    f()\nexcept ValueError:\n    pass"))
    assert not catches_everything(ast.parse("try:\n    f()\nexcept BaseException:\n    g()\n    raise"))


def test_the_walk_sees_long_functions_and_texts() -> None:
    assert long_functions(ast.parse("def f():\n" + "    x = 1\n" * 40)) == ["f (41 lines)"]
    assert not long_functions(ast.parse("def f():\n" + "    x = 1\n" * 39))
    assert list(texts(ast.parse('"""said"""\nx = "read"'))) == ["read"]
