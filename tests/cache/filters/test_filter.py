"""One filter, three languages: the address, the predicate and the sentence say the same."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.codes import LANES, NOT_RECORDED, ROLES, SPONSOR_CLASSES, STATUSES, STUDY_TYPES, TIERS
from cache.filters.filter import Filter
from cache.filters.keys import KEYS
from cache.filters.kinds import slug
from cache.read import trials as queries
from tests.cache.filters.drawn import AGENTS, CONDITIONS, WATCHLIST, filters
from tests.rigs import databases
from tests.rigs.trial_rows import Why, plain_finder, put, row

pytestmark = pytest.mark.both_databases

ROWS = [
    row(1, title="Low dose trial", overall_status="RECRUITING", countries=["Germany", "Poland"], start_date="2010-05"),
    row(2, phases=["PHASE1", "PHASE2"], condition_groups=["lupus"], start_date="2015", has_results=True,
        sponsor_class="NIH"),
    row(3, phases=[], study_type="OBSERVATIONAL", condition_groups=["fibromyalgia"], acronym="HIGH"),
    row(4, phases=None, overall_status=None, study_type=None, countries=None, has_results=None, origin="starter",
        source="x"),
    row(5, condition_groups=["me_cfs", "fibromyalgia"], lead_sponsor="Universität Straße"),
    row(6, condition_groups=["me_cfs"], official_title="Nothing of ours", aliases=["NCT99999999"]),
    row(7, left_registry="2026-01-01"),
    row(8, condition_groups=["lupus"], overall_status="UNKNOWN", last_known_status="RECRUITING"),
]  # fmt: skip
WHY = {
    1: [Why("methotrexate"), Why("ivig", "given", "background")],
    2: [Why("ivig", "given", "comparator")],
    3: [Why("methotrexate", "given", "unclear")],
    4: [Why("methotrexate", "given", "unclear")],
    5: [Why("ivig", "given", "background"), Why("tnf_inhibitors", "excluded", None)],
    7: [Why("methotrexate")],
    8: [Why("methotrexate", "mentioned", None)],
}  # fmt: skip


class Frames:
    def __init__(self) -> None:
        store = databases.empty()
        put(store, ROWS, WHY)
        self.trials, self.matches = queries.trials(store), queries.matches(store)
        store.close()

    def ids(self, wanted: Filter) -> list[int]:
        found = wanted.apply(self.trials, self.matches, WATCHLIST, plain_finder(self.trials))
        pd.testing.assert_series_equal(found.ids, found.trials["nct_id"])
        return [int(nct_id[3:]) for nct_id in found.trials["nct_id"]]

    def pairs(self, wanted: Filter) -> list[tuple[int, str]]:
        pairs = wanted.apply(self.trials, self.matches, WATCHLIST).pairs
        return [(int(nct_id[3:]), agent) for nct_id, agent in zip(pairs["nct_id"], pairs["agent"], strict=True)]


@pytest.fixture(scope="module")
def frames() -> Frames:
    return Frames()


# --- the predicate --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), [1, 2, 4]),
        (Filter(everywhere=True), [1, 2, 3, 4]),
        (Filter(background=True), [1, 2, 4, 5]),
        (Filter(conditions=("fibromyalgia",)), [3]),
        (Filter(conditions=("fibromyalgia",), everywhere=True), [3]),
        (Filter(agents=("ivig",)), [2]),
        (Filter(agents=("ivig",), background=True), [1, 2, 5]),
        (Filter(agents=("tnf_inhibitors",)), []),
        (Filter(agents=("tnf_inhibitors",), tiers=("excluded",)), [5]),
        (Filter(tiers=("mentioned", "excluded")), [5, 8]),
        (Filter(roles=("tested",)), [1]),
        (Filter(roles=("comparator",)), [2]),
        (Filter(roles=("background",)), [1, 5]),
        (Filter(roles=("unclear", "comparator"), everywhere=True), [2, 3, 4]),
        (Filter(roles=ROLES, everywhere=True), [1, 2, 3, 4, 5]),
        (Filter(roles=("tested",), background=True), [1]),
        (Filter(roles=("background",), agents=("methotrexate",)), []),
        (Filter(roles=("comparator",), tiers=("given", "mentioned")), [2, 8]),
        (Filter(roles=("comparator",), tiers=("excluded",)), [5]),
        (Filter(roles=("comparator",), frame=True), [2, 6]),
        (Filter(left=True), [1, 2, 4, 7]),
        (Filter(frame=True), [1, 2, 4, 6]),
        (Filter(frame=True, agents=("tnf_inhibitors",)), [6]),
        (Filter(phases=("PHASE1|PHASE2", "UNKNOWN")), [2, 4]),
        (Filter(phases=("NONE",), everywhere=True), [3]),
        (Filter(statuses=("RECRUITING",)), [1]),
        (Filter(statuses=(NOT_RECORDED,)), [4]),
        (Filter(statuses=("UNKNOWN",), tiers=("mentioned",)), [8]),
        (Filter(study_types=("OBSERVATIONAL", NOT_RECORDED), everywhere=True), [3, 4]),
        (Filter(sponsor_classes=("NIH",)), [2]),
        (Filter(countries=("Poland",)), [1]),
        (Filter(countries=("poland",)), []),
        (Filter(year_from=2011), [2]),
        (Filter(year_to=2010), [1]),
        (Filter(year_from=2010, year_to=2015), [1, 2]),
        (Filter(results=True), [2]),
        (Filter(results=False), [1]),
        (Filter(text="LOW trial"), [1]),
        (Filter(text="low high", everywhere=True), []),
        (Filter(text="high", everywhere=True), [3]),
        (Filter(text="nct00000002"), [2]),
        (Filter(text="NCT99999999", frame=True), [6]),
        (Filter(text="strasse", background=True), [5]),
        (Filter(text="100% (*"), []),
    ],
)  # fmt: skip
def test_which_trials(frames: Frames, wanted: Filter, expected: list[int]) -> None:
    assert frames.ids(wanted) == expected


def test_pairs_are_those_that_let_a_trial_in(frames: Frames) -> None:
    assert frames.pairs(Filter()) == [(1, "methotrexate"), (2, "ivig"), (4, "methotrexate")]
    assert frames.pairs(Filter(background=True, statuses=("RECRUITING",))) == [(1, "ivig"), (1, "methotrexate")]
    assert frames.pairs(Filter(roles=("background",))) == [(1, "ivig"), (5, "ivig")]
    assert frames.pairs(Filter(frame=True, agents=("tnf_inhibitors",))) == []


def test_pairs_know_their_trials_lane_and_status(frames: Frames) -> None:
    pairs = Filter().apply(frames.trials, frames.matches, WATCHLIST).pairs
    assert list(pairs["lane"]) == ["PHASE2", "PHASE1|PHASE2", "UNKNOWN"]
    assert list(pairs["lane"].cat.categories) == list(LANES)
    assert pairs["overall_status"].isna().tolist() == [False, False, True]


def test_an_agent_the_watch_list_no_longer_holds_is_no_agent() -> None:
    store = databases.empty()
    put(store, [row(1)], {1: [Why("aspirin")]})
    trials, matches = queries.trials(store), queries.matches(store)
    store.close()
    assert Filter().apply(trials, matches, WATCHLIST).trials.empty
    assert len(Filter(frame=True).apply(trials, matches, WATCHLIST).trials) == 1


def test_empty_frames_give_an_empty_selection() -> None:
    store = databases.empty()
    trials, matches = queries.trials(store), queries.matches(store)
    store.close()
    every = Filter(everywhere=True, frame=True, countries=("Poland",), results=False, year_from=1999, text="a")
    selection = every.apply(trials, matches, WATCHLIST, lambda _: ())
    assert len(selection.trials) == len(selection.pairs) == 0
    assert list(selection.trials.columns) == [name for name in trials.columns if name != "points"]


def test_applying_leaves_the_frames_alone(frames: Frames) -> None:
    before = frames.trials.copy(), frames.matches.copy()
    Filter(frame=True, background=True, text="trial").apply(frames.trials, frames.matches, WATCHLIST, lambda _: ())
    pd.testing.assert_frame_equal(frames.trials, before[0])
    pd.testing.assert_frame_equal(frames.matches, before[1])


# --- the address ----------------------------------------------------------------------------------------------------


@given(filters())
def test_an_address_reopens_the_same_view(wanted: Filter) -> None:
    assert Filter.from_query(wanted.to_query(), WATCHLIST) == (wanted, ())
    assert Filter.from_query(urlencode(wanted.to_query(), doseq=True), WATCHLIST) == (wanted, ())
    assert Filter.from_query("?" + urlencode(wanted.to_query(), doseq=True), WATCHLIST) == (wanted, ())


KEY = st.one_of(st.sampled_from([key.name for key in KEYS]), st.text(max_size=5))
VALUE = st.one_of(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=3))


@given(st.one_of(st.text(max_size=60), st.dictionaries(KEY, VALUE, max_size=6)))
def test_nonsense_never_raises_and_every_sentence_can_be_shown(query: Any) -> None:
    wanted, ignored = Filter.from_query(query, WATCHLIST)
    assert Filter.from_query(wanted.to_query(), WATCHLIST) == (wanted, ())
    for sentence in ignored:
        assert sentence.endswith(".")
        sentence.encode("utf-8")
    wanted.sentence(WATCHLIST).encode("utf-8")


def test_the_default_view_has_an_empty_address() -> None:
    assert Filter().to_query() == {}
    assert Filter.from_query("", WATCHLIST) == (Filter(), ())


def test_the_address_in_full() -> None:
    wanted = Filter(
        agents=("methotrexate", "ivig"), tiers=("mentioned", "given"), roles=("unclear", "tested"), background=True,
        conditions=("me_cfs",),
        everywhere=True, phases=("PHASE1|PHASE2", "EARLY_PHASE1"), statuses=("UNKNOWN",),
        study_types=("INTERVENTIONAL",),
        countries=("Korea, Republic of",), sponsor_classes=("OTHER_GOV",), year_from=1999, year_to=2020, results=False,
        text="  low   dose ", frame=True, left=True,
    )  # fmt: skip
    assert wanted.to_query() == {
        "agent": ["ivig", "methotrexate"], "tier": ["given", "mentioned"],
        "role": ["tested", "unclear"], "background": ["1"], "condition": ["me_cfs"], "all": ["1"],
        "phase": ["early_phase1", "phase1-phase2"], "status": ["unknown"], "type": ["interventional"],
        "country": ["Korea, Republic of"], "sponsor": ["other_gov"], "from": ["1999"], "to": ["2020"],
        "results": ["no"], "q": ["low dose"], "frame": ["1"], "left": ["1"],
    }  # fmt: skip


def test_slugs_of_lanes_are_distinct() -> None:
    assert len({slug(code) for code in LANES}) == len(LANES)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "agent=METHOTREXATE&phase=Phase2&status=Recruiting",
            Filter(agents=("methotrexate",), phases=("PHASE2",), statuses=("RECRUITING",)),
        ),
        ("phase=phase1|phase2", Filter(phases=("PHASE1|PHASE2",))),
        ("https://host:8501/trials?agent=ivig&q=what%3F#top", Filter(agents=("ivig",), text="what?")),
        ("q=what?&all=true", Filter(text="what?", everywhere=True)),
        ("agent=ivig&agent=ivig&nct=NCT00000001&embed=true", Filter(agents=("ivig",))),
        ("background=0&results=yes", Filter(results=True)),
        ("role=Comparator&role=background", Filter(roles=("comparator", "background"))),
    ],
)
def test_what_people_write(query: str, expected: Filter) -> None:
    assert Filter.from_query(query, WATCHLIST) == (expected, ())


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("agent=aspirin", "Unknown agent “aspirin” was ignored; choose from methotrexate, ivig, tnf_inhibitors."),
        ("status=open", "Unknown status “open”"),
        ("phase=5", "choose from early_phase1, phase1, phase1-phase2"),
        ("type=x", "Unknown study type"),
        ("role=placebo", "Unknown role “placebo” was ignored; choose from tested, comparator, background, unclear."),
        ("condition=flu", "Unknown condition “flu”"),
        ("from=soon", "“soon” is not a year"),
        ("to=99999", "“99999” is not a year"),
        ("from=2020&to=2010", "The years run backwards (from 2020 to 2010)"),
        ("results=maybe", "“maybe” is neither yes nor no"),
        ("background=2", "“2” is neither yes nor no"),
        ("stauts=recruiting", "There is no filter called “stauts”"),
        ("agent=" + "x" * 500, "…”"),
    ],
)
def test_what_is_ignored_is_said(query: str, word: str) -> None:
    wanted, ignored = Filter.from_query(query, WATCHLIST)
    assert wanted == Filter()
    assert len(ignored) == 1
    assert word in ignored[0]


def test_one_wrong_value_does_not_take_the_right_ones_along() -> None:
    wanted, ignored = Filter.from_query({"agent": ["ivig", "aspirin"], "from": "2010", "to": ["x"]}, WATCHLIST)
    assert wanted == Filter(agents=("ivig",), year_from=2010)
    assert len(ignored) == 2


def test_equal_views_are_equal_filters() -> None:
    one = Filter(agents=("ivig", "methotrexate", "ivig"), phases=("PHASE2", "PHASE1"), text=" a  b")
    assert one == Filter(agents=("methotrexate", "ivig"), phases=("PHASE1", "PHASE2"), text="a b")
    assert hash(one) == hash(Filter(agents=("methotrexate", "ivig"), phases=("PHASE1", "PHASE2"), text="a b"))
    assert Filter(tiers=()) == Filter()


def test_what_a_field_is_by_default_needs_no_cleaning() -> None:
    for key in KEYS:
        plain = getattr(Filter(), key.field)
        assert key.kind.clean(plain) == plain


# --- the sentence ---------------------------------------------------------------------------------------------------

OPENING = "Trials that give any of the three agents (not as background) in the documents’ conditions"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(), f"{OPENING}."),
        (
            Filter(everywhere=True, background=True),
            "Trials that give any of the three agents (including as background) in any condition.",
        ),
        (
            Filter(agents=("methotrexate",), conditions=("me_cfs",), phases=("PHASE2",), statuses=("RECRUITING",)),
            "Trials that give methotrexate (not as background) in ME/CFS, phase 2, recruiting.",
        ),
        (
            Filter(agents=tuple(AGENTS), conditions=("lupus", "me_cfs"), tiers=("mentioned",)),
            "Trials that only mention methotrexate, IVIG or TNF inhibitors in ME/CFS or lupus.",
        ),
        (
            Filter(agents=("ivig",), tiers=("given", "excluded"), conditions=("other",)),
            "Trials that give or only exclude people because of IVIG (not as background) in other conditions.",
        ),
        (
            Filter(agents=("methotrexate",), roles=("comparator",)),
            "Trials that give methotrexate as comparator in the documents’ conditions.",
        ),
        (
            Filter(roles=("background", "tested", "unclear"), background=True, everywhere=True),
            "Trials that give any of the three agents as the tested treatment, as background or in an unclear role in "
            "any condition.",
        ),
        (
            Filter(agents=("ivig",), roles=("comparator",), tiers=("given", "mentioned"), conditions=("lupus",)),
            "Trials that give or only mention IVIG (given as comparator) in lupus.",
        ),
        (
            Filter(agents=("ivig",), roles=("comparator",), tiers=("excluded",), conditions=("lupus",)),
            "Trials that only exclude people because of IVIG in lupus.",
        ),
        (
            Filter(phases=("PHASE1|PHASE2", "NA", "NONE", "UNKNOWN")),
            f"{OPENING}, phase 1/2, phase not applicable, without a phase or phase not known.",
        ),
        (
            Filter(statuses=("ACTIVE_NOT_RECRUITING", "UNKNOWN", NOT_RECORDED)),
            f"{OPENING}, active but no longer recruiting, of unknown status or without a recorded status.",
        ),
        (
            Filter(study_types=("OBSERVATIONAL",), sponsor_classes=("INDUSTRY", "OTHER"), countries=("Peru", "Oman")),
            f"{OPENING}, observational, sponsor class industry or other, with a site in Oman or Peru.",
        ),
        (
            Filter(year_from=2010, year_to=2015, results=False, text="low dose", left=True),
            f"{OPENING}, started from 2010 to 2015, without posted results, with the words “low dose”, including those "
            "that left the registry.",
        ),
        (
            Filter(frame=True, year_from=2010, year_to=2010, results=True),
            f"{OPENING}, and trials in ME/CFS in which no agent is found, started in 2010, with posted results.",
        ),
        (Filter(year_from=2010), f"{OPENING}, started in 2010 or later."),
        (Filter(year_to=2010), f"{OPENING}, started in 2010 or earlier."),
    ],
)
def test_sentences(wanted: Filter, expected: str) -> None:
    assert wanted.sentence(WATCHLIST) == expected


@given(filters())
def test_no_sentence_holds_a_code(wanted: Filter) -> None:
    words = replace(wanted, countries=(), text="").sentence(WATCHLIST)
    assert not {"_", "|"} & set(words)
    assert "PHASE" not in words
    assert words.startswith("Trials that ")
    assert words.endswith(".")


def test_every_value_has_words_of_its_own() -> None:
    values: dict[str, Any] = {
        "agents": AGENTS, "tiers": TIERS, "roles": ROLES, "conditions": CONDITIONS, "phases": LANES,
        "statuses": STATUSES,
        "study_types": STUDY_TYPES[:2], "sponsor_classes": SPONSOR_CLASSES, "countries": ["Peru", "Oman"],
    }  # fmt: skip
    chosen: list[dict[str, Any]] = [{name: (code,)} for name, codes in values.items() for code in codes]
    chosen += [{name: True} for name in ("background", "everywhere", "frame", "left", "results")]
    views = [Filter(**facts) for facts in chosen]
    views += [Filter(results=False), Filter(text="a"), Filter(year_from=2000), Filter(year_to=2000)]
    sentences = {view: view.sentence(WATCHLIST) for view in views}
    assert len(set(sentences.values())) == len(sentences)
