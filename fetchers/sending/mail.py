"""One mail to one recipient over SMTP, encrypted unless the server is on this machine."""

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple

from fetchers.sending.address import MailServer
from fetchers.sending.outcome import NotTaken, Unsure

_OK = (250, 251)


class Login(NamedTuple):
    """Who sends, and by which account; without a user the server is asked for nothing."""

    sender: str
    user: str | None
    password: str | None


def send(server: MailServer, login: Login, recipient: str, message: bytes, *, timeout: float) -> None:
    """Return when the server has taken the mail. Raises NotTaken when it certainly has not, Unsure when it may have."""
    with _connected(server, login, timeout) as smtp:
        try:
            _agreed(smtp.mail(login.sender), recipient)
            _agreed(smtp.rcpt(recipient), recipient)
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken(f"{recipient}: {server.host} broke off ({_words(error)}).") from error
        try:
            answer = smtp.data(message)
        except smtplib.SMTPDataError as error:  # it did not want to hear it
            raise NotTaken(f"{recipient}: {server.host} refused the mail ({_words(error)}).") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unsure(
                f"{recipient}: {server.host} did not say whether it took the mail ({_words(error)})."
            ) from error
        _agreed(answer, recipient)


@contextlib.contextmanager
def _connected(server: MailServer, login: Login, timeout: float) -> Iterator[smtplib.SMTP]:
    try:
        smtp = _opened(server, timeout)
    except (smtplib.SMTPException, OSError) as error:
        raise NotTaken(f"The mail server {server.host}:{server.port} cannot be used ({_words(error)}).") from error
    try:
        _introduced(smtp, server, login)
        yield smtp
        with contextlib.suppress(smtplib.SMTPException, OSError):
            smtp.quit()
    finally:
        smtp.close()


def _opened(server: MailServer, timeout: float) -> smtplib.SMTP:
    name = socket.gethostname()  # or the library would ask the network for a longer one
    if server.tls:
        return smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=name, timeout=timeout, context=ssl.create_default_context()
        )
    return smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=timeout)


def _introduced(smtp: smtplib.SMTP, server: MailServer, login: Login) -> None:
    """Encrypt and log in. A server that offers no encryption gets neither password nor mail."""
    try:
        if not server.tls and not server.loopback:
            smtp.starttls(context=ssl.create_default_context())
        if login.user is not None:
            smtp.login(login.user, login.password or "")
    except smtplib.SMTPAuthenticationError as error:
        raise NotTaken(
            f"The mail server {server.host} does not accept TRIALS_SMTP_USER and TRIALS_SMTP_PASSWORD "
            f"(code {error.smtp_code})."
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotTaken(f"The mail server {server.host} cannot be used ({_words(error)}).") from error


def _agreed(answer: tuple[int, bytes], recipient: str) -> None:
    code, said = answer
    if code not in _OK:
        raise NotTaken(f"{recipient}: refused ({code} {_line(said)}).")


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {_line(said if isinstance(said, bytes) else str(said).encode())}"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)


def _line(said: bytes) -> str:
    return " ".join(said.decode("utf-8", "replace").split())[:200]
