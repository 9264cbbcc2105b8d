"""What two to four trials say on the same points, the points on which they differ first. Pure.

The registry's texts are in the cells as they are; whoever draws them must show them letter by letter.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dashboard.shared.files.brief import cut
from dashboard.shared.trial_list import STATUS, status_words
from dashboard.shared.words import MISSING, code
from dashboard.trial import brief_findings, tables
from dashboard.trial import criteria as trial_criteria
from dashboard.trial import sentences as trial_says
from dashboard.trial import words as trial_words
from dashboard.trial.known import Known

MOST = 4  # trials side by side
MANY = 6  # arms, outcomes, countries of one cell
LONG = 240  # letters of one of them


class Point(NamedTuple):
    """One question, and what each trial answers; a missing answer is "not known"."""

    name: str
    says: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.says)) > 1


def compared(trials: Sequence[Known]) -> tuple[list[Point], list[Point]]:
    """The points on which the trials differ, and those on which all say the same, both in the order of a record."""
    answers = [dict(_answers(known)) for known in trials]
    names = list(dict.fromkeys(name for one in answers for name in one))
    points = [Point(name, tuple(one.get(name) or MISSING for one in answers)) for name in names]
    return [one for one in points if one.differs], [one for one in points if not one.differs]


def _answers(known: Known) -> Iterator[tuple[str, str | None]]:
    row = known.row
    yield "Title", trial_words.text(row["title"])
    yield "Status", status_words(*(row[name] for name in STATUS))
    facts = tables.glance(known)
    yield "Why stopped", facts.pop(tables.WHY, None) or _not_said(known)
    for name in ("Phase", "Study type", *_DESIGN, "Placebo or sham", "Enrolment", "Lead sponsor", "Collaborators"):
        yield name, facts.get(name)
    for what, when, kind in tables.dates(known).itertuples(index=False):
        yield what, f"{when} ({kind})" if kind != "–" else when
    yield "Conditions", _some(row["conditions"])
    yield "Arms", _arms(known)
    yield "Primary outcomes, with time frames", _outcomes(known)
    yield from trial_criteria.people(known.study.eligibility if known.study else None, told=known.told).items()
    yield from _measured(known)
    yield "Countries", _countries(known)
    yield "Results posted", " ".join(trial_says.results(known))
    yield "What was found", _found(known)


_DESIGN = ("Allocation", "Model", "Purpose", "Time", "Masking")


def _not_said(known: Known) -> str | None:
    """A trial that did not stop has no reason to give."""
    return "–" if known.why_classes is None else None


def _some(items: Sequence[str] | None, *, none: str = "none given") -> str | None:
    """The first items of a list, one a line, and how many more there are; None when it is not known."""
    if items is None:
        return None
    left = [f"and {len(items) - MANY:,} more in the record"] if len(items) > MANY else []
    return "\n".join([*(cut(item, LONG) for item in items[:MANY]), *left]) or none


def _arms(known: Known) -> str | None:
    if known.study is None:
        return None
    said = [
        f"{arm.label or 'no name'} ({str(code(arm.type)).lower() if arm.type else 'kind not said'}): "
        f"{', '.join(arm.intervention_names) or 'nothing named'}"
        for arm in known.study.arms
    ]
    return _some(said, none="The record lists no arms") if said or known.told else None


def _outcomes(known: Known) -> str | None:
    if known.study is None:
        return None
    said = [
        f"{one.measure or 'no name'} (when: {one.time_frame or MISSING})"
        for one in known.study.protocol_section.outcomes_module.primary_outcomes
    ]
    return _some(said, none="none named in the record") if said or known.told else None


def _measured(known: Known) -> Iterator[tuple[str, str]]:
    """What the word rules read in the criteria, by what they are about."""
    found: dict[str, list[str]] = {}
    for one in trial_criteria.said(known.eligibility, in_focus=known.in_focus, told=known.told):
        found.setdefault(one.what, []).append(one.finding)
    for what in ("Case definition", "Post-exertional malaise", "Taking part"):
        none = "no rule found anything" if known.eligibility else None
        yield what, "\n".join(found.get(what, ())) or none or MISSING


def _countries(known: Known) -> str | None:
    countries = known.row["countries"]
    return _some(list(countries) if countries is not None else None, none="the record names no site")


def _found(known: Known) -> str:
    lines = [f"{one.label}: {one.text}" for one in brief_findings.lines(known.posted, known.has_results)]
    return _some(lines) or MISSING if lines else "no results posted" if known.has_results is False else MISSING
