"""One polite GET: pace, time-outs, retries, redirects, sizes, and what the error then says."""

import gzip
import time

import pytest

from fetchers.errors import Parsing, Postponed, Transport
from fetchers.registry.http import Answer
from tests.rigs.scripted import Clock, Piece, Scripted, answer, body, client

GOOD = answer(body=b"fine")


def test_a_good_answer_costs_one_request_and_no_wait() -> None:
    clock = Clock()
    with Scripted(GOOD) as server, client(server, clock) as http:
        assert http.get(server.url + "/x", body) == b"fine"
    assert (http.requests, http.bytes, clock.total) == (1, 4, 0.0)


def test_one_connection_is_kept_alive_and_gzip_is_asked_for() -> None:
    packed = gzip.compress(b"fine" * 1000)
    with Scripted(answer(body=packed, headers="Content-Encoding: gzip")) as server, client(server) as http:
        for _ in range(5):
            assert http.get(server.url, body) == b"fine" * 1000
        assert server.connections == 1
        assert "gzip" in server.heads[0]
    assert http.bytes == 5 * len(packed)


@pytest.mark.parametrize(
    ("given", "expected"), [(None, "python-requests/"), ("tracker (a@b.org)", "tracker (a@b.org)")]
)
def test_the_user_agent_is_the_librarys_own_unless_given(given: str | None, expected: str) -> None:
    with Scripted(GOOD) as server, client(server, user_agent=given) as http:
        http.get(server.url, body)
        assert f"User-Agent: {expected}" in server.heads[0]


def test_cookies_are_not_sent_back() -> None:
    with Scripted(answer(body=b"x", headers="Set-Cookie: who=me; Path=/")) as server, client(server) as http:
        http.get(server.url, body)
        http.get(server.url, body)
        assert "ookie" not in "".join(server.heads)


# -- pace -----------------------------------------------------------------------------------------------------------


def test_the_pace_is_kept_from_start_to_start() -> None:
    clock = Clock()
    starts: list[float] = []

    def slow(found: Answer) -> bytes:
        starts.append(clock.now)
        clock.now += 0.4  # reading took that long
        return found.body

    with Scripted(GOOD) as server, client(server, clock, pace=1.0) as http:
        for _ in range(4):
            http.get(server.url, slow)
    assert starts == pytest.approx([1000.0, 1001.0, 1002.0, 1003.0])
    assert clock.total == pytest.approx(3 * 0.6)


def test_a_request_slower_than_the_pace_is_followed_at_once() -> None:
    clock = Clock()
    with Scripted(GOOD) as server, client(server, clock, pace=1.0) as http:
        http.get(server.url, body)
        clock.now += 7
        http.get(server.url, body)
    assert clock.total == 0


def test_the_pace_holds_on_a_real_clock() -> None:
    with (
        Scripted(GOOD) as server,
        client(server, pace=0.15, sleep=time.sleep, clock=time.monotonic) as http,
    ):
        before = time.monotonic()
        for _ in range(4):
            http.get(server.url, body)
        assert 0.44 < time.monotonic() - before < 2


def test_after_a_429_the_pace_stays_at_a_second_at_least() -> None:
    clock = Clock()
    with Scripted(answer("429 Too Many Requests"), GOOD) as server, client(server, clock, pace=0.1) as http:
        http.get(server.url, body)
        assert clock.total == pytest.approx(2.0)
        http.get(server.url, body)
        http.get(server.url, body)
    assert clock.total == pytest.approx(4.0)


def test_after_a_429_a_slower_pace_is_not_quickened() -> None:
    clock = Clock()
    with Scripted(answer("429 Too Many Requests"), GOOD) as server, client(server, clock, pace=5.0) as http:
        http.get(server.url, body)
        http.get(server.url, body)
    assert clock.total == pytest.approx(10.0)


# -- retries --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, *range(520, 528), 529, 530, 599])
def test_three_bad_answers_then_a_good_one(status: int) -> None:
    clock = Clock()
    bad = answer(f"{status} Bad", b"upstream")
    with Scripted(bad, bad, bad, GOOD) as server, client(server, clock) as http:
        assert http.get(server.url, body) == b"fine"
    assert clock.total == pytest.approx(1 + 2 + 4)
    assert http.requests == 4
    assert http.bytes == 3 * len(b"upstream") + len(b"fine")


def test_429_waits_twice_as_long() -> None:
    clock = Clock()
    bad = answer("429 Too Many Requests")
    with Scripted(bad, bad, bad, GOOD) as server, client(server, clock) as http:
        http.get(server.url, body)
    assert clock.total == pytest.approx(2 + 4 + 8)


