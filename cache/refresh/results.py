"""The second step of a refresh: posted results, by id in batches, within a budget, and only those that are due.

What one batch brings is stored before the next is asked for, so a step that stops goes on there the next time. One
batch that fails costs its own trials; after two in a row the registry is left alone.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from cache.english import count, shortened
from cache.ingest import posted
from cache.ingest.posted import Cost, Kept, Wanted
from cache.refresh.ask import Context
from cache.refresh.plan import ScopeState
from cache.refresh.report import Result
from cache.store.store import timestamp
from fetchers.errors import Cancelled, DataReloaded, Incomplete, LocalTrouble, Postponed, Refused, TrackerError
from fetchers.record.results import Results
from fetchers.watchlist.model import Watchlist

BATCH = 50
NOT_GIVEN = "The registry did not give this record when it was asked for by its id."
NONE_GIVEN = "The registry says that results are posted, but gave none."
_LONG = 200  # characters of a reason that a sentence quotes


class Budget(NamedTuple):
    """Requests and bytes over the wire; the batch during which it is used up is the last."""

    requests: int
    bytes: int


# The results of a trial are about 4 kB packed, so one refresh reads about 6,000 trials: more than all agents have. What
# costs more is not what we think we ask for. At a request a second this is two minutes on top of a refresh.
TOTAL = Budget(120, 24_000_000)
# Whoever refreshes again and again, or without end by a mistake, still asks for no more than twice that in an hour.
HOURLY = Budget(240, 48_000_000)
_HOUR = timedelta(hours=1)


class Reading(NamedTuple):
    """Which results are read, and what that may cost, in one refresh and in any hour."""

    which: Literal["all", "documents"] = "documents"
    total: Budget = TOTAL
    hourly: Budget = HOURLY


class Outcome(NamedTuple):
    """What a step did, in trials. ``error``: what could not be read; ``paused``: why some were left for later."""

    asked: int
    read: int
    kept: Kept
    error: str | None = None
    paused: str | None = None

    def as_result(self) -> Result:
        """As the report tells it."""
        kept = self.kept
        status: Literal["fresh", "unchanged"] = "fresh" if self.asked else "unchanged"
        return Result(status, self.read, kept.new, kept.changed, 0, kept.failed, self.error)


@dataclass
class ResultsStep:
    """Reads what is due of the results of trials given ``agents``; ``run`` once.

    ``everybody``: these are all agents, so nobody else's results are wanted. ``full``: whatever is known.
    """

    context: Context
    agents: Collection[str]
    conditions: Collection[str]
    reading: Reading
    state: ScopeState | None
    everybody: bool
    full: bool
    read: int  # trials whose results are stored
    kept: Kept = field(default_factory=Kept)
    reasons: dict[str, str] = field(default_factory=dict)
    lost: bool = False  # a batch did not come at all

    @classmethod
    def of(
        cls, context: Context, watchlist: Watchlist, agents: Sequence[str], reading: Reading,
        state: ScopeState | None, *, full: bool,
    ) -> "ResultsStep":  # fmt: skip
        """The step for the named agents of a watch-list, or for all."""
        names = agents or [agent.id for agent in watchlist.agents]
        return cls(
            context, names, watchlist.document_conditions, reading, state,
            everybody=not agents, full=full, read=posted.number_read(context.store),
        )  # fmt: skip

    def run(self) -> Outcome:
        """Raises what the source raises when two batches fail one after the other, or the only one; LocalTrouble."""
        context, store = self.context, self.context.store
        others = self.reading.which == "all"
        wanted = posted.wanted(store, self.agents, self.conditions, others=others)
        posted.note_wanted(store, [one.nct_id for one in wanted], all_agents=self.everybody)
        self.read = posted.number_read(store)
        context.note(posted.SCOPE, status="asking", expected=len(wanted), fetched=self.read)
        due = [one for one in wanted if self.full or one.due or (one.failed and not self._tried())]
        if not due and self.state is not None and not (self.everybody and self.state.error):
            return Outcome(0, self.read, Kept())
        paused = self._ask(due)
        if self.everybody or paused or self.state is None:
            whole = self.everybody and not self.lost and not paused
            load, at = context.timestamp, timestamp(context.now())
            posted.end(store, complete=whole, error=paused, registry_timestamp=load, at=at)
        return Outcome(len(due), self.read, self.kept, self._unread(), paused)

    def _tried(self) -> bool:
        """Whether everything was asked for under this data load, so that a failed record would fail again."""
        load, state = self.context.timestamp, self.state
        return load is not None and state is not None and state.registry_timestamp == load and not state.error

    def _ask(self, due: Sequence[Wanted]) -> str | None:
        """Batch by batch; returns why it stopped early."""
        purse = _Purse(self.context, self.reading, posted.cost(self.context.store))
        failed_before: TrackerError | None = None
        for done, batch in _batches(due):
            paused = purse.used_up(len(due) - done)
            if paused:
                return paused
            failure = self._ask_batch(batch, purse)
            alone = len(batch) == len(due)
            if failure and (failed_before or alone or isinstance(failure, Refused | Postponed)):
                raise failure
            failed_before = failure
        return None

    def _ask_batch(self, batch: Sequence[Wanted], purse: "_Purse") -> TrackerError | None:
        failure: TrackerError | None = None
        answers: dict[str, Results | str] = {}
        try:
            answers = self._answers([one.nct_id for one in batch])
        except (Cancelled, LocalTrouble):
            raise
        except TrackerError as error:
            failure, self.lost = error, True
            answers = {one.nct_id: str(error) for one in batch}
        context = self.context
        kept = posted.keep(context.store, context.refresh_id, batch, answers, purse.pay(), now=context.now)
        self.read = posted.number_read(context.store)
        context.note(posted.SCOPE, fetched=self.read)
        self.kept = Kept(*map(sum, zip(self.kept, kept, strict=True)))
        self.reasons |= {nct_id: said for nct_id, said in answers.items() if isinstance(said, str)}
        return failure

    def _answers(self, nct_ids: Sequence[str]) -> dict[str, Results | str]:
        """What the registry says of each of these trials; a second time when it loaded new data meanwhile."""
        try:
            return self._once(nct_ids)
        except (DataReloaded, Incomplete):
            return self._once(nct_ids)

    def _once(self, nct_ids: Sequence[str]) -> dict[str, Results | str]:
        answers: dict[str, Results | str] = dict.fromkeys(nct_ids, NOT_GIVEN)
        for page in self.context.source.results(nct_ids):
            for one in page.studies:
                answers[one.nct_id] = one if one.results_section else NONE_GIVEN
            answers |= {one.nct_id: one.reason for one in page.set_aside if one.nct_id}
        return answers

    def _unread(self) -> str | None:
        if not self.reasons:
            return None
        nct_id, reason = next(iter(self.reasons.items()))
        first = f"the first is {nct_id}: {shortened(reason, _LONG)}"
        return f"The posted results of {count(len(self.reasons), 'trial')} could not be read ({first})."


class _Purse:
    """What the step has spent, against what it may."""

    def __init__(self, context: Context, reading: Reading, before: Cost) -> None:
        self._context, self._reading = context, reading
        self._began = self._seen = (context.source.requests, context.source.bytes)
        self._batches = [tuple(one) for one in before.batches]
        self._largest = 0

    def pay(self) -> Cost:
        """The cost so far, the batch that has just ended included."""
        now = (self._context.source.requests, self._context.source.bytes)
        requests, size = (new - old for new, old in zip(now, self._seen, strict=True))
        self._seen, self._largest = now, max(self._largest, size)
        self._batches = [*self._of_late(), (timestamp(self._context.now()), requests, size)]
        return Cost(*self._spent(), self._batches)

    def used_up(self, left: int) -> str | None:
        """Why nothing more may be asked now, in a sentence that is shown; ``left``: trials that wait."""
        hour = (sum(one[1] for one in self._of_late()), sum(one[2] for one in self._of_late()))
        for spent, budget, when in (
            (self._spent(), self._reading.total, "one refresh"), (hour, self._reading.hourly, "one hour"),
        ):  # fmt: skip
            if spent[0] >= budget.requests or spent[1] + self._largest > budget.bytes:
                return (
                    f"{count(left, 'trial')} left for the next refresh: {when} reads posted results with at most "
                    f"{count(budget.requests, 'request')} and {budget.bytes / 1_000_000:g} MB."
                )
        return None

    def _spent(self) -> tuple[int, int]:
        return self._seen[0] - self._began[0], self._seen[1] - self._began[1]

    def _of_late(self) -> list[tuple[str, int, int]]:
        since = self._context.now() - _HOUR
        return [one for one in self._batches if datetime.fromisoformat(one[0]) > since]


def _batches(due: Sequence[Wanted]) -> Iterator[tuple[int, Sequence[Wanted]]]:
    return ((start, due[start : start + BATCH]) for start in range(0, len(due), BATCH))
