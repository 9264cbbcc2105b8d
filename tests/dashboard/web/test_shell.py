"""What every answer carries, and what is turned away at the door: the layer alone, then around the real server."""

import asyncio
import gzip
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit

from cache.filters.query import LONGEST_QUERY, MOST_PARAMETERS
from dashboard.web.door import LONGEST_PATH, MOST_AT_ONCE, refusal
from dashboard.web.first_paint import SCRIPTS
from dashboard.web.hosts import Hosts
from dashboard.web.shell import Shell, content_security_policy, headers
from tests.browser.serving import Dashboard

HERE = Hosts(bound="127.0.0.1")


def asked(query: bytes = b"", kind: str = "http", path: str = "/", **headers: str) -> dict[str, Any]:
    given = {"host": "localhost:8501", **headers}
    sent = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in given.items()]
    return {
        "type": kind, "method": "GET", "path": path, "headers": sent, "query_string": query,
        "extensions": {"websocket.http.response": {}},
    }  # fmt: skip


def served(scope: dict[str, Any], hosts: Hosts = HERE) -> list[dict[str, Any]]:
    """The messages the layer sends around an app that answers 200 with a header of its own."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        kind = f"{scope['type']}.response.start"
        await send({"type": kind, "status": 200, "headers": [(b"x-frame-options", b"SAMEORIGIN")]})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    asyncio.run(Shell(app, hosts)(scope, receive, send))
    return sent


def test_every_answer_has_the_headers_and_an_app_may_say_otherwise() -> None:
    given = {name.decode(): value.decode() for name, value in served(asked())[0]["headers"]}
    assert given.pop("x-frame-options") == "SAMEORIGIN"
    assert re.fullmatch(r"[0-9a-f]{16}", given.pop("x-request-id"))
    wanted = {name.lower(): value for name, value in headers().items()}
    assert given == {name: value for name, value in wanted.items() if name != "x-frame-options"}


def test_a_websocket_of_our_own_page_passes_untouched() -> None:
    passed = served(asked(kind="websocket", origin="http://localhost:8501"))
    assert passed[0]["headers"] == [(b"x-frame-options", b"SAMEORIGIN")]


def test_a_websocket_that_is_refused_says_why_and_has_the_headers() -> None:
    start, body = served(asked(kind="websocket", origin="http://evil.example"))
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 403)
    assert b"content-security-policy" in dict(start["headers"])
    assert body["body"].startswith(b"Only a page of this server")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (b"&".join(b"a%d=1" % number for number in range(12_000)), "too long"),
        (b"q=" + b"a" * LONGEST_QUERY, "too long"),
        (b"&" * MOST_PARAMETERS, "too many parameters"),
        (b"&".join([b"agent=ivig"] * (MOST_PARAMETERS + 1)), "too many parameters"),
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_an_address_without_measure_is_refused_with_a_sentence(query: bytes, said: str, kind: str) -> None:
    start, body = served(asked(query, kind))
    assert start["status"] == 414
    assert said in body["body"].decode()
    assert b"content-security-policy" in dict(start["headers"])


def test_a_large_view_is_none_of_them() -> None:
    query = b"&".join([b"agent=autologous_lymph_node_cells&country=Bosnia+and+Herzegovina"] * 100)
    assert refusal(asked(query), HERE) is None


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        (asked(host="evil.example"), 421),
        (asked(host=""), 421),
        (asked(kind="websocket", host="evil.example", origin="http://evil.example"), 421),
        (asked(kind="websocket", origin="http://localhost:3000"), 403),
        (asked(kind="websocket", origin="null"), 403),
        (asked(path="/" + "a" * LONGEST_PATH), 414),
        (asked(content_length="5"), 413),
        (asked(transfer_encoding="chunked"), 413),
        (asked(path="/_stcore/metrics"), 404),
        (asked(path="/base/_stcore/upload_file/a/b"), 404),
    ],
)
def test_what_nobody_needs_is_turned_away(scope: dict[str, Any], status: int) -> None:
    refused = refusal(scope, HERE)
    assert refused is not None
    assert refused.status == status


def test_programs_wait_in_a_line_of_bounded_length() -> None:
    """The first ones are being answered when one more asks; the probe of an operator is none of them."""
    statuses: list[int] = []

    async def run() -> None:
        done = asyncio.Event()

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if scope["path"] != "/api/ready":
                await done.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async def receive() -> Any:
            return {"type": "http.request"}

        shell = Shell(app, HERE)
        first = [shell(asked(path="/feed.xml"), receive, send) for _ in range(MOST_AT_ONCE)]
        waiting = [asyncio.ensure_future(one) for one in first]
        await asyncio.sleep(0)
        await shell(asked(path="/api/trials.json"), receive, send)
        await shell(asked(path="/api/ready"), receive, send)
        done.set()
        await asyncio.gather(*waiting)
        await shell(asked(path="/api/trials.json"), receive, send)

    asyncio.run(run())
    assert statuses == [429, 200, *[200] * MOST_AT_ONCE, 200]


def test_nobody_may_frame_a_page_and_nothing_comes_from_elsewhere() -> None:
    policy = content_security_policy()
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert "script-src 'self' 'wasm-unsafe-eval' 'sha256-" in policy
    assert "unsafe-eval'" not in policy.replace("wasm-unsafe-eval'", "")
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    assert len(re.findall(r"<script>", page)) == policy.count("'sha256-")


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with Dashboard(tmp_path_factory.mktemp("shell")) as running:
        yield running


def get(up: Dashboard, path: str) -> tuple[int, Any, str]:
    try:
        with urllib.request.urlopen(up.url + path, timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode(errors="replace")


@pytest.mark.parametrize(
    "path", ["/", "/trials?agent=ivig", "/_stcore/health", "/favicon.png", "/api/ready", "/feed.xml", "/api/nothing"]
)
def test_pages_routes_and_files_are_all_inside_the_shell(up: Dashboard, path: str) -> None:
    _, given, _ = get(up, path)
    for name, value in headers().items():
        assert given[name] == value, name


@pytest.mark.parametrize("path", ["/api", "/api/nothing", "/api/", "/api/trials", "/api/v9/trials.json"])
def test_an_unknown_address_for_programs_is_404_and_not_the_page(up: Dashboard, path: str) -> None:
    status, given, body = get(up, path)
    assert status == 404
    assert given["Content-Type"] == "application/problem+json"
    assert "/api/trials.json" in body


@pytest.mark.parametrize("path", ["/trials", "/api/trials.json", "/feed.xml"])
def test_the_server_answers_414_where_it_took_seconds(up: Dashboard, path: str) -> None:
    query = "&".join(f"a{number}=1" for number in range(MOST_PARAMETERS + 1))
    status, _, body = get(up, f"{path}?{query}")
    assert status == 414
    assert "Leave some filters out" in body


@pytest.mark.parametrize("path", ["/", "/trials?agent=ivig", "/agents"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_every_page_loads_our_scripts_packed_or_not(up: Dashboard, path: str, encoding: str) -> None:
    request = urllib.request.Request(up.url + path, headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
        assert int(answer.headers["Content-Length"]) == len(body)
        page = gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body
    for ours in SCRIPTS:
        assert page.count(f'<script defer src="./{ours.name}"></script>'.encode()) == 1
        status, given, script = get(up, f"/{ours.name}")
        assert status == 200
        assert given["Content-Type"].startswith("text/javascript")
        assert script == ours.read_text(encoding="utf-8")


def test_a_head_request_has_no_page_to_change(up: Dashboard) -> None:
    request = urllib.request.Request(up.url + "/", method="HEAD")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200
        assert answer.read() == b""
