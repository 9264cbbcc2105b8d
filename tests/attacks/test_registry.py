"""A registry that attacks us: it leads elsewhere, never ends, or unpacks to more than any memory holds."""

import gzip
import zlib
from collections.abc import Iterable

import pytest

from fetchers.errors import TrackerError, Transport
from tests.rigs.attack_table import Note
from tests.rigs.scripted import Clock, Piece, Scripted, answer, client

MEGABYTE = 1024 * 1024
BOMB = gzip.compress(b"0" * (64 * MEGABYTE))  # 64 kB that unpack to 64 MB
TWICE = gzip.compress(BOMB)


def zipped(content: bytes, encoding: str = "gzip") -> list[Piece]:
    return answer(body=content, headers=f"Content-Encoding: {encoding}")


def chunked(piece: bytes, times: int) -> list[Piece]:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    return [head, *[b"%x\r\n%s\r\n" % (len(piece), piece)] * times]


ATTACKS: dict[str, Iterable[Piece]] = {
    "a redirect to another host": answer("301 Moved", headers="Location: http://127.0.0.2:9/api/v2/version"),
    "a redirect to an address of this network": answer("302 Found", headers="Location: http://169.254.169.254/latest/"),
    "a redirect to a file": answer("301 Moved", headers="Location: file:///etc/passwd"),
    "a redirect to a script": answer("307 Moved", headers="Location: javascript:alert(1)"),
    "a redirect in a circle": answer("301 Moved", headers="Location: /api/v2/again"),
    "a bomb of compression": zipped(BOMB),
    "a bomb in a bomb": zipped(TWICE, "gzip, gzip"),
    "a bomb by deflate": zipped(zlib.compress(b"0" * (64 * MEGABYTE)), "deflate"),
    "a body without an end": chunked(b"x" * MEGABYTE, 64),
    "a body that is no gzip": zipped(b"no gzip at all"),
    "a length that is a lie": [b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\nx", b""],
    "headers without an end": [b"HTTP/1.1 200 OK\r\n", *[b"X-A: " + b"b" * 60_000 + b"\r\n"] * 200],
    "a thousand headers": [b"HTTP/1.1 200 OK\r\n", b"".join(b"X-%d: b\r\n" % one for one in range(1000)), b"\r\n"],
    "a cookie, then a page": answer("200 OK", b"<html>", headers="Set-Cookie: a=b; Domain=evil.example"),
    "bytes that are no answer": [b"\x16\x03\x01\x02\x00SSH-2.0-evil\r\n\r\n"],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_answer_that_attacks_us_ends_in_a_sentence(note: Note, attack: str) -> None:
    note("the refresh's client", attack)
    with (
        Scripted(ATTACKS[attack], closes=True) as server,
        client(server, Clock(), ceiling=8 * MEGABYTE) as http,
        pytest.raises(TrackerError) as raised,
    ):
        http.get(server.url, lambda found: found.body if not found.html else _no_page())
    said = str(raised.value)
    assert http.bytes < 80 * MEGABYTE
    assert all(server.host in head for head in server.heads)
    assert "Traceback" not in said
    note("the refresh's client", attack, said.replace(f"{server.host} ", "it ").partition(". ")[0][:70])


def _no_page() -> bytes:
    raise Transport("A web page came instead of the registry's words.")
