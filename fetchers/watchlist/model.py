"""What a watch-list consists of: frozen objects, valid once ``fetchers.watchlist.load.load`` has made them."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from fetchers.errors import Validation

DEFAULT_PATH = Path(__file__).resolve().parents[1] / "watchlist.toml"
OTHER = "other"
# Of a member or a condition without a size hint.
_EXPECTED_SIZE = 300


# Why a sentence of a document is none that a registry of trials could bear out.
NotChecked = Literal[
    "heading", "announcement", "definition", "mechanism", "opinion", "advice", "safety", "advertisement",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document, headings included: paragraph and sentence number, and what it says in a few words.

    It is stated by ``claims``, or supports and repeats those it is ``part_of``, or ``why`` says why it is no claim.
    """

    at: str
    words: str
    claims: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    why: NotChecked | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One text that recommends agents; ``conditions`` are the ids of those it speaks about, ``sentences`` all of it."""

    id: str
    title: str
    kind: str
    publisher: str | None = None
    interest: str | None = None
    date: str | None = None
    conditions: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class ShortName:
    """An abbreviation that means the member only where one of ``near`` stands in the same text.

    One that is written in capitals counts only in capitals.
    """

    name: str
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One medicine of an agent: ``names`` are asked and matched, ``local_names`` and ``short_names`` only matched.

    ``forms`` of a member that is off are words of form and route: where they stand beside any name of the agent, it is
    this member that is meant.
    """

    id: str
    name: str
    names: tuple[str, ...]
    local_names: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    on: bool = True
    short_names: tuple[ShortName, ...] = ()
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agent:
    """What a document recommends: one medicine, or a class with several members."""

    id: str
    name: str
    kind: str
    members: tuple[Member, ...]
    documents: tuple[str, ...] = ()
    false_friends: tuple[str, ...] = ()
    size_hint: int | None = None

    @property
    def expected_size(self) -> int:
        """About how many trials the registry holds of an agent that was never asked for."""
        members = sum(member.on for member in self.members)
        return _EXPECTED_SIZE * members if self.size_hint is None else self.size_hint


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that turn a condition's terms one way or the other where they meet (``fetchers.matching.groups``).

    ``lasting`` with one of ``what_lasts`` is a term; ``passing`` before a term makes it none, and so does one of
    ``settings`` in the titles, unless the text says that it lasts. Each of ``pairs`` is a term when all its parts stand
    somewhere in titles and conditions. A title that names one of ``operations`` and one of ``numbing`` outweighs the
    conditions. A heading does not count beside one of ``mesh_not_with``.
    """

    lasting: tuple[str, ...] = ()
    what_lasts: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    pairs: tuple[tuple[str, ...], ...] = ()
    operations: tuple[str, ...] = ()
    numbing: tuple[str, ...] = ()
    mesh_not_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """A group of conditions; ``swept`` groups are asked for whatever the agent. ``other`` has no terms.

    ``near`` are groups so like this one that a study in them lends a general claim a part of its support. ``focus``
    groups are what the pages on taking part and on case definitions are about.
    """

    id: str
    name: str
    terms: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    not_terms: tuple[str, ...] = ()
    swept: bool = False
    local_terms: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    wording: Wording = Wording()
    focus: bool = False
    size_hint: int | None = None

    @property
    def expected_size(self) -> int:
        """About how many trials the registry holds of a condition that was never asked for."""
        return _EXPECTED_SIZE if self.size_hint is None else self.size_hint


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a document, in our words; ``phase`` is a registry code (joint phases joined by ``|``).

    ``kind`` is what is stated: that a *trial* runs or was done, that studies give a *hint*, that something is in *use*,
    that it has an *effect*, that it carries a *risk*, or that more research is a *need*. ``agent`` or ``agents``, and
    ``condition`` or ``conditions``, say what of; without them the claim speaks of all its document names. With
    ``interventions`` it is (also) about what the watch-list does not follow: words looked for in the interventions of
    stored trials, in swept groups only, since only those are asked for whatever the agent. ``until`` is the year in
    which the studies it can rest on were over, where the literature tells. ``unchecked_because`` says why a claim is
    not checkable, ``quote`` gives at most fifteen words of the document.
    """

    id: str
    document: str
    place: str
    words: str
    agent: str | None = None
    condition: str | None = None
    phase: str | None = None
    status: Literal["ongoing", "completed"] | None = None
    tense: Literal["present", "past"] | None = None
    checkable: bool = True
    kind: Literal["trial", "hint", "use", "effect", "risk", "need"] = "hint"
    until: int | None = None
    agents: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    unchecked_because: str | None = None
    quote: str | None = None


@dataclass(frozen=True)
class Watchlist:
    """A whole, valid watch-list; every id it refers to exists.

    ``everything``: an import of the registry's whole file keeps every study, not only those that belong here.
    """

    documents: tuple[Document, ...]
    agents: tuple[Agent, ...]
    conditions: tuple[Condition, ...]
    claims: tuple[Claim, ...] = ()
    everything: bool = False

    def agent(self, id: str) -> Agent:
        """Raise Validation listing the known ids when there is no such agent."""
        return _by_id("agent", self.agents, id)

    def condition(self, id: str) -> Condition:
        """Raise Validation listing the known ids when there is no such condition."""
        return _by_id("condition", self.conditions, id)

    @cached_property
    def document_conditions(self) -> tuple[str, ...]:
        """The conditions any document speaks about, in the watch-list's order."""
        named = {condition for document in self.documents for condition in document.conditions}
        return tuple(condition.id for condition in self.conditions if condition.id in named)

    @cached_property
    def swept(self) -> tuple[Condition, ...]:
        """The conditions that are asked for whatever the agent."""
        return tuple(condition for condition in self.conditions if condition.swept)

    @cached_property
    def focus(self) -> tuple[Condition, ...]:
        """The conditions that are marked so, or all swept ones when none is."""
        return tuple(condition for condition in self.conditions if condition.focus) or self.swept

    @cached_property
    def digest(self) -> str:
        """Changes exactly when something changes that is asked for or matched; titles and claims do not count."""
        agents = [
            (agent.id, agent.false_friends, [_matters(member) for member in agent.members]) for agent in self.agents
        ]
        groups = [(c.id, c.terms, c.local_terms, c.mesh, c.not_terms, c.swept, c.wording) for c in self.conditions]
        return hashlib.sha256(msgspec.json.encode([agents, groups])).hexdigest()[:16]


def _matters(member: Member) -> tuple[object, ...]:
    return member.id, member.names, member.local_names, member.short_names, member.mesh, member.on, member.forms


_Item = TypeVar("_Item", Agent, Condition)


def _by_id(kind: str, items: tuple[_Item, ...], id: str) -> _Item:
    for item in items:
        if item.id == id:
            return item
    known = ", ".join(item.id for item in items)
    raise Validation(f"There is no {kind} {id!r} in the watch-list. Choose from: {known}.")
