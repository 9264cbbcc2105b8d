"""The headline of the Overview: what the registry shows of the agents in the conditions asked for as a whole, as one
finding. Pure text, safe for Streamlit's Markdown; each number in it opens its list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from cache.english import agreeing, count, listed
from cache.filters.counts import AgentCover, KeyFigures
from cache.filters.filter import Filter
from dashboard.shared.words import plain

Link = Callable[[Filter], str]  # a view -> where its trials are listed


def headline(
    cover: AgentCover, figures: KeyFigures, wanted: Filter, conditions: Sequence[str],
    *, to_trials: Link, gaps: str, who: str, live: bool, sampled: int = 0,
) -> str:  # fmt: skip
    """One or two sentences. ``cover`` and ``figures``: of the view ``wanted``, trials of any agent in ``conditions``
    (their names). ``gaps``: the address that shows which agents have none. ``who``: what the agents are called.
    ``live``: the registry has answered for an agent; before, the trials are a sample. ``sampled``: agents it has never
    answered for."""
    agents = sum(map(len, cover))
    where = listed(map(plain, conditions), "or")
    trials = _link(count(figures.trials, "trial"), to_trials(wanted))
    if not live:
        return _sample(len(cover.found), agents, trials, where, who)
    parts = _parts(figures, wanted, to_trials)
    waiting = _waiting(max(sampled, len(cover.not_asked)), sample=sampled > len(cover.not_asked))
    if not cover.found:
        none = f"any of the {agents} {who}" if not cover.not_asked else f"{len(cover.none_found)} of the {agents} {who}"
        return f"ClinicalTrials.gov lists {_link('no trial', gaps)} in {where} for {none}.{waiting}"
    if not cover.none_found:
        every = f"all {agents}" if not cover.not_asked else f"{len(cover.found)} of the {agents}"
        return f"ClinicalTrials.gov lists {trials} in {where} for {every} {who}: {parts}.{waiting}"
    without = _link(f"{len(cover.none_found)} of the {agents}", gaps)
    return (
        f"ClinicalTrials.gov lists no trial in {where} for {without} {who}. "
        f"For {_others(len(cover.found), rest=not cover.not_asked)} it lists {trials}: {parts}.{waiting}"
    )


def _others(agents: int, *, rest: bool) -> str:
    """``rest``: they are all the others there are."""
    number = "one" if agents == 1 else str(agents)
    return f"the other {number}" if rest else f"{number} {agreeing(agents, 'other')}"


def _parts(figures: KeyFigures, wanted: Filter, to_trials: Link) -> str:
    recruiting = _link(f"{figures.recruiting:,} recruiting", to_trials(replace(wanted, statuses=("RECRUITING",))))
    posted = _link(f"{figures.with_results:,} with posted results", to_trials(replace(wanted, results=True)))
    return " and ".join(
        (
            recruiting if figures.recruiting else "none recruiting",
            posted if figures.with_results else "none with posted results",
        )
    )


def _waiting(agents: int, *, sample: bool) -> str:
    """``sample``: trials of these agents are counted, which say nothing about how many there are."""
    if not agents:
        return ""
    counted = "; of their trials only a sample is counted" if sample else ""
    return f" {count(agents, 'agent')} {agreeing(agents, 'is', 'are')} not asked for yet{counted}."


def _sample(found: int, agents: int, trials: str, where: str, who: str) -> str:
    if not found:
        return f"This sample holds no trial in {where} of the {agents} {who}. The registry has not been asked yet."
    return (
        f"This sample holds {trials} in {where}, of {found} of the {agents} {who}. "
        "Ask the registry to see how many are registered."
    )


def _link(words: str, address: str) -> str:
    return f"[{words}]({address})"


def names_of(cover: AgentCover, names: Mapping[str, str]) -> str:
    """The agents behind the headline's numbers by name."""
    said = []
    if cover.none_found:
        said.append(f"No trial found: {listed(plain(names[agent]) for agent in cover.none_found)}.")
    if cover.not_asked:
        said.append(f"Not asked yet: {listed(plain(names[agent]) for agent in cover.not_asked)}.")
    return " ".join(said)
