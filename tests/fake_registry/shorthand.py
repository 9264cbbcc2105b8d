"""Short ways to say what a trial's arms and interventions are; used by the agent and synthetic studies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Facts = dict[str, Any]


def split_type(text: str) -> tuple[str, str]:
    """`"BIOLOGICAL: x"` -> type and name; a bare name is a drug."""
    type_, colon, name = text.partition(": ")
    return (type_, name) if colon and type_.isupper() else ("DRUG", text)


def arms(**groups: Sequence[str]) -> Facts:
    """Arm groups and interventions that point to each other: `arms(EXPERIMENTAL=["A"], PLACEBO_COMPARATOR=["B"])`.

    Several arms of one type: `EXPERIMENTAL_1`, `EXPERIMENTAL_2`.
    """
    listed: list[Facts] = []
    interventions: dict[str, Facts] = {}
    for key, names in groups.items():
        type_ = key.rstrip("_0123456789")
        label = f"{key.replace('_', ' ').capitalize()} arm"
        arm: Facts = {"label": label, "type": type_}
        for type_name, name in map(split_type, names):
            shown = f"{type_name.replace('_', ' ').capitalize()}: {name}"
            arm.setdefault("interventionNames", []).append(shown)
            entry = interventions.setdefault(name, {"type": type_name, "name": name, "armGroupLabels": []})
            entry["armGroupLabels"].append(label)
        listed.append(arm)
    return {"arms": listed, "interventions": list(interventions.values())}


def experimental(name: str, control: str = "Placebo") -> Facts:
    """The agent in the experimental arm, something else in the other."""
    group = "PLACEBO_COMPARATOR" if "lacebo" in control else "ACTIVE_COMPARATOR"
    return arms(**{"EXPERIMENTAL": [name], group: [control]})


def comparator(name: str, new: str) -> Facts:
    """The agent only in the comparator arm."""
    return arms(EXPERIMENTAL=[new], ACTIVE_COMPARATOR=[name])


def background(name: str, new: str) -> Facts:
    """The agent in both arms beside what is really tested."""
    return arms(EXPERIMENTAL=[new, name], PLACEBO_COMPARATOR=["Placebo", name])


def single(name: str) -> Facts:
    """One arm, everybody gets the agent."""
    return arms(EXPERIMENTAL=[name])


def eligibility(inclusion: Sequence[str], exclusion: Sequence[str] = ()) -> Facts:
    """The criteria text in the registry's markdown."""
    text = "Inclusion Criteria:\n\n" + "\n".join(f"* {line}" for line in inclusion)
    if exclusion:
        text += "\n\nExclusion Criteria:\n\n" + "\n".join(f"* {line}" for line in exclusion)
    return {"eligibility": text, "sex": "ALL", "minimum_age": "18 Years", "std_ages": ["ADULT", "OLDER_ADULT"]}


def phase(*numbers: int) -> Facts:
    """An interventional trial of these phases."""
    return {"study_type": "INTERVENTIONAL", "phases": [f"PHASE{number}" for number in numbers]}


def dates(start: str, primary: str | None = None, completion: str | None = None, done: bool = False) -> Facts:
    """Start, primary completion and completion; `done` makes all of them actual."""
    facts: Facts = {"start": start, "start_type": "ACTUAL"}
    if primary:
        facts |= {"primary_completion": primary, "primary_completion_type": "ACTUAL" if done else "ESTIMATED"}
    if completion:
        facts |= {"completion": completion, "completion_type": "ACTUAL" if done else "ESTIMATED"}
    return facts


def enrolled(count: int, type_: str = "ACTUAL") -> Facts:
    """Enrollment and whether it is planned or counted."""
    return {"enrollment": count, "enrollment_type": type_}
