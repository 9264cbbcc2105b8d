"""Trials as entries of a literature list, RIS and BibTeX: the registry entry, its sponsor as the author. Pure.

Every text of the registry stands on one line and means nothing to the reader of the file but itself.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cache.codes import STATUS_WORDS
from cache.export.markdown import one_line

REGISTRY = "ClinicalTrials.gov"
KIND = "Clinical trial registration"
_ADVICE = "Not medical advice."
# TeX's own signs. A brace counts even behind a backslash, so the ones of a text are written by their names.
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{sign: f"\\{sign}" for sign in "&%$#_"},
}  # fmt: skip
_TEX_SIGNS = re.compile(r"[\\{}~^&%$#_]")
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")

Row = Mapping[str, Any]


def ris(rows: Iterable[Row], facts: Mapping[str, str]) -> bytes:
    """Entries of the kind report, as reference managers keep registrations. ``rows``: of ``trials.records``; ``facts``:
    of ``trials.about``."""
    return "".join(_ris(row, facts) for row in rows).encode("utf-8")


def _ris(row: Row, facts: Mapping[str, str]) -> str:
    posted, seen = _parts(row["first_posted"]), _parts(_accessed(row, facts))
    fields = (
        ("TY", "RPRT"),
        ("ID", row["nct_id"]),
        ("AU", _inverted(row["lead_sponsor"])),
        ("TI", row["title"]),
        ("T2", REGISTRY),
        ("PY", posted[0] if posted else None),
        ("DA", "/".join(posted) if posted else None),
        ("PB", REGISTRY),
        ("M3", KIND),
        ("M1", row["nct_id"]),
        ("AN", row["nct_id"]),
        ("UR", row["record"]),
        ("Y2", "/".join(seen) if seen else None),
        ("DB", REGISTRY),
        *(("KW", one) for one in row["conditions"] or ()),
        ("N1", _note(row, facts)),
    )
    lines = [f"{tag}  - {one_line(str(value))}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", "", ""])


def _inverted(sponsor: str | None) -> str | None:
    """A body as author: a comma would make the reader take what stands before it for a family name."""
    return sponsor.replace(",", " ") if sponsor else None


def bibtex(rows: Iterable[Row], facts: Mapping[str, str]) -> bytes:
    """Entries ``@misc``, keyed by NCT id. ``rows``, ``facts``: see ``ris``."""
    return "\n".join(_bibtex(row, facts) for row in rows).encode("utf-8")


def _bibtex(row: Row, facts: Mapping[str, str]) -> str:
    posted = _parts(row["first_posted"])
    fields = {
        "author": row["lead_sponsor"] and f"{{{tex(row['lead_sponsor'])}}}",
        "title": row["title"] and f"{{{tex(row['title'])}}}",
        "year": posted and posted[0],
        "month": posted[1] if posted and len(posted) > 1 else None,
        "howpublished": f"{KIND}, {REGISTRY}",
        "number": row["nct_id"],
        "url": row["record"],
        "urldate": _accessed(row, facts),
        "note": tex(f"{row['nct_id']}. {_note(row, facts)}"),
    }
    told = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{row['nct_id']},", ",\n".join(told), "}", ""])


def tex(text: str) -> str:
    """A text as TeX shows it letter by letter; its braces are always in pairs."""
    return _TEX_SIGNS.sub(lambda sign: _TEX[sign.group()], one_line(text))


def _accessed(row: Row, facts: Mapping[str, str]) -> str | None:
    """The day these facts stood so in the registry: of the data, not of the export."""
    told = row["as_of"] if row["starter"] else row["registry_timestamp"] or facts.get("Registry data of")
    parts = _parts(told)
    return "-".join(parts) if parts else None


def _note(row: Row, facts: Mapping[str, str]) -> str:
    status = row["overall_status"]
    said = f"Status: {STATUS_WORDS.get(status, status) if status else 'not known'}"
    source = f"Starter snapshot, {row['source']}" if row["starter"] else facts.get("Source", REGISTRY)
    return f"{said}. Source: {source}. {_ADVICE}"


def _parts(date: str | None) -> Sequence[str]:
    """Year, month and day of a date, as far as it names them."""
    found = _DATE.match(date or "")
    return [part for part in found.groups() if part] if found else []
