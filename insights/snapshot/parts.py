"""Everything the pages read of one state of a store: read from its snapshot, else made once and added to it.

Each part is a function of the store, the watch-list and other parts, and nothing else; a part that also depends on the
day is asked for that day. What is handed out is shared: never write to it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache, wraps
from typing import NamedTuple, TypeVar, TypeVarTuple, get_type_hints

import pandas as pd

from cache.filters.select import Mask, among, any_of
from cache.read import lists, questions, records, versions
from cache.read import trials as queries
from cache.read.trials import Freshness
from cache.read.unexplained import Unexplained, unexplained
from cache.snapshot import place
from cache.snapshot.compared import Material
from cache.store.store import Store
from fetchers.matching.matcher import Matcher
from fetchers.record.study import Study
from fetchers.watchlist.model import Watchlist
from insights import claims, criteria, families, funnel, gaps, ladder, results_due, slips, stale
from insights.claims import Finding
from insights.dates import course
from insights.findings import across, papers
from insights.findings.across import Found
from insights.funnel import Funnel
from insights.geography import countries
from insights.snapshot.carried import Ids, Make, Settled
from insights.snapshot.held import Held as Held

Asked = TypeVarTuple("Asked")
T = TypeVar("T")


class Frame(NamedTuple):
    """The trials in the watch-list's focus (ME/CFS), whatever they test, and what their eligibility texts say."""

    trials: pd.DataFrame  # rows of ``Parts.trials`` that are in the registry
    findings: pd.DataFrame  # ``criteria.table``
    pem: pd.DataFrame  # ``criteria.pem_table``


def _part(make: "Callable[[Parts, *Asked], T]") -> "Callable[[Parts, *Asked], T]":
    """A part of the snapshot, named after the function and what it is asked for."""

    @wraps(make)
    def part(self: "Parts", *asked: *Asked) -> T:
        name = "-".join([make.__name__, *(str(one) for one in asked)])
        with self.held.lock:
            if name not in self.held.parts:
                self.held.parts[name] = self.held.found(
                    name, get_type_hints(make)["return"], lambda: make(self, *asked)
                )
            found: T = self.held.parts[name]
            return found

    return part


