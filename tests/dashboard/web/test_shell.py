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
from dashboard.web.first_paint import SCRIPTS
from dashboard.web.shell import Shell, content_security_policy, headers, refusal
from tests.browser.serving import Dashboard


def served(query: bytes, kind: str = "http") -> list[dict[str, Any]]:
    """The messages the layer sends around an app that answers 200 with a header of its own."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": f"{kind}.response.start", "status": 200, "headers": [(b"x-frame-options", b"SAMEORIGIN")]})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    scope = {"type": kind, "method": "GET", "path": "/", "headers": [], "query_string": query}
    asyncio.run(Shell(app)(scope, receive, send))
    return sent


def test_every_answer_has_the_headers_and_an_app_may_say_otherwise() -> None:
    given = {name.decode(): value.decode() for name, value in served(b"")[0]["headers"]}
    assert given.pop("x-frame-options") == "SAMEORIGIN"
    wanted = {name.lower(): value for name, value in headers().items()}
    assert given == {name: value for name, value in wanted.items() if name != "x-frame-options"}


def test_websockets_pass_untouched() -> None:
    assert served(b"x" * 2 * LONGEST_QUERY, kind="websocket")[0]["headers"] == [(b"x-frame-options", b"SAMEORIGIN")]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (b"&".join(b"a%d=1" % number for number in range(12_000)), "too long"),
        (b"q=" + b"a" * LONGEST_QUERY, "too long"),
        (b"&" * MOST_PARAMETERS, "too many parameters"),
        (b"&".join([b"agent=ivig"] * (MOST_PARAMETERS + 1)), "too many parameters"),
    ],
)
def test_an_address_without_measure_is_refused_with_a_sentence(query: bytes, said: str) -> None:
    assert said in (refusal(query) or "")
    start, body = served(query)
    assert start["status"] == 414
    assert said in body["body"].decode()
    assert b"content-security-policy" in dict(start["headers"])


def test_a_large_view_is_none_of_them() -> None:
    assert refusal(b"&".join([b"agent=autologous_lymph_node_cells&country=Bosnia+and+Herzegovina"] * 100)) is None


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
    assert given["Content-Type"] == "application/json"
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
