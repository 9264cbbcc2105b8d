"""The registry's whole file, small: made of records as the registry would pack them."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from fetchers.registry.bulk import BulkFile


def name_of(nct_id: str) -> str:
    """Where a study lies in the file."""
    return f"{nct_id[-2:]}/{nct_id}.json"


def bulk_file(path: Path, studies: Iterable[Mapping[str, Any]], more: Mapping[str, bytes] | None = None) -> Path:
    """A file of these records; ``more``: other members beside them."""
    ids = {study["protocolSection"]["identificationModule"]["nctId"]: study for study in studies}
    return packed(
        path, {name_of(nct_id): json.dumps(study).encode() for nct_id, study in ids.items()} | dict(more or {})
    )


def packed(path: Path, members: Mapping[str, bytes]) -> Path:
    """A file of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


def contents(path: Path) -> tuple[list[str], list[tuple[str | None, str]]]:
    """The ids of the studies a file holds, and what of it is set aside."""
    with BulkFile(path) as bulk:
        pages = list(bulk.pages())
    return (
        [study.nct_id for page in pages for study in page.studies],
        [(one.nct_id, one.reason) for page in pages for one in page.set_aside],
    )
