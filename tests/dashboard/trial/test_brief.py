"""The brief of a trial: its facts, its two files, and that nothing in a record is ever read as markup."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from cache.store.store import Store
from dashboard.shared import data, record_data
from dashboard.shared.files import brief
from dashboard.shared.files.brief import CUT, Brief, Line, Section
from dashboard.trial import brief as trial_brief
from dashboard.trial.known import Known
from fetchers.record.texts import plain
from tests.rigs import trial_records as records
from tests.rigs.answering import SWEEP, Refresher
from tests.rigs.records import REAL, Records, each_set_at_hand
from tests.rigs.refresh import MATCHER, url_of

VOID = {"meta"}
# Parts that look like markup, and letters of every kind.
TEXTS = some.lists(
    some.sampled_from(
        ["<script>alert(1)</script>", "[x](http://x.org)", "![i](y)", "|", "# ", "- ", "1. ", "**b**", "_i_", "`c`",
         "&lt;", "&#60;", "\n\n", "---", "===", "> ", "<!-- ", "]]>", "</style>", "\\", "\\]", "http://a.b", "www.a.b",
         "a@b.org", "~~s~~", '" onload="', "\u202e", "\x00", "||", ":red[a]", "$x$"]
    )
    | some.text(max_size=8),
    max_size=8,
).map("".join)  # fmt: skip


class Read(HTMLParser):
    """What a browser makes of a file: its elements with their attributes, and its texts."""

    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.comments: list[str] = []
        self.feed(file)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def known(nct_id: str) -> Known:
    """A trial of the store of the environment."""
    rows = data.trials()
    row = {str(name): value for name, value in rows[rows["nct_id"] == nct_id].iloc[0].items()}
    in_focus = record_data.in_focus(row["condition_groups"])
    return Known(row, data.study(nct_id), record_data.facts_of(nct_id), in_focus)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = url_of(tmp_path_factory.mktemp("brief"))
    records.fill(url)
    return url


@pytest.fixture
def store(filled: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TRIALS_CACHE_URL", filled)
    return filled


def lines(nct_id: str, agents: str | None = None) -> dict[str, list[str]]:
    made = trial_brief.of_trial(known(nct_id), agents)
    found: dict[str, list[str]] = {}
    for section in made.sections:
        for line in section.lines:
            found.setdefault(line.label, []).append(line.text)
    return found


# --- what it says --------------------------------------------------------------------------------------------------


def test_it_carries_what_a_doctor_asks_for(store: str) -> None:
    made = trial_brief.of_trial(known(records.FULL), "Rintatolimod (tested)")
    assert made.title == "Rintatolimod in ME/CFS"
    assert made.under == (records.FULL, "Recruiting", "Phase 2/3")
    assert made.link == f"https://clinicaltrials.gov/study/{records.FULL}"
    found = lines(records.FULL, "Rintatolimod (tested)")
    assert found["Enrolment"] == ["80 people (planned)"]
    assert found["Start"] == ["10 January 2025 (actual)"]
    assert found["Primary completion"] == ["March 2027 (planned)"]
    assert found["Lead sponsor"] == ["AIM · Industry"]
    assert found["Collaborators"] == ["A charity · Other (universities, hospitals, charities)"]
    assert found["Countries"] == ["Norway (2 sites); Germany (1 site)"]
    assert found["Arm"] == ["Experimental arm (experimental): Drug: Rintatolimod",
                            "Placebo comparator arm (placebo comparator): Drug: Placebo"]  # fmt: skip
    assert found["Primary outcome"] == ["Hours upright (when: 6 months)"]
    assert found["Age"] == ["18 Years to 65 Years"]
    assert found["Sex"] == ["Women only"]
    assert found["Posted"][0].startswith("No results are posted in the registry.")
    assert found["Results paper, named by the sponsor"] == ["PubMed 111"]
    assert found["Background, named by the sponsor"] == ["1 paper"]
    assert found["Case definition"] == ["Canadian (CCC, 2003), possibly (to let in)"]
    assert found["Post-exertional malaise"] == ["Asked for by name, possibly"]
    assert "Canadian Consensus Criteria" in found["It says"]
    assert found["Agents of the documents"] == ["Rintatolimod (tested)"]


def test_every_section_names_its_source_and_day_and_advice_is_denied_once(store: str) -> None:
    made = trial_brief.of_trial(known(records.FULL), None)
    for section in made.sections:
        assert "20 November 2026" in section.source or "word rules" in section.source
    for file in (brief.markdown(made), brief.page(made)):
        assert file.casefold().count("not medical advice") == 1
        assert "U.S. National Library of Medicine" in file
        assert "Data as processed by the registry on 20 November 2026" in file
        assert "Agents, roles and condition groups are assigned by this product" in file


def test_what_stopped_or_is_overtaken_is_told(store: str) -> None:
    stopped = lines(records.STOPPED)
    assert stopped["Why stopped"] == ["Slow accrual"]
    assert stopped["Why stopped, class by word rules"] == ["Too few people"]
    assert any("has passed (995 days before)" in said for said in lines(records.PART)["May be out of date"])
    assert "overdue" in lines(records.PLATFORM)["Posted"][0]
    assert lines(records.ACCESS)["Study type"] == ["Expanded access"]


def test_missing_is_not_known_and_told_absence_is_said(store: str) -> None:
    found = lines(records.BARE)
    assert found["Enrolment"] == found["Lead sponsor"] == found["Sex"] == ["not known"]
    assert found["Countries and sites"] == ["the record names no site"]
    assert found["Papers"] == ["none named in the record"]
    assert found["Primary outcome"] == ["none named in the record"]


def test_a_starter_trial_says_so_and_names_no_absence(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALS_CACHE_URL", url_of(tmp_path))
    made = trial_brief.of_trial(known("NCT06305793"), None)
    found = lines("NCT06305793")
    assert made.sections[0].source == "starter snapshot, facts of 26 June 2026"
    assert found["Papers"] == found["Countries and sites"] == found["Primary outcome"] == ["not known"]
    assert "From the starter snapshot" in brief.markdown(made)
    assert "no site" not in brief.markdown(made)


def test_long_texts_are_cut_with_a_mark_and_a_pointer() -> None:
    assert brief.cut("a " * 50, 20) == f"a a a a a a a a a a {CUT}"
    assert brief.cut("x" * 50, 20) == "x" * 20 + f" {CUT}"
    assert brief.cut("  short\n text ", 20) == "short text"


@given(some.text(), some.integers(1, 60))
def test_a_cut_text_is_a_beginning_of_the_text(text: str, most: int) -> None:
    found = brief.cut(text, most)
    assert brief.tidy(text).startswith(found.removesuffix(f" {CUT}"))
    assert len(found) <= max(most + len(CUT) + 1, len(CUT))


# --- nothing in it is markup ---------------------------------------------------------------------------------------


def made_of(*texts: str) -> Brief:
    title, fact, label, source, said = texts
    section = Section(title, source, (Line(label, fact), Line(label, said, quote=True),
                                      Line("PubMed", fact, url="https://pubmed.ncbi.nlm.nih.gov/?term=1")))  # fmt: skip
    return Brief(title, (fact, said), "https://clinicaltrials.gov/study/NCT00000001", said, (section,), (said,))


@settings(deadline=None)
@given(some.tuples(*[TEXTS] * 5))
def test_whatever_a_text_holds_the_page_has_the_same_elements_and_all_the_words(texts: tuple[str, ...]) -> None:
    plain, read = Read(brief.page(made_of(*["x"] * 5))), Read(brief.page(made_of(*texts)))
    assert read.tags == plain.tags
    assert read.links == plain.links
    assert read.open == read.comments == []
    for text in texts:
        assert any(brief.tidy(text) in said for said in read.texts) or not brief.tidy(text)


# What Markdown would take for markup where no backslash stands before it.
_MARKUP = re.compile(r"(?<!\\)(?:\\\\)*([`*_\[\]<>~|])")


@settings(deadline=None)
@given(some.tuples(*[TEXTS] * 5))
def test_whatever_a_text_holds_the_markdown_has_the_same_marks(texts: tuple[str, ...]) -> None:
    plain, file = brief.markdown(made_of(*["x"] * 5)), brief.markdown(made_of(*texts))
    assert [_MARKUP.findall(line) for line in file.splitlines()] == [
        _MARKUP.findall(line) for line in plain.splitlines()
    ]
    starts = [re.match(r"(#+ |- |---|$)?", line)[0] for line in file.splitlines()]  # type: ignore[index]
    assert starts == [re.match(r"(#+ |- |---|$)?", line)[0] for line in plain.splitlines()]  # type: ignore[index]
    assert not re.search(r"(?<![(<])(?:https?:)/|(?<!\\)\bwww\.", file.replace("https\\:", ""))


def test_a_hostile_record_comes_out_as_text(store: str) -> None:
    hostile = trial_brief.of_trial(known(records.HOSTILE), None)
    page, file = brief.page(hostile), brief.markdown(hostile)
    read = Read(page)
    assert {tag for tag, _ in read.tags} <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "a", "main", "section", "header", "span",
        "dl", "div", "dt", "dd", "footer",
    }  # fmt: skip
    assert {name for _, names in read.tags for name in names} <= {
        "lang", "charset", "http-equiv", "content", "name", "class", "href",
    }  # fmt: skip
    assert read.links == [
        f"https://clinicaltrials.gov/study/{records.HOSTILE}", "https://pubmed.ncbi.nlm.nih.gov/?term=9",
    ]  # fmt: skip
    assert plain(records.NASTY) in read.texts  # "&amp;" is an ampersand, the rest are letters
    assert "<script" not in file.replace("\\<script", "")


def test_the_page_stands_alone(store: str) -> None:
    page = trial_brief.maker(known(records.FULL), "html", None)().decode("utf-8")
    assert "default-src &#x27;none&#x27;" in page
    assert not re.search(r"<(?:script|link|img|iframe|object|form)|@import|url\(", page)
    assert page.startswith("<!DOCTYPE html>")


def all_known(at_hand: Records) -> Iterator[Known]:
    """The same of every trial of the store, read in one go."""
    studies = {study.nct_id: study for study in at_hand.studies}
    facts = record_data.facts().set_index("nct_id", drop=False)
    trials = data.trials()
    for at, nct_id in enumerate(trials["nct_id"]):
        row = {str(name): value for name, value in trials.iloc[at].items()}
        yield Known(row, studies[nct_id], facts.loc[[nct_id]], record_data.in_focus(row["condition_groups"]))


@each_set_at_hand
def test_whole_records_give_both_files_of_a_page_each(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, at_hand: Records
) -> None:
    url = url_of(tmp_path)
    filled = Store.open(url)
    Refresher(filled, MATCHER).answer(SWEEP, at_hand.studies)
    filled.close()
    monkeypatch.setenv("TRIALS_CACHE_URL", url)
    sizes = []
    for one in all_known(at_hand):
        made = trial_brief.of_trial(one, None)
        read = Read(brief.page(made))
        assert read.open == []
        sizes.append(len(" ".join(read.texts)))
        assert not {"nan", "NaN", "NaT"} & set(re.findall(r"\w+", brief.markdown(made)))
    assert len(sizes) == len(at_hand.studies)
    # Printed in a browser, a text of up to about 4,500 letters fits on one sheet.
    assert pd.Series(sizes).quantile(0.97 if at_hand is REAL else 0.9) < 4500


def test_a_brief_is_made_only_when_asked_for(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_brief, "of_trial", lambda *given: pytest.fail("made before anybody asked"))
    assert callable(trial_brief.maker(known(records.FULL), "md", None))
