"""The house stays as it was designed: who imports whom, how long a module may be, what nobody may write."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fetchers.settings import REGISTRY_URL, ROOT
from tests.tools import imports
from tests.tools.imports import ROOMS, Module

HOUSE = imports.house(ROOT)
EDGES = imports.edges(HOUSE)
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
# The evidence is what frames and rules say: it needs nothing but these and what comes with Python.
EVIDENCE_NEEDS = {"fetchers", "cache", "insights", "pandas", "numpy", "msgspec"}
MOST_MODULES = 15
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40


def modules(*folders: str) -> list[Path]:
    found = [path.relative_to(ROOT) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if not {"__pycache__", "data"} & set(path.parts)]


def tree_of(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


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


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_imports_what_is_not_its_business(room: str) -> None:
    found = {name: needed & FORBIDDEN[room] for name, needed in imports.needs(HOUSE, room).items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_imports_run_one_way() -> None:
    assert imports.upwards(EDGES) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert [[edge for edge in sorted(EDGES) if set(edge) <= set(group)] for group in imports.circles(EDGES)] == []


@pytest.mark.parametrize("folder", ["", *imports.folders(HOUSE)])
def test_what_stands_side_by_side_imports_each_other_in_no_circle(folder: str) -> None:
    found = imports.side_by_side(EDGES, folder)
    assert [sorted(pair for pair in found if set(pair) <= set(group)) for group in imports.circles(found)] == []


def test_no_subject_of_the_dashboard_imports_another() -> None:
    assert imports.across_subjects(EDGES, HOUSE) == []


def test_the_evidence_needs_frames_and_rules_only() -> None:
    needed = set().union(*imports.needs(HOUSE, "insights").values())
    assert needed - sys.stdlib_module_names == EVIDENCE_NEEDS


@pytest.mark.parametrize(("folder", "names"), imports.folders(HOUSE).items())
def test_no_folder_is_too_full(folder: str, names: list[str]) -> None:
    assert len(names) <= MOST_MODULES, f"{folder} holds {len(names)} modules: {', '.join(names)}"


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
    assert {module.path.as_posix() for module in HOUSE.values()} == found
    assert ("cache.opening", "cache.store.store") in EDGES


def plurals_by_hand(tree: ast.AST) -> list[int]:
    """The lines that choose between two words by whether a number is one."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.IfExp)
        and isinstance(node.test, ast.Compare)
        and isinstance(node.test.ops[0], ast.Eq | ast.NotEq)
        and ast.unparse(node.test.comparators[0]) == "1"
        and all(isinstance(word, ast.Constant) and isinstance(word.value, str) for word in (node.body, node.orelse))
    ]


@pytest.mark.parametrize("path", modules("insights", "dashboard"), ids=str)
def test_a_plural_is_chosen_by_the_language(path: Path) -> None:
    assert not plurals_by_hand(tree_of(path)), "cache.english.agreeing knows which word goes with a number"


def test_a_plural_by_hand_is_seen() -> None:
    assert plurals_by_hand(ast.parse("a = 'is' if n == 1 else 'are'\nb = 's' if len(x) != 1 else ''")) == [1, 2]
    assert not plurals_by_hand(ast.parse("a = x[0] if len(x) == 1 else 'several'"))


# -- the walk itself ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "import streamlit",
        "import os, streamlit as st",
        "from streamlit.testing import v1",
        "def f():\n    from streamlit import cache_data",
        "if TYPE_CHECKING:\n    import streamlit.web",
        "importlib.import_module('streamlit')",
        "__import__('streamlit')",
        "class A:\n    def f(self):\n        if self:\n            import streamlit",
    ],
)
def test_the_walk_sees_every_way_to_import(text: str) -> None:
    assert "streamlit" in imports.needs({"cache.a": Module(text)}, "cache")["cache.a"]


def house_of(**texts: str) -> dict[str, Module]:
    """A house of a few modules; ``a__b`` is ``a.b``, and every folder is a package."""
    named = {name.replace("__", "."): text for name, text in texts.items()}
    packages = {name.rpartition(".")[0] for name in named} - {""}
    made = {name: Module(named.get(name, ""), package=True) for name in packages}
    return made | {name: Module(text) for name, text in named.items() if name not in packages}


@pytest.mark.parametrize(
    "text",
    [
        "import cache.b.c",
        "from cache.b import c",
        "from cache.b.c import name",
        "from .b import c",
        "from .b.c import name",
        "def f():\n    import cache.b.c as c",
        "import cache.b.c.name_of_no_module",
    ],
)
def test_an_import_leads_to_the_module_itself(text: str) -> None:
    assert ("cache.a", "cache.b.c") in imports.edges(house_of(cache__a=text, cache__b__c=""))


def test_relative_imports_of_a_package_start_in_it() -> None:
    code = house_of(
        cache__b__c="from . import d\nfrom .. import a", cache__b__d="", cache__a="", cache__b="from .c import x"
    )
    assert imports.edges(code) == {
        ("cache.b.c", "cache.b.d"),
        ("cache.b.c", "cache.a"),
        ("cache.b", "cache.b.c"),
    }


def test_the_walk_sees_circles_of_any_length() -> None:
    code = house_of(
        cache__a="from cache import b",
        cache__b="if TYPE_CHECKING:\n    from cache import c",
        cache__c="def f():\n    from cache import a",
        cache__d="from cache import a",
        cache__e="import cache.f",
        cache__f="import cache.e",
    )
    assert imports.circles(imports.edges(code)) == [["cache.a", "cache.b", "cache.c"], ["cache.e", "cache.f"]]
    assert imports.circles([("a", "b"), ("b", "c"), ("a", "c")]) == []


def test_the_walk_sees_circles_of_packages_whose_modules_have_none() -> None:
    code = house_of(
        cache__a__one="from cache.b import one",
        cache__b__one="",
        cache__b__two="from cache.a import two",
        cache__a__two="",
    )
    found = imports.edges(code)
    assert imports.circles(found) == []
    assert imports.side_by_side(found, "cache") == {("cache.a", "cache.b"): 1, ("cache.b", "cache.a"): 1}
    assert imports.circles(imports.side_by_side(found, "cache")) == [["cache.a", "cache.b"]]


def test_the_walk_sees_imports_upwards() -> None:
    code = house_of(cache__a="from insights import b", insights__b="from cache import c", cache__c="")
    assert imports.upwards(imports.edges(code)) == [("cache.a", "insights.b")]


def test_the_walk_sees_subjects_that_import_subjects() -> None:
    code = house_of(
        dashboard__main="from dashboard.map import parts",
        dashboard__app_pages__map="from dashboard.map import parts\nfrom dashboard.gaps import parts",
        dashboard__map__parts="from dashboard.map import tables\nimport dashboard.gaps",
        dashboard__map__tables="def f():\n    from dashboard.gaps import parts",
        dashboard__shared__data="from dashboard.gaps import parts",
        dashboard__web__answers="from dashboard.map import tables",
        dashboard__gaps__parts="from dashboard.shared import data",
    )
    assert imports.across_subjects(imports.edges(code), code) == [
        ("dashboard.map.parts", "dashboard.gaps"),
        ("dashboard.map.tables", "dashboard.gaps.parts"),
        ("dashboard.shared.data", "dashboard.gaps.parts"),
        ("dashboard.web.answers", "dashboard.map.tables"),
    ]


def test_a_package_is_none_of_the_modules_in_its_folder() -> None:
    code = house_of(cache__a="", cache__b__c="", cache__b__d="")
    assert imports.folders(code) == {"cache": ["cache.a"], "cache.b": ["cache.b.c", "cache.b.d"]}


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
