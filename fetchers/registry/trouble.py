"""Which trouble may pass and which lasts: one table for statuses, one for what goes wrong before there is a status.

What may pass is asked again within the bounds of ``Http``; what lasts is said at once. Sources: [9110] RFC 9110 (HTTP
semantics), [6585] RFC 6585, [8470] RFC 8470, [7725] RFC 7725; [CF] Cloudflare's list of 5xx errors; [AWS] the error
codes of Elastic Load Balancing; [ENVOY] the response flags of the proxy the registry names in its Server header;
[USE] widely sent, in no standard; [REG] the registry's own behaviour as recorded by its users.

A third kind is settled elsewhere, because it concerns a whole answer: a data load in mid-paging (400 with words of its
own) and pages that do not add up are asked for anew from the first page, three times in all (``cache.refresh.ask``).
"""

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import requests
import urllib3


class Kind(NamedTuple):
    """Whether it may pass, what is said of it after "gave no usable answer: " or "cannot be asked: ", and why so."""

    passes: bool
    words: str
    source: str


_BUSY = "the source or its gateway is overloaded or under repair"
_ORIGIN = "the gateway got no answer from the source"

STATUSES: Mapping[int, Kind] = {
    401: Kind(False, "it asks for a name and a password; check TRIALS_REGISTRY_URL", "[9110] 15.5.2"),
    407: Kind(
        False,
        "the proxy asks for a name and a password; give them in HTTPS_PROXY (http://name:password@proxy:port), or name "
        "this host in NO_PROXY",
        "[9110] 15.5.8",
    ),
    408: Kind(True, "it did not wait for our question", "[9110] 15.5.9"),
    413: Kind(False, "the question is too long for it", "[9110] 15.5.14"),
    414: Kind(False, "the question is too long for it", "[9110] 15.5.15"),
    421: Kind(True, "the question reached the wrong server", "[9110] 15.5.20"),
    425: Kind(True, "it will not answer this early", "[8470] 5.2"),
    429: Kind(True, "too many requests", "[6585] 4, [REG]"),
    431: Kind(False, "the question is too long for it", "[6585] 5"),
    451: Kind(False, "it may not answer here for legal reasons", "[7725] 3"),
    460: Kind(True, "the load balancer lost the connection", "[AWS]"),
    499: Kind(True, "a gateway gave up the connection", "[USE]"),
    500: Kind(True, "an error on its side", "[9110] 15.6.1, [REG]: in short runs"),
    502: Kind(True, _ORIGIN, "[9110] 15.6.3"),
    503: Kind(True, _BUSY, "[9110] 15.6.4, [ENVOY]"),
    504: Kind(True, _ORIGIN, "[9110] 15.6.5, [ENVOY]"),
    507: Kind(True, _BUSY, "[USE]"),
    509: Kind(True, _BUSY, "[USE]"),
    511: Kind(False, "this network wants you to sign in first; open any page in a browser", "[6585] 6"),
    520: Kind(True, _ORIGIN, "[CF]"),
    521: Kind(True, _ORIGIN, "[CF]"),
    522: Kind(True, _ORIGIN, "[CF]"),
    523: Kind(True, _ORIGIN, "[CF]"),
    524: Kind(True, _ORIGIN, "[CF]"),
    525: Kind(True, _ORIGIN, "[CF]"),
    526: Kind(True, _ORIGIN, "[CF]"),
    527: Kind(True, _ORIGIN, "[CF]"),
    529: Kind(True, _BUSY, "[USE]"),
    530: Kind(True, _ORIGIN, "[CF]"),
    561: Kind(True, "the load balancer could not check who asks", "[AWS]"),
    598: Kind(True, _ORIGIN, "[USE]"),
    599: Kind(True, _ORIGIN, "[USE]"),
}

