"""The table of keys: complete, without two rows for one thing; what its rows say and what they select agree."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given

from cache.codes import LANES, NOT_RECORDED, ROLES, SPONSOR_CLASSES, STATUSES, STUDY_TYPES, TIERS
from cache.filters.choices import Choices
from cache.filters.filter import Filter
from cache.filters.keys import KEYS
from cache.filters.query import FOREIGN
from cache.filters.select import Selection
from cache.gazetteer import cities
from cache.read import trials as queries
from cache.store.store import Store
from tests.cache.filters.drawn import AGENTS, CONDITIONS, WATCHLIST, filters
from tests.rigs.trial_rows import Why, plain_finder, put, row

COUNTRIES = ("Germany", "Peru", "Korea, Republic of")
YEARS = (1999, 2005, 2010)
WORDS = ("Low dose", "Straße", "of steroids")
# Of few fields: a view of all of them at once is nearly always empty.
DRAWN = filters(countries=COUNTRIES, texts=("", *WORDS, "DOSE low", "nct", "x"), years=(1998, 2012), most=4)


class Frames:
    """Two hundred trials that differ in everything a filter looks at, each fact also missing somewhere."""

    def __init__(self) -> None:
        pick = random.Random(8).choice
        rows, why = [], {}
        for number in range(1, 201):
            rows.append(row(
                number, phases=pick([None, [], ["PHASE1"], ["PHASE1", "PHASE2"], ["PHASE3"], ["NA"]]),
                overall_status=pick([None, "PAUSED", *STATUSES[:6]]), study_type=pick([None, *STUDY_TYPES[:3]]),
                sponsor_class=pick([None, *SPONSOR_CLASSES[:4]]), countries=pick([None, [], *map(list, COUNTRIES_OF)]),
                condition_groups=pick([["me_cfs"], ["lupus"], ["fibromyalgia", "me_cfs"], ["other"]]),
                start_date=pick([None, *(f"{year}-03" for year in YEARS)]), has_results=pick([None, True, False]),
                points=pick([None, *POINTS]), left_registry=pick([None, None, None, "2026-01-01"]), title=pick(WORDS),
            ))  # fmt: skip
            agents = pick([[], ["ivig"], ["methotrexate"], ["ivig", "tnf_inhibitors"], ["no_agent_any_more"]])
            why[number] = [Why(agent, *pick(PAIRED)) for agent in agents]
        store = Store.in_memory()
        put(store, rows, why)
        self.trials, self.matches = queries.trials(store), queries.matches(store)
        store.close()
        self.rows: Sequence[Mapping[Any, Any]] = self.trials.to_dict("records")
        self.pairs: dict[str, list[Mapping[Any, Any]]] = {}
        for pair in self.matches.to_dict("records"):
            self.pairs.setdefault(pair["nct_id"], []).append(pair)

    def selection(self, wanted: Filter) -> Selection:
        return wanted.apply(self.trials, self.matches, WATCHLIST, plain_finder(self.trials))


BERLIN, POTSDAM, MUNICH = (52.52, 13.41), (52.4, 13.06), (48.14, 11.58)
POINTS: tuple[list[float | None], ...] = (
    [], [*BERLIN, None, 0], [*MUNICH, 2, 0, *POTSDAM, 0, 0], [*MUNICH, 1, 0], [None, None, 2, 0],
    [None, None, 0, None, *BERLIN, 2, 0],
)  # fmt: skip
COUNTRIES_OF = (COUNTRIES[:1], COUNTRIES[1:], COUNTRIES)
PAIRED = [*(("given", role) for role in ROLES), ("mentioned", None), ("excluded", None)]


@pytest.fixture(scope="module")
def frames() -> Frames:
    return Frames()


def test_each_field_has_one_row_and_each_row_a_name_and_place_of_its_own() -> None:
    assert sorted(key.field for key in KEYS) == sorted(field.name for field in fields(Choices))
    names = [key.name for key in KEYS]
    assert len({*names, *FOREIGN}) == len(names) + len(FOREIGN)
    places = [key.widget.place for key in KEYS if key.widget]
    assert sorted(places) == list(range(1, len(places) + 1))


def test_each_field_takes_part_in_selecting(frames: Frames) -> None:
    changed: dict[str, Any] = {
        "agents": ("ivig",), "tiers": ("excluded",), "roles": ("comparator",), "conditions": ("lupus",),
        "phases": ("PHASE3",), "statuses": ("RECRUITING",), "study_types": ("OBSERVATIONAL",), "countries": ("Peru",),
        "sponsor_classes": ("NIH",), "year_from": 2010, "year_to": 2005, "results": True, "text": "Low",
        "background": True, "everywhere": True, "frame": True, "left": True, "near": "Berlin, DE", "within": 25,
        "ids": ("NCT00000007",),
    }  # fmt: skip
    assert changed.keys() == {key.field for key in KEYS}
    plain = dict.fromkeys(changed, Filter()) | {"within": Filter(near="Berlin, DE")}  # a distance needs a place
    for field, value in changed.items():
        opening = list(frames.selection(plain[field]).trials["nct_id"])
        assert list(frames.selection(replace(plain[field], **{field: value})).trials["nct_id"]) != opening, field


@given(wanted=DRAWN)
def test_what_the_sentence_does_not_name_selects_nothing(frames: Frames, wanted: Filter) -> None:
    """Of every field that is not at its default the sentence says so, unless another field leaves it no meaning."""
    for key in KEYS:
        without = replace(wanted, **{key.field: getattr(Filter(), key.field)})
        if without != wanted and without.sentence(WATCHLIST) == wanted.sentence(WATCHLIST):
            assert key.field in ("roles", "background", "everywhere", "within")
            ours, theirs = frames.selection(wanted), frames.selection(without)
            pd.testing.assert_frame_equal(ours.trials, theirs.trials)
            pd.testing.assert_frame_equal(ours.pairs, theirs.pairs)


@given(wanted=DRAWN)
def test_a_trial_is_let_in_as_read_row_by_row(frames: Frames, wanted: Filter) -> None:
    trials, passing = [], []
    for trial in frames.rows:
        own = [pair for pair in frames.pairs.get(trial["nct_id"], []) if pair["agent"] in AGENTS]
        if not trial_passes(wanted, trial):
            continue
        through = [pair for pair in own if pair_passes(wanted, pair)]
        passing += [(trial["nct_id"], pair["agent"]) for pair in through]
        if through or (wanted.frame and not own and "me_cfs" in trial["condition_groups"]):
            trials.append(trial["nct_id"])
    found = frames.selection(wanted)
    assert list(found.trials["nct_id"]) == trials
    assert sorted(zip(found.pairs["nct_id"], found.pairs["agent"], strict=True)) == sorted(passing)


def pair_passes(wanted: Filter, pair: Mapping[Any, Any]) -> bool:
    if pair["tier"] not in wanted.tiers or (wanted.agents and pair["agent"] not in wanted.agents):
        return False
    if wanted.roles:
        return pair["tier"] != "given" or pair["role"] in wanted.roles
    return wanted.background or pair["role"] != "background"


def trial_passes(wanted: Filter, trial: Mapping[Any, Any]) -> bool:
    year, text = trial["start_year"], f"{trial['nct_id']} {trial['title']}".casefold()
    groups = wanted.conditions or (() if wanted.everywhere else ("me_cfs", "lupus"))
    return all((
        wanted.left or pd.isna(trial["left_registry"]),
        code_passes(wanted.phases, trial["lane"]),
        code_passes(wanted.statuses, trial["overall_status"]),
        code_passes(wanted.study_types, trial["study_type"]),
        code_passes(wanted.sponsor_classes, trial["sponsor_class"]),
        not groups or bool(set(groups) & set(trial["condition_groups"])),
        not wanted.countries or bool(set(wanted.countries) & set(trial["countries"] or ())),
        wanted.year_from is None or (not pd.isna(year) and year >= wanted.year_from),
        wanted.year_to is None or (not pd.isna(year) and year <= wanted.year_to),
        wanted.results is None or (not pd.isna(trial["has_results"]) and trial["has_results"] is wanted.results),
        not wanted.ids or trial["nct_id"] in wanted.ids,
        not wanted.near or near_passes(wanted.near, wanted.within or 20_100, trial["points"] or []),
        all(word in text for word in wanted.text.casefold().split()),
    ))  # fmt: skip


def near_passes(label: str, within: int, numbers: Sequence[Any]) -> bool:
    """By the angle between two arrows from the middle of the globe, not by the product's formula."""
    city = cities.one(label)
    assert city is not None
    here = arrow(city.latitude, city.longitude)
    points = [one for one in zip(numbers[::4], numbers[1::4], strict=True) if one[0] is not None]
    angles = [math.acos(sum(a * b for a, b in zip(here, arrow(*one), strict=True))) for one in points]
    return any(angle * 6371 <= within for angle in angles)


def arrow(latitude: float, longitude: float) -> tuple[float, float, float]:
    up, round_ = math.radians(latitude), math.radians(longitude)
    return math.cos(up) * math.cos(round_), math.cos(up) * math.sin(round_), math.sin(up)


def code_passes(codes: Sequence[str], code: Any) -> bool:
    return not codes or (NOT_RECORDED if pd.isna(code) else code) in codes


def test_the_pages_can_choose_every_value() -> None:
    """A closed list of values is offered whole; names are those of the data."""
    offered = {key.field: list(key.kind.options(WATCHLIST)) for key in KEYS if key.widget and key.widget.kind == "many"}
    assert offered == {
        "agents": AGENTS, "tiers": list(TIERS), "roles": list(ROLES), "conditions": CONDITIONS, "phases": list(LANES),
        "statuses": list(STATUSES), "study_types": list(STUDY_TYPES), "sponsor_classes": list(SPONSOR_CLASSES),
        "countries": [],
    }  # fmt: skip
