"""The README of the data set: where it comes from, what each table and column means, how to read it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template

from cache.english import count
from cache.export import markdown
from cache.export.dataset.tables import Column, Table, tables
from cache.export.trials import MODIFIED, NO_ADVICE
from cache.read.freshness import Freshness
from fetchers.settings import SOURCE_URL

_WRITTEN = Path(__file__).with_name("about.md")
TERMS = (
    f"The records come from ClinicalTrials.gov ({SOURCE_URL}), under its terms and conditions "
    f"({SOURCE_URL}/about-site/terms-conditions). Whoever shows or passes on the data names ClinicalTrials.gov as "
    "their source and the date on which it processed them, keeps them current, and says how they were modified. No "
    "rights in them are claimed. This is not a U.S. Government product, and ClinicalTrials.gov does not endorse it."
)
_ADDED = (
    "Posted results were laid out as one row a group and category. First and last days of dates, changes and their "
    "weights, and verdicts of claims were added."
)
_SAID = ("Source", "Registry data of", "Fetched at (UTC)", "Written at (UTC)", "Shown", "Modified", "Please note")
_IN_TRINO = {"text": "varchar", "whole": "bigint", "yes_no": "boolean", "day": "date", "date": "varchar",
             "moment": "timestamp", "texts": "array(varchar)"}  # fmt: skip


def readme(facts: Mapping[str, str], rows: Mapping[str, int], fresh: Freshness) -> str:
    """``facts``: of ``trials.about``; ``rows``: how many each table has."""
    asked = f"The registry's data are of **{fresh.registry_timestamp}**; it was last asked at {fresh.fetched_at} (UTC)."
    told = {name: markdown.safe(said) for name, said in facts.items()}
    notes = [f"**{name}.** {said}" for name, said in told.items() if name not in _SAID]
    return Template(_WRITTEN.read_text(encoding="utf-8")).substitute(
        source=facts["Source"],
        asked=asked if fresh.live else "The registry has not been asked yet.",
        written=facts["Written at (UTC)"],
        version=fresh.version,
        shown=told["Shown"],
        notes="\n\n".join(notes),
        overview="\n".join(f"| [{name}](#{name}) | {rows[name]:,} | {one.about} |" for name, one in tables().items()),
        trino=",\n".join(f"  {one.name} {_IN_TRINO[one.kind]}" for one in _with_partition(tables()["trial_agents"])),
        terms=TERMS,
        modified=f"How they were modified here: {MODIFIED} {_ADDED}",
        advice=NO_ADVICE,
        columns="\n\n".join(_described(one, rows[name]) for name, one in tables().items()),
    )


def _described(table: Table, rows: int) -> str:
    key = f" A row is told from the others by {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    head = f"### {table.name}\n\n{table.about}{key} {count(rows, 'row')}.\n"
    return "\n".join([head, "| column | type | meaning |", "|---|---|---|", *map(_line, _with_partition(table))])


def _with_partition(table: Table) -> Iterable[Column]:
    return [*table.columns, *([table.partition] if table.partition else [])]


def _line(column: Column) -> str:
    about = column.about.replace("|", "\\|")
    return f"| `{column.name}` | `{column.type}`{'' if column.required else ', may be null'} | {about} |"
