"""The story of one agent in one sentence and a few figures: pure functions over what the insights found, no Streamlit.

A starter row is a sample and not a count, none found is not none exists, and what is not known is never zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from cache import english
from cache.codes import LANE_WORDS
from cache.english import count, listed, on_day
from cache.filters.filter import Filter
from cache.filters.select import Selection, coded
from dashboard.shared.words import plain
from fetchers.record.dates import PartialDate
from insights import evidence
from insights import ladder as ladders
from insights.evidence import Asked

UNKNOWN = "–"  # in place of a number or a phase that is not known
_NAMED = 3  # conditions that fit in a sentence


class Rung(NamedTuple):
    """The highest phase entered somewhere, and the trials that entered it; no lane when none is known."""

    lane: str | None
    ids: tuple[str, ...]

    @property
    def words(self) -> str:
        return LANE_WORDS[self.lane] if self.lane else UNKNOWN


class Newest(NamedTuple):
    """The newest activity: a date as the registry wrote it, what it was, and the trial."""

    when: str
    what: str
    nct_id: str


class Story(NamedTuple):
    """What is known of one agent in a view. ``here``: the view's conditions; ``anywhere``: all conditions.

    ``trials`` and the numbers after it count different trials of the view; ``ended`` ones are completed or terminated.
    """

    wanted: Filter
    name: str
    answer: Asked
    place: str
    trials: int
    status_known: int
    recruiting: int
    ended: int
    ended_known: int  # of which it is known whether results are posted
    posted: int
    here: Rung
    anywhere: Rung
    newest: Newest | None

    @property
    def sample(self) -> bool:
        """Whether the registry has never answered for the agent, so that nothing here is a count."""
        return self.answer.state != "asked"

    @property
    def everywhere(self) -> bool:
        """Whether here is anywhere."""
        return self.wanted.everywhere and not self.wanted.conditions


class Figure(NamedTuple):
    """A key figure: what it is, its value, what it is a part of, and the lists behind its numbers."""

    label: str
    value: str
    note: str
    lists: tuple[tuple[str, Filter], ...]


def tell(
    wanted: Filter, about: tuple[str, str, Asked], selection: Selection, steps: pd.DataFrame, cells: pd.DataFrame
) -> Story:
    """Put the story together.

    ``wanted``: the view, of one agent. ``about``: the agent's name, the words of ``place``, what was asked. ``steps``:
    rows of ``insights.ladder``, ``cells``: of ``insights.gaps.grid``; both of this agent and of the view's conditions.
    """
    name, where, answer = about
    trials = selection.trials
    known = trials["has_results"].notna().to_numpy()
    ended = coded(trials["overall_status"], evidence.ENDED)
    return Story(
        wanted=wanted,
        name=name,
        answer=answer,
        place=where,
        trials=len(trials),
        status_known=int(trials["overall_status"].notna().sum()),
        recruiting=int(evidence.is_recruiting(trials).sum()),
        ended=int(ended.sum()),
        ended_known=int((ended & known).sum()),
        posted=int((ended & trials["has_results"].fillna(False).to_numpy(dtype=bool)).sum()),
        here=_highest(steps, "any" if wanted.everywhere and not wanted.conditions else "here"),
        anywhere=_highest(steps, "any"),
        newest=_newest(cells),
    )


def place(wanted: Filter, names: Mapping[str, str]) -> str:
    """Where a view looks, inside a sentence; ``names``: the condition groups by id."""
    if wanted.conditions:
        named = [plain(english.inner(name)) for id, name in names.items() if id in wanted.conditions]
        return f"in {listed(named, 'or')}" if len(named) <= _NAMED else f"in the {len(named)} conditions chosen"
    return "in any condition" if wanted.everywhere else "in the documents’ conditions"


def _highest(steps: pd.DataFrame, key: str) -> Rung:
    """The highest of some rows; the trials of all rows that reach it."""
    rows: list[dict[Any, Any]] = steps.to_dict("records")
    reached = [row[f"{key}_lane"] for row in rows if row[f"{key}_lane"]]
    if not reached:
        return Rung(None, ())
    top = max(reached, key=lambda lane: ladders.step(lane) or 0)
    ids = {nct_id for row in rows if row[f"{key}_lane"] == top for nct_id in row[f"{key}_ids"]}
    return Rung(top, tuple(sorted(ids)))


def _newest(cells: pd.DataFrame) -> Newest | None:
    rows: list[dict[Any, Any]] = cells.to_dict("records")
    dated = [Newest(row["newest"], row["newest_what"], row["newest_id"]) for row in rows if row["newest"]]
    return max(dated, key=lambda one: (PartialDate.parse(one.when).latest, one.nct_id), default=None)


def sentence(story: Story) -> str:
    """The story in one sentence, safe for Markdown. Of a view without a trial it says which kind of nothing it is."""
    name = plain(english.inner(story.name))
    if not story.trials:
        return nothing(story)
    give = english.agreeing(story.trials, "gives", "give")
    trials = f"{count(story.trials, 'trial')} {'that ' if story.sample else ''}{give} {name} {story.place}"
    head = f"The starter sample holds {trials}" if story.sample else trials
    said = f"{'; '.join([head, _phases(story), *_rest(story)])}."
    return said + _sampled(story)


def _phases(story: Story) -> str:
    here, anywhere = story.here, story.anywhere
    if not anywhere.lane:
        return "none is known to have entered a phase"
    top = f"the highest phase entered is {_lane(anywhere)}"
    if story.everywhere:
        return top
    if here.lane == anywhere.lane:
        return f"{top}, here and anywhere"
    if not here.lane:
        return f"none here is known to have entered a phase; elsewhere the highest is {_lane(anywhere)}"
    return f"the highest phase entered is {_lane(here)} here and {_lane(anywhere)} elsewhere"


def _lane(rung: Rung) -> str:
    return rung.words[0].lower() + rung.words[1:]


def _rest(story: Story) -> list[str]:
    said = []
    if story.status_known:
        said.append(f"{_recruiting(story)} {'when the record was copied' if story.sample else 'now'}")
    else:
        said.append("how many recruit is not known")
    if story.newest:
        when, what, nct_id = story.newest
        said.append(f"newest activity {on_day(when)} ({what}, {nct_id})")
    else:
        said.append("no activity has a date")
    return [*said, _results(story)]


def _recruiting(story: Story) -> str:
    """How many of the trials whose status is known recruit. A public copy tells what was so when it was made."""
    one = story.recruiting <= 1
    are = ("was" if one else "were") if story.sample else ("is" if one else "are")
    if story.status_known == 1:
        which = "the one with a recorded status" if story.trials > 1 else "the trial"
        return f"{which} {are} {'' if story.recruiting else 'not '}recruiting"
    of = "" if story.status_known == story.trials else f" of the {story.status_known:,} with a recorded status"
    return f"{_number(story.recruiting)}{of} {are} recruiting"


def _results(story: Story) -> str:
    if not story.ended:
        return "none is known to have ended"
    if not story.ended_known:
        return f"{story.ended:,} ended; whether results are posted is not known"
    if story.ended == 1:
        return f"the one that ended has posted {'' if story.posted else 'no '}results"
    unknown = story.ended - story.ended_known
    has = "has" if story.posted <= 1 else "have"
    said = f"{_number(story.posted)} of the {story.ended:,} that ended {has} posted results"
    return f"{said} (not known for {unknown:,})" if unknown else said


def _number(number: int) -> str:
    return f"{number:,}" if number else "none"


def _sampled(story: Story) -> str:
    if not story.sample:
        return ""
    failed = story.answer.state == "failed"
    why = "the registry did not answer" if failed else "the registry has not been asked yet"
    return f" This is a sample, not a count: {why}."


def nothing(story: Story) -> str:
    """Why a view of the agent is empty: asked and none found, not asked yet, or asked and failed."""
    name = plain(english.inner(story.name))
    if story.answer.state == "not_asked":
        return (
            f"Not asked yet. The starter snapshot holds no trial that gives {name} here. "
            "Press the button above to ask the registry."
        )
    if story.answer.state == "failed":
        return (
            f"Not known. The registry did not answer for {name}, and no trial that gives {name} is stored here. "
            "That does not mean that none is registered."
        )
    more = "" if story.everywhere else " Try “All conditions”."
    return (
        f"None found. The registry was asked, and sent no trial that gives {name} here. "
        f"That does not mean that none exists.{more}"
    )


def figures(story: Story) -> list[Figure]:
    """The key figures of a view that holds a trial; each number with the filter that lists exactly its trials."""
    wanted, ended = story.wanted, replace(story.wanted, statuses=evidence.ENDED)
    found = [
        Figure(
            "In the sample" if story.sample else "Trials", f"{story.trials:,}", story.place, (("Show trials", wanted),)
        ),
        Figure(
            "Recruiting now",
            f"{story.recruiting:,}" if story.status_known else UNKNOWN,
            f"of {story.status_known:,} with a recorded status" if story.status_known else "no status is known",
            (("Show trials", replace(wanted, statuses=("RECRUITING",))),) if story.status_known else (),
        ),
        _rung("Highest phase here", story.here, wanted),
    ]
    if not story.everywhere:
        found.append(_rung("Highest anywhere", story.anywhere, replace(wanted, conditions=(), everywhere=True)))
    posted = Figure(
        "Results posted",
        f"{story.posted:,}" if story.ended_known else UNKNOWN,
        _of_ended(story),
        (
            *((("With results", replace(ended, results=True)),) if story.ended_known else ()),
            *((("Ended", ended),) if story.ended else ()),
        ),
    )
    return [*found, posted]


def _of_ended(story: Story) -> str:
    if not story.ended:
        return "no trial is known to have ended"
    unknown = story.ended - story.ended_known
    return f"of {story.ended:,} that ended" + (f"; not known for {unknown:,}" if unknown else "")


def _rung(label: str, rung: Rung, wanted: Filter) -> Figure:
    if not rung.lane:
        return Figure(label, UNKNOWN, "no known phase entered", ())
    note = f"entered by {count(len(rung.ids), 'trial')}"
    return Figure(label, rung.words, note, (("Show trials", entered(rung, wanted)),))


def entered(rung: Rung, wanted: Filter) -> Filter:
    """The trials that entered a phase: begun, and giving the agent other than as background."""
    phases = (rung.lane,) if rung.lane else ()
    return evidence.just(replace(wanted, background=False, phases=phases, statuses=evidence.MAY_HAVE_BEGUN), rung.ids)


def of_agent(frame: pd.DataFrame, agent: str, groups: Sequence[str]) -> pd.DataFrame:
    """The rows of one agent, and of some condition groups when any are named."""
    mine = frame[frame["agent"] == agent]
    return mine[mine["condition"].isin(list(groups))] if groups else mine
