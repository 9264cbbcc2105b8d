"""That the condition groups are named as surely as they were measured."""

from dataclasses import replace

import pytest

from fetchers.watchlist import load as watchlists
from insights import measured
from insights.verdicts import condition_groups
from tests import measure_groups

LISTED = watchlists.load()
AT_HAND = all(path.exists() for path in measure_groups.RECORDS)


def test_every_label_is_a_group_and_no_record_is_labelled_twice() -> None:
    labelled = measure_groups.labels()
    ids = [one.nct_id for one in labelled]
    assert len(ids) == len(set(ids)) >= 150
    assert {group for one in labelled for group in one.groups} == {*measure_groups.GROUPS, "other"}
    assert all(one.groups == {"other"} or "other" not in one.groups for one in labelled)
    assert all(one.why for one in labelled)
    kept = [one for one in labelled if one.kept]
    assert 0.4 < len(kept) / len(labelled) < 0.6


def test_the_committed_figures_fit_the_labels() -> None:
    kept = [one for one in measure_groups.labels() if one.kept]
    figures = condition_groups.figures()
    assert tuple(figures) == measure_groups.GROUPS
    for group, found in figures.items():
        assert found.texts == len(kept)
        assert found.positives == sum(group in one.groups for one in kept) >= found.right


@pytest.mark.skipif(not AT_HAND, reason="the real records are not beside the checkout")
def test_the_committed_figures_are_those_of_the_records_kept_aside() -> None:
    kept = [one for one in measure_groups.labels() if one.kept]
    said = measure_groups.found(kept, measure_groups.records())
    assert measure_groups.measure(kept, said) == condition_groups.figures()


@pytest.mark.parametrize(
    ("right", "wrong", "plain"), [(40, 2, True), (40, 3, False), (9, 0, False), (10, 0, True), (19, 1, True)]
)
def test_a_group_below_the_mark_is_named_with_possibly(
    monkeypatch: pytest.MonkeyPatch, right: int, wrong: int, plain: bool
) -> None:
    found = {"lupus": measured.Figures(100, 50, right, wrong)}
    monkeypatch.setattr(measured, "load", lambda path: found)
    assert condition_groups.said(LISTED.condition("lupus")) == ("Lupus" if plain else "Lupus, possibly")


def test_a_group_nobody_measured_is_named_with_possibly_and_what_is_in_none_is_not() -> None:
    assert condition_groups.said(replace(LISTED.condition("lupus"), id="gout", name="Gout")) == "Gout, possibly"
    assert condition_groups.said(LISTED.condition("other")) == LISTED.condition("other").name
