"""The modules of a posted results section, typed: the registry's own nesting, only the fields the product uses.

Values, counts of people in the flow and p values are text in the registry ("1,234", "NA", "<0.001") and stay text.
Baseline tables, the lists of single adverse events and everything about people have no place here.
"""

from fetchers.record.modules import Module, People


class Group(Module, frozen=True):
    """A group of people as one table of the results names it; its id is good for that table only."""

    id: str | None = None
    title: str | None = None
    description: str | None = None


class GroupCount(Module, frozen=True):
    """A number of people or units of one group, as text."""

    group_id: str | None = None
    num_subjects: str | None = None
    num_units: str | None = None
    comment: str | None = None


class ReasonCount(Module, frozen=True):
    """The people of one group who left for a reason, as text."""

    group_id: str | None = None
    num_subjects: str | None = None
    comment: str | None = None


class Milestone(Module, frozen=True):
    type: str | None = None
    comment: str | None = None
    achievements: tuple[GroupCount, ...] = ()


class DropWithdraw(Module, frozen=True):
    """A reason for not completing, with the people of each group."""

    type: str | None = None
    comment: str | None = None
    reasons: tuple[ReasonCount, ...] = ()


class Period(Module, frozen=True):
    title: str | None = None
    milestones: tuple[Milestone, ...] = ()
    drop_withdraws: tuple[DropWithdraw, ...] = ()


class ParticipantFlow(Module, frozen=True):
    """Who took part: groups, and for each period who started, completed and left."""

    pre_assignment_details: str | None = None
    recruitment_details: str | None = None
    type_units_analyzed: str | None = None
    groups: tuple[Group, ...] = ()
    periods: tuple[Period, ...] = ()


class DenomCount(Module, frozen=True):
    group_id: str | None = None
    value: str | None = None


class Denom(Module, frozen=True):
    """How many were analysed in each group; ``units``: participants, or eyes, lesions …"""

    units: str | None = None
    counts: tuple[DenomCount, ...] = ()


class Measurement(Module, frozen=True):
    """One number of a table, as written; ``comment`` says why there is none."""

    group_id: str | None = None
    value: str | None = None
    spread: str | None = None
    lower_limit: str | None = None
    upper_limit: str | None = None
    comment: str | None = None


class Category(Module, frozen=True):
    title: str | None = None
    measurements: tuple[Measurement, ...] = ()


class OutcomeClass(Module, frozen=True):
    """Rows of an outcome that belong together, for example one point in time."""

    title: str | None = None
    denoms: tuple[Denom, ...] = ()
    categories: tuple[Category, ...] = ()


class Analysis(Module, frozen=True):
    """A statistical analysis as the sponsor registered it, every value as written."""

    group_ids: tuple[str, ...] = ()
    group_description: str | None = None
    tested_non_inferiority: bool | None = None
    non_inferiority_type: str | None = None
    non_inferiority_comment: str | None = None
    p_value: str | None = None
    p_value_comment: str | None = None
    statistical_method: str | None = None
    statistical_comment: str | None = None
    param_type: str | None = None
    param_value: str | None = None
    ci_num_sides: str | None = None
    ci_pct_value: str | None = None
    ci_lower_limit: str | None = None
    ci_upper_limit: str | None = None
    ci_lower_limit_comment: str | None = None
    ci_upper_limit_comment: str | None = None
    dispersion_type: str | None = None
    dispersion_value: str | None = None
    estimate_comment: str | None = None
    other_analysis_description: str | None = None


class Outcome(Module, frozen=True):
    """An outcome measure; a secondary one without its table (``classes`` and ``denoms`` are empty)."""

    type: str | None = None
    title: str | None = None
    description: str | None = None
    population_description: str | None = None
    reporting_status: str | None = None
    anticipated_posting_date: str | None = None
    param_type: str | None = None
    dispersion_type: str | None = None
    unit_of_measure: str | None = None
    calculate_pct: bool | None = None
    time_frame: str | None = None
    type_units_analyzed: str | None = None
    denom_units_selected: str | None = None
    groups: tuple[Group, ...] = ()
    denoms: tuple[Denom, ...] = ()
    classes: tuple[OutcomeClass, ...] = ()
    analyses: tuple[Analysis, ...] = ()


class OutcomeMeasures(Module, frozen=True):
    outcome_measures: tuple[Outcome, ...] = ()


class EventGroup(Module, frozen=True):
    """People with harm in one group: affected, and at risk."""

    id: str | None = None
    title: str | None = None
    description: str | None = None
    deaths_num_affected: People | None = None
    deaths_num_at_risk: People | None = None
    serious_num_affected: People | None = None
    serious_num_at_risk: People | None = None
    other_num_affected: People | None = None
    other_num_at_risk: People | None = None


class AdverseEvents(Module, frozen=True):
    frequency_threshold: str | None = None
    time_frame: str | None = None
    description: str | None = None
    all_cause_mortality_comment: str | None = None
    event_groups: tuple[EventGroup, ...] = ()


class Limitations(Module, frozen=True):
    description: str | None = None


class MoreInfo(Module, frozen=True):
    limitations_and_caveats: Limitations = Limitations()


class Section(Module, frozen=True):
    participant_flow_module: ParticipantFlow = ParticipantFlow()
    outcome_measures_module: OutcomeMeasures = OutcomeMeasures()
    adverse_events_module: AdverseEvents = AdverseEvents()
    more_info_module: MoreInfo = MoreInfo()
