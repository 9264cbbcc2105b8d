"""What the rules of today derive from the records of the starter, kept beside them so that a new store opens quickly.

``python -m cache.starter.build`` writes it again after the watch-list that comes with the product or the matching rules
have changed. Under other rules than it was made with it counts for nothing, and the loader derives.
"""

import gzip
import hashlib
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from cache.starter.packed import packed
from fetchers.errors import LocalTrouble
from fetchers.matching.matcher import RULES, Match, Matcher
from fetchers.record.study import Study
from fetchers.watchlist.model import Watchlist

FILE = Path(__file__).with_name("derived.jsonl.gz")


class Derived(NamedTuple):
    """What follows from one record: its condition groups, and every agent that it names."""

    groups: tuple[str, ...]
    matches: tuple[Match, ...]


class _Kept(msgspec.Struct, frozen=True):
    rules: str
    trials: tuple[Derived, ...]


def derive(study: Study, matcher: Matcher) -> Derived:
    """What a record gives."""
    return Derived(matcher.condition_groups(study), matcher.matches(study))


def made(data: bytes, studies: Sequence[Study], watchlist: Watchlist) -> bytes:
    """The file for these records, which are those of ``data``."""
    matcher = Matcher(watchlist)
    kept = _Kept(_rules(data, watchlist), tuple(derive(study, matcher) for study in studies))
    return packed([msgspec.json.encode(kept)])


def kept(data: bytes, watchlist: Watchlist, path: Path = FILE) -> tuple[Derived, ...] | None:
    """What was derived from the records of ``data``, in their order; None when that was done under other rules.

    Raises LocalTrouble when the file cannot be read.
    """
    try:
        found = msgspec.json.decode(gzip.decompress(path.read_bytes()), type=_Kept)
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise LocalTrouble(
            f"The starter snapshot's {path} cannot be read ({error}). Install the product again."
        ) from error
    return found.trials if found.rules == _rules(data, watchlist) else None


def _rules(data: bytes, watchlist: Watchlist) -> str:
    """A fingerprint of all that it follows from: the records, the watch-list, the matching rules."""
    said = f"{RULES} {watchlist.digest} ".encode()
    return hashlib.blake2b(said + data, digest_size=16).hexdigest()
