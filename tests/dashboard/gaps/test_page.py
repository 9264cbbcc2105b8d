"""The Gaps page and the agent's sections from the router: starter, live, one agent failed."""

from urllib.parse import parse_qsl

from tests.rigs.pages import page, shown, table, tables
from tests.rigs.refresh import AGENTS, WATCHLIST

CELLS = len(AGENTS) * len(WATCHLIST.conditions)


def test_the_starter_has_no_none_registered(starter: str) -> None:
    at = page("gaps")
    cells = table(at, "Agent", "Condition", "State")
    assert len(cells) == CELLS
    assert set(cells["State"]) == {"Not asked yet", "Sample: not asked yet"}
    assert cells["Trials"].isna().sum() == (cells["State"] == "Not asked yet").sum() > 0
    waiting = (cells["State"] == "Not asked yet").sum()
    assert f"; {waiting} not asked yet" in shown(at)
    assert "come from the starter sample" in shown(at)


def test_three_kinds_of_cell_on_a_live_store(unanswered: str) -> None:
    at = page("gaps")
    cells = table(at, "Agent", "Condition", "State")
    states = cells["State"].str.partition(" (")[0].str.partition(",")[0]
    assert set(states) == {"Registry data of 2026-11-20", "None found", "No answer", "Sample: not asked yet"}
    failed = cells[cells["State"] == "No answer"]
    assert set(failed["Agent"]) == {"Sizofiran"}
    assert failed["Trials"].isna().all()
    empty = cells[states == "None found"]
    assert empty["Trials"].str.endswith("#0").all()
    assert "; none found for " in shown(at)


def test_every_number_is_a_link_to_its_list(unanswered: str) -> None:
    at = page("gaps")
    cells = table(at, "Agent", "Condition", "State")
    for column in ("Trials", "Recruiting", "Stopped or paused"):
        assert cells[column].dropna().str.fullmatch(r"trials\?agent=\w+&condition=\w+(&status=\w+)*#\d+").all()
    ladder = table(at, "Highest in any condition")
    assert ladder["Trials there"].dropna().str.contains(r"^trials\?.*#\d+$").all()
    assert len(ladder) == len(AGENTS)


def test_what_was_asked_stands_under_the_map(unanswered: str) -> None:
    asked = table(page("gaps"), "Asked, in every condition").set_index("Agent")
    assert asked.loc["Azathioprine", "Asked, in every condition"].startswith("query.intr=azathioprine OR Imuran")
    assert asked.loc["Azathioprine", "Registry data of"] == "2026-11-20"
    assert asked.loc["Sizofiran", "State"] == "No answer"
    assert "503" in asked.loc["Sizofiran", "Reason"]


def test_the_funnel_of_one_agent_and_its_ids(unanswered: str) -> None:
    at = page("gaps", agent="corticosteroids")
    steps = table(at, "Number", "Step").set_index("Step")["Number"]
    assert steps["Rows the registry sent"] == steps["↳ Each trial once"] + steps["↳ The same trials again"]
    assert steps["↳ Only mentioned"] == 1
    rows = [row for name in ("Step", "Asked of the registry") for row in table(at, "Number", name).to_dict("records")]
    own = [(row["Number"], row["Trials"]) for row in rows if str(row["Trials"]).startswith("gaps?")]
    assert len(own) >= 5
    for number, link in own:
        listed = page("gaps", **dict(parse_qsl(link.partition("?")[2])))
        (listing,) = tables(listed)
        assert len(listing) == number
        assert listing["NCT id"].str.fullmatch(r"trial\?nct=NCT\d{8}").all()


def test_a_group_that_does_not_exist_is_said_and_everything_is_shown(unanswered: str) -> None:
    at = page("gaps", agent="ivig", show="step.unheard")
    assert "This page has no list" in shown(at)
    assert len(table(at, "Agent", "Condition", "State")) == CELLS


def test_background_can_be_added(unanswered: str) -> None:
    def trials(**address: str) -> int:
        cells = table(page("gaps", **address), "Agent", "Condition", "State")
        return int(cells["Trials"].dropna().str.rpartition("#")[2].astype(int).sum())

    assert trials(background="1") > trials()


def test_the_ladder_follows_the_condition(unanswered: str) -> None:
    at = page("gaps", condition="long_covid")
    ladder = table(at, "Highest in any condition").set_index("Agent")
    assert ladder.loc["Corticosteroids", "Highest in long COVID / post-COVID"] == "Phase 2/3"


def test_an_agents_page_has_its_claims_its_gaps_and_its_funnel(unanswered: str) -> None:
    at = page("agents", agent="azathioprine")
    said = shown(at)
    for heading in ("What the documents state", "Condition by condition", "How we count"):
        assert heading in said
    assert "Azathioprine has been used to manage ME/CFS." in said
    assert "Corticosteroids have been used" not in said
    assert len(table(at, "Condition", "State")) == 8
    assert "The registry was asked 2 questions with 6 names" in said
