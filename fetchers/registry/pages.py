"""One page of the registry's answer: the records that can be read, and those that cannot, each with its reason."""

import re
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, NamedTuple, TypeVar

import msgspec

from fetchers.errors import Parsing
from fetchers.record.modules import NctId
from fetchers.record.repair import sayable
from fetchers.record.results import Results, read_results
from fetchers.record.study import Study, are_sound, read_study
from fetchers.registry.split import apart

T = TypeVar("T")

# As long as the store has room for.
_LONGEST_MOMENT = 30
_ID = re.compile(rb'"identificationModule"\s*:\s*\{[^{}]*?"nctId"\s*:\s*"(NCT[0-9]{8})"')


class SetAside(NamedTuple):
    """A record that cannot be read, kept out and counted; ``nct_id`` is None when not even that can be read.

    The ``reason`` of such a record ends in a mark of its bytes: the same record has the same in every answer.
    """

    nct_id: str | None
    reason: str


class Page(NamedTuple):
    """``total`` stands on the first page of an answer only; ``version_holder`` is the date of the data load."""

    studies: tuple[Study, ...]
    set_aside: tuple[SetAside, ...]
    total: int | None
    version_holder: str | None


class ResultsPage(NamedTuple):
    """As ``Page``, of the posted results of its trials."""

    studies: tuple[Results, ...]
    set_aside: tuple[SetAside, ...]
    total: int | None


class _Envelope(msgspec.Struct, rename="camel"):
    studies: list[msgspec.Raw]
    total_count: Annotated[int, msgspec.Meta(ge=0)] | None = None
    next_page_token: str | None = None


class _Identification(msgspec.Struct, rename="camel"):
    nct_id: NctId


class _Protocol(msgspec.Struct, rename="camel"):
    identification_module: _Identification


class Stub(msgspec.Struct, rename="camel"):
    """As much of a record as holds its NCT id."""

    protocol_section: _Protocol


class _Whole(msgspec.Struct, rename="camel"):
    studies: tuple[Study, ...]
    total_count: Annotated[int, msgspec.Meta(ge=0)] | None = None
    next_page_token: str | None = None


_whole = msgspec.json.Decoder(_Whole)
_envelope = msgspec.json.Decoder(_Envelope)
_stub = msgspec.json.Decoder(Stub)


def decode_page(body: bytes) -> tuple[Page, str | None]:
    """The page and the token of the next one. Raises Parsing when ``body`` is no page; a bad record is set aside."""
    if (whole := _sound(body)) is not None:
        return _page(whole, whole.studies, ())
    envelope, records = _opened(body)
    return _page(envelope, *_each(records, read_study))


def _sound(body: bytes) -> _Whole | None:
    """The page in one go, which takes three quarters of the time; None when anything in it is not as it should be."""
    try:
        found = _whole.decode(body)
    except (ValueError, RecursionError):
        return None
    return found if are_sound(found.studies, body) else None


def _page(
    envelope: _Envelope | _Whole, studies: tuple[Study, ...], set_aside: tuple[SetAside, ...]
) -> tuple[Page, str | None]:
    holders = map(moment, {study.derived_section.misc_info_module.version_holder for study in studies})
    newest = max((holder for holder in holders if holder), default=None)
    return Page(studies, set_aside, envelope.total_count, newest), envelope.next_page_token or None


def decode_results_page(body: bytes) -> tuple[ResultsPage, str | None]:
    """As ``decode_page``, for a page that was asked for with ``RESULT_FIELDS``."""
    envelope, records = _opened(body)
    return ResultsPage(*_each(records, read_results), envelope.total_count), envelope.next_page_token or None


def decode(decoder: msgspec.json.Decoder[T], body: bytes, wanted: str) -> T:
    """``body`` as ``wanted``. Raises Parsing whose text tells a web page, broken JSON and other JSON apart."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Parsing(f"the answer is JSON but not {wanted}: {sayable(str(error))}") from error
    except (ValueError, RecursionError) as error:
        if body.lstrip()[:1] == b"<":
            raise Parsing(f"a web page came instead of {wanted}") from error
        raise Parsing(f"the answer breaks off or is not JSON: {sayable(str(error))}") from error


def moment(value: object) -> str | None:
    """A date or moment as the registry writes its data loads; None for anything else."""
    if not isinstance(value, str) or len(value) > _LONGEST_MOMENT or not value.isascii():
        return None
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return None
    return value


def _opened(body: bytes) -> tuple[_Envelope, list[bytes]]:
    """The page and its records. What no parser can pass over in one of them is cut out by its brackets or its line."""
    try:
        envelope = decode(_envelope, body, "a page of studies")
    except Parsing:
        for shell, records in apart(body):
            try:
                return _envelope.decode(shell), records
            except (ValueError, RecursionError):
                continue
        raise
    return envelope, [bytes(record) for record in envelope.studies]


def _each(records: list[bytes], read: Callable[[bytes], T]) -> tuple[tuple[T, ...], tuple[SetAside, ...]]:
    found: list[T] = []
    set_aside: list[SetAside] = []
    for record in records:
        try:
            found.append(read(record))
        except Parsing as error:
            set_aside.append(_set_aside(record, str(error)))
    return tuple(found), tuple(set_aside)


def _set_aside(record: bytes, reason: str) -> SetAside:
    try:
        return SetAside(_stub.decode(record).protocol_section.identification_module.nct_id, reason)
    except (ValueError, RecursionError):
        found = _ID.search(record)
    if found:
        return SetAside(found.group(1).decode(), reason)
    return SetAside(None, f"{reason} (record {blake2b(record, digest_size=4).hexdigest()})")
