"""``python -m insights``: rows whose numbers are those of the pages, their formats, exit codes and sentences."""

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cache.filters.filter import Filter
from cache.opening import open_store
from cache.read import questions, records
from cache.read import trials as queries
from cache.store.store import Store
from dashboard.claims import tables as claim_tables
from dashboard.findings import tables as findings_tables
from dashboard.gaps import funnel as funnel_tables
from dashboard.gaps import tables as gap_tables
from dashboard.results import tables as results_tables
from fetchers.settings import ROOT, VARIABLES, Settings
from insights import claims, funnel, gaps, results_due
from insights.__main__ import COMMANDS, main, parser
from insights.cli import printing
from insights.findings import across, papers
from tests.rigs import results_sections
from tests.rigs.pages import live_url
from tests.rigs.posted_results import put_results
from tests.rigs.refresh import WATCHLIST, url_of

Run = Callable[..., tuple[int, bytes, str]]
TODAY = datetime.now(UTC).date()
READ, FAILED = "NCT09040002", "NCT09070001"
REASON = "The registry answered 500 four times."
_ANSWERS: dict[tuple[str, tuple[str, ...]], tuple[int, bytes, str]] = {}
COMMON = {"ids", "rule", "rule_words", "query", "state", "date", "starter", "source"}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store after a refresh that failed for one agent and read the posted results of one trial of three."""
    for url in live_url(tmp_path_factory.mktemp("live"), failing="sizofiran"):
        store = Store.open(url)
        put_results(store, {READ: results_sections.SECTION, FAILED: REASON})
        store.close()
        yield url


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> str:
    return url_of(tmp_path_factory.mktemp("starter"))


@pytest.fixture(scope="module", params=["live", "starter"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def run(url: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    return runner(url, monkeypatch, capfdbinary)


@pytest.fixture
def run_live(live: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    return runner(live, monkeypatch, capfdbinary)


def runner(url: str, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[bytes]) -> Run:
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    monkeypatch.setenv("TRIALS_CACHE_URL", url)

    def run(*argv: str) -> tuple[int, bytes, str]:
        if (url, argv) not in _ANSWERS:  # nothing writes to the stores of this module
            code = main(argv)
            said = capture.readouterr()
            _ANSWERS[url, argv] = code, said.out, said.err.decode()
        return _ANSWERS[url, argv]

    return run


def asked(run: Run, *argv: str) -> list[dict[str, Any]]:
    code, out, err = run(*argv, "--json")
    assert (code, err) == (0, "")
    found: list[dict[str, Any]] = json.loads(out)
    return found


class Held:
    """The frames of a store, as the pages read them."""

    def __init__(self, store: Store) -> None:
        self.trials, self.matches = queries.trials(store), queries.matches(store)
        self.scopes, self.answers = queries.scopes(store, WATCHLIST), questions.answers(store)
        self.frames = (WATCHLIST, self.trials, self.matches, self.scopes)
        self.results = across.stored(store, list(self.trials["nct_id"]))

    def ids(self, wanted: Filter) -> list[str]:
        return list(wanted.apply(self.trials, self.matches, WATCHLIST).trials["nct_id"])


@pytest.fixture(scope="module")
def store(url: str) -> Iterator[Store]:
    opened = open_store(Settings(cache_url=url), WATCHLIST)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def held(store: Store) -> Held:
    return Held(store)


def number_of(link: object) -> int | None:
    """The number a page writes at the end of a link; None where it shows none."""
    return int(link.rpartition("#")[2].replace(",", "")) if isinstance(link, str) else None


def test_every_row_has_its_ids_rule_query_and_date(run: Run) -> None:
    for command in COMMANDS:
        rows = asked(run, command)
        assert rows
        for row in rows:
            assert row.keys() >= COMMON
            assert all(isinstance(one, str) for one in (*row["ids"], *row["query"], row["rule"], row["rule_words"]))
            assert row["rule"]
            assert row["query"] or command in ("results", "findings")
            assert row["state"] in ("asked", "not_asked", "failed", "partly")


def test_claims_are_those_of_the_page(run: Run, held: Held) -> None:
    rows = asked(run, "claims")
    findings = claims.ledger(*held.frames, held.results, today=TODAY)
    page = claim_tables.ledger_rows(findings, {one.claim.id: "trials" for one in findings})
    assert [f"claims?claim={row['claim']}" for row in rows] == list(page["Claim"])
    assert [row["words"] for row in rows] == list(page["The document says (in our words)"])
    assert [len(row["ids"]) for row in rows] == [number_of(link) for link in page["Trials"]]
    for row, finding in zip(rows, findings, strict=True):
        assert (row["verdict"], row["rule"], row["because"]) == (finding.verdict, finding.rule, finding.because)
        assert (row["date"], row["starter"]) == (finding.registry_date, finding.sample)
        assert row["query"] == [query.question for query in finding.queries]
        assert {name: row[f"number_{name}"] for name in finding.counts} == dict(finding.counts)
        for place in ("near", "background", "named"):
            assert len(row[f"ids_{place}"]) == finding.counts[place]
        assert row["ids"] == list(finding.numbers["here"].ids)
        for door in claim_tables.lists(finding):
            assert door.wanted is not None
            assert held.ids(door.wanted) == list(door.ids)
        assert row["quote"] == finding.claim.quote


def test_cells_are_those_of_the_gap_map(run: Run, held: Held) -> None:
    for query, background in (("", False), ("background=1", True)):
        rows = asked(run, "gaps", "--query", query)
        grid = gaps.grid(*held.frames, today=TODAY, background=background)
        ids = {one: one for one in [*grid["agent"], *grid["condition"]]}
        page = gap_tables.cell_rows(grid, ids, ids, background, lambda wanted: "trials")
        for heading, name in (("Trials", "total"), ("Recruiting", "recruiting"), ("Stopped or paused", "stopped")):
            assert [row[name] for row in rows] == [number_of(link) for link in page[heading]]
        for row in rows:
            wanted = Filter(agents=(row["agent"],), conditions=(row["condition"],), background=background)
            assert row["ids"] == held.ids(wanted)
            assert (row["total"] is None) == (row["cell"] in ("not_asked", "failed"))


def test_steps_are_those_of_the_funnel(run: Run, held: Held) -> None:
    rows = asked(run, "funnel")
    for one in funnel.funnels(*held.frames, held.answers):
        mine = {row["step"]: row for row in rows if row["agent"] == one.agent}
        page = funnel_tables.funnel_rows(one, lambda wanted: "trials", lambda group: group)
        heads = [one.step(id).number for id, _ in funnel_tables.STEPS if id in {step.id for step in one.steps}]
        assert [number for number, step in zip(page["Number"], page["Step"], strict=True) if "↳" not in step] == heads
        assert set(mine) == {step.id for step in one.steps} | {f"question.{query}" for query in one.queries}
        for step in one.steps:
            assert (mine[step.id]["number"], mine[step.id]["ids"]) == (step.number, list(step.ids))
            wanted = funnel_tables.filter_of(one.agent, step.id)
            if wanted is not None:
                assert mine[step.id]["ids"] == held.ids(wanted)
        for query, ids in one.queries.items():
            assert mine[f"question.{query}"]["ids"] == list(ids)


def test_results_are_those_of_the_page_as_it_opens(run: Run, held: Held, store: Store) -> None:
    rows = asked(run, "results")
    assert [row["nct_id"] for row in rows] == held.ids(Filter())
    facts = results_due.judged(records.facts(store, held.ids(Filter())), held.trials)
    page = results_tables.state_numbers(results_due.judge(facts), lambda group: "results")
    counted = pd.Series([results_due.STATES[row["results"]] for row in rows]).value_counts()
    assert dict(zip(page["Results"], page["All"], strict=True)) == {
        **{words: int(counted.get(words, 0)) for words in results_due.STATES.values()},
        "All trials": len(rows),
    }
    shown = results_tables.paper_numbers(papers.paper_groups(facts), lambda group: "results")
    named = pd.Series([papers.PAPERS[row["papers"]] for row in rows]).value_counts()
    assert list(shown["All"]) == [int(named.get(words, 0)) for words in shown.iloc[:, 0]]
    live_rows = [row for row in rows if not row["starter"]]
    assert all(row["query"] for row in live_rows)


def test_findings_are_those_of_the_page_the_largest_first(live: str, held: Held, run: Run, url: str) -> None:
    selection = Filter().apply(held.trials, held.matches, WATCHLIST)
    page = findings_tables.material(selection, held.results).trials
    posted = page[page["state"].isin(["read", "failed", "not_asked"]).to_numpy(dtype=bool)]
    rows = asked(run, "findings")
    assert [row["nct_id"] for row in rows] == list(posted["nct_id"])
    assert [row["results"] for row in rows] == list(posted["state"])
    if url != live:
        assert {row["rule"] for row in rows} == {"not_asked"}
        return
    assert {row["results"] for row in rows} == {"read", "failed", "not_asked"}
    told = next(row for row in rows if row["nct_id"] == READ)
    report = held.results.reports[READ]
    assert (told["rule"], told["rule_words"], told["says"]) == (
        report.key,
        across.REPORTS["below"],
        across.says(report),
    )
    assert told["analyses"] == [sentence for sentence, _ in report.readings]
    assert told["analysis_kinds"] == ["below", "not_below", "other"]
    assert (told["outcomes_without_analysis"], told["serious_events"]) == (1, list(report.serious))
    failed = next(row for row in rows if row["nct_id"] == FAILED)
    assert (failed["state"], failed["error"], failed["analyses"]) == ("failed", REASON, None)


def test_no_findings_says_which_kind_of_none(run_live: Run) -> None:
    code, out, err = run_live("findings", "--json", "--agent", "autologous_lymph_node_cells")
    assert (code, json.loads(out)) == (0, [])
    assert err == "No posted results to show here: 1 trial has no results posted.\n"


def test_conditions_narrow_as_on_the_page(run: Run, held: Held) -> None:
    wanted = Filter(conditions=("lupus",))
    assert [row["nct_id"] for row in asked(run, "results", "--condition", "lupus")] == held.ids(wanted)
    assert {row["condition"] for row in asked(run, "gaps", "--condition", "lupus")} == {"lupus"}


def test_none_found_not_asked_and_failed_are_three_things(run_live: Run, live: str) -> None:
    cells = asked(run_live, "gaps")
    assert {row["cell"] for row in cells if row["agent"] == "sizofiran"} <= {"failed", "found"}
    empty = [row for row in cells if row["cell"] == "none"]
    assert empty
    assert all(row["total"] == 0 and row["date"] and row["state"] == "asked" for row in empty)
    failed = [row for row in asked(run_live, "claims") if row["agents"] == ["sizofiran"]]
    assert {(row["state"], row["date"], row["starter"]) for row in failed} == {("failed", None, True)}
    assert all(row["error"] for row in failed)


def test_agent_and_query_narrow_as_on_the_page(run: Run, held: Held) -> None:
    assert {row["agent"] for row in asked(run, "gaps", "--agent", "ivig", "--agent", "sizofiran")} == {
        "ivig",
        "sizofiran",
    }
    assert {row["agent"] for row in asked(run, "funnel", "--query", "agent=ivig")} == {"ivig"}
    assert all("ivig" in row["agents"] for row in asked(run, "claims", "--agent", "ivig"))
    one = asked(run, "gaps", "--query", "?agent=ivig&condition=me_cfs")
    assert [(row["agent"], row["condition"]) for row in one] == [("ivig", "me_cfs")]
    wanted = Filter(agents=("ivig",), everywhere=True)
    assert [row["nct_id"] for row in asked(run, "results", "--agent", "ivig", "--query", "all=1")] == held.ids(wanted)


def test_what_narrows_nothing_is_told_and_left_out(run_live: Run) -> None:
    code, out, err = run_live("claims", "--json", "--query", "phase=phase2")
    assert code == 0
    assert len(json.loads(out)) == len(WATCHLIST.claims)
    assert "“phase” narrows nothing in claims" in err


@pytest.mark.parametrize("query", ["agent=nobody", "near=Cambridge", "nct=1", "nct=NCT00000001"])
@pytest.mark.parametrize("command", ["claims", "gaps", "funnel"])
def test_a_query_that_makes_no_sense_is_refused(run_live: Run, command: str, query: str) -> None:
    code, out, err = run_live(command, "--json", "--query", query)
    assert (code, out) == (2, b"")
    assert err.strip()


def test_a_trial_is_asked_for_by_its_id(run: Run) -> None:
    one = asked(run, "results", "--query", "all=1")[0]["nct_id"]
    for query in (f"nct={one}&agent=sizofiran", f"ids={one}&mine=1"):
        assert [row["nct_id"] for row in asked(run, "results", "--query", query)] == [one]
    assert run("findings", "--query", "near=Cambridge")[0] == 2


def test_csv_holds_the_same_rows_without_formulas(run: Run) -> None:
    rows = asked(run, "claims")
    code, out, _ = run("claims", "--format", "csv")
    assert code == 0
    assert out.startswith("\ufeff".encode())
    assert b"\r\n" in out
    read = list(csv.DictReader(io.StringIO(out.decode("utf-8-sig"), newline="")))
    assert [one["claim"] for one in read] == [row["claim"] for row in rows]
    assert [one["ids"] for one in read] == [" | ".join(row["ids"]) for row in rows]
    for one, row in zip(read, rows, strict=True):
        assert one["date"] == (row["date"] or ("not asked yet" if row["state"] == "not_asked" else ""))
        assert one["starter"] == str(row["starter"]).lower()
        assert set(one) == set(row)
    hostile = printing.as_csv([{"words": "=1+1", "date": None, "state": "asked"}])
    assert b'"\'=1+1"' in hostile


@pytest.mark.parametrize("command", COMMANDS)
def test_the_table_is_for_people(run: Run, command: str) -> None:
    code, out, err = run(command)
    assert (code, err) == (0, "")
    lines = out.decode().splitlines()
    assert "data of" in lines[0]
    assert "Source: ClinicalTrials.gov" in lines[-1]
    rows = asked(run, command)
    if command != "results":
        assert len(lines) == 3 + len(rows)
        return
    states = {row["results_words"] for row in rows}
    assert len(lines) == 4 + len(rows) + len(states)
    groups = dict(line.strip().split("  ", 1)[::-1] for line in lines[len(rows) + 2 : -2])
    assert {words: int(number) for words, number in groups.items()} == Counter(row["results_words"] for row in rows)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("claims", "--agent", "nobody"), "There is no agent 'nobody'"),
        (("findings", "--condition", "nothing"), "There is no condition 'nothing'"),
        (("claims", "--json", "--format", "csv"), "do not go together"),
    ],
)
def test_wrong_usage_ends_with_two_and_a_sentence(run_live: Run, argv: tuple[str, ...], said: str) -> None:
    code, out, err = run_live(*argv)
    assert (code, out) == (2, b"")
    assert said in err


def test_an_unknown_command_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["findings-of-mine"])
    assert ended.value.code == 2
    assert "usage: python -m insights" in capsys.readouterr().err


def test_trouble_on_this_machine_ends_with_five(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "trials.sqlite3").write_bytes(b"This is no database at all." * 100)
    code, out, err = runner(f"sqlite:///{tmp_path / 'trials.sqlite3'}", monkeypatch, capfdbinary)("claims", "--json")
    assert (code, out) == (5, b"")
    assert "damaged" in err


def test_a_program_needs_neither_streamlit_nor_plotly(live: str) -> None:
    code = (
        "import sys\nfrom insights.__main__ import main\n"
        "codes = [main([name, '--json']) for name in ('claims', 'gaps', 'funnel', 'results')]\n"
        "heavy = {'streamlit', 'plotly', 'requests', 'dashboard'} & set(sys.modules)\n"
        "sys.exit(f'{codes} {heavy}' if any(codes) or heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"TRIALS_CACHE_URL": live}, capture_output=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_help_needs_no_database() -> None:
    code = "import sys\nimport insights.__main__ as it\nit.parser()\nsys.exit('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60)
    assert done.returncode == 0
    assert set(COMMANDS) == {"claims", "gaps", "funnel", "results", "findings"}
    assert parser().parse_args(["claims", "--json"]).json
