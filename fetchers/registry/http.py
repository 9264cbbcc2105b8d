"""One polite GET: paced, timed out, size-limited, repeated a bounded number of times, and cancellable.

What an answer means is not decided here but by the ``read`` given to ``get``; it runs inside the retries, because
an answer that turns out to be no data is as transient as one that never came.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
import urllib3

from fetchers.errors import Cancelled, Parsing, Postponed, Refused, TrackerError, Transport
from fetchers.loopback import proxies
from fetchers.registry.deadline import DeadlineAdapter
from fetchers.registry.retry_after import LONGEST_WAIT, until, wait_asked
from fetchers.registry.trouble import Again, of_error, of_status

T = TypeVar("T")

# A page of 1000 records with all their results would be about 110 MB, one with our fields about 10 MB; what is larger
# than this is not the registry, and would fill the memory of a small machine.
MAX_BODY = 256 * 1024 * 1024
PIECE = 256 * 1024
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


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: where an answer sends us is read by ``Http``; the library stumbles over addresses that are none."""
        return None


class Http:
    """A serial client for one host, whichever threads ask. ``requests`` and ``bytes`` count what went over the wire,
    failures included."""

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
        before: Callable[[], None] = lambda: None,
        ceiling: int = MAX_BODY,
    ) -> None:
        self.host = host
        self.requests = 0
        self.bytes = 0
        self._pace, self._timeout, self._attempts, self._ceiling = pace, timeout, attempts, ceiling
        self._sleep, self._clock, self._jitter, self._stop = sleep, clock, jitter, stop
        self._before = before
        self._started: float | None = None
        self._one_at_a_time = threading.Lock()
        self._closed: TrackerError | None = None  # why nothing more is asked in this run
        self._adapter = DeadlineAdapter()
        self._session = _Session()
        self._session.mount("http://", self._adapter)
        self._session.mount("https://", self._adapter)
        if user_agent is not None:
            self._session.headers["User-Agent"] = user_agent

    def close(self) -> None:
        """End what another thread may still be reading or waiting for, and ask nothing more."""
        self._closed = self._closed or Cancelled("The connection to the registry was closed.")
        self._adapter.cut()
        self._session.close()

    def get(self, url: str, read: Callable[[Answer], T]) -> T:
        """What ``read`` makes of the answer; its Parsing counts as a failed attempt, its other errors pass through.

        Raises Transport after the last attempt or at once when asking again is no use, Refused on 403 and Postponed
        when the server asks for a longer wait than LONGEST_WAIT (both from then on without asking), Cancelled.
        """
        with self._one_at_a_time:
            return self._get(url, read)

    def _get(self, url: str, read: Callable[[Answer], T]) -> T:
        for attempt in range(1, self._attempts + 1):
            try:
                return read(self._follow(url))
            except Parsing as error:
                trouble = Again(str(error))
            except Again as error:
                trouble = error
            if attempt < self._attempts:
                self._back_off(attempt, trouble)
        times = "once" if self._attempts == 1 else f"{self._attempts} times"
        raise Transport(f"{self.host} gave no usable answer: {trouble} (asked {times}). Try again later.") from trouble

    def _back_off(self, attempt: int, trouble: Again) -> None:
        wait = 2.0 ** (attempt - 1)
        if trouble.status == 429:
            self._pace = max(self._pace, PACE_AFTER_429)
            wait *= 2
        self._wait(max(wait * (1 + self._jitter() / 2), trouble.wait))

    def _wait(self, seconds: float) -> None:
        while True:
            if self._closed:
                raise self._closed
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
            target, new = _target(url, answer.headers.get("location", ""))
            old = urlsplit(url)
            if answer.status != 301 or new is None or (old.scheme, old.netloc) != (new.scheme, new.netloc):
                raise Transport(
                    f"{self.host} redirects us (HTTP {answer.status}, to {target[:200]}). If the API has moved, "
                    f"set TRIALS_REGISTRY_URL to its new address; on a guest network, sign in to the network first."
                )
            url = new._replace(query=query, fragment="").geturl()
        raise Transport(f"{self.host} redirects in a circle; its address in TRIALS_REGISTRY_URL may be wrong.")

    def _once(self, url: str) -> Answer:
        self._wait(0.0 if self._started is None else self._started + self._pace - self._clock())
        self._ask_first()
        self._started = self._clock()
        self.requests += 1
        with self._explained(), self._adapter.within(2 * self._timeout):
            answer = self._fetch(url)
        if answer.status == 403:
            self._closed = Refused(
                f"{self.host} refused this machine (HTTP 403). We did not ask again; that is the source's decision. "
                f"Try tomorrow, or from another network."
            )
            raise self._closed
        trouble = of_status(answer.status)
        if trouble and not trouble.passes:
            raise Transport(f"{self.host} cannot be asked from this machine: {trouble.words}.")
        if trouble:
            raise Again(trouble.words, answer.status, self._patience(answer))
        return answer

    def _ask_first(self) -> None:
        try:
            self._before()
        except TrackerError as error:
            self._closed = error
            raise

    def _patience(self, answer: Answer) -> float:
        """Seconds the server asks to wait; Postponed when that is longer than anyone would wait here."""
        wait = wait_asked(answer.headers)
        if wait > LONGEST_WAIT:
            self._closed = Postponed(
                f"{self.host} asks us to wait until {until(wait, answer.headers)} "
                f"(HTTP {answer.status} with Retry-After). Try again after that."
            )
            raise self._closed
        return wait

    def _fetch(self, url: str) -> Answer:
        with self._session.get(
            url, timeout=(self._timeout, self._timeout), stream=True, allow_redirects=False,
            proxies=proxies(urlsplit(url).hostname or ""),
        ) as response:  # fmt: skip
            body = bytearray()
            try:
                for piece in response.iter_content(PIECE):
                    body += piece
                    if len(body) > self._ceiling:
                        raise Transport(
                            f"{self.host} sent more than {self._ceiling // 1024**2} MB in one answer; "
                            f"that is not a page of the registry, so we stopped reading. "
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
        """Turn every error of the libraries below into Again, or into Transport when asking again is no use."""
        try:
            yield
        except (OSError, urllib3.exceptions.HTTPError, ValueError) as error:
            if self._adapter.expired:
                raise Again(f"the answer was incomplete after {2 * self._timeout:g} s") from error
            trouble = of_error(error, self._timeout)
            if not trouble.passes:
                raise Transport(f"{self.host} cannot be asked from this machine: {trouble.words}.") from error
            raise Again(trouble.words) from error


def _target(url: str, location: str) -> tuple[str, SplitResult | None]:
    """Where a redirect leads; what is no address, as it came."""
    try:
        target = urljoin(url, location)
        return target, urlsplit(target)
    except ValueError:
        return location, None
