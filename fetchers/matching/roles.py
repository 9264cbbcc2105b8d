"""Which part an agent plays in a trial that gives it, read from the arms."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from fetchers.record.modules import ArmGroup, Intervention

Role = Literal["tested", "comparator", "background", "unclear"]

_COMPARATORS = frozenset({"ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION"})


class Giving(NamedTuple):
    """One intervention as this agent sees it.

    ``own``: the agent's names in it, empty when it gives something else. ``beside``: the other things it gives (its
    own name when it is no intervention of the agent; nothing for a placebo).
    """

    own: frozenset[str]
    beside: frozenset[str]


class Arm(NamedTuple):
    """What one arm gives: the agent's interventions by number, the agent's names, and everything else."""

    type: str | None
    own: frozenset[int]
    names: frozenset[str]
    beside: frozenset[str]


def role(arms: Sequence[Arm]) -> Role:
    """The first rule that knows an answer decides."""
    return next((answer for rule in _RULES if (answer := rule(arms, _having(arms)))), "unclear")


def arms_of(groups: Sequence[ArmGroup], interventions: Sequence[Intervention], givings: Sequence[Giving]) -> list[Arm]:
    """The arms of a record. Linked from both sides, since either may be missing; case and spacing do not matter."""
    arms = []
    for group in groups:
        label = _key(group.label)
        named = {_key(name) for name in group.intervention_names}
        linked = [
            at
            for at, intervention in enumerate(interventions)
            if _named(intervention) & named or (label and label in map(_key, intervention.arm_group_labels))
        ]
        own = frozenset(at for at in linked if givings[at].own)
        names = _union(givings[at].own for at in linked)
        arms.append(Arm(group.type, own, names, _union(givings[at].beside for at in linked)))
    return arms


def _having(arms: Sequence[Arm]) -> list[Arm]:
    return [arm for arm in arms if arm.own]


def _nothing_known(arms: Sequence[Arm], having: Sequence[Arm]) -> Role | None:
    """No arms, no link between arm and agent, or arms without a type that says anything."""
    known = any(arm.type == "EXPERIMENTAL" or arm.type in _COMPARATORS for arm in having)
    return None if known else "unclear"


def _in_some_arms(arms: Sequence[Arm], having: Sequence[Arm]) -> Role | None:
    if len(having) == len(arms):
        return None
    if any(arm.type == "EXPERIMENTAL" for arm in having):
        return "tested"
    return "comparator" if all(arm.type in _COMPARATORS for arm in having) else "unclear"


def _alone_everywhere(arms: Sequence[Arm], having: Sequence[Arm]) -> Role | None:
    """Every arm gives the agent and nothing else: dose, route, member, or the people differ."""
    return None if any(arm.beside for arm in arms) else "tested"


def _one_combination(arms: Sequence[Arm], having: Sequence[Arm]) -> Role | None:
    """The only arm gives it beside something else: which of the two is looked at, the arms do not say."""
    return "unclear" if len(arms) == 1 else None


def _own_differs(arms: Sequence[Arm], having: Sequence[Arm]) -> Role | None:
    """Every arm gives it beside the same other things: then how it is given is what differs, if anything."""
    if len({arm.own for arm in arms}) == 1:
        return None
    if len({arm.beside for arm in arms}) == 1:
        return "tested"
    return "unclear" if len({arm.names for arm in arms}) > 1 else None


def _added_to(arms: Sequence[Arm], having: Sequence[Arm]) -> Role | None:
    """What is left: every arm gives it, and at least one gives something else with it."""
    return "background"


_RULES = (_nothing_known, _in_some_arms, _alone_everywhere, _one_combination, _own_differs, _added_to)


def _named(intervention: Intervention) -> set[str]:
    """The ways an arm may name an intervention: ``Drug: Name`` as the registry writes it, or the name alone."""
    name = _key(intervention.name)
    return {f"{_key((intervention.type or '').replace('_', ' '))}: {name}", name} if name else set()


def _key(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip().casefold()


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