def test_jitter_adds_up_to_half() -> None:
    clock = Clock()
    bad = answer("503 Bad")
    with Scripted(bad, bad, bad, GOOD) as server, client(server, clock, jitter=lambda: 1.0) as http:
        http.get(server.url, body)
    assert clock.total == pytest.approx(1.5 * (1 + 2 + 4))


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ("Retry-After: 7", 7),
        ("Retry-After: 0", 2),
        ("Retry-After: 60", 60),
        ("Retry-After: 7\nRetry-After: 31", 31),
        ("Date: Fri, 20 Nov 2026 09:00:00 GMT\nRetry-After: Fri, 20 Nov 2026 09:00:30 GMT", 30),
        ("Date: Fri, 20 Nov 2026 09:00:00 GMT\nRetry-After: Fri, 20 Nov 2026 08:00:00 GMT", 2),
        ("Retry-After: soon", 2),
        ("Retry-After: -5", 2),
        ("Retry-After: \u00b2", 2),
        ("Retry-After: 1e5", 2),
        ("Retry-After: NaN", 2),
        ("Retry-After: " + "0" * 5_000 + "7", 7),
        ("Retry-After: Fri, 20 Nov 2026 09:00:00 +99999999999999999999", 2),
        ("Retry-After: Fri, 20 Nov 99999999999999 09:00:00 GMT", 2),
        ("Retry-After: Fri, 20 Nov " + "9" * 6_000 + " 09:00:00 GMT", 2),
        ("Retry-After: Mon, 01 Jan 0001 00:00:00 +2359", 2),
        ("Date: Fri, 31 Dec 9999 23:59:59 -2359\nRetry-After: Mon, 02 Nov 2020 09:00:00 GMT", 2),
    ],
)
def test_retry_after_is_honoured_up_to_a_minute(headers: str, wait: float) -> None:
    clock = Clock()
    with Scripted(answer("429 Slow", headers=headers), GOOD) as server, client(server, clock) as http:
        http.get(server.url, body)
    assert clock.total == pytest.approx(wait)


@pytest.mark.parametrize(
    ("headers", "when"),
    [
        ("Date: Fri, 20 Nov 2026 09:00:00 GMT\nRetry-After: 3600", "2026-11-20 10:00 UTC"),
        ("Date: Fri, 20 Nov 2026 09:00:00 GMT\nRetry-After: Sat, 21 Nov 2026 08:00:00 GMT", "2026-11-21 08:00 UTC"),
        ("Date: Fri, 20 Nov 2026 09:00:00 GMT\nRetry-After: 61", "2026-11-20 09:01 UTC"),
        ("Retry-After: Fri, 20 Nov 2093 08:00:00 -0000", "2093-11-20 08:00 UTC"),
        ("Retry-After: 9" + "9" * 400, "a day that no calendar holds"),
        ("Retry-After: 999999999999", "a day that no calendar holds"),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_longer_wait_is_not_waited_for_but_said(status: int, headers: str, when: str) -> None:
    clock = Clock()
    with Scripted(answer(f"{status} Slow", headers=headers), GOOD) as server, client(server, clock) as http:
        for _ in range(2):
            with pytest.raises(Postponed, match=f"asks us to wait until {when} .HTTP {status}"):
                http.get(server.url, body)
    assert (http.requests, clock.total) == (1, 0), "neither waited for nor asked again"


def test_an_answer_that_turns_out_to_be_no_data_is_asked_for_again() -> None:
    def read(found: Answer) -> bytes:
        if found.body != b"fine":
            raise Parsing("a web page came instead of studies")
        return found.body

    page = answer(body=b"<html>", content_type="text/html")
    with Scripted(page, page, GOOD) as server, client(server) as http:
        assert http.get(server.url, read) == b"fine"
    with Scripted(page) as server, client(server) as http, pytest.raises(Transport) as caught:
        http.get(server.url, read)
    text = str(caught.value)
    assert server.host in text
    assert "a web page came instead of studies" in text
    assert "asked 4 times" in text


def test_an_error_of_the_readers_is_not_retried() -> None:
    def read(found: Answer) -> bytes:
        raise LookupError("not that one")

    with Scripted(GOOD) as server, client(server) as http, pytest.raises(LookupError, match="not that one"):
        http.get(server.url, read)
    assert http.requests == 1


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
GZIPPED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ([HEAD + b"half"], "cut off"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"], "cut off"),
        ([GZIPPED], "compression is damaged"),
        ([b"not http at all\r\n\r\n"], "connection failed"),
        ([], "closed without an answer"),
        (answer("500 Oops"), "HTTP 500"),
        ([0.5], "no answer within 0.1 s"),
        ([HEAD, 0.5], "no answer within 0.1 s"),
    ],
)
def test_what_happened_is_said_in_plain_words(bad: list[Piece], words: str) -> None:
    with (
        Scripted(bad, closes=True) as server,
        client(server, timeout=0.1) as http,
        pytest.raises(Transport) as caught,
    ):
        http.get(server.url, body)
    assert str(caught.value) == (
        f"{server.host} gave no usable answer: {caught.value.__cause__} (asked 4 times). Try again later."
    )
    assert words in str(caught.value)
    assert http.requests == 4


def test_nobody_listening() -> None:
    clock = Clock()
    with Scripted(GOOD) as server:
        pass
    with client(server, clock) as http, pytest.raises(Transport, match=r"connection was refused .asked 4 times"):
        http.get(server.url, body)
    assert clock.total == pytest.approx(7)


def test_one_attempt_is_called_once() -> None:
    with (
        Scripted(answer("500 Oops")) as server,
        client(server, attempts=1) as http,
        pytest.raises(Transport, match=r"HTTP 500, an error on its side .asked once.\. Try again"),
    ):
        http.get(server.url, body)
