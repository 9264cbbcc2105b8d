"""The button: progress, the charts changing, tabs coming and going, cancelling, and the registry's bad days."""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from cache.codes import LANE_WORDS, NOT_RECORDED, STATUS_WORDS, lane
from fetchers.watchlist import load as watchlist
from tests.browser.conftest import Visit
from tests.browser.reading import key_figures, main, numbers, open_page, press_refresh, sidebar, still
from tests.browser.serving import Dashboard
from tests.fake_registry import FakeRegistry

pytestmark = pytest.mark.browser
Serve = Callable[..., Dashboard]
PACE = {"TRIALS_PACE_SECONDS": "0.1"}
SLOW = {"TRIALS_PACE_SECONDS": "1.5"}
REFRESH_MS = 60_000
RUNNING = re.compile(r"Refreshing: \d+ of 11 parts done")


_NOTE_CANCELLING = """() => new MutationObserver(() => {
    window.cancelling ||= [...document.querySelectorAll('button:disabled')]
        .some(button => button.innerText.includes('Cancelling…'));
}).observe(document.body, {childList: true, subtree: true, characterData: true, attributes: true})"""


def running(page: Page) -> Any:
    return sidebar(page).get_by_text(RUNNING).first  # while it is drawn again, the one before is there, too


def failure(page: Page) -> Locator:
    """The one box that tells of a failure."""
    return main(page).locator(".st-key-refresh_failed")


def ended(page: Page) -> None:
    expect(sidebar(page).get_by_text(re.compile("Last refresh: "))).to_be_visible(timeout=REFRESH_MS)
    still(page)


def on_the_page(page: Page) -> Counter[tuple[str, str]]:
    """Trials by status and phase as the Overview's table of numbers has them."""
    found: Counter[tuple[str, str]] = Counter()
    for row in numbers(page, "Phases and statuses", "Trials by the registry’s own status and phase"):
        for phase in LANE_WORDS.values():
            number = int(row.get(phase, "0").rpartition("#")[2])  # behind the address of its list
            if number:
                found[row["Status"], phase] = number
    return found


def counted(up: Dashboard) -> list[dict[str, Any]]:
    """The trials of the JSON export that the Overview counts, by the rule it states."""
    file = up.folder / "export.json"
    done = up.run("export", "--format", "json", "--out", str(file))
    assert done.returncode == 0, done.stderr
    wanted = set(watchlist.load().document_conditions)

    def counts(trial: dict[str, Any]) -> bool:
        given = any(one["tier"] == "given" and one["role"] != "background" for one in trial["agents"].values())
        return given and bool(wanted & set(trial["condition_groups"])) and not trial["left_registry"]

    return [trial for trial in json.loads(file.read_text(encoding="utf-8")) if counts(trial)]


def in_the_export(up: Dashboard) -> Counter[tuple[str, str]]:
    """The numbers of ``on_the_page``, computed from the export."""
    return Counter(
        (STATUS_WORDS[trial["overall_status"] or NOT_RECORDED], LANE_WORDS[lane(trial["phases"], trial["study_type"])])
        for trial in counted(up)
    )


