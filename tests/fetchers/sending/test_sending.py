"""Addresses of a digest, and how a mail server is spoken to."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchers.errors import Validation
from fetchers.sending import address, mail, webhook
from fetchers.sending.address import MailServer, Webhook, parsed
from fetchers.sending.outcome import NotTaken
from tests.rigs import catching


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("smtp://mail.example.org/?to=a@b.org", MailServer("mail.example.org", 587, False, ("a@b.org",))),
        ("smtps://h.org?to=a+x@b.org&to=c@d&to=a+x@b.org", MailServer("h.org", 465, True, ("a+x@b.org", "c@d"))),
        ("smtp://[::1]:2525/?to=a@b.org", MailServer("::1", 2525, False, ("a@b.org",))),
        ("https://example.org/hook?x=1#part", Webhook("https://example.org/hook?x=1")),
        ("http://localhost:8080/", Webhook("http://localhost:8080/")),
    ],
)
def test_an_address_is_read(text: str, found: object) -> None:
    assert parsed(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("smtp://host", "names no recipient"),
        ("smtp://host/inbox?to=a@b.org", "takes a host, a port and recipients"),
        ("smtp://host/?to=a@b.org&cc=c@d.org", "takes a host, a port and recipients"),
        ("smtp://host/?to=a%0d%0aRCPT@b.org", "is no mail address"),
        ("smtp://host/?to=", "is no mail address"),
        ("smtp://host:0/?to=a@b.org", "no usable address"),
        ("smtp://host:x/?to=a@b.org", "no usable address"),
        ("smtp:///?to=a@b.org", "no usable address"),
        ("http://example.org/", "cannot be http:// there"),
        ("ftp://example.org/", "cannot be ftp:// there"),
        ("a@example.org", "smtp://HOST/"),
        ("A Reader <a@example.org>, b@example.org", "smtp://HOST/"),
        ("mailto:a@example.org", "smtp://HOST/"),
        ("smtp:mail.example.org", "smtp://HOST/"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(Validation, match=said):
        parsed(text)


@pytest.mark.parametrize("text", ["news.md", "./a@example.org", "out@home/news.json", "/srv/x:y.xml", "C:\\news.md"])
def test_what_can_be_a_file_is_one(text: str) -> None:
    assert parsed(text) == Path(text)


@pytest.mark.parametrize("scheme", ["smtp", "smtps", "https", "http", "ftp"])
@given(secret=st.text("abcdef0123456789", min_size=8, max_size=20))
def test_a_password_in_an_address_is_refused_and_never_repeated(scheme: str, secret: str) -> None:
    with pytest.raises(Validation) as refused:
        parsed(f"{scheme}://user:{secret}@mail.example.org/?to=a@b.org")
    assert secret not in str(refused.value)


def test_a_login_is_given_and_a_wrong_one_said_without_the_password() -> None:
    with catching.mail_server() as (server, port):
        server.users = True
        to = MailServer("127.0.0.1", port, False, ("a@b.org",))
        mail.send(to, mail.Login("t@b.org", "me", "secret"), "a@b.org", b"Subject: x\r\n\r\n.dot\r\n", timeout=20)
        assert server.mails[0].raw == b"Subject: x\r\n\r\n.dot\r\n"
        with pytest.raises(NotTaken, match="does not accept TRIALS_SMTP_USER") as refused:
            mail.send(to, mail.Login("t@b.org", "me", "wrong-one"), "a@b.org", b"x", timeout=20)
        assert "wrong-one" not in str(refused.value)
        assert len(server.mails) == 1


def test_elsewhere_nothing_is_said_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that offers none is told neither the password nor the mail."""
    monkeypatch.setattr(address, "is_loopback", lambda host: False)
    with catching.mail_server() as (server, port):
        to = MailServer("127.0.0.1", port, False, ("a@b.org",))
        with pytest.raises(NotTaken, match="STARTTLS"):
            mail.send(to, mail.Login("t@b.org", "me", "secret"), "a@b.org", b"x", timeout=20)
    assert server.mails == []
    assert not [line for line in server.said if line[:4] in ("AUTH", "MAIL", "RCPT", "DATA")]


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """It could not reach our loopback, and has no business with what stays here."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with catching.web_address() as (caught, port):
        webhook.post(Webhook(f"http://127.0.0.1:{port}/x"), b"{}", key="k", token=None, timeout=20)
    assert len(caught.posts) == 1
