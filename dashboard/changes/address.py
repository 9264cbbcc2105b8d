"""What the Changes page shows, as its address says it: reading it, writing it, and its words. Pure, no Streamlit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from cache import english
from cache.changes.changelog import WEIGHTS, Refreshed, at_least, since_moment
from cache.changes.differences import KINDS
from cache.changes.weights import Weight
from cache.changes.wording import KIND_WORDS
from cache.filters.filter import Filter
from cache.follow.view import Followed
from cache.store.store import timestamp
from fetchers.errors import Validation

Show = Literal["changes", "slips"]
SHOWN: dict[Show, str] = {"changes": "Changes", "slips": "Delays"}
DATE = "date"  # the choice that asks for a day
PERIODS = {
    "refresh": "Last refresh",
    "7": "7 days",
    "30": "30 days",
    "90": "90 days",
    "looked": "Since you looked",
    DATE: "Since a date",
}
DEFAULT_PERIOD = "30"
DEFAULT_WEIGHT: Weight = "low"
LEAST_WORDS: dict[Weight, str] = {"high": "High", "medium": "Medium and up", "low": "All but noise", "noise": "All"}
MEASURES = {
    "primary": "primary_completion_date",
    "completion": "completion_date",
    "start": "start_date",
    "enrolment": "enrollment",
}
MEASURE_WORDS = {
    "primary_completion_date": "Primary completion",
    "completion_date": "Completion",
    "start_date": "Start",
    "enrollment": "Enrolment",
}
OLDEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class ChangesView:
    """Which changes are shown; the default is what the page opens with."""

    show: Show = "changes"
    period: str = DEFAULT_PERIOD
    day: str | None = None  # of the period ``date``
    looked: str | None = None  # the moment up to which everything was seen, as the store writes moments
    kinds: tuple[str, ...] = ()
    weight: Weight = DEFAULT_WEIGHT
    every: bool = False  # also trials outside the view that all pages share
    measure: str | None = None  # of the slips; None: the first that has any

    def to_query(self) -> dict[str, list[str]]:
        """The keys of an address that reopens this; only what differs from the default."""
        plain = ChangesView()
        since = self.day if self.period == DATE else self.period
        written: dict[str, tuple[bool, Sequence[str]]] = {
            "show": (self.show != plain.show, (self.show,)),
            "since": (self.period != plain.period and since is not None, (since or "",)),
            "looked": (self.looked is not None, (self.looked or "",)),
            "kind": (bool(self.kinds), self.kinds),
            "weight": (self.weight != plain.weight, (self.weight,)),
            "every": (self.every, ("1",)),
            "measure": (self.measure is not None, [key for key, one in MEASURES.items() if one == self.measure]),
        }
        return {key: list(values) for key, (differs, values) in written.items() if differs}


def read(query: Mapping[str, Sequence[str]]) -> tuple[ChangesView, tuple[str, ...]]:
    """What an address asks for. Never raises: the second item says in sentences what was left out."""
    given = {key: [value for value in values if value] for key, values in query.items()}
    ignored: list[str] = []

    def one(key: str) -> str | None:
        return given.get(key, [None])[-1] if given.get(key) else None

    def known(key: str, choices: Sequence[str]) -> str | None:
        value = one(key)
        if value is None or value in choices:
            return value
        ignored.append(f"This page has no {key} “{value[:40]}”; choose from {', '.join(choices)}.")
        return None

    kinds = [kind for kind in given.get("kind", []) if kind in KINDS]
    for kind in set(given.get("kind", [])) - set(kinds):
        ignored.append(f"Unknown kind of change “{kind[:40]}” was ignored; choose from {', '.join(KINDS)}.")
    looked, period, day = _looked(one("looked"), ignored), *_since(one("since"), ignored)
    if period == "looked" and looked is None:
        period = DEFAULT_PERIOD
    weight = known("weight", WEIGHTS)
    measure = known("measure", tuple(MEASURES))
    return (
        ChangesView(
            show="slips" if known("show", tuple(SHOWN)) == "slips" else "changes",
            period=period,
            day=day,
            looked=looked,
            kinds=tuple(kind for kind in KINDS if kind in kinds),
            weight=next((known_one for known_one in WEIGHTS if known_one == weight), DEFAULT_WEIGHT),
            every=one("every") == "1",
            measure=MEASURES[measure] if measure else None,
        ),
        tuple(ignored),
    )


def _looked(text: str | None, ignored: list[str]) -> str | None:
    try:
        return None if text is None else since_moment(text, "looked")
    except Validation as error:
        ignored.append(str(error))
        return None


def _since(text: str | None, ignored: list[str]) -> tuple[str, str | None]:
    if text is None:
        return DEFAULT_PERIOD, None
    if text in PERIODS and text != DATE:
        return text, None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) and date.fromisoformat(text) >= OLDEST:
            return DATE, text
    except ValueError:
        pass
    choices = ", ".join(key for key in PERIODS if key != DATE)
    ignored.append(f"“{text[:40]}” is not a start; choose from {choices} or a day such as 2026-11-20.")
    return DEFAULT_PERIOD, None


def since(wanted: ChangesView, last: Refreshed, now: datetime) -> str:
    """The moment from which changes are told. Days begin at midnight UTC, so that a link stays the same all day."""
    if wanted.period == "looked" and wanted.looked:
        return wanted.looked
    if wanted.period == "refresh":
        return last.began or timestamp(now)
    if wanted.period == DATE and wanted.day:
        return f"{wanted.day}T00:00:00Z"
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = int(wanted.period) if wanted.period.isdigit() else int(DEFAULT_PERIOD)
    return timestamp(today - timedelta(days=days))


def seen_up_to(last: Refreshed, now: datetime) -> str:
    """The moment that marks everything as seen.

    A second after the newest change, and not now: a refresh that is storing at this moment dates its changes from when
    it began to store them.
    """
    if last.events is None:
        return timestamp(now)
    return timestamp(datetime.fromisoformat(last.events) + timedelta(seconds=1))


def weights(wanted: ChangesView) -> tuple[Weight, ...]:
    """The weights that are told."""
    return at_least(wanted.weight)


def period_words(wanted: ChangesView, moment_text: str) -> str:
    """ "since the last refresh of 22 November 2026, 05:21 UTC"."""
    if wanted.period == "refresh":
        return f"since the last refresh of {english.moment(moment_text)}"
    if wanted.period == "looked":
        return f"since you last looked, {english.moment(moment_text)}"
    return f"since {english.day(moment_text[:10])}"


def kind_words(kind: str) -> str:
    """A kind for people."""
    return KIND_WORDS.get(kind, kind)


def followed(wanted: Filter, shown: ChangesView) -> Followed:
    """What the page tells of, whatever the period."""
    return Followed(None if shown.every else wanted, kinds=shown.kinds, weight=shown.weight)
