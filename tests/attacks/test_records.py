"""Records that attack their readers: a hostile text in every field we ask for, in every form in which it leaves us."""

import csv
import html.parser
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import icalendar
import msgspec
import openpyxl
import pytest

from cache.__main__ import main
from dashboard.__main__ import main as dashboard
from tests.rigs import pages
from tests.rigs.attack_table import Note
from tests.rigs.hostile import PAYLOADS, TOGETHER, record
from tests.rigs.refresh import Rig, url_of

IDS = {payload: f"NCT{8_100_000 + number:08d}" for number, payload in enumerate(PAYLOADS)}
# What begins a formula, as a spreadsheet sees it after what it passes over.
FORMULA = re.compile(r"[\s\x00-\x1f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*[=+\-@＝＋－＠]")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store of hostile records, each changed once, so that the changes hold their texts as well."""
    url = url_of(tmp_path_factory.mktemp("hostile"))
    with Rig([record(text, IDS[payload]) for payload, text in PAYLOADS.items()], page_cap=50, url=url) as rig:
        assert rig.refresh("ivig").agents["ivig"].new == len(PAYLOADS)
        for payload, text in PAYLOADS.items():
            changed = record(f"{text} ", IDS[payload])
            status = changed["protocolSection"]["statusModule"]
            status |= {"overallStatus": "TERMINATED", "whyStopped": text}
            status["lastUpdatePostDateStruct"]["date"] = "2026-11-10"
            rig.fake.put(changed)
        rig.fake.reload()
        assert rig.refresh("ivig", full=True).agents["ivig"].changed == len(PAYLOADS)
    return url


@pytest.fixture
def left(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., bytes]:
    """What a command writes to a file."""
    pages.use(monkeypatch, store)

    def run(*arguments: str) -> bytes:
        out = tmp_path / "out"
        assert main([*arguments, "--out", str(out)]) == 0
        return out.read_bytes()

    return run


@pytest.fixture
def tried(note: Note) -> Callable[[str, str], None]:
    """Notes all texts at once: a form is harmless when none of them does harm in it."""

    def record_all(target: str, outcome: str) -> None:
        for payload in PAYLOADS:
            note(target, payload, outcome)

    return record_all


def test_csv(left: Callable[..., bytes], tried: Callable[[str, str], None]) -> None:
    tried("the CSV file", "NOT REFUSED")
    rows = list(csv.reader(io.StringIO(left("export", "--format", "csv").decode("utf-8-sig"), newline="")))
    assert len(rows) == 1 + len(PAYLOADS)
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [cell for row in rows for cell in row if FORMULA.match(cell)] == []
    tried("the CSV file", "text behind an apostrophe, one row each")


def test_workbook(left: Callable[..., bytes], tried: Callable[[str, str], None]) -> None:
    tried("the workbook", "NOT REFUSED")
    content = left("export", "--format", "xlsx")
    parts = zipfile.ZipFile(io.BytesIO(content))
    for name in parts.namelist():
        assert not re.search(r"externalLink|macro|vbaProject|embeddings", name)
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(parts.read(name))  # noqa: S314 - our own file
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book.worksheets for line in sheet.iter_rows() for cell in line]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    links = {cell.hyperlink.target for cell in cells if cell.hyperlink is not None}
    assert {link for link in links if not link.startswith("https://clinicaltrials.gov/")} == set()
    tried("the workbook", "text cells, no link but the record's")


def test_json(left: Callable[..., bytes], tried: Callable[[str, str], None]) -> None:
    tried("the JSON export", "NOT REFUSED")
    rows = {row["nct_id"]: row for row in msgspec.json.decode(left("export", "--format", "json"))}
    assert sorted(rows) == sorted(IDS.values())
    script = rows[IDS["a script"]]
    assert script["why_stopped"] == PAYLOADS["a script"]
    tried("the JSON export", "a string, letter by letter")


def test_literature_lists(left: Callable[..., bytes], tried: Callable[[str, str], None]) -> None:
    for target in ("the RIS list", "the BibTeX list"):
        tried(target, "NOT REFUSED")
    ris = left("export", "--format", "ris").decode().splitlines()
    assert [line[:6] for line in ris].count("TY  - ") == len(PAYLOADS)
    assert [line for line in ris if line.startswith(("ER", "X-EVIL", "DTSTART"))] == ["ER  - "] * len(PAYLOADS)
    bib = left("export", "--format", "bib").decode()
    assert len(re.findall(r"^@\w+\{", bib, re.M)) == len(PAYLOADS)
    bare = re.sub(r"\\.", "", bib)
    assert bare.count("{") == bare.count("}")
    for target in ("the RIS list", "the BibTeX list"):
        tried(target, "one entry each, no line of its own")


def test_markdown(left: Callable[..., bytes], tried: Callable[[str, str], None]) -> None:
    tried("the Markdown table", "NOT REFUSED")
    said = left("export", "--format", "md").decode()
    ours = re.sub(r"\(<https://clinicaltrials\.gov/[^>\s]*>\)", "", said)
    bare = re.sub(r"\\.", "", ours)  # without what is escaped
    assert not re.search(r"<\w|!\[|\]\(|javascript:", bare)
    tried("the Markdown table", "escaped, no link but the record's")


def test_feed_and_calendar(left: Callable[..., bytes], tried: Callable[[str, str], None]) -> None:
    for target in ("the feed", "the calendar"):
        tried(target, "NOT REFUSED")
    feed = feedparser.parse(left("changes", "--format", "atom"))
    assert feed.bozo == 0
    assert len(feed.entries) >= len(PAYLOADS)
    assert {link.href for entry in feed.entries for link in entry.links if "evil" in link.href} == set()
    assert {entry.title_detail.type for entry in feed.entries} == {"text/plain"}
    events = icalendar.Calendar.from_ical(left("changes", "--format", "ics")).walk()
    assert [name for event in events for name in event if name.upper().startswith("X-EVIL")] == []
    for target in ("the feed", "the calendar"):
        tried(target, "text, nothing of its own")


class Tags(html.parser.HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_published_pages(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tried: Callable[[str, str], None]
) -> None:
    tried("the published pages", "NOT REFUSED")
    pages.use(monkeypatch, store)
    query = f"agent=ivig&q={IDS[TOGETHER]}"
    assert dashboard(["publish", "--out", str(tmp_path / "site"), "--no-lists", "--query", query]) == 0
    files = list((tmp_path / "site").rglob("*.html"))
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert "onerror=alert(1)" in text
    found = [one for path in files for one in Tags(path.read_text(encoding="utf-8")).found]
    assert [tag for tag, _ in found if tag in ("iframe", "object", "embed", "base", "form")] == []
    for tag, attributes in found:
        assert not [name for name in attributes if name.startswith("on")], tag
        targets = [attributes.get(name) or "" for name in ("src", "href")]
        assert not [target for target in targets if "evil" in target or "javascript:" in target.lower()], tag
    tried("the published pages", "shown letter by letter")
