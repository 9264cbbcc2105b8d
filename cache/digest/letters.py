"""A digest as its receivers take it: a mail with a plain and an HTML part, JSON for a program, a file."""

import json
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from cache.changes.changelog import counted
from cache.digest.texts import MAKERS, Digest, as_html, as_text, heading

PRODUCT = "Trial tracker"
# A file is written in the format its name ends in, as text when it says nothing.
ENDINGS = {".html": "html", ".htm": "html", ".md": "markdown", ".json": "json", ".xml": "atom", ".atom": "atom"}


def mail(digest: Digest, *, name: str, at: str, sender: str, recipient: str, list_name: str) -> str:
    """The whole mail, in plain ASCII. ``name``: the same for the same mail, and the left part of its Message-ID."""
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{PRODUCT} <{sender}>"
    message["To"] = recipient
    message["Subject"] = f"{PRODUCT}: {_short(digest)}"
    message["Date"] = format_datetime(datetime.fromisoformat(at))
    message["Message-ID"] = f"<{name}@{domain}>"
    message["List-Id"] = f"Changes in trials <{list_name}.trial-tracker.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(as_text(digest).decode(), cte="quoted-printable")
    message.add_alternative(as_html(digest).decode(), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=={name}==")
    return message.as_bytes().decode("ascii")


def payload(digest: Digest, *, name: str, at: str, query: str) -> str:
    """What a web address is sent. ``text`` is there for chats, which show it as it stands."""
    return json.dumps(
        {
            "id": name,
            "composed_at": at,
            "query": query,
            "view": digest.view,
            "subject": _short(digest),
            "since": digest.since,
            "counts": counted(digest.changes),
            "registry_timestamp": digest.fresh.registry_timestamp,
            "fetched_at": digest.fresh.fetched_at,
            "changes": [one.as_json() for one in digest.changes],
            "text": as_text(digest).decode(),
        }
    )


def file(digest: Digest, path: Path) -> str:
    """What a file of this name is given."""
    return (MAKERS | {"html": as_html})[ENDINGS.get(path.suffix.lower(), "text")](digest).decode()


def _short(digest: Digest) -> str:
    return heading(digest._replace(since=None))
