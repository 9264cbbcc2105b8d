"""What is asked for is exactly what is read, under names the registry knows."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from fetchers.record.modules import Module
from fetchers.record.study import Study
from fetchers.registry.fields import FIELDS, PIECES, SWEEP_FIELDS
from fetchers.settings import ROOT

KNOWN: dict[str, list[Any]] = json.loads((ROOT / "tests" / "fake_registry" / "fields.json").read_text(encoding="utf-8"))

# What we add to a record ourselves.
OURS = "unreadable."


def leaves(kind: Any, path: str = "") -> Iterator[str]:
    """The JSON paths of all values a decoded record can hold."""
    info = msgspec.inspect.type_info(kind)
    yield from _leaves(info, path)


def _leaves(info: Any, path: str) -> Iterator[str]:
    if isinstance(info, msgspec.inspect.UnionType):
        (info,) = (kind for kind in info.types if not isinstance(kind, msgspec.inspect.NoneType))
    if isinstance(info, msgspec.inspect.VarTupleType):
        yield from _leaves(info.item_type, path)
    elif isinstance(info, msgspec.inspect.StructType):
        for field in info.fields:
            yield from _leaves(field.type, f"{path}.{field.encode_name}" if path else field.encode_name)
    else:
        yield path


def test_every_leaf_that_is_read_is_asked_for_and_no_other() -> None:
    whole = [path for path, piece in PIECES.items() if KNOWN[piece][1] == "GeoPoint"]  # its numbers have no names
    read = {path for path in leaves(Study) if not path.startswith(OURS)}
    asked = {next((one for one in whole if path.startswith(f"{one}.")), path) for path in read}
    assert sorted(asked) == sorted(PIECES)
    assert len(read) > 90


def test_the_walk_sees_a_leaf_that_nobody_asks_for() -> None:
    class More(Module, frozen=True):
        nickname: str | None = None

    assert list(leaves(More, "protocolSection")) == ["protocolSection.nickname"]


def test_every_piece_is_the_registrys_name_of_its_path() -> None:
    assert {piece: KNOWN.get(piece, [None])[0] for piece in PIECES.values()} == {
        piece: path for path, piece in PIECES.items()
    }


def test_no_piece_is_only_for_searching() -> None:
    assert not [piece for piece in PIECES.values() if len(KNOWN[piece]) > 2]


def test_the_question_is_a_plain_list_without_repetition() -> None:
    names = FIELDS.split(",")
    assert len(set(names)) == len(names) == len(PIECES)
    assert set(SWEEP_FIELDS.split(",")) < set(names)
    assert len(FIELDS) < 4000, "fields and 200 ids must fit into one address"


def test_contacts_of_people_are_not_asked_for() -> None:
    personal = ("Contact", "OverallOfficial", "Investigator", "ResponsibleParty", "Phone", "EMail")
    assert not [piece for piece in PIECES.values() if any(word in piece for word in personal)]
    assert any("Contact" in piece for piece in KNOWN), "the registry has such pieces"
