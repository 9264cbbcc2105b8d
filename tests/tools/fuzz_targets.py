"""What ``tests.tools.fuzz`` attacks: each reader with inputs it is used to, and what must hold of what it makes."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import openpyxl

from cache.export import formats, workbook
from cache.export.cells import LONGEST
from cache.filters.filter import Filter
from cache.filters.query import parsed
from cache.follow import view
from fetchers.registry.pages import decode_page, decode_results_page
from fetchers.settings import ROOT
from fetchers.watchlist import load as watchlists
from fetchers.watchlist.model import DEFAULT_PATH
from tests.fake_registry.results import results_section
from tests.rigs.hostile import PAYLOADS, record

RECORDS = ROOT / "tests" / "records"
# What begins a formula, as a spreadsheet sees it after what it passes over.
FORMULA = re.compile(r"[\s\x00-\x1f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*[=+\-@＝＋－＠]")
_BATCH = 50  # rows of a workbook: making one takes longer than filling it


class Target(NamedTuple):
    """A reader; ``share``: of all inputs, out of 100; ``read`` may raise errors of ours and no others."""

    name: str
    share: int
    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]


def decoder(folder: Path) -> Target:
    """Pages of records."""
    records = [path.read_bytes() for path in sorted(RECORDS.glob("NCT*.json"))[:40]]
    records += [msgspec.json.encode(record(text)) for text in list(PAYLOADS.values())[:4]]
    seeds = tuple(b'{"studies":[%s],"totalCount":1,"nextPageToken":"x"}' % one for one in records)

    def read(content: bytes) -> None:
        page, _ = decode_page(content)
        for study in page.studies:
            assert re.fullmatch(r"NCT[0-9]{8}", study.nct_id, re.ASCII)
            study.body()

    return Target("decoder", 35, seeds, read)


def results(folder: Path) -> Target:
    """Pages of posted results."""
    study = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}, "resultsSection": results_section()}
    return Target("results", 15, (msgspec.json.encode({"studies": [study]}),), decode_results_page)


def watchlist(folder: Path) -> Target:
    """The watch-list: a small one, and parts of the product's own."""
    whole = DEFAULT_PATH.read_bytes()
    small = b"""
[[documents]]
id = "d"
title = "A text"
kind = "article"
conditions = ["pain"]
[[agents]]
id = "a"
name = "A"
kind = "medicine"
documents = ["d"]
size_hint = 7
[[agents.members]]
id = "a"
name = "A"
names = ["a", "b c"]
[[conditions]]
id = "pain"
name = "Pain"
terms = ["pain"]
swept = true
[[conditions]]
id = "other"
name = "Other"
"""
    path = folder / "watchlist.toml"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        watchlists.load(path)

    return Target("watch-list", 10, (small, small, small, whole[:6_000]), read)


def filters(folder: Path) -> Target:
    """Addresses of views, as pages and as feeds read them."""
    known = watchlists.load()
    seeds = (
        b"agent=ivig&agent=sizofiran&condition=me_cfs&phase=phase2&status=recruiting&from=2015&to=2020&background=1",
        b"q=%22post-exertional%22+-pain&country=Bosnia+and+Herzegovina&tier=given&role=tested&results=yes&left=1",
        b"near=Berlin%2C+DE&within=100&sponsor=industry&type=interventional&ids=NCT00000003&frame=1",
        b"agent=ivig&since=2026-11-01&kind=status&weight=high&page=2&sort=start",
        b"nct=NCT00000001,NCT00000002&weight=noise",
    )

    def read(content: bytes) -> None:
        text = content.decode("latin-1")
        wanted, ignored = Filter.from_query(text, known)
        again, _ = Filter.from_query(wanted.to_query(), known)
        assert again == wanted
        assert all(len(sentence) < 2_000 for sentence in ignored)
        wanted.sentence(known)
        view.read(parsed(text, blanks=True), known)

    return Target("filters", 25, seeds, read)


def _row(content: bytes) -> dict[str, Any]:
    """A row of the export whose every text is the input."""
    text = content.decode("utf-8", "surrogateescape")
    return {"nct_id": "NCT00000001", "title": text, "conditions": [text, text], "enrollment": 7, "why_stopped": text}


def csv_export(folder: Path) -> Target:
    """Cells of the CSV file."""

    def read(content: bytes) -> None:
        row = formats.flat(_row(content))
        made = formats.csv_table([row], list(row), "x").decode("utf-8-sig")
        found = list(csv.reader(io.StringIO(made, newline="")))
        assert [len(line) for line in found] == [len(row) + 1] * 2
        assert not [value for value in found[1] if FORMULA.match(value)]

    return Target("CSV", 10, tuple(text.encode() for text in PAYLOADS.values()), read)


def xlsx_export(folder: Path) -> Target:
    """Cells of the workbook, which is made and read back for every fifty inputs."""
    rows: list[dict[str, Any]] = []

    def read(content: bytes) -> None:
        rows.append(formats.flat(_row(content)))
        if len(rows) < _BATCH:
            return
        made = workbook.table("Trials", rows, list(rows[0]), {"Source": "fuzz"})
        rows.clear()
        sheet = openpyxl.load_workbook(io.BytesIO(made), read_only=True).worksheets[0]
        lines = list(sheet.iter_rows())
        assert len(lines) == _BATCH + 1
        for line in lines:
            for one in line:
                assert one.data_type != "f"
                assert len(str(one.value)) <= LONGEST

    return Target("XLSX", 5, tuple(text.encode() for text in PAYLOADS.values()), read)


TARGETS: dict[str, Callable[[Path], Target]] = {
    "decoder": decoder, "results": results, "watch-list": watchlist, "filters": filters, "CSV": csv_export,
    "XLSX": xlsx_export,
}  # fmt: skip
