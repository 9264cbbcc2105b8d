"""Every environment variable the product reads, each with its default and one line of meaning.

``Settings.from_env`` is the only reader; nothing is read at import. The README's table is tested against ``VARIABLES``.
"""

import math
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeVar, get_args
from urllib.parse import urlsplit

from fetchers.errors import Validation

ROOT = Path(__file__).resolve().parent.parent
SOURCE_URL = "https://clinicaltrials.gov"
REGISTRY_URL = f"{SOURCE_URL}/api/v2"
RECORD_URL = f"{SOURCE_URL}/study/"
PUBMED_URL = "https://pubmed.ncbi.nlm.nih.gov/?term="
DOI_URL = "https://doi.org/"
STORE = "trials.sqlite3"
# An hour: more is a typing error, and some systems cannot wait that long.
LONGEST = 3600.0
DAY = 86_400.0
MOST_REQUESTS = 1_000_000
YES = ("yes", "1", "true")
YES_NO = (*YES, "no", "0", "false")
# A name, all names (*), or all below a name; a port says nothing about who is meant.
_HOST = re.compile(r"\*|(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[?[0-9a-f:.]*:[0-9a-f:.]*\]?")
EVERYONE: Final = "everyone"
SIGNED_IN: Final = "signed-in"
NOBODY: Final = "nobody"
READERS = (EVERYONE, SIGNED_IN)
REFRESHERS = (EVERYONE, SIGNED_IN, NOBODY)
# An address, or all of one domain: *@charity.org.
_PERSON = re.compile(r"(\*|[^\s@*,;<>\"]+)@[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
SHORTEST_TOKEN = 32  # characters: too many to guess
WhichResults = Literal["documents", "all", "none"]
RESULTS: tuple[WhichResults, ...] = get_args(WhichResults)
C = TypeVar("C", bound=str)


class Variable(NamedTuple):
    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("TRIALS_REGISTRY_URL", REGISTRY_URL, "Base URL of the registry's API v2"),
    Variable(
        "TRIALS_CACHE_URL", "SQLite file under cache/data/, or in your data folder", "SQLAlchemy URL of the store"
    ),
    Variable("TRIALS_PACE_SECONDS", "1.0", "Least time between two requests, in seconds"),
    Variable("TRIALS_TIMEOUT_SECONDS", "30", "Longest wait for a connection or a piece of answer"),
    Variable("TRIALS_WATCHLIST", "fetchers/watchlist.toml", "Path of another watch-list"),
    Variable("TRIALS_USER_AGENT", "the HTTP library's own", "User agent sent to the registry"),
    Variable(
        "TRIALS_REFRESH",
        "everyone on loopback, else nobody",
        "Who may refresh from the page: everyone, signed-in, nobody, or mail addresses as in TRIALS_READERS",
    ),
    Variable(
        "TRIALS_READERS",
        EVERYONE,
        "Who may read: everyone, signed-in, or the mail addresses of those who sign in, with commas between them; "
        "*@example.org: all of that domain",
    ),
    Variable("TRIALS_API_TOKENS", "none", "Bearer tokens of programs that read where people sign in, commas between"),
    Variable(
        "TRIALS_REFRESH_INTERVAL_SECONDS",
        "0 on loopback, else 900",
        "Least time between two refreshes started from the page",
    ),
    Variable("TRIALS_DAILY_REQUESTS", "5000", "Most requests to the registry in 24 hours, whoever asks; 0: none"),
    Variable("TRIALS_READONLY", "no", "Whether nothing is refreshed and nothing written to the store: yes or no"),
    Variable(
        "TRIALS_ALLOWED_HOSTS",
        "this machine’s names and addresses",
        "Names the server answers to, with commas between them; *.example.org: all below it",
    ),
    Variable("TRIALS_LOG", "text", "Form of the log: text, or json with a line for each request and each refresh"),
    Variable("TRIALS_METRICS_PORT", "none", "Port of this machine with figures for Prometheus at /metrics"),
    Variable(
        "TRIALS_RESULTS",
        "documents",
        "Posted results that a refresh reads, of trials given an agent: all, documents (only in the documents’ "
        "conditions) or none",
    ),
    Variable("TRIALS_SMTP_FROM", "TRIALS_SMTP_USER", "Mail address a digest is sent from"),
    Variable("TRIALS_SMTP_USER", "no login", "User of the mail server"),
    Variable("TRIALS_SMTP_PASSWORD", "no login", "Password of that user"),
    Variable("TRIALS_WEBHOOK_TOKEN", "none", "Bearer token sent to the web address of a digest"),
)


