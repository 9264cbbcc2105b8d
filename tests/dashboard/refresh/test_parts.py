"""The refresh on the screen, in every state a job can be in, with a starter of processes that starts none."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from cache.read.jobs import Job, latest_job
from cache.refresh import journal
from cache.refresh.journal import BROKEN, CANCELLED
from cache.store.schema import scope as scopes
from cache.store.store import Store
from dashboard.refresh import launcher as refreshing
from dashboard.refresh import parts
from dashboard.refresh.launcher import Launch
from dashboard.refresh.state import View, view_of
from dashboard.web.meter import Meter
from fetchers.errors import LocalTrouble
from tests.dashboard.refresh.test_launcher import FakeProcess, FakeStart
from tests.dashboard.refresh.test_words import job, part
from tests.rigs import oidc
from tests.rigs.pages import elements

SCOPES = ("sizofiran", "ivig", "me_cfs")


def script() -> None:
    import streamlit as st

    from dashboard.refresh import parts as refresh_panel

    with st.sidebar:
        refresh_panel.panel()
    refresh_panel.outcome()
    refresh_panel.agent_button("sizofiran")


def first() -> None:
    from dashboard.refresh import parts as refresh_panel

    if not refresh_panel.first_data():
        refresh_panel.outcome()


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> FakeStart:
    fake = FakeStart()
    monkeypatch.setattr(refreshing, "start_process", fake)
    return fake


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'trials.sqlite3'}"
    for name in ("TRIALS_REGISTRY_URL", "TRIALS_WATCHLIST", "TRIALS_REFRESH", "TRIALS_PACE_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRIALS_CACHE_URL", url)
    st.cache_resource.clear()
    st.cache_data.clear()
    opened = Store.open(url)
    yield opened
    opened.close()


@pytest.fixture
def page(store: Store, start: FakeStart) -> AppTest:
    return AppTest.from_function(script, default_timeout=30)


def shown(at: AppTest) -> str:
    """All words on the screen."""
    assert not at.exception, at.exception[0].message
    kinds = ("caption", "markdown", "success", "info", "warning", "error")
    texts = [str(element.value) for kind in kinds for element in elements(at, kind)]
    return "\n".join([*texts, *(str(bar.text) for bar in elements(at, "progress"))])


def begin(store: Store, *scopes: str, ago: float = 0.0) -> int:
    return journal.begin(store, scopes or SCOPES, full=False, now=datetime.now(UTC) - timedelta(seconds=ago))


def finish(store: Store, refresh_id: int, outcome: str, error: str | None = None) -> None:
    codes = {"fresh": 0, "partial": 1, "failed": 3, "cancelled": 130, "broken": None}
    journal.end(store, refresh_id, now=datetime.now(UTC), error=error, outcome=outcome, exit_code=codes[outcome])


def fail(store: Store, refresh_id: int, scope: str, reason: str) -> None:
    """A part fails: the job says so, and so does what is kept of it."""
    journal.mark(store, refresh_id, scope, status="failed", error=reason)
    values = {"error": reason, "error_at": "2026-11-26T05:02:00Z"}
    with store.writing() as connection:
        connection.execute(insert(scopes).values(scope=scope, kind="agent", starter=False, **values))


def boxes(at: AppTest) -> list[str]:
    """The boxes that tell of a failure."""
    mark = ":material/sync_problem: "
    return [one.value.removeprefix(mark) for one in at.main.markdown if one.value.startswith(mark)]


def fresh(store: Store, refresh_id: int, scope: str, studies: int, new: int = 0, changed: int = 0) -> None:
    counts = {"studies": studies, "new": new, "changed": changed, "left": 0, "set_aside": 0}
    journal.mark(store, refresh_id, scope, status="fresh", requests=2, fetched=studies, **counts)


def button(at: AppTest, label: str) -> Button:
    return next(one for one in at.button if one.label == label)


def test_before_the_first_refresh_there_is_a_button_and_nothing_else(page: AppTest) -> None:
    at = page.run()
    assert shown(at) == ""
    assert [one.label for one in at.sidebar.button] == ["Refresh trial data"]
    assert not button(at, "Refresh trial data").disabled
    assert not button(at, "Refresh Sizofiran only").disabled


def test_pressing_starts_the_command_once_and_shows_that_it_starts(page: AppTest, start: FakeStart) -> None:
    at = page.run()
    button(at, "Refresh trial data").click()
    at.run()
    assert [command[1:5] for command in start.commands] == [["-m", "cache", "refresh", "--unless-since"]]
    assert shown(at) == ":material/sync: Starting the refresh …\nStarting the refresh …"  # on the page, in the sidebar

    button(at, "Refresh trial data").click()
    at.run()
    assert len(start.commands) == 1
    assert "already running" in shown(at)


def test_an_agents_own_button_asks_for_that_agent_alone(page: AppTest, start: FakeStart) -> None:
    at = page.run()
    button(at, "Refresh Sizofiran only").click()
    at.run()
    assert start.commands[0][-4:-2] == ["--agent", "sizofiran"]


def test_a_running_job_shows_every_part_and_the_whole(page: AppTest, store: Store, start: FakeStart) -> None:
    refresh_id = begin(store, ago=20)
    fresh(store, refresh_id, "sizofiran", 4, new=4)
    journal.mark(store, refresh_id, "ivig", status="asking", requests=2, expected=2500, fetched=1000)
    journal.beat(store, refresh_id, requests=4, size=1_300_000, now=datetime.now(UTC))
    at = page.run()
    text = shown(at)
    assert "Refreshing: 1 of 3 parts done" in text
    assert "- :small[**Sizofiran**: done, 4 trials, 2 requests]" in text
    assert ": 1,000 of 2,500 trials, 2 requests" in text
    assert "- :small[**ME/CFS**: waiting]" in text
    assert "4 requests, 1.3 MB, " in text
    assert "less than a minute left" in text or "about" in text
    assert "You may close this page" in text


def test_another_viewers_press_watches_the_running_job(page: AppTest, store: Store, start: FakeStart) -> None:
    begin(store)
    at = page.run()
    button(at, "Refresh trial data").click()
    at.run()
    assert start.commands == []
    assert "You are watching it now" in shown(at)
    assert "Refreshing: 0 of 3 parts done" in shown(at)


def test_a_silent_job_does_not_keep_others_from_trying(page: AppTest, store: Store, start: FakeStart) -> None:
    """Whether a job that gave no sign of life for a while still lives, only the lock of the command line knows."""
    begin(store, ago=30)
    at = page.run()
    assert "Refreshing: " in shown(at)
    button(at, "Refresh trial data").click()
    at.run()
    assert len(start.commands) == 1
    start.processes[0].code = 4  # it lives
    assert "Refreshing: " in shown(at.run())


def test_cancel_asks_the_job_to_stop(page: AppTest, store: Store) -> None:
    begin(store)
    at = page.run()
    button(at, "Cancel").click()
    at.run()
    running = latest_job(store)
    assert running is not None
    assert running.cancel
    assert button(at, "Cancelling…").disabled
    assert "Cancel" not in [one.label for one in at.button]


def watch_to_the_end(at: AppTest, store: Store, end: Callable[[int], None]) -> AppTest:
    refresh_id = begin(store)
    at.run()
    assert "Refreshing" in shown(at)
    end(refresh_id)
    return at.run()


def test_a_fresh_end_says_what_it_brought_and_can_be_closed(page: AppTest, store: Store) -> None:
    def end(refresh_id: int) -> None:
        fresh(store, refresh_id, "sizofiran", 4, new=3, changed=1)
        fresh(store, refresh_id, "ivig", 12)
        fresh(store, refresh_id, "me_cfs", 8)
        finish(store, refresh_id, "fresh")

    at = watch_to_the_end(page, store, end)
    assert [one.value for one in at.success] == ["Refreshed: 3 new, 1 changed, counted agent by agent."]
    assert "- **Sizofiran**: 3 new, 1 changed (4 trials)" in shown(at)
    assert "- **ME/CFS**: nothing new (8 trials)" in shown(at)
    assert "Refreshing" not in shown(at)

    button(at, "Close message").click()
    at.run()
    assert not at.success
    assert "Last refresh: " in at.sidebar.caption[0].value  # still to be found there


def test_who_did_not_watch_is_not_bothered_with_a_success(page: AppTest, store: Store) -> None:
    refresh_id = begin(store)
    for scope in SCOPES:
        fresh(store, refresh_id, scope, 1)
    finish(store, refresh_id, "fresh")
    at = page.run()
    assert not at.success
    assert "Last refresh: " in shown(at)
    assert "Refreshed. No trial is new and none has changed." in shown(at)


def test_who_pressed_learns_of_a_refresh_that_was_over_at_once(page: AppTest, store: Store, start: FakeStart) -> None:
    at = page.run()
    button(at, "Refresh trial data").click()
    refresh_id = begin(store, "sizofiran", ago=-1)
    fresh(store, refresh_id, "sizofiran", 4, new=4)
    finish(store, refresh_id, "fresh")
    at.run()
    assert [one.value for one in at.success] == ["Refreshed: 4 new, counted agent by agent."]


def test_a_partial_end_names_the_agent_and_the_reason_to_everybody(page: AppTest, store: Store) -> None:
    refresh_id = begin(store, "sizofiran", "ivig")
    fresh(store, refresh_id, "sizofiran", 4)
    reason = "The answer was cut off. Try again later."
    fail(store, refresh_id, "ivig", reason)
    finish(store, refresh_id, "partial")
    at = page.run()
    assert boxes(at) == [r"Intravenous immunoglobulin \(IVIG\) could not be refreshed; what the sample holds stays."]
    assert f"Intravenous immunoglobulin (IVIG), 26 November 2026, 05:02 UTC: {reason}" in [one.value for one in at.text]
    assert not at.warning


def test_a_failed_end_gives_the_reason_to_everybody_without_reading_it_as_markup(page: AppTest, store: Store) -> None:
    reason = "The source refused this machine: <b>:red[no]</b> [x](javascript:1)."
    refresh_id = begin(store, "sizofiran")
    finish(store, refresh_id, "failed", reason)
    at = page.run()
    assert boxes(at) == [
        "The registry’s data could not be fetched just now; the sample stays, and every page works as before."
    ]
    assert any(one.value.endswith(reason) for one in at.text)


def test_trying_again_asks_for_what_failed_and_nothing_else(page: AppTest, store: Store, start: FakeStart) -> None:
    refresh_id = begin(store, "sizofiran", "ivig", ago=60)
    fresh(store, refresh_id, "sizofiran", 4)
    fail(store, refresh_id, "ivig", "Cut off.")
    finish(store, refresh_id, "partial")
    at = page.run()
    button(at, "Try again").click()
    at.run()
    assert start.commands[0][-4:-2] == ["--agent", "ivig"]
    assert not boxes(at)


def test_the_sample_offers_todays_data_shows_its_progress_in_place_and_says_how_it_ended(
    store: Store, start: FakeStart
) -> None:
    at = AppTest.from_function(first, default_timeout=30).run()
    assert "A sample so far." in shown(at)
    button(at, "Get today’s data").click()
    at.run()
    assert len(start.commands) == 1
    assert shown(at).count("Starting the refresh") == 1

    refresh_id = begin(store, ago=-1)
    fresh(store, refresh_id, "sizofiran", 4)
    at.run()
    assert "Getting today’s data" in shown(at)
    assert shown(at).count("Refreshing: 1 of 3 parts done") == 1
    assert [one.label for one in at.button] == ["Cancel"]

    start.processes[0].code = 3
    finish(store, refresh_id, "failed", "No connection to a.host (code 7).")
    at.run()
    assert [one.label for one in at.button] == ["Get today’s data", "Try again"]
    assert len(boxes(at)) == 1
    assert "a.host" not in boxes(at)[0]


def test_a_cancelled_end_is_no_alarm(page: AppTest, store: Store) -> None:
    def end(refresh_id: int) -> None:
        fresh(store, refresh_id, "sizofiran", 4)
        finish(store, refresh_id, "cancelled", CANCELLED)

    at = watch_to_the_end(page, store, end)
    assert not at.warning
    assert [one.value for one in at.info] == [
        "The refresh was cancelled. 1 of 3 parts is fresh; the others keep the earlier data."
    ]
    assert "not finished, keeps its earlier data" in shown(at)


def test_a_job_that_died_without_a_word_is_shown_as_such(page: AppTest, store: Store, start: FakeStart) -> None:
    begin(store, ago=3600)
    at = page.run()
    (said,) = boxes(at)
    assert "stopped without a message" in said
    assert "Refreshing:" not in shown(at)

    button(at, "Refresh trial data").click()
    at.run()
    assert len(start.commands) == 1
    assert not boxes(at)
    assert shown(at).count("Starting the refresh") == 2  # on the page, in the sidebar


def test_the_next_refresh_marks_the_dead_one(page: AppTest, store: Store) -> None:
    begin(store, ago=3600)
    finish(store, begin(store), "broken", BROKEN)
    at = page.run()
    assert "stopped without a message" in boxes(at)[0]


@pytest.mark.parametrize(("code", "said"), [(2, "TRIALS_PACE_SECONDS must be a number."), (5, "The disk is full.")])
def test_a_process_that_ends_at_once_is_quoted(page: AppTest, start: FakeStart, code: int, said: str) -> None:
    at = page.run()
    button(at, "Refresh trial data").click()
    at.run()
    start.logs[0].write_text(f"usage: something\n{said}\n")
    start.processes[0].code = code
    at.run()
    assert boxes(at) == ["The refresh could not run; the data stays as it was."]
    assert [one.value for one in at.text] == [said]

    button(at, "Refresh trial data").click()
    at.run()
    assert not boxes(at)
    assert len(start.commands) == 2


def test_a_process_that_cannot_even_start_is_told(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: Sequence[str], log: Path) -> FakeProcess:
        raise LocalTrouble("The refresh could not be started on this machine: Cannot allocate memory.")

    monkeypatch.setattr(refreshing, "start_process", refuse)
    at = page.run()
    button(at, "Refresh trial data").click()
    at.run()
    assert "Cannot allocate memory" in shown(at)


@pytest.mark.parametrize(("rule", "words"), [("nobody", "switched off"), ("signed-in", "sign in")])
def test_who_may_not_refresh_sees_why_and_may_still_watch(
    page: AppTest, store: Store, monkeypatch: pytest.MonkeyPatch, rule: str, words: str
) -> None:
    monkeypatch.setenv("TRIALS_REFRESH", rule)
    oidc.use(monkeypatch)
    begin(store)
    at = page.run()
    assert button(at, "Refresh trial data").disabled
    assert button(at, "Refresh Sizofiran only").disabled
    assert words in at.sidebar.caption[0].value
    assert "Refreshing: " in shown(at)
    assert "Cancel" not in [one.label for one in at.button]


def test_who_is_on_the_list_may_refresh_and_nobody_else(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALS_REFRESH", "anna@charity.example")
    oidc.use(monkeypatch)
    page.user = oidc.claimed()
    at = page.run()
    assert not button(at, "Refresh trial data").disabled
    page.user = oidc.claimed(email="bert@charity.example")
    at = page.run()
    assert button(at, "Refresh trial data").disabled
    assert "Your address may not refresh here" in at.sidebar.caption[0].value


def test_a_press_that_is_not_allowed_starts_nothing(
    page: AppTest, start: FakeStart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule may change, or a browser may lie, between the drawing of the button and the press."""
    at = page.run()
    pressed = button(at, "Refresh trial data")
    monkeypatch.setenv("TRIALS_REFRESH", "nobody")
    pressed.click()
    at.run()
    assert start.commands == []


