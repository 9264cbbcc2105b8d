"""What a refresh reports: steps while it runs, and a summary at its end."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from cache.english import unread
from cache.ingest.keep import ScopeReport


class Result(NamedTuple):
    """The outcome of one scope; a failed one still holds the trials it held.

    ``error`` says why it failed, or what could not be read of an answer that was kept all the same.
    """

    status: Literal["fresh", "unchanged", "failed"]
    studies: int
    new: int = 0
    changed: int = 0
    left: int = 0
    set_aside: int = 0
    error: str | None = None

    @classmethod
    def of(cls, kept: ScopeReport) -> "Result":
        """Of an answer that was kept."""
        said = unread(kept.set_aside, kept.unreadable)
        return cls("fresh", kept.studies, kept.new, kept.changed, kept.left, kept.set_aside, said)


class Step(NamedTuple):
    """Progress of one scope, for whoever watches this process."""

    scope: str
    place: int  # of the scopes, from 1
    scopes: int
    values: dict[str, Any]  # columns of the progress table that changed
    requests: int


@dataclass
class Report:
    """What a refresh did: the JSON of the command line, and its exit code."""

    exit_code: int
    registry_timestamp: str | None
    requests: int
    bytes: int
    seconds: float
    agents: dict[str, Result]
    sweeps: dict[str, Result]
    error: str | None = None
    results: Result | None = None  # reading posted results; its ``studies`` are trials whose results are stored

    def as_json(self) -> dict[str, Any]:
        """The report object of the contract; ``error`` says why the run as a whole ended early, else null."""
        return {
            "registry_timestamp": self.registry_timestamp,
            "requests": self.requests,
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            "agents": {scope: result._asdict() for scope, result in self.agents.items()},
            "sweeps": {scope: result._asdict() for scope, result in self.sweeps.items()},
            "results": self.results._asdict() if self.results else None,
            "error": self.error,
        }
