"""What was found, as lines of a trial's brief: the registry's own numbers, the first of many. Pure."""

from collections.abc import Iterator, Sequence

from cache.english import count, day
from cache.read.results import Posted
from dashboard.shared.files.brief import CUT, Line, cut
from dashboard.shared.words import MISSING
from fetchers.record.result_modules import Outcome
from fetchers.record.results import Results
from insights.findings import analysis, outcome, tables
from insights.findings.lines import line
from insights.findings.tables import Table

# The most of each, so that ordinary trials fit on one page.
PERIODS, OUTCOMES, ROWS, ANALYSES, GROUPS = 2, 2, 4, 2, 4
TITLE, CELLS = 150, 260


def lines(posted: Posted | None, has_results: bool | None) -> Iterator[Line]:
    """Who finished, the primary outcomes with their analyses, deaths and serious events; nothing where none are
    posted, for the results section says so."""
    found = posted.results if posted else None
    if posted and found is not None and found.results_section is not None:
        if posted.error:
            yield Line("Posted results", posted.error)
        yield from _lines(found)
    elif has_results:
        error = posted.error if posted else None
        reason = f"asked for, and that failed: {error.rstrip('.')}" if error else "not asked for yet"
        yield Line("Posted results", f"{reason}; the record has them")


def source(posted: Posted | None) -> str:
    """Where the numbers come from, and of which day."""
    of = f", record of {day(posted.registry_date)}" if posted and posted.registry_date else ""
    return f"posted results in the sponsor’s numbers{of}; kinds of analyses by word rules of this product"


def _lines(found: Results) -> Iterator[Line]:
    yield from _people(found)
    for at, one in enumerate(found.primary[:OUTCOMES], 1):
        yield from _outcome(one, at)
    left = len(found.primary) - OUTCOMES
    if left > 0:
        yield Line("More", f"{count(left, 'more primary outcome')} in the record {CUT}")
    if not found.primary:
        yield Line("Primary outcomes", "the results give none")
    harms = tables.harms(found)
    for column, head in enumerate(harms.head[1:3], 1):
        told = [f"{row[0]}: {row[column]}" for row in harms.rows]
        yield Line(head, _some(told) or MISSING)


def _people(found: Results) -> Iterator[Line]:
    periods = tables.periods(found.flow)
    for title, table in periods[:PERIODS]:
        for row in table.rows:
            if row[0].startswith(("Started", "Completed")):
                yield Line(f"{row[0]} ({title})", _cells(table, row))
    if len(periods) > PERIODS:
        yield Line("More periods", f"{len(periods) - PERIODS} in the record {CUT}")


def _outcome(one: Outcome, at: int) -> Iterator[Line]:
    yield Line(f"Primary outcome {at}", cut(f"{line(one.title)} (when: {line(one.time_frame) or MISSING})", TITLE))
    made = outcome.table(one)
    for row in made.rows[:ROWS]:
        yield Line(cut(row[0], TITLE), _cells(made, row))
    if len(made.rows) > ROWS:
        yield Line("More", f"{count(len(made.rows) - ROWS, 'more row')} in the record {CUT}")
    if made.notes:
        yield Line("Notes", cut("; ".join(made.notes), CELLS))
    if not one.classes:
        yield Line("Numbers", "none posted for this outcome")
    elif one.unit_of_measure:
        yield Line("Unit", cut(line(one.unit_of_measure), TITLE))
    yield from _analyses(one)


def _analyses(one: Outcome) -> Iterator[Line]:
    for each in one.analyses[:ANALYSES]:
        kind = analysis.KINDS[analysis.read(each).kind]
        yield Line("Analysis", f"{cut(analysis.sentence(each, one), CELLS)} ({kind})")
    if len(one.analyses) > ANALYSES:
        yield Line(
            "More", f"{count(len(one.analyses) - ANALYSES, 'more analysis', 'more analyses')} in the record {CUT}"
        )
    if not one.analyses:
        yield Line("Analysis", "none registered")


def _cells(table: Table, row: tuple[str, ...]) -> str:
    return _some([f"{group}: {cell}" for group, cell in zip(table.head[1:], row[1:], strict=True)])


def _some(told: Sequence[str]) -> str:
    """The first few groups, and how many more there are."""
    left = f"; {len(told) - GROUPS} more {CUT}" if len(told) > GROUPS else ""
    return cut("; ".join(told[:GROUPS]), CELLS) + left