@dataclass(frozen=True)
class Settings:
    """What the environment asks for. ``None`` stands for "not set" and is decided where it is used."""

    registry_url: str = REGISTRY_URL
    cache_url: str = field(default_factory=lambda: f"sqlite:///{default_store(os.environ)}")
    pace_seconds: float = 1.0
    timeout_seconds: float = 30.0
    watchlist: Path | None = None
    user_agent: str | None = None
    refresh: str | None = None
    readers: str = EVERYONE
    api_tokens: tuple[str, ...] = field(default=(), repr=False)
    refresh_interval: float | None = None
    daily_requests: int = 5000
    readonly: bool = False
    allowed_hosts: tuple[str, ...] = ()
    log: str = "text"
    metrics_port: int | None = None
    results: WhichResults = "documents"
    smtp_from: str | None = None
    smtp_user: str | None = None
    smtp_password: str | None = field(default=None, repr=False)
    webhook_token: str | None = field(default=None, repr=False)

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read the variables of ``VARIABLES``; empty counts as not set. Raises Validation naming the variable."""
        given = {key: value.strip() for key, value in (os.environ if env is None else env).items() if value.strip()}
        watchlist = given.get("TRIALS_WATCHLIST")
        return cls(
            registry_url=_http_url(given.get("TRIALS_REGISTRY_URL", REGISTRY_URL)),
            cache_url=given.get("TRIALS_CACHE_URL") or f"sqlite:///{default_store(given)}",
            pace_seconds=_seconds(given, "TRIALS_PACE_SECONDS", cls.pace_seconds, least=0.0),
            timeout_seconds=_seconds(given, "TRIALS_TIMEOUT_SECONDS", cls.timeout_seconds, least=0.001),
            watchlist=Path(watchlist) if watchlist else None,
            user_agent=_header(given.get("TRIALS_USER_AGENT")),
            refresh=_people("TRIALS_REFRESH", given.get("TRIALS_REFRESH"), REFRESHERS),
            readers=_people("TRIALS_READERS", given.get("TRIALS_READERS"), READERS) or EVERYONE,
            api_tokens=_tokens(given.get("TRIALS_API_TOKENS", "")),
            refresh_interval=_interval(given),
            daily_requests=_requests(given),
            readonly=_one_of("TRIALS_READONLY", given.get("TRIALS_READONLY"), YES_NO) in YES,
            allowed_hosts=_hosts(given.get("TRIALS_ALLOWED_HOSTS", "")),
            log=_one_of("TRIALS_LOG", given.get("TRIALS_LOG"), ("text", "json")) or cls.log,
            metrics_port=_port(given.get("TRIALS_METRICS_PORT")),
            results=_one_of("TRIALS_RESULTS", given.get("TRIALS_RESULTS"), RESULTS) or cls.results,
            smtp_from=given.get("TRIALS_SMTP_FROM"),
            smtp_user=given.get("TRIALS_SMTP_USER"),
            smtp_password=given.get("TRIALS_SMTP_PASSWORD"),
            webhook_token=_header(given.get("TRIALS_WEBHOOK_TOKEN"), "TRIALS_WEBHOOK_TOKEN", secret=True),
        )


def default_store(env: Mapping[str, str], *, root: Path = ROOT, system: str = sys.platform) -> Path:
    """Where the store lies unless TRIALS_CACHE_URL says otherwise: in a checkout under ``cache/data``.

    An installed package may not write beside its code, and the next version would replace what lies there: its store
    is in the user's data folder, where each system keeps such files.
    """
    if (root / "pyproject.toml").is_file():
        return root / "cache" / "data" / STORE
    home = Path.home()
    folders = {"darwin": home / "Library" / "Application Support", "win32": _folder(env, "LOCALAPPDATA")}
    folder = folders.get(system) or _folder(env, "XDG_DATA_HOME") or home / ".local" / "share"
    return folder / "trial-tracker" / STORE


def _folder(env: Mapping[str, str], name: str) -> Path | None:
    """The folder a variable names; one that is not absolute counts for nothing, as the XDG rules ask."""
    found = Path(env.get(name, ""))
    return found if found.is_absolute() else None


def _http_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that does not close
        usable = False
    if not usable or not text.isprintable() or " " in text:
        raise Validation(f"TRIALS_REGISTRY_URL must be an address that starts with http:// or https://, not {text!r}.")
    if parts.query or parts.fragment:
        raise Validation(f"TRIALS_REGISTRY_URL must be a base address without ? and #, not {text!r}.")
    return text.rstrip("/")


def _seconds(given: Mapping[str, str], name: str, default: float, least: float, most: float = LONGEST) -> float:
    text = given.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise Validation(f"{name} must be a number of seconds from {least:g} to {most:g}, not {text!r}.")
    return value


def _interval(given: Mapping[str, str]) -> float | None:
    name = "TRIALS_REFRESH_INTERVAL_SECONDS"
    return _seconds(given, name, 0.0, least=0.0, most=DAY) if name in given else None


def _requests(given: Mapping[str, str]) -> int:
    text = given.get("TRIALS_DAILY_REQUESTS", str(Settings.daily_requests))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= MOST_REQUESTS):
        raise Validation(f"TRIALS_DAILY_REQUESTS must be a whole number from 0 to {MOST_REQUESTS}, not {text!r}.")
    return int(text)


def _port(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) < 65536):
        raise Validation(f"TRIALS_METRICS_PORT must be a port from 1 to 65535, not {text!r}.")
    return int(text)


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise Validation(
                f"TRIALS_ALLOWED_HOSTS must be names such as trials.example.org, without scheme and port, not {host!r}."
            )
    return tuple(host.strip("[]") for host in hosts)


def _people(name: str, text: str | None, words: tuple[str, ...]) -> str | None:
    """One of the words, or mail addresses as ``a@b,*@c``."""
    if text is None or text in words:
        return text
    people = [part.strip().lower() for part in text.split(",") if part.strip()]
    if not people or not all(_PERSON.fullmatch(one) and one.isascii() for one in people):
        raise Validation(
            f"{name} must be one of {', '.join(words)}, or mail addresses such as *@example.org, not {text!r}."
        )
    return ",".join(people)


def _tokens(text: str) -> tuple[str, ...]:
    tokens = tuple(part.strip() for part in text.split(",") if part.strip())
    for token in tokens:
        _header(token, "TRIALS_API_TOKENS", secret=True)
        if len(token) < SHORTEST_TOKEN or " " in token:
            raise Validation(
                f"TRIALS_API_TOKENS must be tokens of {SHORTEST_TOKEN} characters or more, without spaces."
            )
    return tokens


def _header(text: str | None, name: str = "TRIALS_USER_AGENT", *, secret: bool = False) -> str | None:
    if text is not None and not (text.isascii() and text.isprintable()):
        raise Validation(f"{name} must be plain ASCII on one line{'' if secret else f', not {text!r}'}.")
    return text


def _one_of(name: str, text: str | None, choices: tuple[C, ...]) -> C | None:
    if text is None:
        return None
    for choice in choices:
        if choice == text:
            return choice
    raise Validation(f"{name} must be one of {', '.join(choices)}, not {text!r}.")
