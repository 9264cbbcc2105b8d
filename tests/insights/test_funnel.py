"""The funnel adds up on every store, and each of its numbers is a list of ids."""

from hypothesis import given, settings

from cache.filters.filter import Filter
from cache.store.schema import REGISTRY_SCOPE
from dashboard.gaps import funnel as funnel_words
from insights import funnel
from insights.funnel import Funnel
from tests.rigs.insight_rows import AGENTS, LISTED, Frames, Made, frames, stores
from tests.rigs.trial_rows import Why, row


def funnels(found: Frames) -> dict[str, Funnel]:
    made = funnel.funnels(LISTED, *found)
    assert [one.agent for one in made] == AGENTS
    assert made[-1:] == funnel.funnels(LISTED, *found, LISTED.agents[-1:])
    return {one.agent: one for one in made}


def adds_up(one: Funnel) -> bool:
    """Whether every step that has parts is the sum of them, and the parts share no trial."""
    for step in one.steps:
        parts = one.parts(step.id)
        if parts and sorted(step.ids) != sorted(nct_id for part in parts for nct_id in part.ids):
            return False
    return True


def behind(one: Funnel, name: str) -> tuple[str, ...]:
    """The ids of a group that the address names."""
    found = funnel_words.group(one, name)
    assert found is not None
    return found[1]


@settings(deadline=None, max_examples=20)
@given(stores())
def test_it_adds_up_on_every_store(made: Made) -> None:
    found = made.frames()
    for one in funnels(found).values():
        assert adds_up(one)
        numbers = {step.id: step.number for step in one.steps}
        assert numbers["found"] == numbers["matched"] >= numbers["given"] == numbers["tier_given"]
        assert numbers["counted"] == numbers["types"] == numbers["lanes"]
        assert numbers.get("rows", 0) == sum(map(len, one.queries.values()))
        assert numbers.get("once", 0) <= numbers["answer"]
        assert numbers["no_match"] == 0
        for step in one.steps:
            assert step.id in ("rows", "again") or len(set(step.ids)) == step.number


@settings(deadline=None, max_examples=12)
@given(stores())
def test_every_number_opens_its_list(made: Made) -> None:
    found = made.frames()
    for agent, one in funnels(found).items():
        table = funnel_words.funnel_rows(one, repr, str)
        assert (table["Number"] >= 0).all()
        assert list(table["Trials"].isna()) == list(table["Number"] == 0)
        for step in one.steps:
            wanted = funnel_words.filter_of(agent, step.id)
            if wanted is not None:
                assert tuple(wanted.apply(*found[:2], LISTED).trials["nct_id"]) == step.ids, step.id
        for number, link in zip(table["Number"], table["Trials"], strict=True):
            if isinstance(link, str) and not link.startswith("Filter("):
                assert len(behind(one, link)) == number
        questions = funnel_words.question_rows(one, LISTED.agent(agent), str)
        for number, link in zip(questions["Number"], questions["Trials"], strict=True):
            assert number == (len(behind(one, link)) if isinstance(link, str) else 0)


