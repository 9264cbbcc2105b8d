"""What is said of known vulnerabilities is what was found: nothing found is not nothing asked."""

import json
import sys
from datetime import date
from typing import Any

import pytest

from fetchers.settings import ROOT
from tests.tools import audit
from tests.tools.audit import Found, ask, digest, pinned, row, understood, words

TEXT = audit.CONSTRAINTS.read_text(encoding="utf-8")
SOUND = {"name": "idna", "version": "3.20", "vulns": []}
SKIPPED = {"name": "idna", "skip_reason": "Dependency not found on PyPI and could not be audited: idna (3.20)"}
MENDED = {"id": "PYSEC-2026-1", "fix_versions": ["3.1.7", "4.0"], "aliases": ["CVE-2026-1"], "description": "x"}
OPEN = {"id": "GHSA-x", "fix_versions": [], "aliases": [], "description": "x"}
BAD = {"name": "jinja2", "version": "3.1.6", "vulns": [MENDED, OPEN]}
SAID = "jinja2 3.1.6: PYSEC-2026-1, mended in 3.1.7 or 4.0; GHSA-x, mended in no version"


def told(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def saying(printed: str, code: int = 0) -> tuple[str, ...]:
    """A program in the place of pip-audit."""
    return (sys.executable, "-c", f"print({printed!r}); raise SystemExit({code})")


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        (told(SOUND, SOUND), Found(2)),
        (told(SOUND, BAD), Found(2, (SAID,))),
        (told(SOUND, SKIPPED), Found(1)),
        (told(SKIPPED, SKIPPED), Found()),
        ("", Found()),
        ("No known vulnerabilities found", Found()),
        ('{"dependencies": 3}', Found()),
        ("[]", Found()),
    ],
)
def test_what_was_not_looked_up_does_not_count(printed: str, found: Found) -> None:
    assert understood(printed) == found
    assert ask("pypi", saying(printed, code=1)) == found


def test_a_database_that_does_not_answer_is_not_waited_for() -> None:
    assert ask("pypi", (sys.executable, "-c", "import time; time.sleep(600)"), seconds=0.1) == Found()


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Found(), audit.NOT_CHECKED),
        (Found(3), "checked: 3 of 3 packages"),
        (Found(2), "checked: 2 of 3 packages; 1 not checked, see docs/audit.md"),
        (Found(3, (SAID,)), f"{SAID}\nchecked: 3 of 3 packages"),
    ],
)
def test_it_is_said_plainly_what_was_checked(found: Found, said: str) -> None:
    assert words(found, 3) == said


@pytest.mark.parametrize(("found", "code"), [(Found(), 0), (Found(9), 0), (Found(9, (SAID,)), 1)])
def test_only_a_finding_fails(
    found: Found, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "ask", lambda database: found if database == "osv" else Found())
    monkeypatch.setattr(audit, "find_spec", lambda name: name)
    assert audit.main([]) == code
    assert capsys.readouterr().out == words(found, len(pinned(TEXT))) + "\n"


def test_without_pip_audit_it_is_said_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "ask", lambda database: Found())
    monkeypatch.setattr(audit, "find_spec", lambda name: None)
    assert audit.main([]) == 2
    assert "requirements-ci.txt" in capsys.readouterr().out


def test_the_note_is_of_the_very_constraints() -> None:
    (line,) = audit.ROW.findall(audit.NOTE.read_text(encoding="utf-8"))
    on, pins, packages, checked, _ = (cell.strip(" `") for cell in line.strip("|").split("|"))
    assert (pins, int(packages)) == (digest(TEXT), len(pinned(TEXT))), "run python -m tests.tools.audit --write"
    assert date.fromisoformat(on)
    assert 0 <= int(checked) <= int(packages)


def test_the_note_is_written_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    note = tmp_path / "audit.md"
    note.write_text(audit.NOTE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(audit, "NOTE", note)
    monkeypatch.setattr(audit, "ask", lambda database: Found(5, (SAID,)))
    audit.main(["--write"])
    (line,) = audit.ROW.findall(note.read_text(encoding="utf-8"))
    assert line.endswith(f"| 5 | {SAID} |")


def test_a_digest_is_of_names_and_versions() -> None:
    assert digest("# a\nb==1\na==2\n") == digest("a==2\nb==1\n") != digest("a==2\nb==1.1\n")
    assert row("a==2\n", Found(), date(2026, 11, 28)).endswith("| 1 | 0 | not known |")
    assert row("a==2\n", Found(1), date(2026, 11, 28)).endswith("| 1 | 1 | none |")


def test_ci_asks() -> None:
    assert " -m tests.tools.audit" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
