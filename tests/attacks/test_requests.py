"""Requests that no browser of a reader sends: foreign names, forged headers, paths out of the house, too much of it."""

import pytest

from dashboard.web.shell import headers
from tests.browser.serving import Dashboard
from tests.rigs.attack_table import Note
from tests.rigs.socket_client import Answered, request, send

EVIL = "evil.example"
# Words of files that lie where a path may lead: the system's, ours, settings.
INSIDE = (b"root:x:0", b"import streamlit", b"[server]", b"TRIALS_", b"Traceback", b"site-packages", b"SQLite format")
UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip

HOSTS = {
    "a rebound name": request("/", EVIL),
    "a name that begins like ours": request("/api/trials.json", f"localhost.{EVIL}"),
    "a name behind a user": request("/feed.xml", f"localhost@{EVIL}"),
    "no name": b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "two names": b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "HTTP/1.0 without a name": b"GET /api/trials.json HTTP/1.0\r\n\r\n",
    "a websocket by a rebound name": request("/_stcore/stream", EVIL, Origin=f"http://{EVIL}", **UPGRADE),
}
ORIGINS = {
    "a page of another site": f"http://{EVIL}",
    "a page of another port": "http://localhost:3000",
    "a page without an origin": "null",
    "a file": "file://",
    "a name that begins like ours": f"http://localhost.{EVIL}",
}
ENDLESS = request("/", method="POST", Transfer_Encoding="chunked") + b"5\r\nhello\r\n" * 2000
PATHS = (
    "/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2f..%2fetc/passwd",
    "/....//....//etc/passwd", "/static/../../../main.py", "/static/js/..%5c..%5c..%5cmain.py",
    "/app/static/../../app.py", "/app/static/%2e%2e%2fmain.py", "/media/../../etc/passwd",
    "/media/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/component/x/../../../etc/passwd", "//etc/passwd",
    "/_stcore/bidi-components/../../../etc/passwd", "/.streamlit/config.toml", "/.streamlit/secrets.toml", "/main.py",
    "/app.py", "/trials.sqlite3", "/.git/config", "/api/v1/trials/..%2f..%2f..%2fetc%2fpasswd", "/file:///etc/passwd",
    "/links.js/../app.py", "/%00/etc/passwd", "/etc/passwd%00.js", "/\\\\evil.example\\share", "/c:/windows/win.ini",
)  # fmt: skip
TOO_MUCH = {
    "a query of 40 kB": (request("/trials?q=" + "a" * 40_000), {414}),
    "600 filters": (request("/trials?" + "&".join(["agent=ivig"] * 600)), {414}),
    "600 values for a program": (request("/api/v1/trials?" + "&".join(["country=France"] * 600)), {414}),
    "a path of 5 kB": (request("/" + "a" * 5_000), {414}),
    "headers of 200 kB": (request("/", X_Long="a" * 200_000), {400, 431}),
    "a page of 10 million rows": (request("/api/v1/trials?limit=10000000"), {400}),
    "a body": (request("/", method="POST", Content_Length="11") + b"a=1&b=2&c=3", {413}),
    "a body without an end": (
        request("/", method="POST", Transfer_Encoding="chunked") + b"5\r\nhello\r\n" * 2000,
        {413},
    ),
    "a body of 10 GB": (request("/api/trials.json", method="PUT", Content_Length="10000000000"), {413}),
    "a file": (request("/_stcore/upload_file/a/b", method="PUT", Content_Length="5") + b"hello", {413}),
    "bytes that are no request": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", {400}),
}
NOT_OURS = {
    "Streamlit's inner figures": "/_stcore/metrics",
    "a route for files": "/_stcore/upload_file/x/y",
    "programs that drive a page": "/_stcore/agent/openapi.json",
    "foreign components": "/component/x/index.html",
    "an API that is none": "/api/v2/trials",
}


def outcome(answered: Answered) -> str:
    return f"refused with {answered.status}" if answered.status else "closed"


@pytest.mark.parametrize("attack", HOSTS)
def test_foreign_names(up: Dashboard, note: Note, attack: str) -> None:
    note("the server's name", attack)
    answered = send(up.port, HOSTS[attack])
    assert answered.status in (400, 421)
    assert b"NCT" not in answered.body
    note("the server's name", attack, outcome(answered))


@pytest.mark.parametrize("attack", ORIGINS)
def test_websockets_of_other_pages(up: Dashboard, note: Note, attack: str) -> None:
    note("the websocket", attack)
    answered = send(up.port, request("/_stcore/stream", f"localhost:{up.port}", Origin=ORIGINS[attack], **UPGRADE))
    assert answered.status == 403
    for name, value in headers().items():
        assert answered.headers[name.lower()] == value, name
    note("the websocket", attack, outcome(answered))


