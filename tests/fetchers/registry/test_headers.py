"""Whatever the other side writes into a header, a request ends in an answer or in one of our errors."""

import gc
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fetchers.errors import TrackerError
from fetchers.registry.http import MOVES
from tests.rigs.scripted import Scripted, body, client

GOOD = b"Content-Length: 4\r\nConnection: close\r\n\r\nfine"
NINES = b"9" * 5_000


def asked_twice(*heads: bytes) -> str:
    """What came of one GET whose every answer begins with these header lines; each attempt counts."""
    raw = b"\r\n".join(heads) + b"\r\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # urllib3 leaves the socket of a head it cannot read to the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        with Scripted([raw + GOOD], closes=True) as server, client(server, attempts=2, timeout=1.0) as http:
            try:
                return http.get(server.url, body).decode()
            except TrackerError as error:
                assert http.requests <= 2 * MOVES  # an answer that moves us counts, and either attempt may be moved
                return str(error)
            finally:
                gc.collect()


OK = b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    "heads",
    [
        (OK, b"Set-Cookie: a=b; expires=Fri, 20-Nov-" + NINES + b" 09:00:00 GMT; Max-Age=NaN"),
        (OK, b"Set-Cookie: \xff=\xff; domain=[; version=999x", b"Set-Cookie: a=" + b"b" * 60_000),
        (OK, b"Content-Type: \xff\xfe; charset=\xff"),
        (OK, b"Date: Fri, 20 Nov " + NINES + b" 09:00:00 GMT", b"Date: never"),
        (OK, b"Keep-Alive: timeout=" + NINES),
        (OK, b": nameless", b"\xff\xfe: y"),
        (OK, b"ETag: " + b'"' * 60_000, b"ETag: x"),
        (OK, b"Retry-After: 3600"),
    ],
)
def test_odd_headers_that_change_nothing(heads: tuple[bytes, ...]) -> None:
    assert asked_twice(*heads) == "fine"


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        ((OK, b"Content-Length: 99999999999999999999"), "gave no usable answer"),
        ((OK, b"Content-Length: 7"), "gave no usable answer"),
        ((OK, b"X: " + b"a" * 70_000), "gave no usable answer"),
        ((OK, *[b"X: a"] * 200), "gave no usable answer"),
        ((OK, b"Content-Encoding: gzip,gzip,gzip,gzip,gzip,gzip,gzip"), "compression is damaged"),
        ((OK, b"Transfer-Encoding: chunked", b"", b"-5"), "gave no usable answer"),
        ((OK, b"Transfer-Encoding: chunked", b"", b"f" * 5_000), "gave no usable answer"),
        ((b"HTTP/1.1 99999 OK",), "gave no usable answer"),
        ((b"HTTP/1.1 301 Moved", b"Location: /\xff\xfe"), "redirects in a circle"),
        ((b"HTTP/1.1 301 Moved", b"Location: http://[bad"), "redirects us"),
        ((b"HTTP/1.1 302 Moved", b"Location: http://a:99999999/"), "redirects us"),
        ((b"HTTP/1.1 308 Moved", b"Location: //\x00\x01"), "redirects us"),
        ((b"HTTP/1.1 301 Moved",), "redirects in a circle"),
        ((b"HTTP/1.1 503 No", b"Retry-After: 7", b"Retry-After: 9999999"), "asks us to wait until"),
        ((b"HTTP/1.1 503 No", b"Retry-After: " + NINES), "a day that no calendar holds"),
        ((b"HTTP/1.1 429 No", b"Retry-After: Fri, 20 Nov 2026 09:00:00 +99999999999999999999"), "HTTP 429"),
        ((b"HTTP/1.1 429 No", b"Retry-After: \xff\xfe"), "HTTP 429"),
    ],
)
def test_odd_headers_end_in_a_sentence(heads: tuple[bytes, ...], words: str) -> None:
    assert words in asked_twice(*heads)


NAMES = st.sampled_from([
    b"Location", b"Retry-After", b"Date", b"Set-Cookie", b"Content-Type", b"Content-Encoding", b"Transfer-Encoding",
    b"Content-Length", b"Connection",
])  # fmt: skip
VALUES = st.binary(max_size=30).filter(lambda text: not set(text) & set(b"\r\n")) | st.sampled_from([
    NINES, b"-1", b"NaN", b"1e999", b"http://[", b"chunked", b"gzip", b"Fri, 20 Nov 2026 09:00:00 +9999999999999999999",
])  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from([200, 301, 302, 400, 429, 503]), st.lists(st.tuples(NAMES, VALUES), max_size=3))
def test_no_header_ends_in_a_traceback(status: int, headers: list[tuple[bytes, bytes]]) -> None:
    asked_twice(b"HTTP/1.1 %d Word" % status, *(name + b": " + value for name, value in headers))
