"""One polite GET: paced, timed out, size-limited, repeated a bounded number of times, and cancellable.

What an answer means is not decided here but by the ``read`` given to ``get``; it runs inside the retries, because
an answer that turns out to be no data is as transient as one that never came.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from fetchers.errors import Cancelled, Parsing, Refused, Transport
from fetchers.registry.deadline import DeadlineAdapter

T = TypeVar("T")

# A page of 1000 records with all their results would be about 110 MB, one with our fields about 10 MB; what is larger
# than this is not the registry, and would fill the memory of a small machine.
MAX_BODY = 256 * 1024 * 1024
PIECE = 256 * 1024
RETRIED = frozenset({429, 500, 502, 503, 504})
LONGEST_RETRY_AFTER = 60.0
PACE_AFTER_429 = 1.0
# How long a wait may go on after stop() has become true.
STEP = 0.2
MOVES = 3


class Answer(NamedTuple):
    """A whole answer, decompressed; ``html`` tells a web page from the API's own words."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def html(self) -> bool:
        return "html" in self.headers.get("content-type", "") or self.body.lstrip()[:1] == b"<"

    @property
    def words(self) -> str:
        return " ".join(self.body[:2000].decode("utf-8", "replace").split())


class _Again(Exception):
    """This attempt failed in a way that may pass: what happened, and how long the server asks to wait."""

    def __init__(self, what: str, status: int | None = None, wait: float = 0.0) -> None:
        super().__init__(what)
        self.status = status
        self.wait = wait