NOW = datetime(2026, 11, 22, 5, 0, 0, 700_000, tzinfo=UTC)
EARLIER, SAME, LATER = "2026-11-22T04:59:59Z", "2026-11-22T05:00:00Z", "2026-11-22T05:00:09Z"


def launch(code: int | None) -> Launch:
    return Launch(NOW, code is None, code, None if code is None else "Said.")


@pytest.mark.parametrize(
    ("newest", "latest", "state"),
    [
        (None, None, "idle"),
        (None, launch(None), "starting"),
        (None, launch(2), "trouble"),
        (None, launch(4), "trouble"),
        (job(part(), state="running", alive=True, started_at=EARLIER), None, "running"),
        (job(part(), state="running", alive=True, started_at=EARLIER), launch(None), "running"),
        (job(part(), state="running", alive=True, started_at=EARLIER), launch(4), "running"),
        (job(part(), state="running", alive=False, started_at=EARLIER), None, "idle"),
        (job(part(), state="running", alive=False, started_at=EARLIER), launch(None), "starting"),
        (job(part(), started_at=EARLIER), launch(None), "starting"),
        (job(part(), started_at=EARLIER), launch(5), "trouble"),
        (job(part(), started_at=EARLIER), launch(4), "idle"),  # it gave way to that one, which has ended since
        (job(part(), started_at=SAME), launch(None), "idle"),  # written, the process is on its way out
        (job(part(), started_at=SAME), launch(3), "idle"),
        (job(part(), started_at=LATER), launch(2), "idle"),
    ],
)
def test_which_of_job_and_process_has_the_word(newest: Job | None, latest: Launch | None, state: str) -> None:
    assert view_of(newest, latest) == View(state, newest, latest)  # type: ignore[arg-type]


def test_many_viewers_are_told_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = Meter()
    monkeypatch.setattr(parts, "METER", crowd)
    assert [parts.every(1.5), parts.every(3.0)] == [1.5, 3.0]
    for _ in range(10):
        crowd.came(1)
    assert parts.every(1.5) == 1.5
    for _ in range(90):
        crowd.came(1)
    assert [parts.every(1.5), parts.every(3.0)] == [15.0, 30.0]
