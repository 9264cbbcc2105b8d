"""``python -m cache digest``: sends what is new in a view since it last succeeded, as mail, JSON or a file."""

import argparse
import sys
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from cache.changes.changelog import since_moment
from cache.cli.changes import BASE_URL, check_base_url
from cache.cli.terminal import printable, say
from cache.digest import letters, marks
from cache.digest.marks import Parcel
from cache.digest.send import Followers, Receiver, Sent, send
from cache.digest.texts import as_text
from cache.english import count
from cache.exit_codes import DONE, LOCAL, NOT_TAKEN, SOME_FAILED
from cache.export.atomic_write import write_atomically
from cache.filters import query as queries
from cache.filters.unseen import no_site, said_no_site
from cache.follow import view as views
from cache.follow.view import Followed
from cache.opening import open_store
from cache.read import trials as frames
from cache.store.store import Store, utcnow
from fetchers.errors import LocalTrouble, Validation
from fetchers.sending import mail, webhook
from fetchers.sending.address import Destination, MailServer, Webhook, is_mail, parsed
from fetchers.settings import Settings
from fetchers.watchlist.model import Watchlist

LAST = "last"


class Options(NamedTuple):
    """The options of the command. ``to``: None for standard output."""

    since: str = LAST
    query: str = ""
    to: str | None = None
    base_url: str = BASE_URL
    quiet: bool = False


def options_of(options: argparse.Namespace) -> Options:
    """What the options of the command line say."""
    return Options(options.since, options.query or "", options.to, options.base_url or BASE_URL, options.quiet)


def digest_command(settings: Settings, watchlist: Watchlist, options: Options) -> int:
    """0 when every receiver took what is new, or nothing is; 1 when some did not; 3 when none did; 5 when a file or the
    output could not be written."""
    since = None if options.since == LAST else since_moment(options.since, "--since")
    check_base_url(options.base_url)
    view = views.read(queries.listed(options.query), watchlist)
    if view.since is not None:
        raise Validation("The query holds a since of its own; leave it out and say --since last or --since DATE.")
    receivers = receivers_of(None if options.to is None else parsed(options.to), view, settings)
    store = open_store(settings, watchlist)
    try:
        sent = send(store, Followers(view, watchlist, options.base_url, since), receivers, now=utcnow)
        fresh = frames.freshness(store, [agent.id for agent in watchlist.agents])
        nowhere = _nowhere(store, view)
    finally:
        store.close()
    for one in sent if not options.quiet else [one for one in sent if one.error is not None]:
        say(sys.stderr, _said(one, starter=fresh.registry_timestamp is None))
    if nowhere:
        say(sys.stderr, f"{printable(nowhere)}\n")
    return _code(sent)


def _nowhere(store: Store, view: Followed) -> str:
    """Of which countries nothing can be told, for no stored trial has a site there; empty for all others."""
    countries = view.wanted.countries if view.wanted is not None else ()
    return said_no_site(no_site(countries, frames.trials(store))) if countries else ""


def receivers_of(to: Destination | None, view: Followed, settings: Settings) -> list[Receiver]:
    """Who is told. Raises Validation when a mail has no sender."""
    query = urlencode(view.to_query(), doseq=True)
    if isinstance(to, MailServer):
        login = _login(settings)
        return [_by_mail(to, login, one, view, settings.timeout_seconds) for one in to.recipients]
    if isinstance(to, Webhook):
        how = {"token": settings.webhook_token, "timeout": settings.timeout_seconds, "user_agent": settings.user_agent}
        return [
            Receiver(
                to.url,
                to.host,
                lambda digest, name, at: letters.payload(digest, name=name, at=at, query=query),
                lambda parcel: webhook.post(to, parcel.content.encode(), key=parcel.name, **how),  # type: ignore[arg-type]
            )
        ]
    if to is not None:
        return [
            Receiver(
                str(to.absolute()),
                str(to),
                lambda digest, name, at: letters.file(digest, to),
                lambda parcel: write_atomically(to, parcel.content.encode(), "digest"),
            )
        ]
    return [
        Receiver(
            "-",
            "standard output",
            lambda digest, name, at: as_text(digest).decode(),
            _print,
        )
    ]


def _by_mail(server: MailServer, login: mail.Login, recipient: str, view: Followed, timeout: float) -> Receiver:
    list_name = marks.key_of(view, "").removeprefix(marks.PREFIX)[:12]
    return Receiver(
        f"mailto:{recipient}",
        recipient,
        lambda digest, name, at: letters.mail(
            digest, name=name, at=at, sender=login.sender, recipient=recipient, list_name=list_name
        ),
        lambda parcel: mail.send(server, login, recipient, parcel.content.encode("ascii"), timeout=timeout),
    )


def _login(settings: Settings) -> mail.Login:
    sender = settings.smtp_from or settings.smtp_user or ""
    if not is_mail(sender):
        raise Validation("Set TRIALS_SMTP_FROM to the mail address that the digest is sent from.")
    return mail.Login(sender, settings.smtp_user, settings.smtp_password)


def _print(parcel: Parcel) -> None:
    """Standard output; whoever reads it must have got all of it, or it counts as not sent."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(parcel.content.encode())
        sys.stdout.buffer.flush()
    except (OSError, ValueError) as error:
        raise LocalTrouble(f"The digest could not be written to standard output ({error}).") from error


def _said(one: Sent, *, starter: bool) -> str:
    to = printable(one.receiver)
    again = "A digest that was perhaps sent before was sent again under its old name. " if one.again else ""
    if one.error is not None:
        return f"{again}Not sent: {printable(one.error)} What is new will be sent next time.\n"
    if one.changes:
        return f"{again}{count(one.changes, 'change')} sent to {to}.\n"
    why = " The registry has not been asked yet." if starter else ""
    return f"{again}Nothing new for {to}.{why}\n"


def _code(sent: Sequence[Sent]) -> int:
    failed = [one for one in sent if one.error is not None]
    if not failed:
        return DONE
    if any(isinstance(one.error, LocalTrouble) for one in failed):
        return LOCAL
    return SOME_FAILED if len(failed) < len(sent) else NOT_TAKEN