class Parts:
    """The parts of the state of the store that ``held`` is of; ``store`` must stay in that state (``Store.steady``)."""

    def __init__(self, store: Store, watchlist: Watchlist, held: Held) -> None:
        self.store = store
        self.watchlist = watchlist
        self.held = held

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
    def newest(self) -> pd.DataFrame:
        """``records.newest`` of every trial that is shown."""
        every = records.newest(self.store)
        return every[among(every["nct_id"], self.trials()["nct_id"])].reset_index(drop=True)

    @_part
    def facts(self) -> pd.DataFrame:
        """``records.facts`` of every stored trial, with ``judged_on``."""
        made = self._carried("facts", "newest", lambda rows: records.facts(self.store, list(rows["nct_id"])))
        return results_due.judged(made, self.trials())

    @_part
    def found(self) -> Found:
        """What the posted results of every stored trial report, as far as they are read."""
        return across.stored(self.store, list(self.trials()["nct_id"]))

    @_part
    def verdicts(self) -> pd.DataFrame:
        """``results_due.judge`` of every stored trial."""
        made = self._carried("verdicts", "facts", results_due.judge, results_due.READ, settled=self._posted_before)
        return results_due.of_the_day(made, self.facts())

    @_part
    def published(self) -> pd.DataFrame:
        """``papers.published`` of every stored trial."""
        return self._carried("published", "facts", papers.published, papers.READ)

    @_part
    def paper_groups(self) -> pd.DataFrame:
        """``papers.paper_groups`` of every stored trial: nct_id and group."""
        return papers.paper_groups(self.facts()).rename("group").reset_index()

    @_part
    def overtaken(self) -> pd.DataFrame:
        """``stale.stale`` of every stored trial."""
        made = self._carried("overtaken", "facts", stale.stale, stale.READ, settled=self._ended_before)
        return results_due.of_the_day(made, self.facts())

    @_part
    def stopped(self) -> pd.DataFrame:
        """``stale.stopped`` of every stored trial."""
        return self._carried("stopped", "facts", stale.stopped, stale.STOPPED_BY)

    @_part
    def registration(self) -> pd.DataFrame:
        """``stale.registration`` of every stored trial."""
        return self._carried("registration", "facts", stale.registration, stale.READ, settled=_over)

    @_part
    def links(self) -> pd.DataFrame:
        """``families.links`` of every stored trial."""
        every = self.facts()
        types = dict(zip(every["nct_id"], every["study_type"], strict=True))

        def made(rows: pd.DataFrame) -> pd.DataFrame:
            return families.links(records.studies(self.store, list(rows["nct_id"])), types)

        before = self.held.past.part("facts", pd.DataFrame)
        as_before = before is not None and families.expanded(before) == families.expanded(every)
        covered = families.citing(before) if before is not None and as_before else ()
        return self._carried("links", "newest", made, only=families.citing(every), covered=covered)

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
        before = self.held.past.part("me_cfs", Frame)
        read = lru_cache(1)(lambda ids: list(records.studies(self.store, ids)))

        def carried(made: pd.DataFrame | None, make: Callable[[Iterable[Study]], pd.DataFrame]) -> pd.DataFrame:
            return self.held.past.rows(
                made, lambda rows: make(read(tuple(rows["nct_id"]))), "newest", self.newest(),
                only=mine["nct_id"], covered=None if before is None else before.trials["nct_id"],
            )  # fmt: skip

        found = carried(before and before.findings, criteria.table)
        return Frame(mine, found, carried(before and before.pem, criteria.pem_table))

    @_part
    def sites(self) -> pd.DataFrame:
        """``countries.several`` of every stored trial with sites in several countries."""
        before = self.held.past.part("trials", pd.DataFrame)

        def made(rows: pd.DataFrame) -> pd.DataFrame:
            return countries.several(records.studies(self.store, list(rows["nct_id"])))

        covered = () if before is None else countries.in_several(before)
        return self._carried("sites", "newest", made, only=countries.in_several(self.trials()), covered=covered)

    @_part
    def bars(self, today: date) -> pd.DataFrame:
        """``course.bars`` of every stored trial."""
        past = self.held.past
        known = past.part("freshness", Freshness)
        on = str((known.day if known else None) or today)
        made = past.rows(
            past.part(f"bars-{on}", pd.DataFrame), lambda rows: course.bars(rows, today), "trials", self.trials(),
            course.READ, settled=None if on == str(today) else lambda rows: rows.over_by(course.DATES, str(today), on),
        )  # fmt: skip
        return course.in_order(made)

    @_part
    def ledger(self) -> pd.DataFrame:
        """The slip ledger of every stored trial."""
        return slips.ledger(versions.ledger_states(self.store))

    @_part
    def funnel(self, agent: str) -> Funnel:
        """How the registry's rows on one agent come down to the counted trials."""
        return funnel.funnels(*self._evidence(), self.answers(), [self.watchlist.agent(agent)])[0]

    @_part
    def ladders(self) -> pd.DataFrame:
        """The highest phase of each agent, in any condition and in each."""
        return ladder.ladders(*self._evidence())

    @_part
    def grid(self, background: bool, today: date) -> pd.DataFrame:
        """The gap map."""
        return gaps.grid(*self._evidence(), today=today, background=background)

    @_part
    def claims(self, today: date) -> tuple[Finding, ...]:
        """Every claim against the store."""
        return claims.ledger(*self._evidence(), self.found(), today=today)

    def _carried(
        self, name: str, by: str, make: Make, columns: Ids | None = None, *, only: Ids | None = None,
        covered: Ids | None = None, settled: Settled | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        past = self.held.past
        before = past.part(name, pd.DataFrame)
        return past.rows(before, make, by, getattr(self, by)(), columns, only=only, covered=covered, settled=settled)

    def _posted_before(self, material: Material) -> Mask:
        before = self.held.past.part("verdicts", pd.DataFrame)
        done = () if before is None else before["nct_id"][before["state"].isin(results_due.SETTLED)]
        return _over(material) & among(self.facts()["nct_id"], done)

    def _ended_before(self, material: Material) -> Mask:
        return _over(material) & ~self.facts()["overall_status"].isin(stale.MAY_MOVE).to_numpy(dtype=bool)

    def _evidence(self) -> tuple[Watchlist, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        return self.watchlist, self.trials(), self.matches(), self.scopes()

    def has(self, name: str) -> bool:
        """Whether a part without a question can be had at once."""
        return name in self.held.parts or (self.held.folder is not None and self.held.folder.has(name))

    def every(self, today: date) -> Iterator[str]:
        """Make all parts that are not there yet; the name of each when it is."""
        plain = (
            self.trials, self.matches, self.scopes, self.answers, self.freshness, self.newest, self.facts, self.found,
            self.verdicts, self.published, self.paper_groups, self.overtaken, self.stopped, self.registration,
            self.links, self.family_of, self.me_cfs, self.sites, self.ledger, self.ladders, self.missed,
        )  # fmt: skip
        for make in plain:
            make()
            yield make.__name__
        self.names("countries")
        self.bars(self.freshness().day or today)
        for agent in self.watchlist.agents:
            self.funnel(agent.id)
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
        self.held.past.forget()


def _over(material: Material) -> Mask:
    return material.over(course.DATES, "judged_on")
