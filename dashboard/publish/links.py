"""Where the links of the pages lead in a folder of files, and which pages are to be written for them. Pure."""

import hashlib
import re
from collections import deque
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup

from dashboard import catalogue
from fetchers.errors import Validation
from fetchers.settings import RECORD_URL

MOST = 20_000  # files of one site
PAGES = frozenset(entry.id for entry in catalogue.PAGES)
FIRST = catalogue.PAGES[0].id
_ON_SCREEN = ("#save-", "#keep-", "#drop-", "trials#my-list")  # links that a script of the dashboard answers
_ADDRESS = re.compile(r"^/?([a-z]*)(?:\?([^#]*))?(?:#(.*))?$")
_NUMBER = re.compile(r"[\d,]+")

Query = tuple[tuple[str, str], ...]


class Job(NamedTuple):
    """A file to write: a page as it is at an address, or the list of the trials behind a number."""

    name: str
    page: str
    query: Query
    follow: bool = False  # whether what it links to is written as well

    @property
    def is_list(self) -> bool:
        return self.name.startswith("list-")


class Links:
    """The files of a site as they turn up. ``base``: the query of the view; ``trials``: those that get a page."""

    def __init__(self, base: Query, trials: Collection[str]) -> None:
        self._base = tuple(sorted(base))
        self._trials = frozenset(trials)
        self._known: dict[str, Job] = {}
        self._waiting: deque[Job] = deque()
        self._here: Job | None = None

    def add(self, page: str, more: Query = (), *, follow: bool = False) -> str:
        """A page of the view, to be written; its file."""
        return self._register(Job(self._name(page, more), page, (*self._base, *more), follow))

    def __iter__(self) -> "Links":
        return self

    def __next__(self) -> Job:
        if not self._waiting:
            raise StopIteration
        self._here = self._waiting.popleft()
        return self._here

    def close(self) -> None:
        """Take up nothing more for what is linked to: it leads to what is there."""
        self._here = None

    def file_of(self, page: str) -> str:
        """The file of a page of the view."""
        return self._name(page, ())

    @property
    def files(self) -> Collection[str]:
        return self._known.keys()

    def href(self, address: str) -> str | None:
        """What leads to an address in the site: a file, a record of the registry, the address itself when it lies
        outside; None for nothing, "" for what only the dashboard answers."""
        if address.startswith(_ON_SCREEN):
            return ""
        if address.startswith(("https://", "http://", "#")):
            return address
        found = _ADDRESS.match(address)
        if found is None or (found[1] or FIRST) not in PAGES:
            return None
        anchor = f"#{found[3]}" if found[3] and not _NUMBER.fullmatch(found[3]) else ""
        anchor = "" if found[1] == "trial" else anchor  # a section that a trial need not have
        name = self._file(found[1] or FIRST, tuple(sorted(parse_qsl(found[2] or "", keep_blank_values=True))))
        return name and name + ("" if name.startswith("https:") else anchor)

    def pages(self, number: int, shown: int) -> Markup:
        """Links to the pages of the list on this page."""
        here = self._here
        if here is None:
            return Markup()
        rest = tuple(pair for pair in here.query if pair[0] != "page")
        made = []
        for at in range(1, number + 1):
            query = urlencode([*rest, *([("page", str(at))] if at > 1 else [])])
            to = None if at == shown else self.href(f"{here.page}?{query}")
            made.append(
                Markup('<a href="{}">{}</a>').format(to, at) if to else Markup("<strong>{}</strong>").format(at)
            )
        return Markup('<nav aria-label="Pages of this list">{}</nav>').format(Markup(" ").join(made))

    def _file(self, page: str, query: Query) -> str | None:
        if page == "trial":
            nct_id = dict(query).get("nct", "")
            return f"trial-{nct_id}.html" if nct_id in self._trials else RECORD_URL + nct_id
        own = tuple(pair for pair in query if pair not in self._base)
        if page == "trials" and query != self._base and not _turns(query, own, self._base):
            return self._wanted(Job(f"list-{_digest(query)}.html", page, query))
        name = self._name(page, own)
        turned = Job(name, page, query if own else self._base, bool(self._here and self._here.follow))
        if _turns(query, own, self._base) and self._here:
            return self._register(turned)
        return self._wanted(turned._replace(follow=False)) or self._name(page, ())

    def _wanted(self, job: Job) -> str | None:
        if job.name in self._known or (self._here and self._here.follow):
            return self._register(job)
        return None

    def _register(self, job: Job) -> str:
        if job.name not in self._known:
            if len(self._known) >= MOST:
                raise Validation(f"This view needs more than {MOST:,} files. Narrow it with --query.")
            self._known[job.name] = job
            self._waiting.append(job)
        return job.name

    @staticmethod
    def _name(page: str, own: Query) -> str:
        given = dict(own)
        if page == "trial":
            return f"trial-{given['nct']}.html"
        if not own:
            return "index.html" if page == FIRST else f"{page}.html"
        ((key, value),) = own if len(own) == 1 else ((("", "")),)
        if key in ("agent", "page") and re.fullmatch(r"\w+", value):
            return f"{page}-{value}.html"
        return f"{page}-{_digest(own)}.html"


def _turns(query: Query, own: Query, base: Query) -> bool:
    """Whether this is another page of the same list."""
    return len(own) == 1 and own[0][0] == "page" and {*query} == {*base, *own}


def _digest(query: Query) -> str:
    return hashlib.blake2b(repr(query).encode(), digest_size=6).hexdigest()
