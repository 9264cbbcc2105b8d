"""Filters for properties: any view that the pages can make, or a reader can write."""

from collections.abc import Sequence
from dataclasses import fields

from hypothesis import strategies as st

from cache.codes import LANES, ROLES, SPONSOR_CLASSES, STATUSES, STUDY_TYPES, TIERS
from cache.filters.filter import Filter
from tests.rigs.trial_rows import watchlist

WATCHLIST = watchlist()
AGENTS = [agent.id for agent in WATCHLIST.agents]
CONDITIONS = [condition.id for condition in WATCHLIST.conditions]
NEAR = ["", "Berlin", "munich", "Cambridge, GB", "Cambridge", "no such city", "Bad Ort, Germany @47.100,8.200"]
FIELDS = [field.name for field in fields(Filter)]


def some(codes: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(codes), max_size=4).map(tuple)


@st.composite
def filters(
    draw: st.DrawFn, *, countries: Sequence[str] = (), texts: Sequence[str] = (), years: tuple[int, int] = (1900, 2100),
    most: int = len(FIELDS),
) -> Filter:  # fmt: skip
    """Filters of at most so many fields, with any country and words at all unless there is a choice of them."""
    country = st.sampled_from(countries) if countries else st.text(max_size=12)
    first, last = sorted(draw(st.lists(st.integers(*years), min_size=2, max_size=2)))
    wanted = Filter(
        agents=draw(some(AGENTS)), tiers=draw(some(TIERS)), roles=draw(some(ROLES)), background=draw(st.booleans()),
        conditions=draw(some(CONDITIONS)), everywhere=draw(st.booleans()), phases=draw(some(LANES)),
        statuses=draw(some(STATUSES)), study_types=draw(some(STUDY_TYPES)),
        countries=tuple(draw(st.lists(country, max_size=3))), sponsor_classes=draw(some(SPONSOR_CLASSES)),
        year_from=draw(st.sampled_from([None, first])), year_to=draw(st.sampled_from([None, last])),
        near=draw(st.sampled_from(NEAR)),
        within=draw(st.sampled_from([0, 25, 100, 20_100])),
        results=draw(st.sampled_from([None, True, False])),
        text=draw(st.sampled_from(texts) if texts else st.text(max_size=300)),
        frame=draw(st.booleans()), left=draw(st.booleans()),
        ids=draw(some(["NCT00000003", "NCT00000120", "nct00000199"])),
    )  # fmt: skip
    kept = draw(st.sets(st.sampled_from(FIELDS), max_size=most)) if most < len(FIELDS) else FIELDS
    return Filter(**{name: getattr(wanted, name) for name in kept})
