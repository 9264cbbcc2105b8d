"""``python -m tests.tools.audit``: asks whether a version in constraints.txt is known to be vulnerable.

``--write`` also writes what came of it into docs/audit.md. The answer of pip-audit is not taken as it stands: where a
package cannot be looked up it is passed over, and "No known vulnerabilities found" is said all the same.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from importlib.util import find_spec
from typing import NamedTuple

from fetchers.settings import ROOT

CONSTRAINTS = ROOT / "constraints.txt"
NOTE = ROOT / "docs" / "audit.md"
DATABASES = ("pypi", "osv")  # asked in this order, until one answers
LONGEST = 60.0  # seconds for one database
PROGRAM = (sys.executable, "-m", "pip_audit")
ROW = re.compile(r"(?<=^\|---\|---\|---\|---\|---\|\n)\|.*\|$", re.M)
NOT_CHECKED = "not checked: database not reachable, see docs/audit.md"
NOT_INSTALLED = "not checked: pip-audit is not installed here (python -m pip install -r requirements-ci.txt)"


class Found(NamedTuple):
    """What one database said of the packages: how many it knows, and what is wrong with which."""

    checked: int = 0
    vulnerable: tuple[str, ...] = ()


def pinned(text: str) -> dict[str, str]:
    """Every package of a constraints file with its version."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)$", text, re.M))


def digest(text: str) -> str:
    """Tells one set of versions from another; lines of comment do not count."""
    lines = "\n".join(f"{name}=={version}" for name, version in sorted(pinned(text).items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def ask(database: str, program: Sequence[str] = PROGRAM, seconds: float = LONGEST) -> Found:
    """What a database knows; nothing when it, or pip-audit, cannot be reached in time."""
    given = ["--requirement", str(CONSTRAINTS), "--no-deps", "--disable-pip", "--progress-spinner", "off"]
    given += ["--vulnerability-service", database, "--timeout", "5", "--format", "json"]
    try:
        done = subprocess.run(
            [*program, *given], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return Found()
    return understood(done.stdout)


def understood(printed: str) -> Found:
    """pip-audit's answer in JSON; nothing when it is none."""
    try:
        told = json.loads(printed)["dependencies"]
        looked_up = [one for one in told if "vulns" in one]
        return Found(len(looked_up), tuple(_said(one) for one in looked_up if one["vulns"]))
    except (ValueError, KeyError, TypeError):
        return Found()


def _said(one: Mapping[str, object]) -> str:
    vulns = one["vulns"]
    assert isinstance(vulns, list)
    ids = (f"{vuln['id']}, mended in {' or '.join(vuln['fix_versions']) or 'no version'}" for vuln in vulns)
    return f"{one['name']} {one['version']}: {'; '.join(ids)}"


def row(text: str, found: Found, on: date) -> str:
    """The line of the note for these constraints."""
    vulnerable = "; ".join(found.vulnerable) or ("none" if found.checked else "not known")
    return f"| {on.isoformat()} | `{digest(text)}` | {len(pinned(text))} | {found.checked} | {vulnerable} |"


def words(found: Found, packages: int) -> str:
    """What is printed."""
    if not found.checked:
        return NOT_CHECKED
    left = "" if found.checked >= packages else f"; {packages - found.checked} not checked, see docs/audit.md"
    return "\n".join([*found.vulnerable, f"checked: {found.checked} of {packages} packages{left}"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask and tell; 1 when a package is known to be vulnerable, 2 when nobody could be asked for want of pip-audit."""
    options = argparse.ArgumentParser(prog="python -m tests.tools.audit", description="Asks for known vulnerabilities.")
    options.add_argument("--write", action="store_true", help="also write it into docs/audit.md")
    write = options.parse_args(arguments).write
    text = CONSTRAINTS.read_text(encoding="utf-8")
    found = next((answer for answer in map(ask, DATABASES) if answer.checked), Found())
    installed = find_spec("pip_audit") is not None
    print(words(found, len(pinned(text))) if installed else NOT_INSTALLED)
    if write:
        note = NOTE.read_text(encoding="utf-8")
        NOTE.write_text(ROW.sub(lambda _: row(text, found, datetime.now(UTC).date()), note), encoding="utf-8")
    return 1 if found.vulnerable else 0 if installed else 2


if __name__ == "__main__":
    sys.exit(main())
