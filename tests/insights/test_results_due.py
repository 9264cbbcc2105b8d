"""The rule on due results against cases worked by hand, one or more for each of its branches."""

from datetime import date
from typing import Any, NamedTuple

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.read.records import FACT_COLUMNS
from insights import results_due
from insights.findings import papers
from insights.results_due import COVERAGE, FACTS, REASONS, STATES

# A trial the rule covers in every respect; its results are due on 31 March 2024.
PLAIN: dict[str, Any] = dict.fromkeys(FACT_COLUMNS) | {
    "nct_id": "NCT00000001",
    "study_type": "INTERVENTIONAL",
    "overall_status": "COMPLETED",
    "phases": ["PHASE2"],
    "primary_purpose": "TREATMENT",
    "start_date": "2020-05-04",
    "start_date_type": "ACTUAL",
    "primary_completion_date": "2023-03-31",
    "primary_completion_date_type": "ACTUAL",
    "completion_date": "2023-09-30",
    "completion_date_type": "ACTUAL",
    "has_results": False,
    "fda_drug": True,
    "fda_device": False,
    "countries": ["United States"],
    "references": [],
    "cited": [],
    "judged_on": "2026-11-20",
}
OLD = {"start_date": "2015-06-01", "primary_completion_date": "2018-02-10"}
NO_FLAGS = {"fda_drug": None, "fda_device": None}


class Case(NamedTuple):
    name: str
    facts: dict[str, Any]
    state: str
    coverage: str = "covered"
    why: Any = None  # the reason, or the missing facts
    due_on: str | None = None
    days: int | None = None


