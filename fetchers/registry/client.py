"""Asks ClinicalTrials.gov's API v2, one request after the other, and hands out its records page by page.

An answer is either shown to be whole (distinct ids and set-aside records add up to the registry's own total) or ends
in an error; a caller that keeps pages before the iterator has ended must be able to forget them.
"""

import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, NoReturn, Self, TypeAlias, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from fetchers.errors import DataReloaded, NotFound, Parsing, Rejected, Transport, Validation
from fetchers.registry.fields import FIELDS
from fetchers.registry.http import Answer, Http
from fetchers.registry.pages import Page, ResultsPage, Stub, decode, decode_page, decode_results_page, moment
from fetchers.registry.queries import WHOLE
from fetchers.registry.result_fields import RESULT_FIELDS
from fetchers.registry.tally import Tally

# Without an explicit order the registry gives none that is stable; text fields (the NCT id) cannot be sorted by.
SORT = "LastUpdatePostDate:desc"
# 200 ids and all our fields make an address of about 4 kB; 8 kB is the usual limit.
IDS_A_REQUEST = 200
# Their results are eight times as large: about 2 MB unpacked, and what one bad answer costs is asked for again.
RESULTS_A_REQUEST = 50
RELOADED = "data have probably changed"
_NCT_ID = re.compile(r"NCT[0-9]{8}")


class Version(NamedTuple):
    """The API's version, and the registry's own UTC moment of its data load (which the API may leave out)."""

    api: str
    data_timestamp: str | None


class _Version(msgspec.Struct, rename="camel"):
    api_version: str
    data_timestamp: object = None


P = TypeVar("P", Page, ResultsPage)
_Read: TypeAlias = Callable[[bytes], tuple[P, str | None]]
_version = msgspec.json.Decoder(_Version)
_stub = msgspec.json.Decoder(Stub)


