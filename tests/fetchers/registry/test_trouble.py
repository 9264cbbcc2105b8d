"""The table that tells passing trouble from lasting: complete, sourced, and what the client really does."""

import re
import socket
import ssl
from pathlib import Path

import pytest
import requests
import urllib3

from fetchers.errors import Transport
from fetchers.registry.trouble import FAILURES, STATUSES, of_error, of_status
from tests.rigs.scripted import Scripted, answer, body, client

GOOD = answer(body=b"fine")
GATEWAYS = (408, 425, 429, 500, 502, 503, 504, *range(520, 528), 529, 530)
PROXIES = ("http_proxy", "https_proxy", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "no_proxy", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*PROXIES, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_every_status_a_gateway_sends_is_in_the_table_and_may_pass() -> None:
    assert {status for status in GATEWAYS if not (of_status(status) or STATUSES[401]).passes} == set()


def test_every_row_has_words_and_a_source() -> None:
    rows = [*STATUSES.values(), *(kind for _, kind in FAILURES)]
    assert all(re.search(r"\[\w+\]|RFC|configuration|bounds|unknown", row.source) for row in rows)
    assert all(row.words and not row.words.endswith(".") for row in rows)


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_the_client_does_what_the_table_says(status: int) -> None:
    with Scripted(answer(f"{status} Word"), GOOD) as server, client(server) as http:
        if STATUSES[status].passes:
            assert http.get(server.url, body) == b"fine"
            assert http.requests == 2
        else:
            with pytest.raises(Transport, match=f"cannot be asked from this machine: HTTP {status}, "):
                http.get(server.url, body)
            assert http.requests == 1


@pytest.mark.parametrize("status", [201, 204, 400, 404, 410, 418, 501, 505])
def test_other_statuses_are_not_in_the_table(status: int) -> None:
    assert of_status(status) is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-3, "Temporary failure"), "is this machine online"),
        (ConnectionRefusedError(), "refused"),
        (ConnectionResetError(), "reset"),
        (BrokenPipeError(), "reset"),
        (requests.ReadTimeout(), "no answer within 2 s"),
        (requests.exceptions.ChunkedEncodingError(), "cut off"),
        (ssl.SSLEOFError(8, "EOF"), "the encrypted connection failed"),
        (requests.exceptions.ProxyError(), "NO_PROXY"),
        (requests.ConnectionError(), "the connection failed"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), "start of its answer"),
    ],
)
def test_trouble_on_the_way_may_pass(error: Exception, words: str) -> None:
    found = of_error(error, 2.0)
    assert (found.passes, words in found.words) == (True, True)


def test_a_proxy_whose_name_is_unknown_is_named_as_such() -> None:
    error = requests.exceptions.ProxyError()
    error.__cause__ = socket.gaierror(-2, "Name or service not known")
    assert "NO_PROXY" in of_error(error, 2.0).words


@pytest.mark.parametrize(
    "error", [requests.exceptions.InvalidURL("no host"), requests.exceptions.InvalidProxyURL("x"), OSError("no file")]
)
def test_wrong_configuration_lasts(error: Exception) -> None:
    assert not of_error(error, 2.0).passes


@pytest.mark.parametrize(
    ("status", "words", "attempts"),
    [
        ("407 Proxy Authentication Required", "the proxy asks for a name and a password", 1),
        ("403 Forbidden", "the proxy does not let us through .HTTP 403", 1),
        ("502 Bad Gateway", "HTTP 502", 4),
        ("503 Service Unavailable", "HTTP 503", 4),
    ],
)
def test_what_a_proxy_says_to_an_encrypted_way_through(
    no_proxy: pytest.MonkeyPatch, status: str, words: str, attempts: int
) -> None:
    with Scripted(answer(status), closes=True) as proxy, client(proxy) as http:
        no_proxy.setenv("HTTPS_PROXY", f"http://somebody:secret@{proxy.host}")
        with pytest.raises(Transport, match=words) as caught:
            http.get("https://registry.invalid/api/v2/version", body)
        assert http.requests == attempts
    assert "secret" not in str(caught.value)
    assert ("HTTPS_PROXY" in str(caught.value)) is (attempts == 1)


def test_a_proxy_that_asks_for_a_password_over_plain_http(no_proxy: pytest.MonkeyPatch) -> None:
    with Scripted(answer("407 Proxy Authentication Required")) as proxy, client(proxy) as http:
        no_proxy.setenv("http_proxy", f"http://{proxy.host}")
        with pytest.raises(Transport, match="the proxy asks for a name and a password; give them in HTTPS_PROXY"):
            http.get("http://registry.invalid/api/v2/version", body)
        assert http.requests == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", ["127.0.0.1:1", "[::1]:1"])
def test_a_dead_proxy_is_named_as_such(no_proxy: pytest.MonkeyPatch, scheme: str, host: str) -> None:
    no_proxy.setenv(f"{scheme}_proxy", f"http://{host}")
    with Scripted(GOOD) as server, client(server, attempts=2) as http:
        with pytest.raises(Transport, match=r"the proxy could not be reached .*HTTPS_PROXY.*NO_PROXY") as caught:
            http.get(f"{scheme}://registry.invalid/api/v2/version", body)
        assert http.requests == 2
    assert "online" not in str(caught.value)


@pytest.mark.parametrize("reason", ["self-signed certificate in certificate chain", "certificate has expired"])
def test_a_private_certificate_names_the_variables_that_help(reason: str) -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = reason
    wrapped = requests.exceptions.SSLError(urllib3.exceptions.SSLError(error))
    wrapped.__cause__ = error
    found = of_error(wrapped, 2.0)
    assert not found.passes
    assert reason in found.words
    assert "REQUESTS_CA_BUNDLE" in found.words
    assert "HTTPS_PROXY" in found.words


def test_the_table_is_the_only_place_that_decides() -> None:
    source = (Path(__file__).parents[3] / "fetchers" / "registry" / "http.py").read_text(encoding="utf-8")
    assert not re.findall(r"\b(?:408|425|5\d\d)\b", source)
