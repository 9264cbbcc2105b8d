"""Posted results as tables of text: who took part and who was harmed; what was measured is in ``outcome``. Pure.

Every number is the registry's, letter by letter; none is made of two. A number that is not there is said to be missing,
and a number of people affected stands beside how many were at risk or does not pretend to.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from fetchers.record.result_modules import DropWithdraw, EventGroup, Group, Milestone, ParticipantFlow, Period
from fetchers.record.results import Results
from insights.findings.lines import line

NOT_GIVEN = "not given"
_NAMELESS = "Group without a name"
_ROW, _PEOPLE = "Row", "People"  # the first columns of outcomes and of who took part
_MILESTONES = {"STARTED": "Started", "COMPLETED": "Completed", "NOT COMPLETED": "Did not complete"}


class Table(NamedTuple):
    """A table of texts. ``head``: the name of each column, all different; ``notes``: why numbers are missing, numbered
    as the cells name them, and what else the record remarks."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


class Names(NamedTuple):
    """The groups of one table in its order: id -> title, all different."""

    titles: Mapping[str, str]

    def head(self, *, people: bool = False) -> tuple[str, ...]:
        """The names of the columns. ``people``: the rows are about people, not numbers of an outcome."""
        return (_PEOPLE if people else _ROW, *self.titles.values())


def names_of(groups: Iterable[Group], ids: Iterable[str | None]) -> Names:
    """The groups by id; one that is only used in the numbers has its id for a name, a title that is taken a number."""
    titles = {one.id or "": line(one.title) or line(one.id) or _NAMELESS for one in groups}
    titles |= {id or "": id or "Group not named" for id in ids if (id or "") not in titles}
    told: dict[str, str] = {}
    for id, title in titles.items():
        taken = {_ROW, _PEOPLE, *told.values()}
        others = (f"{title} ({number})" for number in itertools.count(2))
        told[id] = next(name for name in itertools.chain([title], others) if name not in taken)
    return Names(told)


class Notes:
    """The remarks of a table, each once, by the number its cells name."""

    def __init__(self) -> None:
        self._found: dict[str, int] = {}

    def mark(self, text: str | None) -> str:
        """ " (note 1)" for a remark; nothing for none."""
        said = line(text)
        return f" (note {self._found.setdefault(said, len(self._found) + 1)})" if said else ""

    def told(self) -> tuple[str, ...]:
        return tuple(f"Note {number}: {said}" for said, number in self._found.items())


def periods(flow: ParticipantFlow) -> tuple[tuple[str, Table], ...]:
    """Each period with its table: a row a milestone and a reason for leaving, a column a group."""
    return tuple((line(one.title) or f"Period {at}", _period(flow, one)) for at, one in enumerate(flow.periods, 1))


def _period(flow: ParticipantFlow, period: Period) -> Table:
    ids = [count.group_id for one in period.milestones for count in one.achievements]
    ids += [count.group_id for one in period.drop_withdraws for count in one.reasons]
    names, notes = names_of(flow.groups, ids), Notes()
    rows = [_milestone(one, names, notes) for one in period.milestones]
    rows += [_reason(one, names, notes) for one in period.drop_withdraws]
    return Table(names.head(people=True), tuple(rows), notes.told())


def _milestone(one: Milestone, names: Names, notes: Notes) -> tuple[str, ...]:
    cells: dict[str, list[str]] = {}
    for count in one.achievements:
        units = f" ({line(count.num_units)} units)" if count.num_units else ""
        said = f"{line(count.num_subjects) or NOT_GIVEN}{units}{notes.mark(count.comment)}"
        cells.setdefault(count.group_id or "", []).append(said)
    kind = line(one.type)
    return row((_MILESTONES.get(kind.upper(), kind) or "Not named") + notes.mark(one.comment), cells, names)


def _reason(one: DropWithdraw, names: Names, notes: Notes) -> tuple[str, ...]:
    cells: dict[str, list[str]] = {}
    for count in one.reasons:
        said = f"{line(count.num_subjects) or NOT_GIVEN}{notes.mark(count.comment)}"
        cells.setdefault(count.group_id or "", []).append(said)
    return row(f"Left: {line(one.type) or 'reason not named'}{notes.mark(one.comment)}", cells, names)


def row(label: str, cells: Mapping[str, Sequence[str]], names: Names) -> tuple[str, ...]:
    """A row of cells by group; several of one group stand beside each other, none is said to be missing."""
    return (label, *("; ".join(cells.get(id, ())) or NOT_GIVEN for id in names.titles))


def harms(found: Results) -> Table:
    """A row a group: deaths, serious and other events as people affected of people at risk."""
    threshold = line(found.harms.frequency_threshold)
    other = f"Other events, above {threshold} %" if threshold and threshold != "0" else "Other events"
    groups = found.harms.event_groups
    numbered = [Group(str(at), line(one.title) or line(one.id) or _NAMELESS) for at, one in enumerate(groups)]
    names = names_of(numbered, ()).titles.values()
    rows = tuple((name, *_affected(one)) for name, one in zip(names, groups, strict=True))
    return Table(("Group", "Deaths from any cause", "Serious events", other), rows)


def _affected(one: EventGroup) -> tuple[str, str, str]:
    return (
        of_risk(one.deaths_num_affected, one.deaths_num_at_risk),
        of_risk(one.serious_num_affected, one.serious_num_at_risk),
        of_risk(one.other_num_affected, one.other_num_at_risk),
    )


def of_risk(affected: int | None, at_risk: int | None) -> str:
    """People affected of people at risk: "3 of 41"; what is missing is said."""
    if affected is None:
        return NOT_GIVEN if at_risk is None else f"{NOT_GIVEN}, of {at_risk:,} at risk"
    if at_risk is None:
        return f"{affected:,}, number at risk {NOT_GIVEN}"
    return f"{affected:,} of {at_risk:,}" + (": nobody at risk" if at_risk == 0 else "")
