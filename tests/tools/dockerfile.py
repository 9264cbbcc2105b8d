"""Reads a Dockerfile and a .dockerignore, as far as ours use them; what it does not know it refuses."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from fetchers.settings import ROOT

DOCKERFILE = ROOT / "Dockerfile"
IGNORED = ROOT / ".dockerignore"
KNOWN = ("FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD")
MORE_THAN_ONCE = ("RUN", "COPY")


class Instruction(NamedTuple):
    """One instruction, its lines joined."""

    name: str
    text: str


class Dockerfile:
    """The instructions of a Dockerfile in their order. Raises ValueError for what this reader does not know."""

    def __init__(self, text: str) -> None:
        self.instructions = list(_instructions(text))
        names = [one.name for one in self.instructions]
        twice = {name for name in names if names.count(name) > 1} - set(MORE_THAN_ONCE)
        if twice or names[:1] != ["FROM"]:
            raise ValueError(f"it begins with {names[:1]} and has more than once: {sorted(twice)}")

    @classmethod
    def ours(cls) -> "Dockerfile":
        return cls(DOCKERFILE.read_text(encoding="utf-8"))

    def all(self, name: str) -> list[str]:
        return [one.text for one in self.instructions if one.name == name]

    def only(self, name: str) -> str:
        (text,) = self.all(name)
        return text

    def environment(self) -> dict[str, str]:
        pairs = (one.partition("=") for one in shlex.split(self.only("ENV")))
        return {name: value for name, _, value in pairs}

    def command(self) -> list[str]:
        """What the container runs."""
        return exec_form(self.only("CMD"))

    def health(self) -> tuple[dict[str, str], list[str]]:
        """The options of the health check and its command."""
        given, _, command = self.only("HEALTHCHECK").partition("CMD ")
        return dict(re.findall(r"--([a-z-]+)=(\S+)", given)), exec_form(command)


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        name, _, rest = line.strip().partition(" ")
        if name not in KNOWN or "<<" in rest or (name in ("COPY", "RUN") and rest.startswith("--")):
            raise ValueError(f"not known here: {line}")
        yield Instruction(name, " ".join(rest.split()))


def exec_form(text: str) -> list[str]:
    """The words of a command that no shell reads. Raises ValueError for one that a shell would."""
    words = json.loads(text)
    if not (isinstance(words, list) and words and all(isinstance(word, str) for word in words)):
        raise ValueError(f"not a list of words: {text}")
    return words


def copied(text: str) -> tuple[list[str], str]:
    """What a COPY names: its sources and its target."""
    *sources, target = text.split()
    return sources, target


def arriving(text: str) -> Iterator[tuple[Path, PurePosixPath]]:
    """The files of the checkout that a COPY brings in, each with its place below WORKDIR."""
    sources, target = copied(text)
    patterns = ignored()
    for source in sources:
        start = ROOT / source
        for path in [start] if start.is_file() else sorted(start.rglob("*")):
            if path.is_file() and gets_in(PurePosixPath(path.relative_to(ROOT)), patterns):
                below = path.name if start.is_file() else path.relative_to(start)
                yield path, PurePosixPath(target) / below


def ignored() -> list[str]:
    """The lines of .dockerignore."""
    lines = IGNORED.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def gets_in(path: PurePosixPath, patterns: list[str]) -> bool:
    """Whether the builder is handed this file: the last line that fits it, or a folder it lies in, decides."""
    admitted = True
    for pattern in patterns:
        shape = _shape(pattern.removeprefix("!").strip("/"))
        if any(shape.fullmatch(str(one)) for one in (path, *path.parents)):
            admitted = pattern.startswith("!")
    return admitted


def _shape(pattern: str) -> re.Pattern[str]:
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(signs.get(one) or re.escape(one) for one in re.split(r"(\*\*/|\*\*|\*|\?)", pattern)))
