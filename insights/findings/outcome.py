"""An outcome measure as a table of text, and as the dots and intervals a chart can show. Pure.

Every number stands as the record writes it; what a chart needs beside that (a number plus and minus its spread) is
reckoned for the chart alone and never written.
"""

from collections.abc import Sequence
from typing import NamedTuple

from fetchers.record.result_modules import Category, Denom, DenomCount, Measurement, Outcome, OutcomeClass
from insights.findings.lines import line
from insights.findings.tables import NOT_GIVEN, Names, Notes, Table, names_of, row

_PEOPLE = ("participants", "participant", "subjects", "patients", "people")
_BOTH_WAYS = ("deviation", "error")  # what a spread is called that lies as far below a number as above it
PARAMS = {
    "MEAN": "mean",
    "LEAST_SQUARES_MEAN": "least squares mean",
    "GEOMETRIC_MEAN": "geometric mean",
    "GEOMETRIC_LEAST_SQUARES_MEAN": "geometric least squares mean",
    "LOG_MEAN": "log mean",
    "MEDIAN": "median",
    "NUMBER": "number",
    "COUNT_OF_PARTICIPANTS": "count of participants",
    "COUNT_OF_UNITS": "count of units",
}


def table(one: Outcome) -> Table:
    """An outcome with its denominators: a row a class and category, a column a group."""
    ids = [count.group_id for denom in _denoms(one) for count in denom.counts]
    ids += [m.group_id for kind in one.classes for category in kind.categories for m in category.measurements]
    names, notes = names_of(one.groups, ids), Notes()
    rows = [_analysed(denom, "", names) for denom in one.denoms]
    for kind in one.classes:
        rows += [_analysed(denom, line(kind.title), names) for denom in kind.denoms]
        rows += [_category(one, kind, category, names, notes) for category in kind.categories]
    return Table(names.head(), tuple(rows), notes.told())


def _denoms(one: Outcome) -> list[Denom]:
    return [*one.denoms, *(denom for kind in one.classes for denom in kind.denoms)]


def _analysed(denom: Denom, within: str, names: Names) -> tuple[str, ...]:
    units = f"{line(denom.units)} analysed" if line(denom.units) else "Analysed, units not named"
    label = f"{units}, {within}" if within else units
    cells: dict[str, list[str]] = {}
    for count in denom.counts:
        cells.setdefault(count.group_id or "", []).append(line(count.value) or NOT_GIVEN)
    return row(label, cells, names)


def _category(one: Outcome, kind: OutcomeClass, category: Category, names: Names, notes: Notes) -> tuple[str, ...]:
    label = " · ".join(filter(None, (line(kind.title), line(category.title)))) or _kind(one)
    of = _counted_of(one, kind)
    cells: dict[str, list[str]] = {}
    for found in category.measurements:
        id = found.group_id or ""
        cells.setdefault(id, []).append(f"{measured(found, of.get(id))}{notes.mark(found.comment)}")
    analysed = {count.group_id or "": line(count.value) for count in _own_denom(one, kind)}
    for id in names.titles:
        if id not in cells and analysed.get(id) == "0":
            cells[id] = ["nobody analysed"]
    return row(label, cells, names)


def _own_denom(one: Outcome, kind: OutcomeClass) -> tuple[DenomCount, ...]:
    denoms = kind.denoms or one.denoms
    return tuple(count for denom in denoms[:1] for count in denom.counts)


def _counted_of(one: Outcome, kind: OutcomeClass) -> dict[str, str]:
    """How many a count of people or units is of, by group: the class's own number before the outcome's; none where
    it is given in other units than what is counted."""
    denoms = kind.denoms or one.denoms
    people = [denom for denom in denoms if line(denom.units).lower() in _PEOPLE]
    if one.param_type == "COUNT_OF_PARTICIPANTS":
        fit = people
    elif one.param_type == "COUNT_OF_UNITS":
        wanted = line(one.denom_units_selected or one.type_units_analyzed).lower()
        fit = [denom for denom in denoms if (line(denom.units).lower() == wanted if wanted else denom not in people)]
    else:
        return {}
    counts = fit[0].counts if len(fit) == 1 else ()
    return {count.group_id or "": line(count.value) for count in counts if line(count.value)}


