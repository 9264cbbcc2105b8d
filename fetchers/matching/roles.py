"""Which part an agent plays in a trial that gives it: which arms give it, and what differs between the arms."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

Role = Literal["tested", "comparator", "background", "unclear"]
# What an arm is for; ``none`` gets nothing of what is looked at, ``other`` says nothing.
Kind = Literal["experimental", "active", "placebo", "none", "other"]


class Arm(NamedTuple):
    """What one arm gives: the agent's interventions by number, the agent's names, and everything else.

    ``doubtful``: the record lists the agent here and may mean its placebo.
    """

    kind: Kind
    own: frozenset[int]
    names: frozenset[str]
    beside: frozenset[str]
    doubtful: bool = False


def role(arms: Sequence[Arm], *, alone_by_design: bool) -> Role:
    """The agent's part. ``alone_by_design``: without arms, an interventional study gives nothing but the agent.

    Experimental arms are what a trial is about: the agent is tested when they, but not all arms, give it. Only beside
    experimental arms that do not give it is it a comparator. Where no arm is experimental, what differs is tested.
    """
    if not arms:
        return "tested" if alone_by_design else "unclear"
    having = [arm for arm in arms if arm.own]
    if not having or any(arm.doubtful for arm in arms):
        return "unclear"
    if len(having) == len(arms):
        return _everywhere(arms)
    if not any(arm.kind == "experimental" for arm in arms):
        return "unclear" if all(arm.kind == "none" for arm in having) else "tested"
    if any(arm.kind == "experimental" for arm in having):
        return "tested"
    return "unclear" if any(arm.kind == "other" for arm in having) else "comparator"


def _everywhere(arms: Sequence[Arm]) -> Role:
    """Every arm gives it: dose, route, member or people differ, or something that is given beside it."""
    if not any(arm.beside for arm in arms):
        return "tested"
    if len(arms) == 1:
        return "unclear"  # a combination: which part of it is looked at, the arms do not say
    if len({arm.own for arm in arms}) > 1:
        if len({arm.beside for arm in arms}) == 1:
            return "tested"
        if len({arm.names for arm in arms}) > 1 and not all(arm.beside for arm in arms):
            return "unclear"
    return "background"