def test_the_way_of_one_agent() -> None:
    rows = [row(number) for number in (1, 2, 3, 4)] + [
        row(5, study_type="OBSERVATIONAL", phases=[]), row(6, phases=["NA"]),
    ]  # fmt: skip
    why = {
        1: [Why("ivig", "mentioned", None)], 2: [Why("ivig", "excluded", None)],
        3: [Why("ivig", "given", "background")], 4: [Why("ivig")], 5: [Why("ivig")], 6: [Why("ivig")],
    }  # fmt: skip
    held = {"ivig": {1: ["ivig:ivig"], 3: ["ivig:ivig", "ivig:brands"], 4: ["ivig:brands"], 5: ["ivig:ivig"],
                     6: ["ivig:ivig"]}, "me_cfs": {2: ["me_cfs:1"]}}  # fmt: skip
    one = funnels(frames(rows, why, {"ivig": {}}, held))["ivig"]
    assert {step.id: step.number for step in one.steps if step.number} == {
        "rows": 6, "once": 5, "again": 1,
        "found": 6, "answer": 5, "sweep": 1,
        "matched": 6, "tier_given": 4, "tier_mentioned": 1, "tier_excluded": 1,
        "given": 4, "counted": 3, "background": 1,
        "types": 3, "type_INTERVENTIONAL": 2, "type_OBSERVATIONAL": 1,
        "lanes": 3, "phased": 1, "lane_NA": 1, "lane_NONE": 1,
    }  # fmt: skip
    assert one.step("sweep").ids == ("NCT00000002",)
    assert one.step("again").ids == ("NCT00000003",)
    assert funnel_words.why_differs(one, LISTED.agents[1], 2) == (
        "The registry was asked 1 question with 1 name (its data of 19 November 2026); 6 rows came back, 1 of them a "
        "repeat. 1 more trial came with the answer for a whole condition. Of 6 different trials, 1 "
        "only mentions IVIG and 1 names IVIG only as an exclusion; 4 give IVIG, 1 of these to everybody beside "
        "something else. The charts count the other 3. 2 records could not be read and are not counted. The "
        "registry’s own page shows the answer to one question and includes mentions, so its number differs."
    )  # fmt: skip
    asked = funnel_words.question_rows(one, LISTED.agents[1], str)["Asked of the registry"]
    assert asked[0].startswith("query.intr=")
    assert funnel_words.group(one, "question.ivig:brands") == (
        "Rows of one question to the registry", ("NCT00000003", "NCT00000004"),
    )  # fmt: skip
    assert behind(one, "step.sweep") == ("NCT00000002",)
    for nonsense in ("", "step", "step.nothing", "question.nobody", "lane.NA"):
        assert funnel_words.group(one, nonsense) is None


def test_a_part_that_is_missing_or_twice_is_seen() -> None:
    one = funnels(frames([row(1), row(2)], {1: [Why("ivig")], 2: [Why("ivig")]}, {}))["ivig"]
    assert adds_up(one)
    short = [step._replace(ids=step.ids[:1]) if step.id == "tier_given" else step for step in one.steps]
    assert not adds_up(one._replace(steps=tuple(short)))
    twice = [step._replace(ids=step.ids * 2) if step.id == "tier_given" else step for step in one.steps]
    assert not adds_up(one._replace(steps=tuple(twice)))


def test_a_trial_nobody_can_place_is_not_lost() -> None:
    one = funnels(frames([row(1)], {}, {"ivig": {}}, {"ivig": {1: ["ivig:ivig"]}}))["ivig"]
    assert one.step("no_match").ids == ("NCT00000001",)
    assert adds_up(one)


def test_a_sample_is_called_one() -> None:
    never = {"refreshed_at": None, "registry_timestamp": None, "starter": True}
    one = funnels(frames([row(1, origin="starter")], {1: [Why("ivig")]}, {"ivig": never}))["ivig"]
    assert "come from the starter sample" in funnel_words.why_differs(one, LISTED.agents[1], 0)
    assert one.step("found").number == 1
    assert "rows" not in {step.id for step in one.steps}


def test_which_steps_a_filter_can_list() -> None:
    assert funnel_words.filter_of("ivig", "again") is None
    assert funnel_words.filter_of("ivig", "background") == Filter(
        agents=("ivig",), everywhere=True, roles=("background",)
    )
    assert funnel_words.filter_of("ivig", "phased") == Filter(
        agents=("ivig",), everywhere=True,
        phases=("EARLY_PHASE1", "PHASE1", "PHASE1|PHASE2", "PHASE2", "PHASE2|PHASE3", "PHASE3", "PHASE4"),
    )  # fmt: skip


def test_trials_that_only_the_whole_file_brought_are_told_apart() -> None:
    rows, why = [row(number) for number in (1, 2, 3)], {number: [Why("ivig")] for number in (1, 2, 3)}
    held = {"ivig": {1: ["ivig:ivig"]}, "me_cfs": {2: ["me_cfs:1"]},
            REGISTRY_SCOPE: {number: [f"{REGISTRY_SCOPE}:file"] for number in (1, 2, 3)}}  # fmt: skip
    one = funnels(frames(rows, why, {"ivig": {}}, held))["ivig"]
    assert adds_up(one)
    assert (one.step("sweep").ids, one.step("file").ids) == (("NCT00000002",), ("NCT00000003",))
    assert "1 more trial came with the registry’s whole file." in funnel_words.why_differs(one, LISTED.agents[1], 0)
