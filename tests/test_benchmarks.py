"""The benchmarks run, and their sides did the same work. Nothing here looks at a clock."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from sqlalchemy import func, select

from benchmarks import all as every
from benchmarks import (
    api,
    bulk,
    clicks,
    growth,
    load,
    measuring,
    overview,
    pages,
    refresh,
    results,
    versions,
    visits,
)
from benchmarks.ours import filled
from benchmarks.peers import COLUMNS, LISTS
from cache.store.schema import answer, match, study
from dashboard.api.resources import RESOURCES
from fetchers.settings import ROOT

STUDIES = 60


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a store of STUDIES trials, shared: the benchmarks only read it."""
    path = tmp_path_factory.mktemp("benchmarks") / "store.sqlite3"
    filled(path, STUDIES).close()
    return path


def test_a_filled_store_shows_every_trial_with_its_agents(store: Path) -> None:
    held = filled(store, STUDIES)  # the second call takes the store as it is
    with held.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(study)) == STUDIES
        assert connection.scalar(select(func.count(match.c.nct_id.distinct()))) == STUDIES
        assert connection.scalar(select(func.count(answer.c.scope.distinct()) >= 5))
    held.close()


def test_a_file_that_is_no_filled_store_is_not_measured(tmp_path: Path) -> None:
    other = filled(tmp_path / "store.sqlite3", 5)
    with other.writing() as connection:
        from cache.store.store import bump

        bump(connection)
    other.close()
    with pytest.raises(SystemExit, match="something else"):
        filled(tmp_path / "store.sqlite3", 5)


def test_what_is_measured_alone_runs_in_a_process_of_its_own() -> None:
    assert measuring.alone(os.getenv, "MEASURED", then=len, env={"MEASURED": "three"}).result == 5
    assert os.getenv("MEASURED") is None
    large = measuring.alone(bytearray, 50_000_000, then=len)
    assert large.peak > large.start + 40 > 50
    assert measuring.alone(os.getpid).result != os.getpid()


def test_load_brings_every_way_to_the_same_facts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Eight processes would load pandas and the product eight times; what they do is the same in this one.
    monkeypatch.setattr(load, "alone", lambda way, *given, then=None: measuring._take(way, given, then))
    measured, steps = load.main(["--studies", str(STUDIES), "--rounds", "1", "--parts", "20"])
    assert len(measured) == 4
    assert {one.frames[0].result.rows for one in measured} == {STUDIES}
    assert len({one.frames[0].result.digest for one in measured}) == 1
    assert [one.stores[0].result for one in measured] == [STUDIES] * 4
    assert all(one.frames[0].peak >= one.frames[0].start > 10 for one in measured)
    assert all(milliseconds > 0 for milliseconds in steps.values())
    said = capsys.readouterr().out
    assert "| this product |" in said
    assert said.rstrip().splitlines()[-1].startswith(measuring.environment()[:6])


def test_load_compares_every_fact_it_says_it_does() -> None:
    frame = pd.DataFrame({name: [None] for name in COLUMNS} | {name: [["a"]] for name in LISTS})
    whole = load.same(frame)
    for name in set(COLUMNS) - {"enrollment", "has_results"}:
        other = frame.copy()
        other[name] = [["b"]] if name in LISTS else "b"
        assert load.same(other).digest != whole.digest, name


