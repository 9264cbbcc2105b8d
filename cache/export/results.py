"""Posted results as objects of the JSON export, every code and value as the registry wrote it; absent is null."""

from collections.abc import Mapping
from typing import Any

from cache.read.results import Posted
from fetchers.record.result_modules import Analysis, Denom, EventGroup, Outcome, Period
from fetchers.record.results import Results


def objects(found: Mapping[str, Posted]) -> dict[str, dict[str, Any]]:
    """One object for each trial whose results were read."""
    return {nct_id: {"read_at": one.read_at, **_results(one.results)} for nct_id, one in found.items() if one.results}


def _results(results: Results) -> dict[str, Any]:
    return {
        "outcomes": [_outcome(one) for one in results.outcomes],
        "flow": {
            "groups": [{"id": one.id, "title": one.title} for one in results.flow.groups],
            "periods": [_period(one) for one in results.flow.periods],
        },
        "adverse_events": {
            "time_frame": results.harms.time_frame,
            "groups": [_events(one) for one in results.harms.event_groups],
        },
    }


def _outcome(one: Outcome) -> dict[str, Any]:
    denominators = [_denominator(units, None) for units in one.denoms]
    denominators += [_denominator(units, each.title) for each in one.classes for units in each.denoms]
    return {
        "type": one.type,
        "title": one.title,
        "time_frame": one.time_frame,
        "param_type": one.param_type,
        "dispersion_type": one.dispersion_type,
        "unit": one.unit_of_measure,
        "reporting_status": one.reporting_status,
        "groups": [{"id": group.id, "title": group.title} for group in one.groups],
        "denominators": [row for rows in denominators for row in rows],
        "measurements": [
            {
                "class": each.title,
                "category": category.title,
                "group": number.group_id,
                "value": number.value,
                "spread": number.spread,
                "lower": number.lower_limit,
                "upper": number.upper_limit,
                "comment": number.comment,
            }
            for each in one.classes
            for category in each.categories
            for number in category.measurements
        ],
        "analyses": [_analysis(analysis) for analysis in one.analyses],
    }


def _denominator(units: Denom, title: str | None) -> list[dict[str, Any]]:
    """``class``: the class it is the denominator of, null for the whole outcome."""
    return [{"units": units.units, "class": title, "group": one.group_id, "value": one.value} for one in units.counts]


def _analysis(one: Analysis) -> dict[str, Any]:
    return {
        "groups": list(one.group_ids),
        "group_description": one.group_description,
        "method": one.statistical_method,
        "method_comment": one.statistical_comment,
        "p_value": one.p_value,
        "p_value_comment": one.p_value_comment,
        "estimate_type": one.param_type,
        "estimate": one.param_value,
        "dispersion_type": one.dispersion_type,
        "dispersion": one.dispersion_value,
        "ci_percent": one.ci_pct_value,
        "ci_sides": one.ci_num_sides,
        "ci_lower": one.ci_lower_limit,
        "ci_upper": one.ci_upper_limit,
        "ci_lower_comment": one.ci_lower_limit_comment,
        "ci_upper_comment": one.ci_upper_limit_comment,
        "tested_non_inferiority": one.tested_non_inferiority,
        "non_inferiority_type": one.non_inferiority_type,
        "non_inferiority_comment": one.non_inferiority_comment,
        "comment": one.estimate_comment,
        "other": one.other_analysis_description,
    }


def _period(one: Period) -> dict[str, Any]:
    return {
        "title": one.title,
        "milestones": [
            {"type": milestone.type, "group": each.group_id, "people": each.num_subjects, "units": each.num_units}
            for milestone in one.milestones
            for each in milestone.achievements
        ],
        "dropouts": [
            {"type": reason.type, "group": each.group_id, "people": each.num_subjects}
            for reason in one.drop_withdraws
            for each in reason.reasons
        ],
    }


def _events(one: EventGroup) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "deaths_affected": one.deaths_num_affected,
        "deaths_at_risk": one.deaths_num_at_risk,
        "serious_affected": one.serious_num_affected,
        "serious_at_risk": one.serious_num_at_risk,
        "other_affected": one.other_num_affected,
        "other_at_risk": one.other_num_at_risk,
    }
