"""What changed between two versions of a trial: typed events with before, after and a weight.

``facets`` reduces a version to what people follow, one value a kind. An event is a facet that tells something else
(``told``: neither the order of a list nor white space tells anything), so there is no event without a difference, and
applying the events of all versions in order to the facets of the first tells what those of the last tell. The weight
of each comes from the rules of ``cache.changes.weights``.
"""

import re
from typing import Any, NamedTuple

from cache.changes.weights import QUARTER, Weight, moved_share, weigh
from fetchers.record import criteria_words
from fetchers.record.modules import ArmGroup, DateStruct, Intervention
from fetchers.record.study import Study

Facets = dict[str, Any]

# White space between two letters or figures parts words; beside a sign, or doubled, it says nothing.
_SPACE = re.compile(r"[\s\u200b\u2060\ufeff]+")
_IDLE_SPACE = re.compile(r"(?<!\w) | (?!\w)")

# Kinds that compare two versions, in reading order; the others concern the trial as a whole.
COMPARED = (
    "status",
    "phase",
    "start_date",
    "primary_completion_date",
    "completion_date",
    "enrollment",
    "results_posted",
    "title",
    "why_stopped",
    "sponsor",
    "arms",
    "outcomes",
    "eligibility",
    "countries",
)
# Kinds that are read out of one of those, and told beside it.
READ = ("planned_size", "case_definition", "post_exertional_malaise")
WHOLE = ("new_trial", "left_registry", "returned")
# What the rules say of a claim, told of the trial that moved it (``cache.changes.verdicts``).
JUDGED = ("verdict",)
KINDS = (*WHOLE[:1], *COMPARED, *READ, *WHOLE[1:], *JUDGED)


class Event(NamedTuple):
    """One change. ``before`` and ``after`` are the JSON values of the facet, None when it had none."""

    kind: str
    weight: Weight
    before: Any
    after: Any


def facets(study: Study) -> Facets:
    """The comparable state of a version: JSON values keyed by kind, dates as ``{"date", "type"}``."""
    status, design, eligibility = study.status, study.design, study.eligibility
    return {
        "status": status.overall_status,
        "phase": sorted(design.phases or ()),
        "start_date": _date(status.start_date_struct),
        "primary_completion_date": _date(status.primary_completion_date_struct),
        "completion_date": _date(status.completion_date_struct),
        "enrollment": _known({"count": study.enrollment, "type": design.enrollment_info.type}),
        "results_posted": study.has_results,
        "title": study.identification.brief_title,
        "why_stopped": status.why_stopped,
        "sponsor": study.sponsors.lead_sponsor.name,
        "arms": _known({"arms": [*map(_arm, study.arms)], "interventions": [*map(_intervention, study.interventions)]}),
        "outcomes": [
            {"measure": outcome.measure, "time_frame": outcome.time_frame}
            for outcome in study.protocol_section.outcomes_module.primary_outcomes
        ],
        "eligibility": _known(
            {
                "criteria": eligibility.eligibility_criteria,
                "minimum_age": eligibility.minimum_age,
                "maximum_age": eligibility.maximum_age,
                "sex": eligibility.sex,
                "healthy_volunteers": eligibility.healthy_volunteers,
            }
        ),
        "countries": sorted(study.countries),
    }


def differences(before: Study, after: Study, *, in_focus: bool = False) -> tuple[Event, ...]:
    """The events that lead from one version to the next; empty when nothing tracked has changed.

    ``in_focus``: the trial is in the watch-list's focus (ME/CFS). Only there a case definition is read out of the
    criteria: elsewhere "CDC criteria" or "ICC" mean something else.
    """
    old, new = facets(before), facets(after)
    moved = {kind: (old[kind], new[kind]) for kind in COMPARED if _differ(old[kind], new[kind])}
    read = {**_size(*moved.get("enrollment", (None, None))), **_criteria(*moved.get("eligibility", (None, None)))}
    if not in_focus:
        read.pop("case_definition", None)
    return tuple(Event(kind, weigh(kind, *values), *values) for kind, values in {**moved, **read}.items())


Moves = dict[str, tuple[Any, Any]]


def _size(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Moves:
    """A planned number of people that moved by a quarter or more."""
    old, new = ((one or {}).get("count") if (one or {}).get("type") == "ESTIMATED" else None for one in (before, after))
    if old is None or new is None or moved_share(old, new) < QUARTER:
        return {}
    return {"planned_size": (old, new)}


def _criteria(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Moves:
    """What word rules read out of the criteria now and did not before: "possibly" goes with it. Neither a text that
    names nothing nor one that is not known names anything."""
    texts = [(one or {}).get("criteria") for one in (before, after)]
    named = [criteria_words.definitions(text) for text in texts]
    asked = [criteria_words.malaise(text)[0] for text in texts]
    found: Moves = {}
    if (named[0] or []) != (named[1] or []):
        found["case_definition"] = (named[0], named[1])
    if asked[0] != asked[1] and not {*asked} <= {"none", "unknown"}:
        found["post_exertional_malaise"] = (asked[0], asked[1])
    return found


def _differ(old: Any, new: Any) -> bool:
    # Most of what has changed is in one facet: the others are not taken apart.
    return bool(old != new and told(old) != told(new))


def told(value: Any) -> Any:
    """What a facet tells, for comparing: lists in one order, texts without white space that says nothing."""
    if isinstance(value, dict):
        return {key: told(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted(map(told, value), key=repr)
    return _IDLE_SPACE.sub("", _SPACE.sub(" ", value)) if isinstance(value, str) else value


def new_trial(title: str | None, status: str | None) -> Event:
    """A trial that this agent's answer did not hold before, though the agent had been answered before."""
    return Event("new_trial", "high", None, {"title": title, "status": status})


def left_registry(day: str) -> Event:
    """The registry says by name that it has no such study any more."""
    return Event("left_registry", "high", None, day)


def returned(left: str, day: str) -> Event:
    """A trial that had left the registry is there again."""
    return Event("returned", "medium", left, day)


def _known(value: dict[str, Any]) -> dict[str, Any] | None:
    return value if any(one is not None and one != [] for one in value.values()) else None


def _date(struct: DateStruct) -> dict[str, str | None] | None:
    return {"date": struct.date, "type": struct.type} if struct.date else None


def _arm(arm: ArmGroup) -> dict[str, Any]:
    return {"label": arm.label, "type": arm.type, "interventions": list(arm.intervention_names)}


def _intervention(intervention: Intervention) -> dict[str, str | None]:
    return {"type": intervention.type, "name": intervention.name}
