"""Posted results as the API gives them: what ``cache.export.results`` makes, every code and value as the registry wrote
it; absent is null."""

from msgspec import Struct, field


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of an answer."""


class Group(Part, frozen=True):
    id: str | None
    title: str | None


class Denominator(Part, frozen=True):
    """How many people (or other units) were analysed; ``class`` is null for the whole outcome."""

    units: str | None
    class_: str | None = field(name="class")
    group: str | None
    value: str | None


class Measurement(Part, frozen=True):
    class_: str | None = field(name="class")
    category: str | None
    group: str | None
    value: str | None
    spread: str | None
    lower: str | None
    upper: str | None
    comment: str | None


class Analysis(Part, frozen=True):
    """A registered analysis; nothing in it is this tracker's judgement."""

    groups: list[str]
    group_description: str | None
    method: str | None
    method_comment: str | None
    p_value: str | None
    p_value_comment: str | None
    estimate_type: str | None
    estimate: str | None
    dispersion_type: str | None
    dispersion: str | None
    ci_percent: str | None
    ci_sides: str | None
    ci_lower: str | None
    ci_upper: str | None
    ci_lower_comment: str | None
    ci_upper_comment: str | None
    tested_non_inferiority: bool | None
    non_inferiority_type: str | None
    non_inferiority_comment: str | None
    comment: str | None
    other: str | None


class Outcome(Part, frozen=True):
    type: str | None
    title: str | None
    time_frame: str | None
    param_type: str | None
    dispersion_type: str | None
    unit: str | None
    reporting_status: str | None
    groups: list[Group]
    denominators: list[Denominator]
    measurements: list[Measurement]
    analyses: list[Analysis]


class Milestone(Part, frozen=True):
    type: str | None
    group: str | None
    people: str | None
    units: str | None


class Dropout(Part, frozen=True):
    type: str | None
    group: str | None
    people: str | None


class Period(Part, frozen=True):
    title: str | None
    milestones: list[Milestone]
    dropouts: list[Dropout]


class Flow(Part, frozen=True):
    groups: list[Group]
    periods: list[Period]


class EventGroup(Part, frozen=True):
    id: str | None
    title: str | None
    deaths_affected: int | None
    deaths_at_risk: int | None
    serious_affected: int | None
    serious_at_risk: int | None
    other_affected: int | None
    other_at_risk: int | None


class AdverseEvents(Part, frozen=True):
    time_frame: str | None
    groups: list[EventGroup]


class Results(Part, frozen=True):
    """The results a trial posted in the registry."""

    read_at: str | None
    outcomes: list[Outcome]
    flow: Flow
    adverse_events: AdverseEvents
