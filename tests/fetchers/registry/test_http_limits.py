"""What a client will not put up with: refusals, redirects, dripping and endless answers; and how it is stopped."""

import gzip
import threading
import time
from collections.abc import Callable

import pytest

from fetchers.errors import Cancelled, Refused, Transport
from fetchers.registry.http import MAX_BODY
from tests.rigs.scripted import Clock, Piece, Scripted, answer, asked, body, client

GOOD = answer(body=b"fine")


# -- refusals, redirects --------------------------------------------------------------------------------------------


def test_403_is_never_asked_again() -> None:
    clock = Clock()
    with Scripted(answer("403 Forbidden", b"<html>")) as server, client(server, clock) as http:
        for _ in range(2):
            with pytest.raises(Refused, match=f"{server.host} refused this machine"):
                http.get(server.url, body)
        assert (http.requests, clock.total) == (1, 0)


@pytest.mark.parametrize("status", [200, 400, 404, 410, 418, 501])
def test_other_statuses_are_the_readers_business(status: int) -> None:
    with Scripted(answer(f"{status} Whatever", b"words\n here")) as server, client(server) as http:
        found = http.get(server.url, lambda found: found)
    assert (found.status, found.words, found.html, http.requests) == (status, "words here", False, 1)


def test_a_301_on_the_same_host_keeps_the_query() -> None:
    with Scripted(answer("301 Moved", headers="Location: /api/v2/new"), GOOD) as server, client(server) as http:
        assert http.get(server.url + "/old?fields=NCTId", body) == b"fine"
        assert asked(server) == ["/api/v2/old?fields=NCTId", "/api/v2/new?fields=NCTId"]
    assert http.requests == 2


@pytest.mark.parametrize(
    ("status", "location"),
    [
        (301, "http://127.0.0.2/api/v2/x"),
        (301, "https://127.0.0.1/api/v2/x"),
        (302, "/login"),
        (307, "/api/v2/x"),
        (304, ""),
    ],
)
def test_no_other_redirect_is_followed(status: int, location: str) -> None:
    with (
        Scripted(answer(f"{status} Moved", headers=f"Location: {location}"), GOOD) as server,
        client(server) as http,
        pytest.raises(Transport, match=f"redirects us .HTTP {status}, to .*{location}"),
    ):
        http.get(server.url, body)
    assert http.requests == 1


def test_a_circle_of_redirects_ends() -> None:
    with (
        Scripted(answer("301 Moved", headers="Location: /api/v2/x")) as server,
        client(server) as http,
        pytest.raises(Transport, match="in a circle"),
    ):
        http.get(server.url + "/x", body)
    assert http.requests == 3


# -- deadlines and sizes --------------------------------------------------------------------------------------------

DRIP: list[Piece] = [piece for _ in range(200) for piece in (b"x", 0.05)]


@pytest.mark.parametrize(
    "bad",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *DRIP],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n", *DRIP],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n", *DRIP],
        [b"HTTP/1.1 200 OK\r\n\r\n", *DRIP],
        [b"HTTP/1.1 200 OK\r\nX: ", *DRIP],
        [*DRIP],
    ],
    ids=["length", "close", "chunked", "until-closed", "headers", "status-line"],
)
def test_an_answer_that_drips_is_cut_off(bad: list[Piece]) -> None:
    # A busy machine may be slow between two drops, so a silence may last eight times as long as the pause between them.
    with (
        Scripted(bad) as server,
        client(server, timeout=0.4, attempts=2) as http,
        pytest.raises(Transport, match=r"(?:incomplete after 0\.8 s|no answer within 0\.4 s) .asked 2 times"),
    ):
        http.get(server.url, body)


def test_the_deadline_of_one_answer_does_not_hit_the_next() -> None:
    threads = threading.active_count()
    with Scripted(GOOD) as server, client(server, timeout=0.4) as http:
        for _ in range(3):
            http.get(server.url, body)
            time.sleep(0.85)  # past the deadline of the answer, twice the timeout
        assert server.connections == 1
        assert threading.active_count() <= threads + 2  # the server's own


def test_a_body_beyond_the_ceiling_is_not_read_on() -> None:
    bomb = gzip.compress(b"0" * 30_000_000)
    with (
        Scripted(answer(body=bomb, headers="Content-Encoding: gzip")) as server,
        client(server, ceiling=2_000_000) as http,
        pytest.raises(Transport, match=r"more than 1 MB in one answer"),
    ):
        http.get(server.url, body)
    assert http.requests == 1
    assert http.bytes <= len(bomb)


def test_the_ceiling_leaves_room_for_a_page_of_full_records() -> None:
    assert MAX_BODY >= 2 * 110_000_000


# -- stopping -------------------------------------------------------------------------------------------------------


def test_nothing_is_asked_after_stop() -> None:
    with Scripted(GOOD) as server, client(server, stop=lambda: True) as http, pytest.raises(Cancelled):
        http.get(server.url, body)
    assert http.requests == 0


def stop_after(clock: Clock, moment: float) -> Callable[[], bool]:
    return lambda: clock.now >= moment


def test_stop_ends_a_long_wait_quickly() -> None:
    clock = Clock()
    with (
        Scripted(answer("429 Slow", headers="Retry-After: 60")) as server,
        client(server, clock, stop=stop_after(clock, 1005.0)) as http,
        pytest.raises(Cancelled),
    ):
        http.get(server.url, body)
    assert http.requests == 1
    assert 5.0 <= clock.total < 5.3


def test_stop_ends_the_wait_of_the_pace() -> None:
    clock = Clock()
    with Scripted(GOOD) as server, client(server, clock, pace=30.0, stop=stop_after(clock, 1001.0)) as http:
        http.get(server.url, body)
        with pytest.raises(Cancelled):
            http.get(server.url, body)
    assert 1.0 <= clock.total < 1.3


# -- the machine's own side -----------------------------------------------------------------------------------------


def test_loopback_is_not_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with Scripted(GOOD) as server, client(server) as http:
        assert http.get(server.url, body) == b"fine"


def test_any_other_host_is_asked_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with Scripted(GOOD) as proxy, client(proxy) as http:
        monkeypatch.setenv("http_proxy", f"http://{proxy.host}")
        assert http.get("http://registry.invalid/api/v2/version", body) == b"fine"
        assert asked(proxy) == ["http://registry.invalid/api/v2/version"]


def test_a_missing_file_of_certificates_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/certificates.pem")
    with (
        Scripted(GOOD) as server,
        client(server) as http,
        pytest.raises(Transport, match=r"cannot be asked from this machine: .*/nowhere/certificates\.pem"),
    ):
        http.get(server.url.replace("http:", "https:"), body)
    assert http.requests == 1


def test_speaking_tls_to_a_plain_server_is_a_transport_error() -> None:
    with (
        Scripted([b"HTTP/1.1 400 Bad Request\r\n\r\n"]) as server,
        client(server, timeout=0.2) as http,
        pytest.raises(Transport),
    ):
        http.get(server.url.replace("http:", "https:"), body)
