"""What is asked for when results are read is exactly what is decoded, under names the registry knows."""

from fetchers.record.results import Results
from fetchers.registry.result_fields import PIECES, RESULT_FIELDS
from tests.fetchers.registry.test_fields import KNOWN, OURS, leaves


def test_every_leaf_that_is_read_is_asked_for_and_no_other() -> None:
    read = [path for path in leaves(Results) if not path.startswith(OURS)]
    assert sorted(read) == sorted(PIECES)
    assert len(read) > 70


def test_every_piece_is_the_registrys_name_of_its_path_and_not_only_for_searching() -> None:
    assert {piece: KNOWN.get(piece, [None])[0] for piece in PIECES.values()} == {
        piece: path for path, piece in PIECES.items()
    }
    assert not [piece for piece in PIECES.values() if len(KNOWN[piece]) > 2]


def test_neither_baseline_tables_nor_single_events_nor_people_are_asked_for() -> None:
    assert not [
        piece for piece in RESULT_FIELDS.split(",") if piece.startswith(("Baseline", "Serious", "Other", "Point"))
    ]
