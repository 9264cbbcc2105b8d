"""Everything the pages read of one state of a store: read from its snapshot, else made once and added to it.

Each part is a function of the store, the watch-list and other parts, and nothing else; a part that also depends on the
day is asked for that day. What is handed out is shared: never write to it.
"""

from collections.abc import Callable, Iterator
from datetime import date
from functools import wraps
from threading import RLock
from typing import Any, NamedTuple, TypeVar, TypeVarTuple, get_type_hints

import pandas as pd

from cache.filters.select import any_of
from cache.read import lists, questions, records, versions
from cache.read import trials as queries
from cache.read.trials import Freshness
from cache.read.unexplained import Unexplained, unexplained
from cache.snapshot import place, values
from cache.snapshot.folder import Folder
from cache.store.store import Store
from fetchers.matching.matcher import Matcher
from fetchers.watchlist.model import Watchlist
from insights import claims, criteria, families, funnel, gaps, ladder, results_due, slips, stale
from insights.claims import Finding
from insights.dates import course
from insights.findings import across, papers
from insights.findings.across import Found
from insights.funnel import Funnel
from insights.geography import countries

Asked = TypeVarTuple("Asked")
T = TypeVar("T")


class Frame(NamedTuple):
    """The trials in the watch-list's focus (ME/CFS), whatever they test, and what their eligibility texts say."""

    trials: pd.DataFrame  # rows of ``Parts.trials`` that are in the registry
    findings: pd.DataFrame  # ``criteria.table``
    pem: pd.DataFrame  # ``criteria.pem_table``


class Held:
    """What a process holds of one state of a store, and the folder it shares with others; None: there is no place."""

    def __init__(self, state: str, folder: Folder | None) -> None:
        self.state = state
        self.folder = folder
        self.parts: dict[str, Any] = {}
        self.lock = RLock()

    @classmethod
    def of(cls, store: Store, watchlist: Watchlist) -> "Held":
        """For the store as it is now."""
        path = place.folder(store, watchlist)
        return cls(store.state(), Folder(path) if path else None)


def _part(make: "Callable[[Parts, *Asked], T]") -> "Callable[[Parts, *Asked], T]":
    """A part of the snapshot, named after the function and what it is asked for."""

    @wraps(make)
    def part(self: "Parts", *asked: *Asked) -> T:
        name = "-".join([make.__name__, *(str(one) for one in asked)])
        with self.held.lock:
            if name not in self.held.parts:
                self.held.parts[name] = self._found(name, get_type_hints(make)["return"], lambda: make(self, *asked))
            found: T = self.held.parts[name]
            return found

    return part


