"""The files of a site: every page of a view, each of its trials, and the lists behind the numbers."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import plotly
from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup

from cache.english import count
from cache.filters.filter import Filter
from dashboard import catalogue
from dashboard.publish import markup, reading, tables
from dashboard.publish.elements import Writer, table
from dashboard.publish.links import Job, Links, Query
from dashboard.shared import data, kept, trial_list, words
from fetchers.errors import LocalTrouble

TITLE = "Trial tracker"
SHOWN = tuple(entry for entry in catalogue.PAGES if entry.shown)
_FIXED = ("site.css", "site.js")
_PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
Say = Callable[[str], None]


class File(NamedTuple):
    """A file of the site by its name in the folder."""

    name: str
    content: bytes


def files(wanted: Filter, title: str, say: Say = lambda _: None, *, lists: bool = True) -> Iterator[File]:
    """All files of a view's site, as the store is now; ``lists``: with the lists behind the numbers. Raises
    LocalTrouble when the store changes meanwhile: pages of two states must not stand in one site."""
    with reading.quiet():
        before = kept.identity()
        yield from _fixed()
        yield from _pages(wanted, title, say, lists)
        if kept.identity() != before:
            raise LocalTrouble("The data changed while the site was written. Run the command again.")


def _fixed() -> Iterator[File]:
    for name in _FIXED:
        yield File(name, Path(__file__).with_name("templates").joinpath(name).read_bytes())
    yield File("plotly.min.js", _PLOTLY.read_bytes())


def _pages(wanted: Filter, title: str, say: Say, lists: bool) -> Iterator[File]:
    trials = data.selection(wanted).ids.tolist()
    links = Links(pairs(wanted), trials)
    for entry in SHOWN:
        links.add(entry.id, follow=lists)
    for agent in data.watchlist().agents:
        if not wanted.agents:
            links.add("agents", (("agent", agent.id),), follow=lists)
    for number, job in enumerate(links, 1):
        say(f"{number} of {len(links.files)}: {job.name}")
        yield File(job.name, _written(job, links, title, wanted))
    links.close()
    for nct_id in trials:
        links.add("trial", (("nct", nct_id),))
    for number, job in enumerate(links, 1):
        say(f"trial {number} of {len(trials)}")
        yield File(job.name, _written(job, links, title, wanted))


def pairs(wanted: Filter) -> Query:
    """A view as the pairs of an address."""
    return tuple((key, value) for key, values in wanted.to_query().items() for value in values)


def _written(job: Job, links: Links, title: str, wanted: Filter) -> bytes:
    writer = Writer(links)
    body = _list(job, links) if job.is_list else writer.block(reading.page(job.page, job.query))
    heading = writer.headings[0] if writer.headings else "Trials behind a number"
    return _template().render(
        title=title, heading=heading, body=body, here=job.page, charts='data-chart="' in body,
        pages=[(entry.id, entry.title, links.file_of(entry.id)) for entry in SHOWN],
        sentence=wanted.sentence(data.watchlist()),
    ).encode("utf-8")  # fmt: skip


def _list(job: Job, links: Links) -> Markup:
    """The trials behind a number, as the dashboard lists them."""
    found, _ = Filter.from_query({key: [v for k, v in job.query if k == key] for key, _ in job.query}, data.watchlist())
    selection, fresh = data.selection(found), data.freshness()
    names = {agent.id: agent.name for agent in data.watchlist().agents}
    shown = trial_list.rows(selection, names)[["NCT id", "Title", "Status", "Phase", "Agents", "Countries", "Start"]]
    config = '{"NCT id": {"type_config": {"type": "link", "display_text": "nct=(NCT[0-9]{8})"}}}'
    made = tables.sortable(shown, config, words.MISSING, "Trials of this list", links.href)
    line = words.freshness_line(fresh, datetime.now(UTC), names)
    return Markup('<h1>{}</h1><p class="letters">{}</p>{}{}<hr>{}').format(
        count(len(shown), "trial") + ("" if fresh.live else " in the starter sample"), found.sentence(data.watchlist()),
        markup.blocks(f":caption[{line}.]", links.href), table(made),
        markup.blocks(words.attribution(fresh), links.href),
    )  # fmt: skip


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("dashboard.publish"), autoescape=select_autoescape(), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("page.html")
