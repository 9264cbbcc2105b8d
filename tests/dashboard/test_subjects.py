"""The dashboard's plan: one package a subject, and only the router and the page scripts put subjects together."""

import ast
from pathlib import Path

import pytest

from dashboard import catalogue
from fetchers.settings import ROOT

DASHBOARD = ROOT / "dashboard"
SUBJECTS = {entry.id for entry in catalogue.PAGES} | {"refresh"}
MODULES = sorted(path for folder in SUBJECTS | {"shared"} for path in (DASHBOARD / folder).rglob("*.py"))
SCRIPTS = sorted((DASHBOARD / "app_pages").glob("*.py"))


def subjects_of(code: str) -> set[str]:
    """The subjects a module imports from, whichever way it is written."""
    named = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            named |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.split(".")[1] for name in named if name.startswith("dashboard.")} & SUBJECTS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(DASHBOARD)))
def test_a_subject_imports_no_other_and_what_is_shared_imports_none(path: Path) -> None:
    own = path.relative_to(DASHBOARD).parts[0]
    assert subjects_of(path.read_text(encoding="utf-8")) <= {own}


def test_every_subject_of_the_catalogue_has_its_package_and_its_script() -> None:
    assert {path.stem for path in SCRIPTS} == SUBJECTS - {"refresh"}
    assert all((DASHBOARD / subject / "__init__.py").exists() for subject in SUBJECTS)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_every_page_tells_the_outcome_of_the_last_refresh_below_its_head(path: Path) -> None:
    calls = [
        ast.unparse(node.value.func)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    (head,) = (at for at, call in enumerate(calls) if call in ("frame.head", "parts.headline"))
    if path.stem == "overview":  # there the first data's own box may tell it, and the line on the data stands between
        assert calls[head + 1] == "parts.scope"
        assert "if not running:\n    refresh_parts.outcome()" in path.read_text(encoding="utf-8")
    else:
        assert calls[head + 1] == "refresh_parts.outcome"


@pytest.mark.parametrize(
    "code",
    ["import dashboard.map.charts", "from dashboard import map", "def f():\n    from dashboard.map.charts import x"],
)
def test_the_walk_sees_every_way_to_import(code: str) -> None:
    assert subjects_of(code) == {"map"}