def test_refresh_shows_progress_changes_the_charts_and_agrees_with_the_export(
    serve: Serve, registry: FakeRegistry, visit: Visit
) -> None:
    up = serve(registry.url, **PACE)
    window = visit()
    open_page(window.page, up.url)
    expect(main(window.page).get_by_text("Starter snapshot of").first).to_be_visible()
    before = on_the_page(window.page)
    assert before == in_the_export(up)

    press_refresh(window.page)
    expect(running(window.page)).to_be_visible()
    sidebar(window.page).get_by_text("Part by part").click()
    expect(sidebar(window.page).get_by_text(re.compile(r"Sizofiran: done, \d+ trials?, \d+ requests?"))).to_be_visible()
    expect(sidebar(window.page).get_by_text(re.compile("Corticosteroids: (waiting|.*trials)"))).to_be_visible()
    expect(sidebar(window.page).get_by_text(re.compile(r"\d+ requests, \d+ kB, .* left"))).to_be_visible()
    ended(window.page)

    expect(main(window.page).get_by_text(re.compile(r"^.*Refreshed: \d+ new"))).to_be_visible()
    expect(main(window.page).get_by_text("Registry data of 20 November 2026").first).to_be_visible()
    after = on_the_page(window.page)
    assert after != before
    assert after == in_the_export(up)

    trial = next(one for one in counted(up) if one["overall_status"] != "SUSPENDED" and "ivig" in one["agents"])
    registry.edit(
        trial["nct_id"],
        **{
            "protocolSection.statusModule.overallStatus": "SUSPENDED",
            "protocolSection.statusModule.lastUpdatePostDateStruct.date": "2026-11-22",
        },
    )
    registry.reload()
    press_refresh(window.page)
    expect(main(window.page).get_by_text(re.compile(r"Refreshed: .*1 changed"))).to_be_visible(timeout=REFRESH_MS)
    still(window.page)
    changed = on_the_page(window.page)
    assert changed != after
    assert changed == in_the_export(up)
    assert any(status == "Suspended" for status, _ in changed - after)

    press_refresh(window.page)
    expect(main(window.page).get_by_text("Nothing new.")).to_be_visible(timeout=REFRESH_MS)
    assert window.seen.console == []
    assert up.left_the_machine() == []


def test_a_closed_tab_stops_nothing_and_other_viewers_see_and_cancel_the_running_job(
    serve: Serve, registry: FakeRegistry, visit: Visit
) -> None:
    up = serve(registry.url, **SLOW)
    first = visit()
    open_page(first.page, up.url)
    idle = visit()
    open_page(idle.page, f"{up.url}/about")
    press_refresh(first.page)
    expect(running(first.page)).to_be_visible()
    first.context.close()

    second = visit(width=390, height=844, is_mobile=True, has_touch=True)
    for path in ("", "trials", "glossary"):
        second.page.goto(f"{up.url}/{path}")  # while a job runs, no page stays still for long
        expect(main(second.page).get_by_text(RUNNING).first).to_be_in_viewport()
    second.page.get_by_test_id("stExpandSidebarButton").tap()
    expect(sidebar(second.page).get_by_role("button", name="Refresh trial data")).to_be_in_viewport()
    expect(running(second.page)).to_be_in_viewport()
    asked = len(registry.requests)

    # A page that was open before the refresh began: pressing there watches the same job.
    press_refresh(idle.page)
    expect(sidebar(idle.page).get_by_text("A refresh is already running.")).to_be_visible()
    expect(running(idle.page)).to_be_visible()
    assert sum(request.path == "/version" for request in registry.requests) == 1
    expect(sidebar(second.page).get_by_text(re.compile(r"[1-9]\d* requests?, "))).to_be_visible()
    assert len(registry.requests) >= asked

    second.page.evaluate(_NOTE_CANCELLING)
    sidebar(second.page).get_by_role("button", name="Cancel").tap()
    for window in (second, idle):
        expect(main(window.page).get_by_text("The refresh was cancelled.").first).to_be_visible(timeout=20_000)
        expect(running(window.page)).not_to_be_visible()
    assert second.page.evaluate("window.cancelling") is True  # the button said so until the job had stopped
    done = len(registry.requests)
    status = json.loads(up.run("status", "--json").stdout)
    assert status["starter"] is True
    assert status["studies"] > 0
    assert len(registry.requests) == done
    assert second.seen.console == idle.seen.console == []


UNDER_WAY = re.compile(r"Starting the refresh|Refreshing: ")
BAD_DAYS = {"403": "refused", "html-200": r"page|web|HTML", "down": "registry|reach|answer"}


