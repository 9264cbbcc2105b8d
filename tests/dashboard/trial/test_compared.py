"""Two to four trials side by side: what differs first, nothing lost, nothing invented."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dashboard.shared.words import MISSING
from dashboard.trial.compared import points
from dashboard.trial.compared.points import Point
from tests.rigs.pages import assert_clean, exported, shown, tables

Open = Callable[..., AppTest]
EVERY = "all=1&background=1&frame=1&left=1&tier=given&tier=mentioned&tier=excluded"
ASKED = {
    "Title", "Status", "Phase", "Allocation", "Enrolment", "Arms", "Primary outcomes, with time frames", "Start",
    "Primary completion", "Case definition", "Post-exertional malaise", "Countries", "Results posted",
    "What was found",
}  # fmt: skip


def compared(opened: Open, url: str, ids: list[str], more: str = "") -> AppTest:
    return opened(url, "trials", f"{EVERY}&ids={','.join(ids)}&compare=1{more}")


def sides(app: AppTest) -> dict[str, dict[str, str]]:
    """The cells of both tables by point and trial."""
    return {
        row["Point"]: {str(head): str(cell) for head, cell in row.items() if head != "Point"}
        for table in tables(app)
        for row in table.to_dict("records")
    }


def test_trials_stand_side_by_side_point_by_point_with_what_differs_first(live: str, opened: Open) -> None:
    rows = exported(live, EVERY)[:3]
    ids = [row["nct_id"] for row in rows]
    app = compared(opened, live, ids)
    assert_clean(app)
    differing, same = tables(app)
    for table in (differing, same):
        assert list(table.columns) == ["Point", *sorted(ids)]
    assert all(len(set(row[1:])) > 1 for row in differing.iloc[1:].itertuples(index=False))
    assert all(len(set(row[1:])) == 1 for row in same.iloc[1:].itertuples(index=False))
    found = sides(app)
    assert set(found) >= ASKED
    for row in rows:
        assert f"](trial?nct={row['nct_id']})" in found["Trial"][row["nct_id"]]
        number = found["Enrolment"][row["nct_id"]].partition(" ")[0].replace(",", "")
        assert number == ("not" if row["enrollment"] is None else str(row["enrollment"]))


def test_what_the_starter_does_not_know_is_not_known(starter: str, opened: Open) -> None:
    ids = [row["nct_id"] for row in exported(starter, EVERY)[:2]]
    found = sides(compared(opened, starter, ids))
    assert set(found["Arms"].values()) == {MISSING}
    assert set(found["Primary outcomes, with time frames"].values()) == {MISSING}


def test_one_trial_is_no_comparison_and_a_fifth_is_said_to_be_left_out(live: str, opened: Open) -> None:
    ids = sorted(row["nct_id"] for row in exported(live, EVERY)[:5])
    assert any("two to four trials" in one.value for one in compared(opened, live, ids[:1]).info)
    app = compared(opened, live, ids)
    assert f"Not compared: {ids[4]}." in shown(app)
    assert list(tables(app)[0].columns) == ["Point", *ids[:4]]


def test_a_trial_that_is_not_stored_is_named(live: str, opened: Open) -> None:
    ids = [row["nct_id"] for row in exported(live, EVERY)[:2]]
    app = compared(opened, live, [*ids, "NCT00000099"])
    assert "Not among the stored trials: NCT00000099." in shown(app)
    assert len(tables(app)[0].columns) == 3


def test_a_point_differs_when_one_trial_says_something_else() -> None:
    assert Point("Phase", ("Phase 2", "Phase 2", "Phase 3")).differs
    assert not Point("Phase", (MISSING, MISSING)).differs


def test_a_long_list_says_how_much_is_left_out() -> None:
    said = points._some([f"Country {number}" for number in range(points.MANY + 3)])
    assert said is not None
    assert said.endswith("\nand 3 more in the record")
    assert points._some([]) == "none given"
    assert points._some(None) is None