@pytest.mark.parametrize(
    "forged",
    [
        {"X_Forwarded_Host": EVIL},
        {"X_Forwarded_Proto": "javascript"},
        {"X_Forwarded_For": EVIL, "Forwarded": f"host={EVIL};proto=gopher"},
        {"X_Original_URL": f"http://{EVIL}/", "X_Rewrite_URL": "/_stcore/metrics"},
    ],
    ids=lambda forged: ", ".join(name.replace("_", "-") for name in forged),
)
def test_forwarding_headers_change_no_answer(up: Dashboard, note: Note, forged: dict[str, str]) -> None:
    attack = ", ".join(name.replace("_", "-") for name in forged)
    note("addresses in answers", attack)
    for path in ("/feed.xml", "/calendar.ics", "/"):
        answered = send(up.port, request(path, **forged))
        assert answered.status == 200
        assert not [word for word in (b"evil", b"javascript:", b"gopher") if word in answered.body]
    note("addresses in answers", attack, "no word of it in an answer")


@pytest.mark.parametrize("path", PATHS)
def test_paths_out_of_the_house(up: Dashboard, note: Note, path: str) -> None:
    note("files", path)
    answered = send(up.port, request(path))
    assert not [word for word in INSIDE if word in answered.body]
    assert EVIL not in answered.headers.get("location", "")
    if answered.status == 200:  # the page itself, which finds no page of that name
        assert answered.body.rstrip().endswith(b"</html>")
    else:
        assert 300 <= answered.status < 500
    note("files", path, "the page, no file" if answered.status == 200 else outcome(answered))


@pytest.mark.parametrize("attack", TOO_MUCH)
def test_too_much(up: Dashboard, note: Note, attack: str) -> None:
    sent, statuses = TOO_MUCH[attack]
    note("the server's patience", attack)
    answered = send(up.port, sent)
    assert answered.status in statuses
    assert not [word for word in INSIDE if word in answered.body]
    assert send(up.port, request("/_stcore/health")).status == 200
    note("the server's patience", attack, outcome(answered))


@pytest.mark.parametrize("attack", NOT_OURS)
def test_what_is_closed(up: Dashboard, note: Note, attack: str) -> None:
    note("what readers do not need", attack)
    answered = send(up.port, request(NOT_OURS[attack]))
    assert answered.status == 404
    note("what readers do not need", attack, outcome(answered))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"])
@pytest.mark.parametrize("path", ["/api/trials.json", "/api/v1/trials", "/feed.xml"])
def test_methods_that_change_something(up: Dashboard, note: Note, method: str, path: str) -> None:
    note("the data", f"{method} {path}")
    answered = send(up.port, request(path, method=method))
    assert answered.status in (400, 405)
    note("the data", f"{method} {path}", outcome(answered))


@pytest.mark.parametrize("path", ["/trials%0d%0aSet-Cookie:%20a=b", "/api/trials.json?agent=%0d%0aSet-Cookie:%20a=b"])
def test_no_request_writes_a_header(up: Dashboard, note: Note, path: str) -> None:
    note("headers of an answer", path)
    answered = send(up.port, request(path))
    assert "a=b" not in str(answered.headers.get("set-cookie", ""))
    note("headers of an answer", path, f"{answered.status}, no such header")


@pytest.mark.parametrize(
    "query",
    [
        "agent=%00", "agent=%ff%fe", "q=%F0%9F%92%A9", "agent[]=x&agent[$ne]=1", "year_from=99999999999999999999",
        "agent=' OR 1=1 --", "q=%25%27%22%3B", "agent=${7*7}{{7*7}}", "q=<script>alert(1)</script>",
        "near=1e999,nan&km=-1", "nct=NCT00000000'--", "status=../../etc/passwd", "q=" + "(" * 5_000,
        "q=" + "a" * 30_000, "q=" + "%22a " * 3_000,
    ],
)  # fmt: skip
def test_hostile_values_of_filters(up: Dashboard, note: Note, query: str) -> None:
    note("filters", query[:40])
    statuses = []
    for path in ("/api/trials.json", "/api/v1/trials", "/feed.xml", "/api/outcomes.csv"):
        answered = send(up.port, request(f"{path}?{query.replace(' ', '%20')}"))
        assert answered.status in (200, 400, 414)
        assert not [word for word in INSIDE if word in answered.body]
        if answered.headers["content-type"].startswith("text/html"):
            assert b"<script>alert" not in answered.body
        statuses.append(answered.status)
    note("filters", query[:40], f"answered {', '.join(map(str, sorted(set(statuses))))}; nothing run, nothing leaked")