def test_bad_days_of_the_registry_say_why_and_keep_the_data(serve: Serve, registry: FakeRegistry, visit: Visit) -> None:
    up = serve(registry.url, TRIALS_PACE_SECONDS="0", TRIALS_TIMEOUT_SECONDS="2")
    window = visit()
    open_page(window.page, up.url)
    figures = key_figures(window.page)
    before = figures.all_inner_texts()
    reasons: list[str] = []
    for day in BAD_DAYS:
        registry.clear_faults()
        registry.stop() if day == "down" else registry.fault(day)
        main(window.page).get_by_role("button", name="Try again" if reasons else "Get today’s data").click()
        expect(sidebar(window.page).get_by_text(UNDER_WAY).first).to_be_visible()
        reasons.append(told_why(window.page, BAD_DAYS[day]))
        assert figures.all_inner_texts() == before
    assert len(set(reasons)) == len(BAD_DAYS)

    later = visit()  # who comes later learns of it, too
    open_page(later.page, f"{up.url}/glossary")
    expect(failure(later.page)).to_be_visible()
    assert later.seen.console == window.seen.console == []


def told_why(page: Page, reason: str) -> str:
    """The reason in the details of the failure, once it is the one expected; all else on the page goes on."""
    box = failure(page)
    expect(sidebar(page).get_by_text(UNDER_WAY)).to_have_count(0, timeout=REFRESH_MS)
    expect(box).to_have_text(re.compile(r"could not be fetched just now; the sample stays"))
    expect(box.get_by_role("button", name="Try again")).to_be_enabled()
    still(page)
    expect(main(page).get_by_test_id("stAlert")).to_have_count(0)
    box.get_by_role("button", name="Details").click()
    details = page.get_by_test_id("stPopoverBody")
    expect(details).to_contain_text(re.compile(reason, re.I))
    told = details.inner_text()
    page.keyboard.press("Escape")
    expect(main(page).get_by_role("button", name="Get today’s data")).to_be_enabled()
    expect(main(page).get_by_text("Starter snapshot of").first).to_be_visible()
    return told


def test_the_sample_becomes_todays_data_in_place(serve: Serve, registry: FakeRegistry, visit: Visit) -> None:
    up = serve(registry.url, **PACE)
    window = visit(width=390, height=844, is_mobile=True, has_touch=True)
    open_page(window.page, up.url)
    title = main(window.page).locator("h1").first
    before = title.inner_text()
    box = main(window.page).locator(".st-key-first_data")
    expect(box).to_contain_text(re.compile(r"about \d+ requests, \d+ MB, \d+ minutes"))
    box.get_by_role("button", name="Get today’s data").tap()
    expect(box).to_contain_text(RUNNING)
    expect(box).to_be_in_viewport()
    expect(box).to_contain_text(re.compile(r"\d+ requests?, \d+ kB"))
    expect(box.get_by_role("button", name="Cancel")).to_be_enabled()
    expect(main(window.page).get_by_text(re.compile(r"^.*Refreshed: \d+ new"))).to_be_visible(timeout=REFRESH_MS)
    still(window.page)
    expect(box).to_have_count(0)
    expect(title).not_to_have_text(before)
    expect(main(window.page).get_by_text("Registry data of 20 November 2026").first).to_be_visible()
    assert window.seen.console == []


def test_one_agent_alone_from_its_page(serve: Serve, registry: FakeRegistry, visit: Visit) -> None:
    up = serve(registry.url, TRIALS_PACE_SECONDS="0")
    window = visit()
    open_page(window.page, f"{up.url}/agents?agent=sizofiran")
    main(window.page).get_by_role("button", name="Refresh Sizofiran only").click()
    expect(main(window.page).get_by_text(re.compile("Refreshed: "))).to_be_visible(timeout=REFRESH_MS)
    agents = json.loads(up.run("status", "--json").stdout)["agents"]
    assert [agent for agent, state in agents.items() if not state["starter"]] == ["sizofiran"]
    assert window.seen.console == []


def test_wrong_settings_are_told_in_the_commands_own_words(serve: Serve, visit: Visit) -> None:
    up = serve()
    window = visit()
    open_page(window.page, up.url)
    (up.folder / "trials.sqlite3.refresh-lock").mkdir()  # a lock that cannot be taken: exit code 5 at once
    press_refresh(window.page)
    expect(failure(window.page)).to_contain_text("could not run", timeout=REFRESH_MS)
    failure(window.page).get_by_role("button", name="Details").click()
    expect(window.page.get_by_test_id("stPopoverBody")).to_contain_text("refresh-lock cannot be taken")
    assert window.seen.console == []
