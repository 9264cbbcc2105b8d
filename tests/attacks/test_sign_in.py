"""A dashboard for some only: strangers at every door, forged cookies, a provider's answers that are not to be taken."""

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.routes import ROUTES
from dashboard.web.first_paint import SCRIPTS
from dashboard.web.visitors import SESSION_SECONDS
from tests.browser.serving import Dashboard
from tests.rigs.attack_table import Note
from tests.rigs.oidc import ANNA, FAULTS, SECRET, Provider, claimed, cookie
from tests.rigs.socket_client import Viewer, request, send

TOKEN = "a-token-of-forty-characters-1234567890ab"
LOGIN, BACK = "/auth/login", "/oauth2callback"


class Site(NamedTuple):
    up: Dashboard
    provider: Provider

    def status(self, path: str, **headers: str) -> int:
        return send(self.up.port, request(path, **headers)).status

    def drawn(self, sent: str) -> bytes:
        """All that a page shows to whoever sends these cookies."""
        viewer = Viewer(self.up.port, Origin=self.up.url, Cookie=sent)
        try:
            viewer.run()
            return viewer.content
        finally:
            viewer.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("for-some")
    settings = {"TRIALS_READERS": "*@charity.example", "TRIALS_API_TOKENS": TOKEN, "TRIALS_LOG": "json"}
    with Provider() as provider, provider.dashboard(folder, **settings) as up:
        yield Site(up, provider)


@pytest.fixture(autouse=True)
def honest(site: Site) -> Iterator[None]:
    yield
    site.provider.person, site.provider.fault = ANNA, None


class Guest:
    """A browser as far as cookies and redirects go; it notes where it was sent."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.jar = CookieJar()
        self.ways: list[str] = []
        self._noting = _Noting(self.ways)
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), self._noting)

    def open(self, path: str, **headers: str) -> int:
        asked = urllib.request.Request(f"{self.site.up.url}{path}")
        for name, value in headers.items():
            asked.add_header(name.replace("_", "-"), value)
        try:
            with self._opener.open(asked, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def sign_in(self, until: str | None = None) -> int:
        """Go all the way, or as far as ``until``, which is noted and not opened."""
        self._noting.until = until
        try:
            return self.open(door(self.site))
        finally:
            self._noting.until = None

    @property
    def cookies(self) -> str:
        return "; ".join(f"{one.name}={one.value}" for one in self.jar)


class _Noting(urllib.request.HTTPRedirectHandler):
    until: str | None = None

    def __init__(self, ways: list[str]) -> None:
        self.ways = ways

    def redirect_request(self, *given: Any) -> urllib.request.Request | None:
        self.ways.append(given[-1])
        if self.until and self.until in given[-1].partition("?")[0]:
            return None
        return super().redirect_request(*given)


def door(site: Site) -> str:
    """Where the page's button leads."""
    viewer = Viewer(site.up.port, Origin=site.up.url)
    try:
        viewer.run(pressed=viewer.run()["Sign in"].id)
        assert viewer.sent_to is not None
        return viewer.sent_to
    finally:
        viewer.close()


def places() -> list[str]:
    """An address of every route of ours."""
    return sorted({str(getattr(route, "path", "")).replace("{rest:path}", "trials") for route in ROUTES})


OPEN = {"/api/live", "/api/ready", *(f"/{script.name}" for script in SCRIPTS)}
SHUT = [path for path in places() if path not in OPEN and "/_stcore/" not in path]


def test_somebody_on_the_list_signs_in_reads_and_signs_out(site: Site) -> None:
    """Without this, the tests below could not fail."""
    guest = Guest(site)
    assert guest.sign_in() == 200
    assert site.status("/api/v1/trials", Cookie=guest.cookies) == 200
    assert b"NCT" in site.drawn(guest.cookies)
    assert guest.open("/auth/logout") == 200
    assert "_streamlit_user=" not in guest.cookies
    assert site.status("/api/v1/trials", Cookie=guest.cookies) == 401


@pytest.mark.parametrize("path", [*SHUT, "/media/0123456789abcdef.csv"])
def test_every_other_door(site: Site, note: Note, path: str) -> None:
    note("what only some may read", f"a stranger at {path}")
    for method in ("GET", "HEAD", "OPTIONS"):
        answered = send(site.up.port, request(path, method=method))
        assert answered.status == 401
        assert b"NCT" not in answered.body
    assert site.status(path, Authorization=f"Bearer {TOKEN}") != 401
    assert site.status(f"{path}?token={TOKEN}") == 401
    note("what only some may read", f"a stranger at {path}", "refused with 401")


