"""The gate alone: which addresses it shuts, for whom it opens, and how a session ends."""

import asyncio
import json
import time
from typing import Any

import pytest
from streamlit import config

from dashboard.api import problems
from dashboard.web import gate
from dashboard.web.gate import KNOWN, Gate, shut
from dashboard.web.hosts import Hosts
from dashboard.web.shell import Shell
from dashboard.web.visitors import SESSION_SECONDS, Clients
from tests.rigs import oidc
from tests.rigs.oidc import AUTH, CLIENT, claimed, cookie

CLIENTS = Clients("http://localhost:8501", {"default": CLIENT})
TOKEN = "a-token-of-forty-characters-1234567890ab"
LISTED = Gate("*@charity.example", CLIENTS, (TOKEN,))


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    oidc.use(monkeypatch)


def signed_in(**other: Any) -> str:
    return cookie(claimed(origin=CLIENTS.origin) | other, AUTH["cookie_secret"])


class Asked:
    """A request through the whole layer, to an app that says what it was given."""

    def __init__(self, gate: Gate, path: str = "/api/trials.json", kind: str = "http", **headers: str) -> None:
        given = {"host": "localhost:8501", **headers}
        self._page, kind = kind == "page", "http" if kind == "page" else kind
        raw = [(name.encode(), value.encode()) for name, value in given.items()]
        scope = {"type": kind, "method": "GET", "path": path, "headers": raw, "query_string": b"", "extensions": {}}
        self.sent: list[Any] = []
        self.reached: Any = None
        self.heard: list[Any] = []
        asyncio.run(Shell(self._app, Hosts(), problems.response, readers=gate)(scope, self._receive, self._send))

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached = scope
        if scope["type"] == "websocket":
            self.heard.append(await receive())
            return
        headers = [(b"cache-control", b"public, max-age=60")]
        if self._page:
            headers.append((b"content-type", b"text/html"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def _receive(self) -> Any:
        return {"type": "websocket.receive", "text": "a message"}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}


PAGES = ["/", "/trials", "/static/media/font.woff2", "/links.js", "/_stcore/health", "/api/live"]
SHUT = ["/api/trials.json", "/api/v1/trials", "/api", "/feed.xml", "/calendar.ics", "/media/a.csv"]
WRONG = [f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}", "Bearer ä"]


@pytest.mark.parametrize("path", SHUT)
def test_a_stranger_is_told_to_sign_in(path: str) -> None:
    answer = Asked(LISTED, path)
    assert (answer.status, answer.reached) == (401, None)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["cache-control"] == "no-store"


def test_a_program_is_told_in_the_form_of_the_api() -> None:
    answer = Asked(LISTED)
    assert answer.headers["content-type"] == "application/problem+json"
    said = json.loads(answer.sent[1]["body"])
    assert said["status"] == 401
    assert "Authorization: Bearer" in said["detail"]
    assert "token" not in json.loads(Asked(LISTED._replace(tokens=())).sent[1]["body"])["detail"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_their_scripts_and_the_probes_are_open_to_all(path: str) -> None:
    answer = Asked(LISTED, path)
    assert answer.status == 200
    assert answer.reached[KNOWN] is False
    assert answer.headers["cache-control"] == "public, max-age=60"


def test_the_gate_also_stands_where_the_pages_stand_below_a_path() -> None:
    before = config.get_option("server.baseUrlPath")
    config.set_option("server.baseUrlPath", "base")
    try:
        assert [path for path in ("/base/media/a", "/base/feed.xml", "/base/api/v1/trials") if not shut(path)] == []
        assert not shut("/base/static/media/font.woff2")
    finally:
        config.set_option("server.baseUrlPath", before)


def test_who_is_on_the_list_gets_an_answer_that_no_cache_hands_on() -> None:
    answer = Asked(LISTED, cookie=f"a=b; {signed_in()}")
    assert answer.status == 200
    assert answer.reached[KNOWN] is True
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "Cookie" in answer.headers["vary"]


@pytest.mark.parametrize("other", [{"email": "bert@evil.example"}, {"email_verified": False}, {"email": None}], ids=str)
def test_who_is_signed_in_and_not_on_the_list_is_told_so(other: dict[str, Any]) -> None:
    assert Asked(LISTED, cookie=signed_in(**other)).status == 403
    assert Asked(LISTED._replace(rule="signed-in"), cookie=signed_in(**other)).status == 200


@pytest.mark.parametrize("sent", [f"Bearer {TOKEN}", f"bearer  {TOKEN} "])
def test_a_program_with_a_token_gets_an_answer(sent: str) -> None:
    assert Asked(LISTED, authorization=sent).status == 200


@pytest.mark.parametrize("sent", WRONG)
def test_a_program_with_another_token_gets_none(sent: str) -> None:
    assert Asked(LISTED, authorization=sent).status == 401
    assert Asked(LISTED._replace(tokens=()), authorization=sent).status == 401


def test_cookies_of_a_site_that_is_encrypted_stay_so() -> None:
    kept = Asked(LISTED, "/trials", kind="page").headers["set-cookie"]
    assert kept == "trials_back=/trials; Path=/; Max-Age=600; HttpOnly; SameSite=lax"
    encrypted = LISTED._replace(clients=CLIENTS._replace(origin="https://trials.example.org"))
    assert Asked(encrypted, "/trials", kind="page").headers["set-cookie"] == f"{kept}; Secure"


def test_where_everybody_may_read_nobody_is_asked() -> None:
    answer = Asked(Gate())
    assert answer.status == 200
    assert KNOWN not in answer.reached
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert "vary" not in answer.headers


def test_a_wrong_setting_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALS_READERS", "login")
    found = gate.of_settings()
    assert Asked(found).status == 503
    assert Asked(found, authorization=f"Bearer {TOKEN}").status == 503
    assert Asked(found, "/").status == 200


def test_the_settings_make_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gate.of_settings().open
    monkeypatch.setenv("TRIALS_READERS", "*@charity.example")
    monkeypatch.setenv("TRIALS_API_TOKENS", TOKEN)
    assert gate.of_settings() == LISTED
    oidc.use(monkeypatch, None)
    assert gate.of_settings().rule is None


def test_a_session_hears_nothing_once_the_sign_in_is_over() -> None:
    sent = signed_in()
    assert Asked(LISTED, "/_stcore/stream", "websocket", cookie=sent).heard[0]["type"] == "websocket.receive"
    moments = iter([time.time(), time.time(), time.time() + SESSION_SECONDS + 1])
    late = LISTED._replace(now=lambda: next(moments))
    assert Asked(late, "/_stcore/stream", "websocket", cookie=sent).heard[0]["type"] == "websocket.disconnect"


def test_a_session_of_somebody_whose_time_is_over_begins_without_the_cookie() -> None:
    """Streamlit keeps its cookie for a month, and would take up the session again."""
    old = signed_in(iat=time.time() - SESSION_SECONDS - 1)
    reached = Asked(LISTED, "/_stcore/stream", "websocket", cookie=f"a=b; {old}; _streamlit_user_1=x; c=d").reached
    assert dict(reached["headers"])[b"cookie"] == b"a=b; c=d"
    reached = Asked(LISTED, "/_stcore/stream", "websocket", cookie=f"a=b; {signed_in()}").reached
    assert b"_streamlit_user=" in dict(reached["headers"])[b"cookie"]
