"""The sentences about a refresh: calm, true to the job's numbers, and safe as Markdown."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cache import english
from cache.read.jobs import Job, JobScope
from cache.refresh.journal import BROKEN, CANCELLED
from dashboard.refresh import words
from dashboard.refresh.state import FailedPart

NAMES = {"ivig": "IVIG", "sizofiran": "Sizofiran", "tnf_inhibitors": "TNF inhibitors", "me_cfs": "ME/CFS"}


def part(scope: str = "ivig", status: str = "waiting", **values: Any) -> JobScope:
    blank: dict[str, Any] = dict.fromkeys(JobScope._fields)
    return JobScope(**blank | {"scope": scope, "place": 0, "status": status, "requests": 0, "fetched": 0} | values)


def job(*scopes: JobScope, **values: Any) -> Job:
    blank: dict[str, Any] = dict.fromkeys(Job._fields)
    usual = {
        "id": 1,
        "state": "ended",
        "started_at": "2026-11-22T05:00:00Z",
        "beat_at": "2026-11-22T05:01:00Z",
        "ended_at": "2026-11-22T05:02:00Z",
        "cancel": False,
        "requests": 0,
        "bytes": 0,
        "alive": False,
        "scopes": scopes,
    }
    return Job(**blank | usual | values)


@pytest.mark.parametrize(
    ("scope", "line"),
    [
        (part(), "waiting"),
        (part(status="asking", requests=1), "asking, 1 request"),
        (part(status="asking", expected=0, requests=1), "0 of 0 trials, 1 request"),
        (part(status="asking", expected=2340, fetched=1000, requests=2), "1,000 of 2,340 trials, 2 requests"),
        (part(status="storing", expected=2340, fetched=2340, requests=4), "storing 2,340 of 2,340 trials"),
        (part(status="fresh", studies=1, fetched=1, requests=2), "done, 1 trial, 2 requests"),
        (part(status="unchanged", studies=412), "done, 412 trials, 0 requests"),
        (part(status="failed", error="No answer."), "failed, keeps its earlier data"),
    ],
)
def test_a_running_part_shows_its_state_trials_and_requests(scope: JobScope, line: str) -> None:
    assert words.progress_line(scope, "IVIG") == f"**IVIG**: {line}"


@pytest.mark.parametrize(
    ("scope", "line"),
    [
        (part(status="fresh", studies=412, new=0, changed=0, left=0, set_aside=0), "nothing new (412 trials)"),
        (part(status="fresh", studies=3, new=2, changed=1, left=4), "2 new, 1 changed, 4 left (3 trials)"),
        (part(status="fresh", studies=3, new=1200), "1,200 new (3 trials)"),
        (part(status="fresh", studies=3, set_aside=1), "nothing new (3 trials, 1 record set aside as unreadable)"),
        (part(status="unchanged", studies=1), "nothing new (1 trial)"),
        (part(status="failed", error="No *answer*."), r"failed, keeps its earlier data. No \*answer\*\."),
        (part(status="failed"), "failed, keeps its earlier data. No reason was given."),
        (part(status="failed", error=CANCELLED), "not finished, keeps its earlier data"),
        (part(status="failed", error=BROKEN), "not finished, keeps its earlier data"),
        (part(status="asking"), "not finished, keeps its earlier data"),
    ],
)
def test_an_ended_part_says_what_it_brought(scope: JobScope, line: str) -> None:
    assert words.brought(scope) == line


def test_the_summary_of_a_fresh_refresh_adds_up_its_parts() -> None:
    done = job(
        part("ivig", "fresh", studies=9, new=2, changed=1, left=0),
        part("sizofiran", "fresh", studies=4, new=0, changed=3, left=1),
        outcome="fresh",
    )
    assert words.summary(done, NAMES) == "Refreshed: 2 new, 4 changed, 1 left, counted agent by agent."


def test_posted_results_are_counted_apart_from_trials() -> None:
    asking = part("results", "asking", fetched=50, expected=230, requests=1)
    assert words.progress_line(asking, "Posted results") == "**Posted results**: 50 of 230 read, 1 request"
    ended = part("results", "fresh", fetched=212, studies=212, expected=230, new=162, changed=1, set_aside=18)
    assert words.brought(ended) == "212 of 230 read, 18 could not be read"
    trials = part(status="fresh", studies=9, new=2, changed=0, left=0)
    assert words.summary(job(trials, ended, outcome="fresh"), NAMES) == (
        "Refreshed: 2 new, counted agent by agent. Posted results of 163 trials were read."
    )


def test_nothing_new_is_told_apart_from_nothing_changed() -> None:
    unchanged = job(part(status="unchanged", studies=9), outcome="fresh")
    assert words.summary(unchanged, NAMES).startswith("Nothing new.")
    asked = job(part(status="fresh", studies=9, new=0, changed=0, left=0), outcome="fresh")
    assert words.summary(asked, NAMES) == "Refreshed. No trial is new and none has changed."


def test_a_partial_refresh_names_the_agents_that_failed_and_one_common_reason() -> None:
    def failed(scope: str, error: str) -> JobScope:
        return part(scope, "failed", error=error)

    one = job(part("ivig", "fresh"), failed("sizofiran", "Cut off."), outcome="partial")
    assert words.summary(one, NAMES) == "Refreshed, except Sizofiran. Earlier data stays there."
    two = job(failed("me_cfs", "Cut off."), failed("tnf_inhibitors", "Cut off."), outcome="partial")
    assert "except ME/CFS and TNF inhibitors." in words.summary(two, NAMES)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([("A", "2026-11-26T09:00:00")], "A could not be refreshed; the data of 26 November 2026 stays."),
        ([("A", None)], "A could not be refreshed; what the sample holds stays."),
        ([("A", "2026-11-26"), ("B", "2026-11-20")], "A and B could not be refreshed; their earlier data stays."),
        ([("A", "2026-11-26"), ("B", None)], "A and B could not be refreshed; their earlier data stays."),
        ([(name, None) for name in "ABCD"], "4 parts could not be refreshed; what the sample holds stays."),
    ],
)
def test_a_failure_is_one_sentence_that_says_what_stays(parts: list[tuple[str, str | None]], said: str) -> None:
    assert words.kept([FailedPart(name, name, False, "Why.", None, kept) for name, kept in parts]) == said


def test_how_many_parts_are_done_counts_the_failed_ones_too() -> None:
    assert words.parts_done(job(part(status="fresh"), part(status="failed"), part())) == "Refreshing: 2 of 3 parts done"
    assert words.parts_done(job(part(status="asking"))) == "Refreshing: 0 of 1 part done"


def test_what_a_first_refresh_takes_is_near_what_was_seen() -> None:
    said = words.first_takes({"a": 17, "b": 36}, {"a": 12_000, "b": 2_000}, 1.0)
    assert "about 68 requests, 39 MB, 2 minutes" in said
    assert "about 54 requests, 1 MB, a minute" in words.first_takes({"a": 53}, {"a": 20}, 1.0)


def test_a_refresh_that_could_not_read_everything_says_of_whom() -> None:
    cut = part("ivig", "fresh", error="2 records could be read only in part.")
    whole = part("me_cfs", "fresh")
    said = words.summary(job(cut, whole, outcome="partial"), NAMES)
    assert said == f"Refreshed. Some records of {NAMES['ivig']} could not be read; “About the data” names them."
    failed = part("sizofiran", "failed", error="Cut off.")
    said = words.summary(job(cut, failed, outcome="partial"), NAMES)
    assert said.startswith("Refreshed, except Sizofiran.")
    assert said.endswith("“About the data” names them.")


def test_a_failed_refresh_gives_its_reason_once_and_reassures() -> None:
    reason = "The source refused this machine."
    down = job(part(status="failed", error=reason), outcome="failed", error=reason)
    text = words.summary(down, NAMES)
    assert text.count("refused this machine") == 1
    assert text.startswith("The refresh of 22 November 2026, 05:02 UTC did not work.")
    assert text.endswith("Nothing is lost: the earlier data stays.")


def test_a_cancelled_refresh_says_how_much_is_fresh() -> None:
    some = job(part(status="fresh"), part(status="failed", error=CANCELLED), outcome="cancelled")
    assert words.summary(some, NAMES) == (
        "The refresh was cancelled. 1 of 2 parts is fresh; the others keep the earlier data."
    )
    none = job(part(status="failed", error=CANCELLED), outcome="cancelled")
    assert words.summary(none, NAMES) == "The refresh was cancelled. All parts keep the earlier data."


@pytest.mark.parametrize("outcome", ["broken", None])
def test_a_job_that_died_is_shown_as_such(outcome: str | None) -> None:
    died = job(part(status="asking"), state="running" if outcome is None else "ended", outcome=outcome, ended_at=None)
    assert "stopped without a message" in words.summary(died, NAMES)


def test_how_far_a_job_has_come() -> None:
    assert words.fraction(job()) == 0.0
    running = job(part(status="fresh"), part(status="failed"), part(status="asking", expected=100, fetched=50), part())
    assert words.fraction(running) == pytest.approx((1 + 1 + 0.5) / 4)
    # The registry may give more than it announced: a bar beyond its end is an error in Streamlit.
    assert words.fraction(job(part(status="asking", expected=1, fetched=500))) < 1
    assert words.fraction(job(part(status="asking", expected=0, fetched=0))) == 0.0


NOW = datetime(2026, 11, 22, 5, 1, 40, tzinfo=UTC)  # 100 s after the start


def left(running: Job, *, pace: float = 1.0, questions: int = 1, sizes: int = 0) -> str | None:
    scopes = {scope.scope for scope in running.scopes}
    return words.time_left(
        running, now=NOW, pace=pace, questions=dict.fromkeys(scopes, questions), sizes=dict.fromkeys(scopes, sizes)
    )


def test_time_left_follows_the_speed_seen_and_what_remains() -> None:
    assert left(job(part(), requests=0)) is None
    # 100 s for 10 requests: 10 s each. 2 questions and 30 pages are 32 requests, 320 s.
    assert left(job(part(), requests=10), questions=2, sizes=30_000) == "about 5 minutes left"
    # 500 of 2,000 trials after 1 request: 3 more pages and the empty one, 40 s.
    asking = part(status="asking", expected=2000, fetched=500, requests=1)
    assert left(job(asking, requests=10)) == "less than a minute left"
    assert left(job(asking, requests=10), pace=60) == "about 4 minutes left"  # never faster than the pace
    assert left(job(part(status="fresh"), requests=10)) == "less than a minute left"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "less than a minute"), (60, "about a minute"), (150, "about 2 minutes"), (3 * 3600, "about 3 hours")],
)
def test_durations_are_rough(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


def test_sizes_and_counts() -> None:
    assert [words.size(number) for number in (0, 1, 51_200, 2_340_000)] == ["0 kB", "1 kB", "52 kB", "2.3 MB"]
    assert [english.count(number, "trial") for number in (0, 1, 2300)] == ["0 trials", "1 trial", "2,300 trials"]


@pytest.mark.parametrize("text", [None, "", "yesterday"])
def test_an_unreadable_moment_is_no_crash(text: str | None) -> None:
    assert english.moment(text) == "an unknown time"
