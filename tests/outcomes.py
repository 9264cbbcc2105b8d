"""What the cells of the fault matrix came to, for the table at the end of the test output."""

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
    return table(list(dict.fromkeys(fault for fault, _ in CELLS)), list(dict.fromkeys(step for _, step in CELLS)))