def measured(found: Measurement, of: str | None = None) -> str:
    """One number as written: with what it is a count of, and its spread or limits in brackets."""
    value = line(found.value) or NOT_GIVEN
    if of and found.value:
        value = f"{value} of {of}"
    return f"{value} ({around(found)})" if around(found) else value


def around(found: Measurement) -> str:
    """The spread or the limits of a number as written; empty when there are none."""
    parts = [line(found.spread)] if found.spread else []
    if found.lower_limit or found.upper_limit:
        parts.append(f"{line(found.lower_limit) or NOT_GIVEN} to {line(found.upper_limit) or NOT_GIVEN}")
    return "; ".join(parts)


def measure(one: Outcome) -> str:
    """What the numbers of an outcome are: "Mean (standard deviation), in points"."""
    unit = f", in {line(one.unit_of_measure)}" if line(one.unit_of_measure) else ", unit not named"
    return f"{_kind(one)}{unit}"


def _kind(one: Outcome) -> str:
    kind = line(one.param_type)
    what = PARAMS.get(kind, kind.replace("_", " ").lower()) or "numbers, of what kind is not named"
    spread = f" ({spread_name(one)})" if one.dispersion_type else ""
    return f"{what[0].upper()}{what[1:]}{spread}"


def spread_name(one: Outcome) -> str:
    """The spread by its name, inside a sentence."""
    name = line(one.dispersion_type)
    return name if any(char.isdigit() for char in name) else name.lower()


class Point(NamedTuple):
    """The one number of a group, where a chart can have it; ``said``: as the record writes it."""

    group: str
    value: float
    low: float | None
    high: float | None
    said: str


class Dots(NamedTuple):
    """What a chart of dots and intervals shows. ``interval``: what the lines are, by name; ``missing``: the groups
    without a number a chart could have."""

    points: tuple[Point, ...]
    interval: str
    missing: tuple[str, ...]


def dots(one: Outcome) -> Dots | None:
    """The numbers of an outcome that has one number a group with limits, or with a spread to both sides; None for any
    other."""
    cells = [category for kind in one.classes for category in kind.categories]
    if len(cells) != 1 or not cells[0].measurements:
        return None
    found = cells[0].measurements
    if len({m.group_id for m in found}) < len(found):
        return None
    names = names_of(one.groups, (m.group_id for m in found)).titles
    both = any(word in spread_name(one).lower() for word in _BOTH_WAYS)
    points = tuple(point for m in found if (point := _point(m, names[m.group_id or ""], both=both)))
    if not points or all(point.low is None and point.high is None for point in points):
        return None
    shown = {point.group for point in points}
    missing = tuple(name for name in names.values() if name not in shown)
    return Dots(points, _interval(one, points, limits=any(m.lower_limit or m.upper_limit for m in found)), missing)


def _interval(one: Outcome, points: Sequence[Point], *, limits: bool) -> str:
    name = spread_name(one) or "interval, its kind not named"
    half = any((point.low is None) != (point.high is None) for point in points)
    return f"{name if limits else f'the number plus and minus its {name}'}{_HALF if half else ''}"


_HALF = "; none on a side without a limit"


def _point(found: Measurement, group: str, *, both: bool) -> Point | None:
    value, spread = number(found.value), number(found.spread)
    if value is None:
        return None
    low, high = number(found.lower_limit), number(found.upper_limit)
    if low is None and high is None and spread is not None and both:
        low, high = value - abs(spread), value + abs(spread)
    return Point(group, value, low, high, measured(found))


def number(text: str | None) -> float | None:
    """A text of the registry as a number a chart can have; None for "NA", "<0.001" and the like."""
    try:
        found = float((text or "").replace(",", "").replace("−", "-"))
    except ValueError:
        return None
    return found if abs(found) < 1e15 else None