_PROXY = "check HTTPS_PROXY, or name this host in NO_PROXY"
_TRUST = (
    "if this network reads encrypted traffic, name the file of its root certificate in REQUESTS_CA_BUNDLE, or go "
    "another way with HTTPS_PROXY or NO_PROXY; else check the clock"
)
# Kinds of exceptions, the first row that any of the causes belongs to counts. {timeout} and {detail} are filled in.
FAILURES: tuple[tuple[tuple[type[BaseException], ...], Kind], ...] = (
    (
        (ssl.SSLCertVerificationError,),
        Kind(False, f"its certificate is not trusted here ({{detail}}); {_TRUST}", "[9110] 4.3.4"),
    ),
    (
        (requests.exceptions.InvalidProxyURL, urllib3.exceptions.ProxySchemeUnknown),
        Kind(False, f"the proxy address is not valid; {_PROXY}", "configuration"),
    ),
    (
        (requests.exceptions.ProxyError, urllib3.exceptions.ProxyError),
        Kind(True, f"the proxy could not be reached or did not let us through; {_PROXY}", "[9110] 9.3.6"),
    ),
    (
        (urllib3.exceptions.NameResolutionError, socket.gaierror),
        Kind(True, "its name was not found (is this machine online?)", "RFC 3493 6.1"),
    ),
    ((ConnectionRefusedError,), Kind(True, "the connection was refused", "RFC 9293 3.10.7")),
    (
        (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError),
        Kind(True, "no answer within {timeout:g} s", "bounds of Http"),
    ),
    (
        (requests.exceptions.ContentDecodingError,),
        Kind(True, "the answer's compression is damaged", "[9110] 8.4"),
    ),
    (
        (http.client.RemoteDisconnected,),
        Kind(True, "the connection was closed without an answer", "RFC 9112 9.3"),
    ),
    ((ConnectionResetError, BrokenPipeError), Kind(True, "the connection was reset", "RFC 9293 3.5.3")),
    (
        (http.client.IncompleteRead, requests.exceptions.ChunkedEncodingError, urllib3.exceptions.IncompleteRead),
        Kind(True, "the answer was cut off", "RFC 9112 8"),
    ),
    ((ssl.SSLError, requests.exceptions.SSLError), Kind(True, "the encrypted connection failed", "RFC 8446 6")),
    (
        (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema),
        Kind(False, "the request cannot be made ({detail})", "configuration"),
    ),
    ((ValueError,), Kind(True, "the start of its answer cannot be read", "[9110] 5.5")),
)
_ELSE = Kind(True, "the connection failed", "unknown, so within bounds")


class Again(Exception):
    """This attempt failed in a way that may pass: what happened, and how long the server asks to wait."""

    def __init__(self, what: str, status: int | None = None, wait: float = 0.0) -> None:
        super().__init__(what)
        self.status = status
        self.wait = wait


def of_status(status: int) -> Kind | None:
    """What the table says of a status, in words that name it; None when the status is the reader's business."""
    found = STATUSES.get(status)
    return found and found._replace(words=f"HTTP {status}, {found.words}")


def of_error(error: BaseException, timeout: float) -> Kind:
    """What the table says of an exception of the libraries below."""
    causes = list(_causes(error))
    # requests says so when the file of trusted certificates that the environment names is not there.
    if type(causes[0]) is OSError:
        return Kind(False, str(causes[0]), "configuration")
    tunnel = next(filter(None, map(_tunnel, causes)), None)
    if tunnel:
        return tunnel
    for kinds, kind in FAILURES:
        for cause in causes:
            if isinstance(cause, kinds):
                detail = getattr(cause, "verify_message", None) or cause
                return kind._replace(words=kind.words.format(timeout=timeout, detail=detail))
    return _ELSE


def _tunnel(cause: BaseException) -> Kind | None:
    """What a proxy answered when it was asked for a way through: the library only tells it in words."""
    head, _, said = str(cause).partition("Tunnel connection failed: ")
    status = said[:3]
    if type(cause) is not OSError or head or not (status.isascii() and status.isdecimal()):
        return None
    found = of_status(int(status))
    return found or Kind(False, f"the proxy does not let us through (HTTP {status}); {_PROXY}", "[9110] 9.3.6")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        error = error.__cause__ or error.__context__
