"""The arms of a record as one agent sees them: which of them really give it, and what else they give.

An arm that stands for placebo often lists the very intervention it stands against, and an arm called experimental may
be the one without treatment; what an arm's own words say goes before what it lists.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from fetchers.matching.context import is_make_believe
from fetchers.matching.headings import says_what
from fetchers.matching.roles import Arm, Kind
from fetchers.matching.texts import Reading

_KINDS: dict[str | None, Kind] = {
    "EXPERIMENTAL": "experimental",
    "ACTIVE_COMPARATOR": "active",
    "PLACEBO_COMPARATOR": "placebo",
    "SHAM_COMPARATOR": "placebo",
    "NO_INTERVENTION": "none",
}
_CONTROL = re.compile(r"\b(?:no|none|without|non|not|untreated|controls?|placebo|sham|saline|observation|alone|only)\b")
_REFUSED = re.compile(
    r"^(?:no|none|non|without)\b(?!.*\b(?:prior|previous\w*|history|naive|experienced?|failures?|respon\w+))"
    r"|\b(?:no (?:treatment|intervention|drug)|untreated)\b"
)
_LIKENESS = re.compile(
    r"\b(?:bio ?similar\w*|comparability|bio ?equivalen\w*|similar biologics?|originator|reference (?:product"
    r"|medicin\w+)"
    r"|(?:eu|us|eu authori[sz]ed|us licensed|eu approved) (?:sourced|licensed|approved) \w+|follow on biologics?"
    r"|pharmacokinetic (?:similarity|equivalence))\b"
)
_COMPARING = re.compile(r"\b(?:compar\w+|equivalence)\b")
_USUAL = re.compile(
    r"\b(?:standard|conventional|traditional|usual|routine|original|basic|regular|background)\b(?: \w+){0,3}? ?"
    r"\b(?:care|treatments?|therap(?:y|ies)|regimens?|medications?|drugs?|management)\b"
)
_WATER = re.compile(r"\b(?:saline|sodium chloride|nacl|water)\b")
_WORD = re.compile(r"[a-z]{4,}")
# An arm's own words name the agent although no intervention of it is linked.
TOLD = -1


class Giving(NamedTuple):
    """One intervention as this agent sees it.

    ``own``: the agent's names in it, empty when it gives something else. ``beside``: the other things it gives (its
    own name when it is no intervention of the agent; nothing for a placebo). ``found_in``, ``quote``: where our names
    stand, and the sentence where it is a description. ``outside``: it is the agent, but put on or breathed in.
    """

    own: frozenset[str]
    beside: frozenset[str]
    found_in: str | None = None
    quote: str | None = None
    outside: bool = False


class Told(NamedTuple):
    """What an arm's own words say is given: the agent's names, the sentence, whether as part of the usual treatment."""

    own: frozenset[str]
    quote: str
    usual: bool


def usual(sentence: str) -> bool:
    """Whether a folded sentence speaks of treatment that people get anyway."""
    return bool(_USUAL.search(sentence))


def arms_of(reading: Reading, givings: Sequence[Giving], told: Sequence[Told | None]) -> list[Arm]:
    """Every arm, with what it gives."""
    arms = [_arm(reading, givings, told, at, linked) for at, linked in enumerate(reading.links)]
    for at, arm in enumerate(arms):
        if arm.kind in ("placebo", "none") and arm.own and not told[at]:
            left_out = _left_out(reading, at, arms)
            if left_out is None:
                arms[at] = arm._replace(doubtful=True)
            elif left_out:
                arms[at] = _arm(reading, givings, told, at, reading.links[at] - left_out)
    return [_by_its_label(reading, at, arm) for at, arm in enumerate(arms)]


def comparability(reading: Reading, arms: Sequence[Arm], unknown: frozenset[str]) -> bool:
    """Whether an experimental arm may give the agent under a name nobody knows: a study of likeness, where all that
    the experimental arms give is ``unknown`` to us and to the makers of international names."""
    looked_at = [arm for arm in arms if arm.kind == "experimental"]
    if not looked_at or not all(arm.beside and arm.beside <= unknown for arm in looked_at):
        return False
    texts = " ".join((reading.company, *(arm.folded for arm in reading.arms)))
    with_placebo = any(arm.kind == "placebo" for arm in arms)
    return bool(_LIKENESS.search(texts) or (_COMPARING.search(texts) and not with_placebo))


def _arm(
    reading: Reading, givings: Sequence[Giving], told: Sequence[Told | None], at: int, linked: frozenset[int]
) -> Arm:
    own = frozenset(number for number in linked if givings[number].own)
    names = frozenset[str]().union(*(givings[number].own for number in linked))
    mine = told[at] or _as_usual(reading, at, told)
    if not own and mine:
        own, names = _unlinked(reading, givings) or frozenset({TOLD}), mine.own
    beside = frozenset[str]().union(*(givings[number].beside for number in linked))
    return Arm(_KINDS.get(reading.study.arms[at].type, "other"), own, names, beside)


def _as_usual(reading: Reading, at: int, told: Sequence[Told | None]) -> Told | None:
    """The usual treatment that one arm spells out is the usual treatment of an arm that only names it."""
    spelt_out = next((one for one in told if one and one.usual), None)
    return spelt_out if spelt_out and usual(reading.arms[at].folded) else None


def _unlinked(reading: Reading, givings: Sequence[Giving]) -> frozenset[int]:
    """The agent's interventions when there is but one, or when none of them is linked to an arm."""
    own = frozenset(at for at, giving in enumerate(givings) if giving.own)
    linked = frozenset[int]().union(*reading.links)
    return own if len(own) == 1 or not own & linked else frozenset()


def _left_out(reading: Reading, at: int, arms: Sequence[Arm]) -> frozenset[int] | None:
    """What an arm lists and does not give, since it stands against an arm that lists just the same: what the label of
    that one names and its own does not, or the only thing there is. None: the record does not say."""
    real = _real(reading, at)
    twins = [other for other, arm in enumerate(arms) if arm.kind not in ("placebo", "none")]
    twin = next((other for other in twins if _real(reading, other) == real), None)
    if twin is None:
        return frozenset()
    return real if len(real) == 1 else _named_there_only(reading, twin, at, real) or None


def _real(reading: Reading, at: int) -> frozenset[int]:
    """What an arm lists beside placebos and the salt water that is one."""
    named = ((n, reading.interventions[n].name.folded) for n in reading.links[at])
    return frozenset(
        n for n, name in named if not is_make_believe(name) and (says_what(name) or not _WATER.search(name))
    )


def _named_there_only(reading: Reading, there: int, here: int, numbers: frozenset[int]) -> frozenset[int]:
    said_there, said_here = (set(_WORD.findall(reading.arms[at].folded)) for at in (there, here))
    words = {n: set(_WORD.findall(reading.interventions[n].name.folded)) for n in numbers}
    return frozenset(n for n in numbers if words[n] & said_there and not words[n] & said_here)


def _by_its_label(reading: Reading, at: int, arm: Arm) -> Arm:
    """An arm that its label calls the one without, whatever it is typed as and lists."""
    if arm.kind != "experimental" or arm.beside:
        return arm
    label = (reading.study.arms[at].label or "").casefold()
    if _REFUSED.search(label):
        arm = arm._replace(own=frozenset(), names=frozenset())
    return arm._replace(kind="none") if not arm.own and _CONTROL.search(label) else arm
