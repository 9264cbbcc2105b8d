"""``python -m cache changes`` in all its formats."""

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import feedparser
import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cache.__main__ import main
from cache.digest.texts import Digest, as_html, as_markdown, as_text, escaped, weights_in_words
from cache.store.store import Store
from fetchers.settings import VARIABLES
from tests.rigs import moved_stores as moved
from tests.rigs.trial_rows import put, row

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'trials.sqlite3'}"
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    monkeypatch.setenv("TRIALS_CACHE_URL", url)
    opened = Store.open(url)
    yield opened
    opened.close()


@pytest.fixture
def run(store: Store, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    def run_(*arguments: str) -> tuple[int, str, str]:
        code = main(["changes", *arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run_


def test_text_is_grouped_by_trial_with_the_heaviest_first(store: Store, run: Run) -> None:
    moved.live(store)
    moved.happened(store, 2, "countries")
    moved.happened(store, 1, "countries")
    moved.happened(store, 1, "status")
    code, out, err = run()
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == "3 changes in 2 trials (1 high, 2 low)"
    assert "Registry data of 2026-11-19T09:00:05" in lines[1]
    assert lines.index("NCT00000001  Trial 1") < lines.index("NCT00000002  Trial 2")
    assert lines.index("  HIGH    Status: recruiting → terminated") < lines.index("  LOW     Countries: added Sweden")
    assert "  http://localhost:8501/trial?nct=NCT00000001  Intravenous immunoglobulin (IVIG)" in lines
    assert f"          registry date 2026-11-18, seen {moved.SEEN}" in lines
    assert "ClinicalTrials.gov" in lines[-1]


def test_noise_is_told_only_on_request_but_json_tells_all(store: Store, run: Run) -> None:
    moved.every_kind(store)
    assert "Who may take part" not in run()[1]
    assert "Who may take part" in run("--weight", "noise")[1]
    assert "Countries" not in run("--weight", "medium")[1]
    assert len(json.loads(run("--json")[1])) == len(moved.MOVES)
    assert json.loads(run("--json")[1]) == json.loads(run("--format", "json")[1])
    high = json.loads(run("--json", "--weight", "high")[1])
    assert {one["kind"] for one in high} == {kind for kind, values in moved.MOVES.items() if values[0] == "high"}


def test_words_of_a_text_are_told_in_each_format(store: Store, run: Run) -> None:
    moved.live(store)
    moved.happened(store, 1, "eligibility", move=moved.CRITERIA)
    lines = run()[1].splitlines()
    at = lines.index("  MEDIUM  Who may take part: changed")
    assert lines[at + 1 : at + 4] == [
        "          Inclusion criterion changed: Pain *over* <b>[taken out: 6] [put in: 3]</b> months",
        "          Exclusion criterion removed: Asthma",
        "          Exclusion criterion added: Cancer",
    ]
    markdown = run("--format", "markdown")[1]
    assert r"  - Exclusion criterion added\: Cancer" in markdown
    (event,) = json.loads(run("--json")[1])
    whole, *passages = event["diff"]
    assert (whole["part"], [one["part"] for one in passages]) == ("criteria", ["inclusion", "exclusion", "exclusion"])
    assert "".join(text for op, text in whole["words"] if op != "in") == event["before"]["criteria"]
    assert "".join(text for op, text in whole["words"] if op != "out") == event["after"]["criteria"]


def test_a_change_of_no_text_has_no_words(store: Store, run: Run) -> None:
    moved.live(store)
    moved.happened(store, 1, "status")
    (event,) = json.loads(run("--json")[1])
    assert event["diff"] == []


def test_the_json_is_plain_ascii(store: Store, run: Run) -> None:
    moved.every_kind(store)
    assert run("--json")[1].isascii()


def test_agents_and_since_narrow(store: Store, run: Run) -> None:
    moved.live(store)
    moved.happened(store, 1, "status", at="2026-11-10T00:00:00Z")
    moved.happened(store, 3, "status")
    assert [one["nct_id"] for one in json.loads(run("--json", "--agent", "ivig")[1])] == ["NCT00000001"]
    assert len(json.loads(run("--json", "--agent", "ivig", "--agent", "methotrexate")[1])) == 2
    assert [one["nct_id"] for one in json.loads(run("--json", "--since", "2026-11-11")[1])] == ["NCT00000003"]


def test_nothing_to_tell_is_quiet_on_standard_output(store: Store, run: Run, tmp_path: Path) -> None:
    assert run() == (0, "", "No changes: no refresh has seen any yet.\n")
    assert run("--format", "markdown", "--since", "2026-11-20")[1:] == ("", "No changes since 2026-11-20T00:00:00Z.\n")
    assert json.loads(run("--json")[1]) == []
    assert run("--out", str(tmp_path / "d.txt"))[0] == 0
    assert (tmp_path / "d.txt").read_text().startswith("No changes\n")


def test_markdown_shows_the_registrys_text_letter_by_letter(store: Store, run: Run) -> None:
    put(store, [row(1, title="# [x](javascript:alert) <b>T</b> _a_ https://evil.example")])
    moved.happened(store, 1, "why_stopped")
    out = run("--format", "markdown", "--base-url", "https://t.example/base/")[1]
    assert r"## \# \[x\]\(javascript\:alert\) \<b\>T\</b\> \_a\_ https\://evil\.example" in out
    assert "[NCT00000001](<https://t.example/base/trial?nct=NCT00000001>)" in out
    assert r"No \*funding\* \<b\>left\</b\>" in out
    assert "- **Medium** · " in out


@settings(deadline=None)
@given(st.text())
def test_escaped_text_has_no_live_sign_and_one_line(text: str) -> None:
    made = escaped(text)
    assert "\n" not in made
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_`\[\]<>#|~:.!&]", made)
    assert re.sub(r"\\(.)", r"\1", made) == " ".join("".join(c if c.isprintable() else " " for c in text).split())


def test_a_file_appears_whole_and_an_impossible_place_is_said(store: Store, run: Run, tmp_path: Path) -> None:
    moved.every_kind(store)
    out = tmp_path / "feed.xml"
    out.write_text("old")
    code, printed, err = run("--format", "atom", "--out", str(out))
    assert (code, printed) == (0, "")
    assert str(out) in err
    assert len(feedparser.parse(out.read_bytes()).entries) == len(moved.MOVES) - 2
    assert sorted(path.name for path in tmp_path.iterdir() if ".part" in path.name) == []
    code, _, err = run("--out", str(tmp_path / "none" / "x"))
    assert code == 2
    assert "There is no folder" in err


def test_atom_and_calendar_on_standard_output(store: Store, run: Run) -> None:
    soon = {"primary_completion_date_type": "ESTIMATED", "overall_status": "RECRUITING"}
    moved.live(store, primary_completion_date="2999-01", **soon)
    moved.happened(store, 1, "status")
    parsed = feedparser.parse(run("--format", "atom", "--base-url", "https://t.example")[1])
    assert [entry.link for entry in parsed.entries] == ["https://t.example/trial?nct=NCT00000001"]
    assert list(icalendar.Calendar.from_ical(run("--format", "ics")[1]).walk("VEVENT")) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "soon"), "--since needs a date"),
        (("--agent", "aspirin"), "no agent 'aspirin'"),
        (("--json", "--format", "text"), "do not go together"),
        (("--base-url", "ftp://x"), "--base-url needs"),
        (("--base-url", "https://x/<b>"), "--base-url needs"),
        (("--base-url", "localhost:8501"), "--base-url needs"),
    ],
)
def test_wrong_usage_is_a_sentence_and_exit_2(run: Run, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8")), st.text(alphabet=st.characters(codec="utf-8")))
def test_no_registry_text_steers_a_terminal_or_breaks_a_digest(title: str, reason: str) -> None:
    from cache.changes.changelog import Change
    from cache.read.trials import Freshness

    one = Change(1, "NCT00000001", title, "why_stopped", "low", None, reason, None, moved.SEEN, ("ivig",))
    fresh = Freshness(None, None, False, False, None, (), 1)
    digest = Digest([one], None, fresh, {"ivig": "IVIG"}, "http://x")
    text = as_text(digest).decode()
    assert all(letter.isprintable() or letter == "\n" for letter in text)
    assert len(text.split("\n")) == 10 + len(one.passages)
    assert as_markdown(digest).decode().count("\n## ") == 1
    tags: set[str] = set()
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attrs: tags.add(tag)  # type: ignore[method-assign]
    reader.feed(as_html(digest).decode())
    assert tags <= {"html", "head", "meta", "title", "body", "h1", "h2", "p", "a", "ul", "li", "b", "del", "ins"}


def test_counts_in_words() -> None:
    assert weights_in_words({"high": 2, "medium": 0, "low": 1000}) == "2 high, 1,000 low"
