"""One page of the registry's answer: the records that can be read, and those that cannot, each with its reason."""

from typing import Annotated, NamedTuple, TypeVar

import msgspec

from fetchers.errors import Parsing
from fetchers.record.modules import NctId
from fetchers.record.study import Study, decode_study

T = TypeVar("T")


class SetAside(NamedTuple):
    """A record that cannot be read, kept out and counted; ``nct_id`` is None when not even that can be read."""

    nct_id: str | None
    reason: str


class Page(NamedTuple):
    """``total`` stands on the first page of an answer only; ``version_holder`` is the date of the data load."""

    studies: tuple[Study, ...]
    set_aside: tuple[SetAside, ...]
    total: int | None
    version_holder: str | None


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


# Splitting a page and reading record by record costs a third more than one typed decode of the whole page, but one
# bad record then costs one record, without a second way through the page.
_envelope = msgspec.json.Decoder(_Envelope)
_stub = msgspec.json.Decoder(Stub)


def decode_page(body: bytes) -> tuple[Page, str | None]:
    """The page and the token of the next one. Raises Parsing when ``body`` is no page; a bad record is set aside."""
    envelope = decode(_envelope, body, "a page of studies")
    studies: list[Study] = []
    set_aside: list[SetAside] = []
    for record in envelope.studies:
        try:
            studies.append(decode_study(record))
        except Parsing as error:
            set_aside.append(SetAside(_nct_id(record), str(error)))
    holders = (study.derived_section.misc_info_module.version_holder for study in studies)
    newest = max((holder for holder in holders if holder), default=None)
    return Page(tuple(studies), tuple(set_aside), envelope.total_count, newest), envelope.next_page_token or None


def decode(decoder: msgspec.json.Decoder[T], body: bytes, wanted: str) -> T:
    """``body`` as ``wanted``. Raises Parsing whose text tells a web page, broken JSON and other JSON apart."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Parsing(f"the answer is JSON but not {wanted}: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if body.lstrip()[:1] == b"<":
            raise Parsing(f"a web page came instead of {wanted}") from error
        raise Parsing(f"the answer breaks off or is no JSON: {error}") from error


def _nct_id(record: msgspec.Raw) -> str | None:
    try:
        return _stub.decode(record).protocol_section.identification_module.nct_id
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