class Registry:
    """A serial client of the registry at ``base_url``; use as a context manager.

    ``pace`` seconds at least lie between the starts of two requests; ``timeout`` seconds bound a connection and each
    silence, twice as much a whole answer; each request is tried ``attempts`` times. Every method may raise Transport
    and its branches, Rejected (the registry calls the question wrong) and Cancelled (``stop()`` was true).
    ``before`` is called before each request; what it raises ends this client's asking.
    """

    def __init__(
        self,
        base_url: str,
        *,
        pace: float = 1.0,
        timeout: float = 30.0,
        user_agent: str | None = None,
        page_size: int = 1000,
        attempts: int = 4,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        stop: Callable[[], bool] = lambda: False,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._page_size = page_size
        self._clock = clock
        self._host = urlsplit(self._base).netloc.rpartition("@")[2]
        self._http = Http(
            self._host,
            pace=pace,
            timeout=timeout,
            user_agent=user_agent,
            attempts=attempts,
            sleep=sleep,
            clock=clock,
            jitter=jitter,
            stop=stop,
            before=before,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    @property
    def requests(self) -> int:
        """Requests sent so far, the failed ones too."""
        return self._http.requests

    @property
    def bytes(self) -> int:
        """Bytes of bodies received so far, as they came over the wire (compressed)."""
        return self._http.bytes

    def version(self) -> Version:
        """Version and data timestamp of the registry now."""

        def read(answer: Answer) -> Version:
            found = decode(_version, _data(self._host, answer, {}), "the API's version")
            return Version(found.api_version, moment(found.data_timestamp))

        return self._http.get(self._url("/version"), read)

    def pages(self, params: Mapping[str, str], fields: str = FIELDS) -> Iterator[Page]:
        """All pages of the answer to ``params`` (``query.*`` and ``filter.*``, or ``WHOLE``: the whole registry), to
        the last, empty one.

        Raises Validation at once when nothing is asked (which might be a mistake), DataReloaded when the
        registry loaded new data meanwhile, Incomplete at the end when the pages do not add up to the total, Transport
        when the answer has no end within reason.
        """
        question = {name: value for name, value in params.items() if value.strip()} if params != WHOLE else {}
        if params != WHOLE and not any(name.startswith(("query.", "filter.")) for name in question):
            raise Validation("A question without a search word would ask for the whole registry; it was not sent.")
        return self._turn({**question, "fields": fields, "sort": SORT, "pageSize": str(self._page_size)}, decode_page)

    def by_ids(self, nct_ids: Iterable[str], fields: str = FIELDS) -> Iterator[Page]:
        """The records with these NCT ids, each asked for once, 200 a request; ids the registry lacks are not there.

        A record found by an old id comes under its present one, the old among ``nct_id_aliases``. Raises Validation
        at once for anything that is no NCT id, else as ``pages``.
        """
        return self._batches(_checked(nct_ids), fields)

    def results(self, nct_ids: Iterable[str]) -> Iterator[ResultsPage]:
        """The posted results of the trials with these NCT ids, 50 a request; otherwise as ``by_ids``."""
        return self._result_batches(_checked(nct_ids))

    def exists(self, nct_id: str) -> bool:
        """Whether the registry has the study, under this or a newer id; False only when it says by name that not."""
        _check_id(nct_id)

        def read(answer: Answer) -> bool:
            if answer.status == 404 and not answer.html and nct_id in answer.words:
                raise NotFound(f"{self._host} has no study {nct_id}.")
            decode(_stub, _data(self._host, answer, {"nctId": nct_id}), "a study")
            return True

        try:
            return self._http.get(self._url(f"/studies/{nct_id}", {"fields": "NCTId"}), read)
        except NotFound:
            return False

    def _batches(self, ids: list[str], fields: str) -> Iterator[Page]:
        for start in range(0, len(ids), IDS_A_REQUEST):
            yield from self.pages({"filter.ids": ",".join(ids[start : start + IDS_A_REQUEST])}, fields)

    def _result_batches(self, ids: list[str]) -> Iterator[ResultsPage]:
        for start in range(0, len(ids), RESULTS_A_REQUEST):
            named = ",".join(ids[start : start + RESULTS_A_REQUEST])
            # A page with room to spare is the last one: a full one would cost a second request.
            size = str(self._page_size)
            asked = {"filter.ids": named, "fields": RESULT_FIELDS, "sort": SORT, "pageSize": size}
            yield from self._turn(asked, decode_results_page)

    def _turn(self, params: dict[str, str], read: _Read[P]) -> Iterator[P]:
        asked = {**params, "countTotal": "true"}
        tokens: set[str] = set()
        tally: Tally | None = None
        while True:
            page, token = self._page(asked, read)
            if tally is None:
                tally = Tally(self._host, page, self._clock)
            tally.add(page)
            yield page
            if token is None or token in tokens or tally.stuck:
                break
            tokens.add(token)
            asked = {**params, "pageToken": token}
        tally.check()

    def _page(self, asked: dict[str, str], read: _Read[P]) -> tuple[P, str | None]:
        return self._http.get(self._url("/studies", asked), lambda answer: read(_data(self._host, answer, asked)))

    def _url(self, path: str, params: Mapping[str, str] | None = None) -> str:
        query = urlencode(params or {}, quote_via=quote, safe=",:")
        return f"{self._base}{path}?{query}" if query else f"{self._base}{path}"


def _data(host: str, answer: Answer, asked: Mapping[str, str]) -> bytes:
    """The body of a good answer; any other is an error of its own."""
    if answer.status == 200:
        return answer.body
    if answer.status == 400 and answer.html:
        raise Parsing("a web page came instead of the API's words (HTTP 400)")
    if answer.status == 400:
        _reject(host, answer, asked)
    raise Transport(
        f"{host} does not answer like the registry's API v2 (HTTP {answer.status}); "
        f"check the address in TRIALS_REGISTRY_URL."
    )


def _reject(host: str, answer: Answer, asked: Mapping[str, str]) -> NoReturn:
    if RELOADED in answer.words:
        raise DataReloaded(f"{host} loaded new data while we were reading its pages; ask again from the first page.")
    values = "; ".join(f"{name}={value if len(value) <= 200 else value[:200] + '…'}" for name, value in asked.items())
    raise Rejected(
        f"{host} does not accept our question: {answer.words[:500]} (asked: {values}). "
        f"This is a mistake in this program or in the watch-list, please report it."
    )


def _checked(nct_ids: Iterable[str]) -> list[str]:
    ids = list(dict.fromkeys(nct_ids))
    for nct_id in ids:
        _check_id(nct_id)
    return ids


def _check_id(nct_id: str) -> None:
    if not _NCT_ID.fullmatch(nct_id):
        raise Validation(f"{nct_id!r} is not an NCT id (NCT and eight digits).")
