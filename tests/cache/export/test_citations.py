"""Entries for a literature list and Markdown tables: read back by small readers that know nothing of the writers."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as hs

from cache.export import citations, markdown
from cache.export.citations import bibtex, ris
from cache.export.trials import write
from cache.store.store import Store
from fetchers.errors import Validation
from fetchers.settings import RECORD_URL

FACTS = {"Source": "ClinicalTrials.gov, U.S. National Library of Medicine", "Registry data of": "2026-11-20T09:00:05"}
# What breaks a format, more often than chance would have it.
_SIGNS = hs.sampled_from('{}\\"|`~^%$#&_@\n\r\t,- \u2028\u202e')
NASTY = hs.text(hs.one_of(_SIGNS, hs.characters(codec="utf-8")), max_size=60)
_NAMED = {"textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~",
          "textasciicircum": "^"}  # fmt: skip


def row(**differing: Any) -> dict[str, Any]:
    return {
        "nct_id": "NCT00000001", "title": "A trial", "lead_sponsor": "A body", "first_posted": "2020-03-04",
        "registry_timestamp": "2026-11-20T09:00:05", "as_of": None, "starter": False, "source": "ClinicalTrials.gov",
        "overall_status": "RECRUITING", "conditions": ["Fatigue"], "record": f"{RECORD_URL}NCT00000001",
    } | differing  # fmt: skip


def said(text: str) -> str:
    """A text as any of the formats may hold it: on one line."""
    return markdown.one_line(text)


def ris_fields(content: bytes) -> list[list[tuple[str, str]]]:
    """The entries of a RIS file, each a list of tags and values, by the format's own rule: a tag is two signs, two
    blanks, a dash and a blank at the beginning of a line."""
    entries: list[list[tuple[str, str]]] = []
    for line in re.split(r"\r\n|\n|\r", content.decode("utf-8")):
        found = re.fullmatch(r"([A-Z][A-Z0-9])  - ?(.*)", line)
        if found is None:
            assert line == "", f"a line without a tag: {line!r}"
        elif found[1] == "TY":
            entries.append([(found[1], found[2])])
        else:
            entries[-1].append((found[1], found[2]))
    return entries


def bib_fields(content: bytes) -> list[tuple[str, dict[str, str]]]:
    """The entries of a BibTeX file by counting braces, as BibTeX does: a backslash before one changes nothing."""
    text, at, entries = content.decode("utf-8"), 0, []
    while (start := text.find("@", at)) >= 0:
        kind = re.compile(r"@misc\{(\w+),\s*").match(text, start)
        assert kind is not None, text[start : start + 40]
        at, fields = kind.end(), {}
        while text[at] != "}":
            name = re.compile(r"(\w+) = \{").match(text, at)
            assert name is not None, text[at : at + 40]
            end = _closing(text, name.end())
            fields[name[1]] = text[name.end() : end]
            at = end + 1
            at = re.compile(r",?\s*").match(text, at).end()  # type: ignore[union-attr]  # may be empty
        entries.append((kind[1], fields))
        at += 1
    return entries


def _closing(text: str, at: int) -> int:
    depth = 1
    while depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return at - 1


def shown_by_tex(text: str) -> str:
    inner = text[1:-1] if text.startswith("{") else text
    return re.sub(r"\\(?:(text\w+)\{\}|([&%$#_]))", lambda found: _NAMED[found[1]] if found[1] else found[2], inner)


def cells(line: str) -> list[str]:
    """The cells of a line of a Markdown table: a pipe behind a backslash is no border."""
    return [cell.strip() for cell in re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]]


def unescaped(cell: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", cell)


@given(title=NASTY, sponsor=NASTY)
def test_ris_holds_what_the_record_says_and_no_tag_of_its_own(title: str, sponsor: str) -> None:
    (entry,) = ris_fields(ris([row(title=title, lead_sponsor=sponsor)], FACTS))
    fields = dict(entry)
    assert fields.get("TI", "") == said(title)
    assert fields.get("AU", "") == said(sponsor.replace(",", " "))
    assert (entry[0], entry[-1]) == (("TY", "RPRT"), ("ER", ""))
    assert [tag for tag, _ in entry].count("ER") == 1
    assert fields["UR"] == f"{RECORD_URL}NCT00000001"


@given(title=NASTY, sponsor=NASTY)
def test_bibtex_holds_what_the_record_says_letter_by_letter(title: str, sponsor: str) -> None:
    ((key, fields),) = bib_fields(bibtex([row(title=title, lead_sponsor=sponsor)], FACTS))
    assert key == "NCT00000001"
    assert shown_by_tex(fields.get("title", "")) == said(title)
    assert shown_by_tex(fields.get("author", "")) == said(sponsor)
    assert fields["url"] == f"{RECORD_URL}NCT00000001"


@given(hs.lists(hs.lists(NASTY, min_size=2, max_size=2), max_size=4))
def test_a_markdown_table_keeps_its_cells_apart(rows: list[list[str]]) -> None:
    lines = markdown.table(["One", "Two"], rows).splitlines()
    assert len(lines) == 2 + len(rows)
    assert cells(lines[1]) == ["---", "---"]
    for line, texts in zip(lines[2:], rows, strict=True):
        assert [unescaped(cell) for cell in cells(line)] == [said(text) for text in texts]


@given(NASTY)
def test_no_cell_opens_a_link_or_a_tag(text: str) -> None:
    line = markdown.table(["One"], [[text]]).splitlines()[2]
    for sign in "[<`":
        assert not re.search(rf"(?<!\\)(?:\\\\)*{re.escape(sign)}", line)


def test_an_entry_says_who_when_where_and_of_which_day() -> None:
    fields = dict(ris_fields(ris([row()], FACTS))[0])
    assert fields["PY"] == "2020"
    assert fields["DA"] == "2020/03/04"
    assert fields["Y2"] == "2026/11/20"  # the day of the data, not of the export
    assert fields["M3"] == "Clinical trial registration"
    assert "Status: Recruiting" in fields["N1"]
    bib = dict(bib_fields(bibtex([row()], FACTS)))["NCT00000001"]
    assert (bib["year"], bib["month"], bib["urldate"]) == ("2020", "03", "2026-11-20")
    assert bib["author"] == "{A body}"


def test_what_is_not_known_is_left_out_and_a_starter_fact_names_its_own_day() -> None:
    bare = row(title=None, lead_sponsor=None, first_posted=None, overall_status=None, conditions=None, starter=True,
               as_of="2024-05", source="a public copy", registry_timestamp=None)  # fmt: skip
    fields = dict(ris_fields(ris([bare], FACTS))[0])
    assert {"AU", "TI", "PY", "DA", "KW"} & set(fields) == set()
    assert fields["Y2"] == "2024/05"
    assert "Status: not known. Source: Starter snapshot, a public copy" in fields["N1"]
    assert citations.bibtex([bare], FACTS).decode().count("author") == 0


def test_a_name_with_a_comma_stays_one_body() -> None:
    assert dict(ris_fields(ris([row(lead_sponsor="Smith, Jones & Co")], FACTS))[0])["AU"] == "Smith Jones & Co"


def test_an_unknown_format_is_refused(tmp_path: Any) -> None:
    store = Store.in_memory()
    with pytest.raises(Validation, match="ris"):
        write(store, None, "docx", tmp_path / "x", None)  # type: ignore[arg-type]  # refused before it is looked at
