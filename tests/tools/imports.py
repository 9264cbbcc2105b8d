"""Who imports whom, read off the code without running it, and what of it may not be.

Every import counts: at the top of a module, in a function, under TYPE_CHECKING, absolute or relative, also by name
through importlib. A module is named with dots; a package's own name stands for its ``__init__``.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple


class Module(NamedTuple):
    """The code of a module; a package's is that of its ``__init__``."""

    text: str
    package: bool = False
    path: Path = Path()


House = Mapping[str, Module]
Edges = frozenset[tuple[str, str]]  # (importer, imported)
ROOMS = ("fetchers", "cache", "insights", "dashboard")  # each may import those before it
# Packages of the dashboard that are no subject a visitor knows.
NO_SUBJECTS = ("shared", "web", "app_pages")
_BY_NAME = ("import_module", "importlib.import_module", "__import__")


def house(root: Path, rooms: Iterable[str] = ROOMS) -> dict[str, Module]:
    """Every module below these folders of ``root``, by its name."""
    found = {}
    for room in rooms:
        for path in sorted((root / room).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            if not {"__pycache__", "data"} & set(parts[:-1]):
                package = parts[-1] == "__init__"
                name = ".".join(parts[:-1] if package else parts)
                found[name] = Module(path.read_text(encoding="utf-8"), package, path.relative_to(root))
    return found


def named(name: str, module: Module) -> Iterator[tuple[str, str | None]]:
    """Every import of a module: (module, name taken from it or None), relative ones made absolute."""
    for node in ast.walk(ast.parse(module.text)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _above(name, node.level - module.package) if node.level else ""
            source = ".".join(part for part in (base, node.module) if part)
            yield from ((source, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in _BY_NAME:
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value, None


def _above(name: str, levels: int) -> str:
    parts = name.split(".")
    return ".".join(parts[: len(parts) - levels])


def edges(modules: House) -> Edges:
    """The imports among these modules; ``from package import name`` leads to the module of that name, if it is one."""
    found = set()
    for name, module in modules.items():
        for source, taken in named(name, module):
            target = _known(source, taken, modules)
            if target is not None and target != name:
                found.add((name, target))
    return frozenset(found)


def _known(source: str, taken: str | None, modules: House) -> str | None:
    if taken is not None and f"{source}.{taken}" in modules:
        return f"{source}.{taken}"
    while source and source not in modules:
        source = source.rpartition(".")[0]
    return source or None


def needs(modules: House, room: str) -> dict[str, set[str]]:
    """For each module of a room the top-level packages it imports."""
    return {
        name: {source.partition(".")[0] for source, _ in named(name, module)}
        for name, module in modules.items()
        if name.partition(".")[0] == room
    }


def circles(graph: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Every group of nodes that reach one another, sorted; empty when there is no way back anywhere."""
    onward: dict[str, set[str]] = {}
    for start, end in graph:
        onward.setdefault(start, set()).add(end)
    reached = {node: _reached(node, onward) for node in onward}
    groups = {
        tuple(sorted({node} | {other for other in ends if node in reached.get(other, ())}))
        for node, ends in reached.items()
        if node in ends
    }
    return [list(group) for group in sorted(groups)]


def _reached(start: str, onward: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(onward[start])
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += onward.get(node, ())
    return seen


def side_by_side(found: Edges, folder: str = "") -> dict[tuple[str, str], int]:
    """The imports among what stands side by side in a folder (modules and packages), each with their number; the
    folder's own ``__init__`` is one of them. Without a folder: among the rooms."""
    counted: dict[tuple[str, str], int] = {}
    for start, end in sorted(found):
        one, other = _child(start, folder), _child(end, folder)
        if one and other and one != other:
            counted[one, other] = counted.get((one, other), 0) + 1
    return counted


def _child(name: str, folder: str) -> str | None:
    if not folder:
        return name.partition(".")[0]
    if name == folder:
        return f"{folder}.__init__"
    if not name.startswith(f"{folder}."):
        return None
    return f"{folder}.{name[len(folder) + 1 :].partition('.')[0]}"


def folders(modules: House) -> dict[str, list[str]]:
    """The modules that stand side by side in each folder, its ``__init__`` not among them."""
    found: dict[str, list[str]] = {}
    for name, module in modules.items():
        if not module.package:
            found.setdefault(name.rpartition(".")[0], []).append(name)
    return dict(sorted(found.items()))


def upwards(found: Edges) -> list[tuple[str, str]]:
    """Imports of a room that stands above the importer's."""
    return sorted(edge for edge in found if _floor(edge[0]) < _floor(edge[1]))


def _floor(module: str) -> int:
    return ROOMS.index(module.partition(".")[0])


def across_subjects(found: Edges, modules: House) -> list[tuple[str, str]]:
    """Imports of a subject of the dashboard by another subject, or by what the subjects share."""
    return sorted(
        (start, end)
        for start, end in found
        if (subject := _package(end, modules)) not in (None, *NO_SUBJECTS)
        and _package(start, modules) not in (None, subject, "app_pages")
    )


def _package(name: str, modules: House) -> str | None:
    """The package of the dashboard a module lies in; None for the server and the router, which lie in none."""
    parts = name.split(".")
    inside = parts[0] == "dashboard" and (len(parts) > 2 or (len(parts) == 2 and modules[name].package))
    return parts[1] if inside else None