CASES = [
    # -- when results are due
    Case("a year and more ago", {}, "overdue", due_on="2024-03-31", days=964),
    Case("31 days after the due date", {"judged_on": "2024-05-01"}, "overdue", due_on="2024-03-31", days=31),
    Case("30 days after: still grace", {"judged_on": "2024-04-30"}, "due", due_on="2024-03-31", days=30),
    Case("the first day of grace", {"judged_on": "2024-04-01"}, "due", due_on="2024-03-31", days=1),
    Case("the due date itself", {"judged_on": "2024-03-31"}, "ahead", due_on="2024-03-31", days=0),
    Case("due in the future", {"judged_on": "2023-06-01"}, "ahead", due_on="2024-03-31", days=-304),
    Case("completion planned for later", {"primary_completion_date": "2027-03", "judged_on": "2026-11-20",
         "primary_completion_date_type": "ESTIMATED", "overall_status": "RECRUITING", "completion_date": "2027-06"},
         "ahead", due_on="2028-03-31", days=-497),
    # -- a partial date decides only when every day it can mean does
    Case("month only, overdue whatever its day", {"primary_completion_date": "2023-02"}, "overdue",
         due_on="2024-02-28", days=996),
    Case("year only, overdue whatever its day", {"primary_completion_date": "2023"}, "overdue", due_on="2024-12-31",
         days=689),
    Case("month only, in grace or overdue by its day", {"primary_completion_date": "2023-03",
         "judged_on": "2024-04-20"}, "imprecise", why=("exact_completion",), due_on="2024-03-31"),
    Case("month only, due or not by its day", {"primary_completion_date": "2023-03", "judged_on": "2024-03-15"},
         "imprecise", why=("exact_completion",), due_on="2024-03-31"),
    Case("year only, due or not by its day", {"primary_completion_date": "2023", "judged_on": "2024-06-01"},
         "imprecise", why=("exact_completion",), due_on="2024-12-31"),
    Case("month only, to come whatever its day", {"primary_completion_date": "2023-03", "judged_on": "2024-03-01"},
         "ahead", due_on="2024-03-31", days=-30),
    Case("facts of a month, due or not by its day", {"judged_on": "2024-03", "primary_completion_date": "2023-03-15"},
         "imprecise", why=("exact_day",), due_on="2024-03-15"),
    Case("both may be any day of a month", {"judged_on": "2024-04", "primary_completion_date": "2023-03"}, "imprecise",
         why=("exact_completion", "exact_day"), due_on="2024-03-31"),
    Case("planned for a month that may be over", {"primary_completion_date": "2025-11", "completion_date": "2026",
         "primary_completion_date_type": "ESTIMATED"}, "planned", why=("actual_completion",), due_on="2026-11-30"),
    Case("29 February: the day after in the next year", {"primary_completion_date": "2024-02-29",
         "completion_date": "2024-09-30"}, "overdue", due_on="2025-03-01", days=629),
    # -- dates that do not fit are not reckoned with
    Case("primary completion after the completion", {"primary_completion_date": "2023-10-01"}, "odd", "unknown",
         ("sound_dates",)),
    Case("ended before it started", {"start_date": "2024-01-01"}, "odd", "unknown", ("sound_dates",)),
    Case("completion far from any sense", {"primary_completion_date": "2099-01-01", "completion_date": "2099-01"},
         "odd", "unknown", ("sound_dates",)),
    Case("a reason decides whatever the dates are", {"primary_completion_date": "1900-01", "phases": ["PHASE1"]},
         "not_covered", "not_covered", "phase_1"),
    Case("odd dates, and a fact that is missing", {"start_date": "2024-01-01", "has_results": None}, "unknown",
         "unknown", ("sound_dates", "results")),
    Case("no primary completion: the completion counts", {"primary_completion_date": None}, "overdue",
         due_on="2024-09-30", days=781),
    Case("completion without a type counts as it stands", {"primary_completion_date_type": None}, "overdue",
         due_on="2024-03-31", days=964),
    # -- certificates of delay
    Case("certificate: three years", {"certificate": "2024-03-01"}, "overdue", due_on="2026-03-31", days=234),
    Case("certificate, three years not over", {"certificate": "2024-03-01", "judged_on": "2026-01-01"}, "ahead",
         due_on="2026-03-31", days=-89),
    Case("certificate, in the grace after three years", {"certificate": "2024-03-01", "judged_on": "2026-04-29"},
         "due", due_on="2026-03-31", days=29),
    Case("certificate and month only", {"certificate": "2024-03-01", "primary_completion_date": "2023-11",
         "completion_date": "2024"}, "imprecise", why=("exact_completion",), due_on="2026-11-30"),
    Case("certificate and month only, to come", {"certificate": "2024-03-01", "primary_completion_date": "2023-12",
         "completion_date": "2024"}, "ahead", due_on="2026-12-31", days=-41),
    Case("certificate of an old start", OLD | {"certificate": "2019-01-05"}, "overdue", "probable",
         due_on="2021-02-10", days=2109),
    # -- which trials
    Case("terminated trials owe as well", {"overall_status": "TERMINATED"}, "overdue", due_on="2024-03-31", days=964),
    Case("unknown status owes as well", {"overall_status": "UNKNOWN"}, "overdue", due_on="2024-03-31", days=964),
    Case("active trial, primary completion long past", {"overall_status": "ACTIVE_NOT_RECRUITING"}, "overdue",
         due_on="2024-03-31", days=964),
    Case("suspended trial, primary completion long past", {"overall_status": "SUSPENDED"}, "overdue",
         due_on="2024-03-31", days=964),
    Case("withdrawn", {"overall_status": "WITHDRAWN"}, "not_covered", "not_covered", "withdrawn"),
    Case("observational", {"study_type": "OBSERVATIONAL"}, "not_covered", "not_covered", "not_interventional"),
    Case("expanded access", {"study_type": "EXPANDED_ACCESS"}, "not_covered", "not_covered", "expanded_access"),
    Case("phase 1", {"phases": ["PHASE1"]}, "not_covered", "not_covered", "phase_1"),
    Case("early phase 1", {"phases": ["EARLY_PHASE1"]}, "not_covered", "not_covered", "phase_1"),
    Case("phase 1/2 is covered", {"phases": ["PHASE1", "PHASE2"]}, "overdue", due_on="2024-03-31", days=964),
    Case("phase 2/3", {"phases": ["PHASE2", "PHASE3"]}, "overdue", due_on="2024-03-31", days=964),
    Case("phase 3", {"phases": ["PHASE3"]}, "overdue", due_on="2024-03-31", days=964),
    Case("phase 4", {"phases": ["PHASE4"]}, "overdue", due_on="2024-03-31", days=964),
    Case("phase not applicable is covered", {"phases": ["NA"], "fda_drug": False, "fda_device": True}, "overdue",
         due_on="2024-03-31", days=964),
    Case("no phase in the record", {"phases": []}, "unknown", "unknown", ("phase",)),
    Case("phase not known", {"phases": None}, "unknown", "unknown", ("phase",)),
    Case("device feasibility", {"primary_purpose": "DEVICE_FEASIBILITY", "fda_device": True, "phases": ["NA"]},
         "not_covered", "not_covered", "device_feasibility"),
    Case("no purpose is no feasibility study", {"primary_purpose": None}, "overdue", due_on="2024-03-31", days=964),
    Case("a device alone is a product", {"fda_drug": False, "fda_device": True}, "overdue", due_on="2024-03-31",
         days=964),
    Case("neither drug nor device regulated", {"fda_drug": False}, "not_covered", "not_covered", "no_fda_product"),
    Case("only one of the two is said, and it is no", {"fda_drug": None}, "unknown", "unknown", ("fda_product",)),
    Case("neither is said, a site in the US", NO_FLAGS, "unknown", "unknown", ("fda_product",)),
    Case("neither is said, no site known", NO_FLAGS | {"countries": None}, "unknown", "unknown", ("fda_product",)),
    Case("neither is said, no site in the US", NO_FLAGS | {"countries": ["Norway"]}, "not_covered", "not_covered",
         "no_us_site"),
    Case("neither is said, made in the US for export", NO_FLAGS | {"countries": ["Norway"], "us_export": True},
         "unknown", "unknown", ("fda_product",)),
    Case("a regulated product is covered wherever it is tested", {"countries": ["Norway"]}, "overdue",
         due_on="2024-03-31", days=964),
    Case("waiver", {"waived": True}, "not_covered", "not_covered", "waived"),
    Case("several reasons: the first in the written order", {"study_type": "OBSERVATIONAL", "fda_drug": False},
         "not_covered", "not_covered", "not_interventional"),
    Case("a reason decides though other facts are missing", NO_FLAGS | {"phases": ["PHASE1"], "start_date": None},
         "not_covered", "not_covered", "phase_1"),
    # -- the day the rule came into force
    Case("started on the day", {"start_date": "2017-01-18"}, "overdue", due_on="2024-03-31", days=964),
    Case("started the day before: probable", {"start_date": "2017-01-17"}, "overdue", "probable",
         due_on="2024-03-31", days=964),
    Case("started in that month: may be before", {"start_date": "2017-01"}, "overdue", "probable",
         due_on="2024-03-31", days=964),
    Case("started in that year: may be before", {"start_date": "2017"}, "overdue", "probable", due_on="2024-03-31",
         days=964),
    Case("started the month after", {"start_date": "2017-02"}, "overdue", due_on="2024-03-31", days=964),
    Case("old start, ended after", OLD, "overdue", "probable", due_on="2019-02-10", days=2840),
    Case("old start, ended on the day", OLD | {"primary_completion_date": "2017-01-18"}, "overdue", "probable",
         due_on="2018-01-18", days=3228),
    Case("old start, ended the day before", OLD | {"primary_completion_date": "2017-01-17"}, "not_covered",
         "not_covered", "before_2017"),
    Case("old start, ended in that month: may be before", OLD | {"primary_completion_date": "2017-01"},
         "imprecise", "unknown", ("exact_completion",)),
    Case("old start, ended in that year: may be before", OLD | {"primary_completion_date": "2017"}, "imprecise",
         "unknown", ("exact_completion",)),
    Case("old start, ended the month before", OLD | {"primary_completion_date": "2016-12"}, "not_covered",
         "not_covered", "before_2017"),
    Case("started and ended in that month: may be before", {"start_date": "2017-01", "primary_completion_date":
         "2017-01"}, "imprecise", "unknown", ("exact_completion",)),
    Case("started after, ended in that month", {"start_date": "2017-01-18", "primary_completion_date": "2017-01"},
         "overdue", due_on="2018-01-31", days=3215),
    Case("ended long before, start not known", {"start_date": None, "primary_completion_date": "2004-02"},
         "not_covered", "not_covered", "before_2017"),
    Case("start not known", {"start_date": None}, "unknown", "unknown", ("start",)),
    Case("ended the day before, started after: a slip of the pen", {"start_date": "2018-01-01",
         "primary_completion_date": "2017-01-01"}, "odd", "unknown", ("sound_dates",)),
    # -- facts that are missing
    Case("study type not known", {"study_type": None, "phases": None}, "unknown", "unknown", ("study_type", "phase")),
    Case("study type not said, but a phase", {"study_type": None}, "overdue", due_on="2024-03-31", days=964),
    Case("a study type nobody has heard of", {"study_type": "NEW"}, "unknown", "unknown", ("study_type",)),
    Case("status not known", {"overall_status": None}, "unknown", "unknown", ("status",)),
    Case("no completion at all", {"primary_completion_date": None, "completion_date": None}, "unknown", "unknown",
         ("completion",)),
    Case("not known whether results are posted", {"has_results": None}, "unknown", "covered", ("results",),
         "2024-03-31"),
    Case("a planned date that has passed says nothing", {"primary_completion_date_type": "ESTIMATED"}, "planned",
         "covered", ("actual_completion",), "2024-03-31"),
    Case("device not cleared yet", {"fda_device": True, "unapproved_device": True}, "uncleared", "covered",
         ("clearance",), "2024-03-31"),
    Case("nobody knows how old the facts are", {"judged_on": None}, "unknown", "covered", ("day",), "2024-03-31"),
    Case("facts of a month: its first day", {"judged_on": "2024-05"}, "overdue", due_on="2024-03-31", days=31),
    # -- posted and sent in
    Case("posted in time", {"has_results": True, "results_submitted": "2024-03-01"}, "posted", due_on="2024-03-31",
         days=-30),
    Case("posted late", {"has_results": True, "results_submitted": "2025-03-31"}, "posted", due_on="2024-03-31",
         days=365),
    Case("posted, day of sending not known", {"has_results": True, "results_posted": "2024-04-30"}, "posted",
         due_on="2024-03-31", days=30),
    Case("posted though not covered", {"has_results": True, "phases": ["PHASE1"]}, "posted", "not_covered", "phase_1"),
    Case("posted, in time or late by the day of a month", {"has_results": True, "results_submitted": "2024-03-10",
         "primary_completion_date": "2023-03"}, "posted", due_on="2024-03-31"),
    Case("posted late whatever the day of a month", {"has_results": True, "results_submitted": "2024-04-10",
         "primary_completion_date": "2023-03"}, "posted", due_on="2024-03-31", days=10),
    Case("posted, dates that do not fit", {"has_results": True, "results_submitted": "2024-04-10",
         "start_date": "2024-01-01"}, "posted", "unknown"),
    Case("sent in and not posted yet", {"results_submitted": "2026-10-01"}, "submitted", due_on="2024-03-31"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_rule(case: Case) -> None:
    (found,) = results_due.judge(pd.DataFrame([PLAIN | case.facts])).to_dict("records")
    assert (found["state"], found["coverage"]) == (case.state, case.coverage)
    why = found["reason"] if isinstance(found["reason"], str) else tuple(found["missing"]) or None
    assert why == case.why
    if case.due_on or case.state not in ("odd", "imprecise", "unknown", "not_covered"):
        assert found["due_on"] == case.due_on
        assert (None if pd.isna(found["days"]) else found["days"]) == case.days


def test_every_branch_has_a_case() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.state for case in CASES} == set(STATES)
    assert {case.coverage for case in CASES} == set(COVERAGE)
    assert {case.why for case in CASES if isinstance(case.why, str)} == set(REASONS)
    assert {fact for case in CASES if isinstance(case.why, tuple) for fact in case.why} == set(FACTS)


def test_the_words_accuse_nobody() -> None:
    said = " ".join([*STATES.values(), *COVERAGE.values(), *REASONS.values(), *FACTS.values()]).lower()
    for word in ("breach", "violat", "illegal", "comply", "complian", "fail", "must", "guilt", "offen"):
        assert word not in said


days = st.dates(date(2010, 1, 1), date(2029, 12, 31))
partial = st.builds(lambda day, size: day.isoformat()[:size], days, st.sampled_from([4, 7, 10]))


@given(
    st.fixed_dictionaries(
        {
            "start_date": st.none() | partial,
            "primary_completion_date": st.none() | partial,
            "completion_date": st.none() | partial,
            "primary_completion_date_type": st.sampled_from([None, "ACTUAL", "ESTIMATED"]),
            "certificate": st.none() | partial,
            "phases": st.sampled_from([None, [], ["NA"], ["PHASE1"], ["PHASE1", "PHASE2"], ["PHASE3"]]),
            "fda_drug": st.sampled_from([None, True, False]),
            "fda_device": st.sampled_from([None, True, False]),
            "has_results": st.sampled_from([None, True, False]),
            "overall_status": st.sampled_from([None, "COMPLETED", "WITHDRAWN", "UNKNOWN"]),
            "countries": st.sampled_from([None, ["France"], ["United States"]]),
        }
    ),
    days,
)
def test_every_answer_explains_itself(facts: dict[str, Any], day: date) -> None:
    row = PLAIN | facts | {"judged_on": day.isoformat()}
    found = results_due.verdict(row)
    assert found.state in STATES
    untold = results_due.STATES[found.state].startswith("Unclear")
    assert (not untold) or found.missing
    assert (found.state == "unknown") <= bool(found.missing)
    assert (found.state == "not_covered") <= bool(found.reason)
    if found.state == "overdue":
        assert found.due_on is not None
        assert day > found.due_on + results_due.GRACE
        assert row["has_results"] is False
    # A less exact completion never makes anything due earlier.
    if found.due_on and row["primary_completion_date"]:
        coarser = results_due.due_on(row | {"primary_completion_date": row["primary_completion_date"][:7]})
        assert coarser is not None
        assert coarser >= found.due_on


@given(days.map(lambda day: day.isoformat()[:7]), days.map(lambda day: day.isoformat()))
def test_a_month_is_due_only_when_each_of_its_days_is(month: str, judged: str) -> None:
    row = PLAIN | {"start_date": "2005-01-01", "completion_date": None, "judged_on": judged}
    row |= {"primary_completion_date_type": None}
    each = {
        results_due.verdict(row | {"primary_completion_date": day.isoformat()}).state
        for day in pd.date_range(f"{month}-01", periods=pd.Period(month).days_in_month).date
    }
    found = results_due.verdict(row | {"primary_completion_date": month}).state
    assert found == (each.pop() if len(each) == 1 else "imprecise")


def test_published_beside_posted() -> None:
    references = [
        ("BACKGROUND", "11", "Before"), ("RESULT", "12", "The results"), ("DERIVED", "13", "Another"),
        ("RESULT", None, "A book"), ("RESULT", "12", "The results again"),
    ]  # fmt: skip
    facts = pd.DataFrame([PLAIN | {"references": references}, PLAIN | {"nct_id": "NCT00000002"}])
    found = papers.published(facts)
    assert list(found["nct_id"].unique()) == ["NCT00000001"]
    assert list(found["type"]) == ["BACKGROUND", "RESULT", "DERIVED", "RESULT", "RESULT"]
    lists = papers.by_trial(found)
    assert lists.loc["NCT00000001"].to_dict() == {"RESULT": ["12"], "DERIVED": ["13"]}
    # A paper changes nothing about what is posted.
    assert list(results_due.judge(facts)["state"]) == ["overdue", "overdue"]


def test_nothing_in_nothing_out() -> None:
    none = pd.DataFrame(columns=[*FACT_COLUMNS, "judged_on"])
    assert list(results_due.judge(none).columns) == list(results_due.RESULT_COLUMNS)
    assert papers.by_trial(papers.published(none)).empty