class Parts:
    """The parts of the state of the store that ``held`` is of; ``store`` must stay in that state (``Store.steady``)."""

    def __init__(self, store: Store, watchlist: Watchlist, held: Held) -> None:
        self.store = store
        self.watchlist = watchlist
        self.held = held

    def _found(self, name: str, kind: Any, make: Callable[[], Any]) -> Any:
        folder = self.held.folder
        if folder is None:
            return make()
        found, there = self._kept(name, kind)
        if there:
            return found
        with folder.alone() as writable:
            found, there = self._kept(name, kind) if writable else (None, False)  # another process may have made it
            if there:
                return found
            made = make()
            kept = writable and folder.save(name, values.packed(made))
        # The one that lies in the file is no memory of this process alone.
        found, there = self._kept(name, kind) if kept else (None, False)
        return found if there else made

    def _kept(self, name: str, kind: Any) -> tuple[Any, bool]:
        pieces = self.held.folder.load(name) if self.held.folder else None
        if pieces is None:
            return None, False
        try:
            return values.unpacked(pieces, kind), True
        except values.Unreadable:
            return None, False

    @_part
    def trials(self) -> pd.DataFrame:
        """``queries.trials``."""
        return queries.trials(self.store)

    @_part
    def matches(self) -> pd.DataFrame:
        """``queries.matches``."""
        return queries.matches(self.store)

    @_part
    def scopes(self) -> pd.DataFrame:
        """``queries.scopes``."""
        return queries.scopes(self.store, self.watchlist)

    @_part
    def answers(self) -> pd.DataFrame:
        """``questions.answers``."""
        return questions.answers(self.store)

    @_part
    def freshness(self) -> Freshness:
        """``queries.freshness``."""
        return queries.freshness(self.store)

    @_part
    def names(self, column: str) -> tuple[str, ...]:
        """Every name in the lists of a column of ``trials``, sorted."""
        return tuple(sorted(lists.different(self.trials()[column])))

    @_part
    def missed(self) -> tuple[Unexplained, ...]:
        """Interventions in the documents' conditions that no name of the watch-list tells, the most frequent first."""
        return unexplained(self.store, self.watchlist.document_conditions, Matcher(self.watchlist))

    @_part
    def facts(self) -> pd.DataFrame:
        """``records.facts`` of every stored trial, with ``judged_on``."""
        trials = self.trials()
        return results_due.judged(records.facts(self.store, list(trials["nct_id"])), trials)

    @_part
    def found(self) -> Found:
        """What the posted results of every stored trial report, as far as they are read."""
        return across.stored(self.store, list(self.trials()["nct_id"]))

    @_part
    def verdicts(self) -> pd.DataFrame:
        """``results_due.judge`` of every stored trial."""
        return results_due.judge(self.facts())

    @_part
    def published(self) -> pd.DataFrame:
        """``papers.published`` of every stored trial."""
        return papers.published(self.facts())

    @_part
    def paper_groups(self) -> pd.DataFrame:
        """``papers.paper_groups`` of every stored trial: nct_id and group."""
        return papers.paper_groups(self.facts()).rename("group").reset_index()

    @_part
    def overtaken(self) -> pd.DataFrame:
        """``stale.stale`` of every stored trial."""
        return stale.stale(self.facts())

    @_part
    def stopped(self) -> pd.DataFrame:
        """``stale.stopped`` of every stored trial."""
        return stale.stopped(self.facts())

    @_part
    def registration(self) -> pd.DataFrame:
        """``stale.registration`` of every stored trial."""
        return stale.registration(self.facts())

    @_part
    def links(self) -> pd.DataFrame:
        """``families.links`` of every stored trial."""
        every = self.facts()
        citing = every["nct_id"][lists.lengths(every["cited"]) > 0]
        types = dict(zip(every["nct_id"], every["study_type"], strict=True))
        return families.links(records.studies(self.store, list(citing)), types)

    @_part
    def family_of(self) -> dict[str, str]:
        """``families.families`` of every stored trial: by id, the trial its family is named after."""
        return families.families(self.links(), set(self.trials()["nct_id"]))

    @_part
    def me_cfs(self) -> Frame:
        """The trials in the watch-list's focus with their eligibility texts read."""
        trials = self.trials()
        inside = any_of(trials["condition_groups"], tuple(condition.id for condition in self.watchlist.focus))
        mine = trials[inside & trials["left_registry"].isna().to_numpy()].reset_index(drop=True)
        studies = list(records.studies(self.store, list(mine["nct_id"])))
        return Frame(mine, criteria.table(studies), criteria.pem_table(studies))

    @_part
    def sites(self) -> pd.DataFrame:
        """``countries.several`` of every stored trial with sites in several countries."""
        trials = self.trials()
        wanted = trials["nct_id"][(lists.lengths(trials["countries"]) > 1) & trials["sites"].notna().to_numpy()]
        return countries.several(records.studies(self.store, list(wanted)))

    @_part
    def bars(self, today: date) -> pd.DataFrame:
        """``course.bars`` of every stored trial."""
        return course.bars(self.trials(), today)

    @_part
    def ledger(self) -> pd.DataFrame:
        """The slip ledger of every stored trial."""
        return slips.ledger(versions.ledger_states(self.store))

    @_part
    def funnels(self) -> tuple[Funnel, ...]:
        """How the registry's rows on each agent come down to the counted trials."""
        return funnel.funnels(*self._evidence(), self.answers())

    @_part
    def ladder(self, condition: str) -> pd.DataFrame:
        """The highest phase of each agent, in any condition and in this one."""
        return ladder.ladder(*self._evidence(), condition)

    @_part
    def grid(self, background: bool, today: date) -> pd.DataFrame:
        """The gap map."""
        return gaps.grid(*self._evidence(), today=today, background=background)

    @_part
    def claims(self, today: date) -> tuple[Finding, ...]:
        """Every claim against the store."""
        return claims.ledger(*self._evidence(), self.found(), today=today)

    def _evidence(self) -> tuple[Watchlist, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        return self.watchlist, self.trials(), self.matches(), self.scopes()

    def has(self, name: str) -> bool:
        """Whether a part without a question can be had at once."""
        return name in self.held.parts or (self.held.folder is not None and self.held.folder.has(name))

    def every(self, today: date) -> Iterator[str]:
        """Make all parts that are not there yet; the name of each when it is."""
        plain = (
            self.trials, self.matches, self.scopes, self.answers, self.freshness, self.facts, self.found,
            self.verdicts, self.published, self.paper_groups, self.overtaken, self.stopped, self.registration,
            self.links, self.family_of, self.me_cfs, self.sites, self.ledger, self.funnels, self.missed,
        )  # fmt: skip
        for make in plain:
            make()
            yield make.__name__
        self.names("countries")
        self.bars(self.freshness().day or today)
        for condition in self.watchlist.conditions:
            self.ladder(condition.id)
        for background in (False, True):
            self.grid(background, today)
        self.claims(today)
        yield "claims"
        self._whole()

    def _whole(self) -> None:
        folder = self.held.folder
        if folder is not None:
            with folder.alone() as writable:
                if writable:
                    folder.save(place.WHOLE, [])
                    folder.sweep()