def test_overview_counts_as_plain_pandas_does(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames, clock = overview.main(["--studies", str(STUDIES), "--repeats", "1", "--store", str(store)])
    assert len(frames.trials) == STUDIES
    assert len(clock.times["queries and figures"]) == len(clock.times["plain pandas"]) == len(overview.SCENARIOS)
    counted = overview.redraw(frames, overview.SCENARIOS["every tier"], measuring.Clock())
    assert counted.key[0] == STUDIES
    assert counted.status_by_phase.to_numpy().sum() == STUDIES
    assert "| queries and figures |" in capsys.readouterr().out


def test_overview_notices_a_wrong_count(store: Path) -> None:
    held = filled(store, STUDIES)
    frames = overview.read(held)
    held.close()
    wanted = overview.SCENARIOS["every tier"]
    ours = overview.redraw(frames, wanted, measuring.Clock())
    fewer = overview.plain_frames(frames)._replace(trials=frames.trials.iloc[1:].astype({"lane": "str"}))
    assert overview.agree(ours, overview.by_hand(overview.plain_frames(frames), wanted))
    assert not overview.agree(ours, overview.by_hand(fewer, wanted))


def test_later_versions_take_little_room(capsys: pytest.CaptureFixture[str]) -> None:
    first, *later = versions.main(["--trials", "200", "--rounds", "4"])
    assert later[-1].size - first.size < first.size
    assert "after 4 versions of each" in capsys.readouterr().out


def test_refresh_asks_once_when_nothing_is_new_and_sees_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    first, same, reloaded, changed, lost = steps = refresh.main(["--studies", "300"])
    assert len(steps) == len(growth.STEPS)
    assert [step.exit_code for step in (first, same, reloaded, changed, lost)] == [0] * 5
    assert first.after.held == first.after.versions == 300
    assert first.after.events == 0, "the first load is a baseline"
    assert same.requests == 1
    assert same.after[:-1] == same.before[:-1], "but for the size of the files"
    assert reloaded.after[:-1] == reloaded.before[:-1]
    assert changed.after.versions - changed.before.versions == 3
    assert changed.after.events - changed.before.events == 3
    assert changed.bytes < 0.05 * first.bytes
    assert (lost.after.left - lost.before.left, lost.after.held - lost.before.held) == (1, -2)
    assert "of the full load" in capsys.readouterr().out


def test_results_of_every_trial_are_read_once(capsys: pytest.CaptureFixture[str]) -> None:
    without, first, again = results.main(["--trials", "60"])
    assert [one.exit_code for one in (without, first, again)] == [0] * 3
    assert [(one.read, one.wanted) for one in (without, first, again)] == [(0, 0), (60, 60), (60, 60)]
    assert (first.requests - without.requests, again.requests) == (2, 1)
    assert "The step alone: 2 requests" in capsys.readouterr().out


@pytest.mark.slow
def test_pages_are_whole_when_they_are_measured(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in pages.IMPORTS.values():
        exec(code, {})  # noqa: S102 - our own words; a fresh interpreter for each would only take time
    monkeypatch.setattr(pages, "IMPORTS", {"nothing": "pass"})

    def here(way: Callable[..., Any], *given: Any, env: dict[str, str]) -> measuring.Taken:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        return measuring._take(way, given, None)

    monkeypatch.setattr(pages, "alone", here)
    found = pages.main(["--studies", str(STUDIES), "--starts", "1", "--reruns", "1", "--store", str(store)])
    assert found["page"]["charts"] == 4
    assert found["page"]["failed"] == []
    assert found["page"]["titles"], "an empty page was measured"
    assert len(found["new store"]) == len(found["filled store"]) == 1
    assert "server start" in capsys.readouterr().out


@pytest.mark.slow
def test_clicks_are_answered_whole_by_every_page(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--studies", str(STUDIES), "--clicks", "1", "--seconds", "0.5", "--viewers", "2", "--store", str(store)]
    found = clicks.main(given)
    empty, ours = found[clicks.EMPTY_PAGE], found[clicks.PRODUCT]
    assert (len(empty.seconds), len(ours.seconds)) == (clicks.BATCH, clicks.BATCH)
    assert ours.elements > 40 > empty.elements
    assert min(len(empty.together), len(ours.together)) >= 2
    assert "2 viewers at once" in capsys.readouterr().out


@pytest.mark.slow
def test_visits_are_those_of_a_process_that_has_shown_another_store(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--studies", str(STUDIES), "--rounds", "1", "--store", str(store), "--pages", "trials"]
    beside = set(store.parent.iterdir())
    measured = visits.main([*given, "--beside", str(ROOT)])
    assert list(measured["found"]) == ["before", "this tree"]
    for found in measured["found"].values():
        for page in ("trials", ""):
            (one,) = found[page]
            assert all(milliseconds > 0 for milliseconds in one["rows"]["trials"])
            assert one["peak"] >= one["start"]
    assert measured["size"] > 100_000
    assert measured["making"] > 0
    assert set(store.parent.iterdir()) <= beside  # what is measured are copies
    assert "| trials |" in capsys.readouterr().out


def steps_of(cpu: float, size: int, held: int = 0) -> list[refresh.Step]:
    state = refresh.State(held, 0, 0, 0, size)
    return [refresh.Step("", 0, 0, 0, 0.0, cpu, state, state)] * len(growth.STEPS)


def test_the_picture_of_growth_shows_what_was_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The steps themselves are those of the test of ``refresh`` above.
    monkeypatch.setattr(growth, "measure", lambda size, short: steps_of(size / 100, size * 5_000, size))
    found = growth.main(["--sizes", "60", "30", "--out", str(tmp_path / "growth.svg")])
    assert [steps[0].after.held for steps in found.values()] == [30, 60]
    drawn = ElementTree.parse(tmp_path / "growth.svg").getroot()  # noqa: S314 - our own
    names = {text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert {*growth.STEPS, "store", "30", "60"} <= names
    assert len(drawn.findall("{http://www.w3.org/2000/svg}polyline")) == len(growth.STEPS) + 1
    assert "| store, MB | 0.15 | 0.30 |" in capsys.readouterr().out


def test_a_line_that_grows_as_the_trials_is_straight() -> None:
    found = {size: steps_of(size / 1000, size * 1000) for size in (100, 1_000, 10_000)}
    (line, *_) = re.findall(r'polyline points="([^"]+)"', growth.picture(found))
    (x1, y1), (x2, y2), (x3, y3) = ([float(one) for one in point.split(",")] for point in line.split())
    assert (x3 - x2, y3 - y2) == pytest.approx((x2 - x1, y2 - y1), abs=0.2)
    assert growth.megabytes(found) == {100: 0.1, 1_000: 1.0, 10_000: 10.0}


def test_all_of_them_run_one_after_the_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        asked.append(command[2:])
        return subprocess.CompletedProcess(command, int(command[2] == "benchmarks.pages"))

    monkeypatch.setattr(subprocess, "run", run)
    assert every.main(["--quick"]) == 1
    here = {path.stem for path in Path(every.__file__).parent.glob("*.py")}
    runnable = {name for name in here if "__main__" in (ROOT / "benchmarks" / f"{name}.py").read_text()}
    assert {command[0].removeprefix("benchmarks.") for command in asked} == runnable - {"all", "visit"}
    assert all(command[1:] for command in asked)
    assert "Failed: pages" in capsys.readouterr().out
    assert every.main(["--only", "load"]) == 0
    assert asked[-1] == ["benchmarks.load"]


@pytest.mark.parametrize("options", [["--slim"], ["--everything"]])
def test_an_import_is_measured_with_what_it_kept(
    options: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "alone", lambda step, *given: measuring._take(step, given, None))
    found = {name: taken.result for name, taken, _ in bulk.main(["--studies", str(STUDIES), *options])}
    kept = STUDIES if "--everything" in options else len(range(0, STUDIES, bulk.EIGHT))
    assert found["unpack, check, decode"] == STUDIES
    assert (found["import"], found["the same file again"]) == ((kept, kept), (kept, 0))
    assert f"{STUDIES} studies, a file of" in capsys.readouterr().out


def test_a_page_of_every_list_of_the_api_is_measured(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    api.main(["--store", str(store), "--as-it-is", "--limit", "7"])
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == f"{STUDIES} trials, 7 rows a page"
    assert [line.split()[0] for line in lines] == list(RESOURCES)