class Http:
    """A serial client for one host. ``requests`` and ``bytes`` count what went over the wire, failures included."""

    def __init__(
        self,
        host: str,
        *,
        pace: float,
        timeout: float,
        user_agent: str | None,
        attempts: int,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        jitter: Callable[[], float],
        stop: Callable[[], bool],
        ceiling: int = MAX_BODY,
    ) -> None:
        self.host = host
        self.requests = 0
        self.bytes = 0
        self._pace, self._timeout, self._attempts, self._ceiling = pace, timeout, attempts, ceiling
        self._sleep, self._clock, self._jitter, self._stop = sleep, clock, jitter, stop
        self._started: float | None = None
        self._refused: str | None = None
        self._adapter = DeadlineAdapter()
        self._session = requests.Session()
        self._session.mount("http://", self._adapter)
        self._session.mount("https://", self._adapter)
        # The registry's cookies serve its load balancer only.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if user_agent is not None:
            self._session.headers["User-Agent"] = user_agent

    def close(self) -> None:
        self._session.close()

    def get(self, url: str, read: Callable[[Answer], T]) -> T:
        """What ``read`` makes of the answer; its Parsing counts as a failed attempt, its other errors pass through.

        Raises Transport after the last attempt, Refused on 403 (and from then on without asking), Cancelled.
        """
        for attempt in range(1, self._attempts + 1):
            try:
                return read(self._follow(url))
            except Parsing as error:
                trouble = _Again(str(error))
            except _Again as error:
                trouble = error
            if attempt < self._attempts:
                self._back_off(attempt, trouble)
        times = "once" if self._attempts == 1 else f"{self._attempts} times"
        raise Transport(f"{self.host} gave no usable answer: {trouble} (asked {times}). Try again later.") from trouble

    def _back_off(self, attempt: int, trouble: _Again) -> None:
        wait = 2.0 ** (attempt - 1)
        if trouble.status == 429:
            self._pace = max(self._pace, PACE_AFTER_429)
            wait *= 2
        self._wait(max(wait * (1 + self._jitter() / 2), trouble.wait))

    def _wait(self, seconds: float) -> None:
        while True:
            if self._stop():
                raise Cancelled("The refresh was cancelled.")
            if seconds <= 0:
                return
            step = min(seconds, STEP)
            self._sleep(step)
            seconds -= step

    def _follow(self, url: str) -> Answer:
        """The answer to ``url``, through redirects on the same host; the registry drops the query there, we keep it."""
        query = urlsplit(url).query
        for _ in range(MOVES):
            answer = self._once(url)
            if not 300 <= answer.status < 400:
                return answer
            target = urljoin(url, answer.headers.get("location", ""))
            old, new = urlsplit(url), urlsplit(target)
            if answer.status != 301 or (old.scheme, old.netloc) != (new.scheme, new.netloc):
                raise Transport(
                    f"{self.host} sends us elsewhere (HTTP {answer.status}, to {target[:200]}). If the API has moved, "
                    f"set TRIALS_REGISTRY_URL to its new address; on a guest network, sign in to the network first."
                )
            url = new._replace(query=query, fragment="").geturl()
        raise Transport(f"{self.host} redirects in a circle; its address in TRIALS_REGISTRY_URL may be wrong.")

    def _once(self, url: str) -> Answer:
        if self._refused:
            raise Refused(self._refused)
        self._wait(0.0 if self._started is None else self._started + self._pace - self._clock())
        self._started = self._clock()
        self.requests += 1
        with self._explained(), self._adapter.within(2 * self._timeout):
            answer = self._fetch(url)
        if answer.status == 403:
            self._refused = (
                f"{self.host} refused this machine (HTTP 403). It was not asked again; that is the source's decision. "
                f"Try tomorrow, or from another network."
            )
            raise Refused(self._refused)
        if answer.status in RETRIED:
            raise _Again(f"HTTP {answer.status}", answer.status, _retry_after(answer.headers))
        return answer

    def _fetch(self, url: str) -> Answer:
        # A proxy could not reach this machine's own loopback.
        proxies = {"no_proxy": urlsplit(url).hostname or ""} if _is_loopback(url) else None
        with self._session.get(
            url, timeout=(self._timeout, self._timeout), stream=True, allow_redirects=False, proxies=proxies
        ) as response:
            body = bytearray()
            try:
                for piece in response.iter_content(PIECE):
                    body += piece
                    if len(body) > self._ceiling:
                        raise Transport(
                            f"{self.host} sent more than {self._ceiling // 1024**2} MB in one answer; "
                            f"that is no page of the registry, so it was not read on. "
                            f"Check TRIALS_REGISTRY_URL."
                        )
            finally:
                self.bytes += response.raw.tell()
            headers = {name.lower(): value for name, value in response.headers.items()}
            if self._adapter.expired:
                raise TimeoutError
            return Answer(response.status_code, headers, bytes(body))

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn every error of the libraries below into _Again, or into Transport when asking again is no use."""
        try:
            yield
        except (OSError, urllib3.exceptions.HTTPError) as error:
            if self._adapter.expired:
                raise _Again(f"the answer was not whole after {2 * self._timeout:g} s") from error
            causes = list(_causes(error))
            if lasting := _lasting(causes):
                raise Transport(f"{self.host} cannot be asked from this machine: {lasting}.") from error
            raise _Again(_what(causes, self._timeout)) from error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _lasting(causes: list[BaseException]) -> str | None:
    """Why no further attempt can help, if so."""
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted here ({cause.verify_message}); check the clock and the network"
    first = causes[0]
    if isinstance(first, requests.RequestException):
        return f"the request cannot be made ({first})" if isinstance(first, ValueError) else None
    # requests says so when the file of trusted certificates that the environment names is not there.
    return str(first) if type(first) is OSError else None


_KINDS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    (
        (urllib3.exceptions.NameResolutionError, socket.gaierror),
        "its name cannot be resolved (is this machine online?)",
    ),
    ((ConnectionRefusedError,), "the connection was refused"),
    ((requests.exceptions.ProxyError,), "the proxy did not let us through"),
    ((requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError), "no answer within {timeout:g} s"),
    ((requests.exceptions.ContentDecodingError,), "the answer's compression is damaged"),
    ((http.client.RemoteDisconnected,), "the connection was closed without an answer"),
    ((ConnectionResetError, BrokenPipeError), "the connection was reset"),
    ((http.client.IncompleteRead, requests.exceptions.ChunkedEncodingError), "the answer was cut off"),
    ((urllib3.exceptions.IncompleteRead,), "the answer was cut off"),
    ((ssl.SSLError, requests.exceptions.SSLError), "the encrypted connection failed"),
)


def _what(causes: list[BaseException], timeout: float) -> str:
    for kinds, words in _KINDS:
        if any(isinstance(cause, kinds) for cause in causes):
            return words.format(timeout=timeout)
    return "the connection failed"


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds the server asks to wait, at most LONGEST_RETRY_AFTER; 0 when it does not say or says nonsense.

    A moment is measured from the answer's own Date, so a wrong clock on this side does not matter.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return min(float(text), LONGEST_RETRY_AFTER)
    until = _moment(text)
    if until is None:
        return 0.0
    now = _moment(headers.get("date", "")) or datetime.now(UTC)
    return min(max((until - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
