"""Where a digest goes, read from one text: ``smtp://``, ``smtps://``, ``https://``, or the path of a file."""

import re
from pathlib import Path
from typing import NamedTuple, TypeAlias
from urllib.parse import SplitResult, parse_qs, urlsplit

from fetchers.errors import Validation
from fetchers.loopback import is_loopback

PORTS = {"smtp": 587, "smtps": 465}
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
# A mail address by itself, or "mailto:" and the like: no file is meant. One letter and a colon is a drive.
_NO_FILE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|[^/\\]*@[^/\\]*$")


class MailServer(NamedTuple):
    """A mail server and who gets mail through it. ``tls``: encrypted from the first byte."""

    host: str
    port: int
    tls: bool
    recipients: tuple[str, ...]

    @property
    def loopback(self) -> bool:
        return is_loopback(self.host)


class Webhook(NamedTuple):
    """An address that takes JSON."""

    url: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


Destination: TypeAlias = MailServer | Webhook | Path


def parsed(text: str) -> Destination:
    """The destination of a text. Raises Validation, without repeating a secret, for one that cannot be meant."""
    scheme = _SCHEME.match(text)
    if scheme is None and _NO_FILE.match(text):
        raise Validation("--to takes smtp://HOST/?to=NAME@HOST for a mail; a file of that name is ./NAME.")
    if scheme is None:
        return Path(text)
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that does not close
        usable = False
    if not usable or not text.isprintable() or " " in text:
        raise Validation("--to is no usable address; give smtp://HOST/?to=NAME@HOST, https://HOST/PATH or a file.")
    if "@" in parts.netloc:
        raise Validation(
            "--to must not hold a user or a password: others could read it in the list of processes. Set "
            "TRIALS_SMTP_USER and TRIALS_SMTP_PASSWORD, or TRIALS_WEBHOOK_TOKEN, in the environment."
        )
    if parts.scheme in PORTS:
        return _mail(parts)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return Webhook(text.partition("#")[0])
    raise Validation(
        f"--to cannot be {parts.scheme}:// there; use smtp://, smtps:// or https:// (http:// on this machine only)."
    )


def is_mail(text: str) -> bool:
    """Whether this can be a mail address, as an envelope takes it."""
    return len(text) <= 254 and _MAIL.fullmatch(text) is not None


def _mail(parts: SplitResult) -> MailServer:
    query = parse_qs(parts.query, keep_blank_values=True)
    unknown = [key for key in query if key != "to"]
    if unknown or parts.path not in ("", "/"):
        raise Validation(f"--to {parts.scheme}:// takes a host, a port and recipients: /?to=a@example.org&to=…")
    # A plus is part of a name, not a space.
    recipients = tuple(dict.fromkeys(one.replace(" ", "+") for one in query.get("to", ())))
    if not recipients:
        raise Validation(f"--to names no recipient; add /?to=NAME@HOST to {parts.scheme}://{parts.netloc}.")
    for one in recipients:
        if not is_mail(one):
            raise Validation(f"--to: {one[:60]!r} is no mail address such as name@example.org.")
    return MailServer(parts.hostname or "", parts.port or PORTS[parts.scheme], parts.scheme == "smtps", recipients)