def test_the_page_itself(site: Site, note: Note) -> None:
    note("what only some may read", "a stranger at the page")
    drawn = site.drawn("")
    assert b"Only people who are signed in may read here." in drawn
    assert not [word for word in (b"NCT", b"ClinicalTrials", b"Refresh") if word in drawn]
    note("what only some may read", "a stranger at the page", "a sign-in button, nothing else")


def test_the_probes_say_nothing_of_trials(site: Site) -> None:
    assert send(site.up.port, request("/api/ready")).body == b'{"ready":true}'
    assert send(site.up.port, request("/api/live")).body == b'{"live":true}'
    assert b"fetched_at" in send(site.up.port, request("/api/ready", Authorization=f"Bearer {TOKEN}")).body


# What a cookie holds instead of what it should; each signed with the server's own secret.
CLAIMS: dict[str, dict[str, Any]] = {
    "of another server": {"origin": "http://localhost:1"},
    "of another provider": {"provider": "another"},
    "for another audience": {"aud": "another-client"},
    "of somebody not signed in": {"is_logged_in": False},
    "of yesterday": {"iat": time.time() - SESSION_SECONDS - 60},
    "of tomorrow": {"iat": time.time() + 86_400},
    "without a time": {"iat": None},
    "of somebody not on the list": {"email": "carl@evil.example"},
    "of a domain that begins like ours": {"email": "anna@charity.example.evil.example"},
    "of a domain that ends like ours": {"email": "anna@evil-charity.example"},
    "of two addresses": {"email": "anna@charity.example@evil.example"},
    "of a letter that looks like ours": {"email": "anna@\u0441harity.example"},
    "of an address nobody verified": {"email_verified": False},
    "without an address": {"email": None},
    "with a list for an address": {"email": ["anna@charity.example"]},
}


def refused(site: Site, sent: str) -> str:
    statuses = {site.status(path, Cookie=sent) for path in ("/api/v1/trials", "/feed.xml", "/media/a.csv")}
    assert statuses <= {401, 403}
    assert b"NCT" not in site.drawn(sent)
    return f"refused with {statuses.pop()}, no trial on the page"


@pytest.mark.parametrize("attack", CLAIMS)
def test_cookies_that_say_something_else(site: Site, note: Note, attack: str) -> None:
    note("the cookie", attack)
    assert site.status("/feed.xml", Cookie=cookie(site.provider.claims(), site.provider.cookie_secret)) == 200
    sent = cookie(site.provider.claims() | CLAIMS[attack], site.provider.cookie_secret)
    note("the cookie", attack, refused(site, sent))


def test_cookies_that_are_not_ours(site: Site, note: Note) -> None:
    claims, secret = site.provider.claims(), site.provider.cookie_secret
    good = cookie(claims, secret)
    forged = {
        "another secret": cookie(claims, "0" * 64),
        "an empty secret": cookie(claims, ""),
        "the seal of another cookie": cookie(claims, secret, "_streamlit_user_tokens"),
        "the session's seal": cookie(claims, secret, "itsdangerous.Signer"),
        "the last letter missing": good[:-1],
        "other content under the seal": good.replace("=", "=e", 1),
        "pieces that are not there": "_streamlit_user=chunks-9; _streamlit_user_1=a",
    }
    for attack, sent in forged.items():
        note("the cookie", attack)
        note("the cookie", attack, refused(site, sent))


@pytest.mark.parametrize("fault", FAULTS)
def test_tokens_of_the_provider_that_are_not_to_be_taken(site: Site, note: Note, fault: str) -> None:
    note("the way in", f"a token: {fault}")
    site.provider.fault = fault
    guest = Guest(site)
    assert guest.sign_in() == 200
    assert guest.ways[-1] in (f"{site.up.url}/", f"{site.up.url}/?sign_in=failed")
    note("the way in", f"a token: {fault}", refused(site, guest.cookies))


def test_a_provider_that_is_down(site: Site) -> None:
    way = door(site)
    site.provider.fault = "down"
    guest = Guest(site)
    assert guest.open(way) == 200
    assert guest.ways == [f"{site.up.url}/?sign_in=failed"]
    assert site.status("/api/v1/trials", Cookie=guest.cookies) == 401
    site.provider.fault = None
    assert guest.sign_in() == 200
    assert site.status("/api/v1/trials", Cookie=guest.cookies) == 200


