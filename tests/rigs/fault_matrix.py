"""What the cells of the fault matrix came to, for the table at the end of the test output."""

from collections.abc import Iterable

# Name under which a test records a cell: [fault, step, what happened].
CELL = "fault matrix"
# In the order of a refresh.
STEPS = ("version", "first page", "later page", "sweep page", "by ids", "exists")
# (fault, step) -> what happened, filled while the tests run.
CELLS: dict[tuple[str, str], str] = {}
CANNOT_SHOW = "-"


def table(faults: list[str], steps: list[str]) -> list[str]:
    """One line a fault, one column a step."""
    rows = [["fault", *steps]]
    rows += [[fault, *(CELLS.get((fault, step), "not run") for step in steps)] for fault in faults]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def matrix() -> list[str]:
    """The table of what was run; empty when nothing was."""
    if not CELLS:
        return []
    return table(sorted({fault for fault, _ in CELLS}), [step for step in STEPS if any(step == at for _, at in CELLS)])


def collect(properties: Iterable[tuple[str, object]]) -> None:
    """Take the cells a test recorded; its last word on a cell counts. Works across the processes of a test run."""
    for name, value in properties:
        if name == CELL and isinstance(value, list | tuple):
            fault, step, outcome = value
            CELLS[fault, step] = outcome
