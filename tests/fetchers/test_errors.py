"""The tree of errors: which branch a caller may catch, and that their text is what the screen shows."""

import inspect

import pytest

from fetchers import errors

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]


def test_one_root() -> None:
    assert len(KINDS) == 12
    assert all(issubclass(kind, errors.TrackerError) for kind in KINDS)
    assert not issubclass(errors.TrackerError, OSError), "a full disk must not look like one of ours"


@pytest.mark.parametrize("kind", [errors.Refused, errors.DataReloaded, errors.Incomplete])
def test_no_usable_answer_is_one_branch(kind: type[errors.TrackerError]) -> None:
    assert issubclass(kind, errors.Transport)


@pytest.mark.parametrize(
    "kind", [errors.NotFound, errors.Rejected, errors.Parsing, errors.Validation, errors.LocalTrouble, errors.Cancelled]
)
def test_other_branches_are_no_transport_trouble(kind: type[errors.TrackerError]) -> None:
    assert not issubclass(kind, errors.Transport)


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_is_shown_as_it_is(kind: type[errors.TrackerError]) -> None:
    assert str(kind("The registry is down. Try again later.")) == "The registry is down. Try again later."
    assert kind.__doc__


def test_errors_python_knows_are_caught_as_such() -> None:
    assert issubclass(errors.NotFound, LookupError)
    assert issubclass(errors.Validation, ValueError)
