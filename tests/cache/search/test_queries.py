"""The written queries on the recorded studies, where those lie beside the checkout."""

from tests.rigs.records import AT_HAND, REAL
from tests.rigs.searching import searchable
from tests.tools.search import answered, figures, queries


def test_the_written_queries_are_sixty_of_every_kind() -> None:
    asked = queries()
    assert len(asked) == len({one.q for one in asked}) == 60
    assert {one.kind for one in asked} == {"id", "city", "phrase", "word", "agent", "typo"}
    assert all(one.must and one.must_not and not one.must & one.must_not for one in asked)
    assert all((one.kind == "typo") == (one.meant is not None) for one in asked)


def test_each_query_finds_what_it_has_to_and_nothing_it_must_not() -> None:
    answers = answered(searchable(REAL.studies), queries()) if REAL in AT_HAND else []
    for one in answers:
        assert one.query.must <= one.found, one.query.q
        assert not one.query.must_not & one.found, one.query.q
        assert one.meant == one.query.meant, one.query.q
    if answers:
        recall, precision = figures(answers)
        print(f"recall {recall:.3f}, precision {precision:.3f}")
        assert recall == 1
        assert precision > 0.95