def test_callbacks_that_nobody_began_here(site: Site, note: Note) -> None:
    guest, thief, other = Guest(site), Guest(site), Guest(site)
    for one in (guest, other):
        one.sign_in(until=BACK)
    for kept in guest.jar:
        thief.jar.set_cookie(kept)  # all of a browser that is just signing in
    used = guest.ways[-1].removeprefix(site.up.url)
    assert guest.open(used) == 200
    assert site.status("/feed.xml", Cookie=guest.cookies) == 200
    attacks = {
        "a callback replayed, with the cookies it came with": (thief, used),
        "a callback in a browser that did not begin": (Guest(site), used),
        "a callback in a browser that began another": (other, used),
        "a state that nobody gave out": (other, f"{BACK}?code=1&state=2"),
        "a callback without a state": (other, f"{BACK}?code=1"),
        "an error that carries a script": (other, f"{BACK}?error=<script>&error_description=%0d%0aSet-Cookie:a=b"),
    }
    for attack, (one, path) in attacks.items():
        note("the way in", attack)
        assert one.open(path) == 200
        note("the way in", attack, refused(site, one.cookies))


@pytest.mark.parametrize(
    ("attack", "more", "headers"),
    [
        ("a parameter redirect_uri", "&redirect_uri=https://evil.example/oauth2callback", {}),
        ("parameters next and url", "&next=//evil.example&url=https://evil.example&return_to=//evil.example", {}),
        ("a forwarded host", "", {"X_Forwarded_Host": "evil.example", "Forwarded": "host=evil.example"}),
    ],
)
def test_a_way_back_to_elsewhere(site: Site, note: Note, attack: str, more: str, headers: dict[str, str]) -> None:
    note("the way in", attack)
    guest = Guest(site)
    assert guest.open(door(site) + more, **headers) == 200
    assert parse_qs(urlsplit(guest.ways[0]).query)["redirect_uri"] == [site.provider.redirect_uri]
    assert not [way for way in guest.ways if "evil" in way]
    note("the way in", attack, "leads back here")


def test_a_sign_in_leads_to_the_page_that_was_wanted(site: Site) -> None:
    guest = Guest(site)
    guest.open("/trials?agent=ivig&q=long%20covid")
    guest.sign_in()
    assert guest.ways[-1] == f"{site.up.url}/trials?agent=ivig&q=long%20covid"
    guest.open("/auth/logout")
    assert guest.ways[-1] == f"{site.up.url}/"
    guest.open("/")
    guest.sign_in()
    assert guest.ways[-1] == f"{site.up.url}/", "the page of an earlier sign-in was wanted then"


def test_a_cookie_that_leads_elsewhere(site: Site, note: Note) -> None:
    """What else such a cookie could hold: ``tests/dashboard/web/test_way_back.py``."""
    note("the way in", "a cookie that leads elsewhere")
    guest = Guest(site)
    guest.sign_in(until=BACK)
    path = guest.ways[-1].removeprefix(site.up.url)
    answered = send(site.up.port, request(path, Cookie=f"{guest.cookies}; trials_back=//evil.example/trials"))
    assert (answered.status, answered.headers["location"]) == (302, "/")
    note("the way in", "a cookie that leads elsewhere", "leads to the first page")


def test_a_button_that_somebody_else_made(site: Site, note: Note) -> None:
    """What says which provider is meant is signed, too, and good for two minutes."""
    note("the way in", "a forged provider")
    guest = Guest(site)
    guest.open(f"{LOGIN}?provider=default")
    guest.open(f"{LOGIN}?provider=eyJhbGciOiJub25lIn0.eyJwcm92aWRlciI6ImRlZmF1bHQiLCJleHAiOjk5OTk5OTk5OTl9.")
    guest.open(LOGIN)
    assert guest.ways == [f"{site.up.url}/"] * 3
    note("the way in", "a forged provider", "leads to the page")


def test_no_secret_is_in_the_log(site: Site) -> None:
    """After all that went wrong above, and one sign-in that went well."""
    guest = Guest(site)
    guest.sign_in()
    said = site.up.said()
    assert BACK in said
    held = [SECRET, TOKEN, site.provider.cookie_secret, *site.provider.given, *(str(one.value) for one in guest.jar)]
    assert not [one for one in held if one in said]
    assert claimed()["email"] not in said
