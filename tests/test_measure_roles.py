"""The labels of tiers and roles, and the figures that are kept beside them."""

import csv
from pathlib import Path

import pytest

from tests import measure_roles
from tests.measure_roles import Label, Said

LABELS = measure_roles.labels()


def test_labels_are_many_each_pair_once_and_every_one_says_why() -> None:
    assert len(LABELS) >= 150
    assert len({(one.nct_id, one.agent) for one in LABELS}) == len(LABELS)
    assert all(one.why for one in LABELS)
    assert all(bool(one.role) == (one.tier == "given") for one in LABELS)


def test_a_fixed_rule_keeps_about_half() -> None:
    kept = sum(one.kept for one in LABELS)

    assert 0.4 < kept / len(LABELS) < 0.6
    assert {one.half for one in LABELS} == {"kept", "tuned"}


def test_figures_count_tiers_roles_and_places() -> None:
    one = Label("NCT00000001", "ivig", "given", "tested", "why")
    other = Label("NCT00000001", "methotrexate", "mentioned", "", "why")
    rows = measure_roles.figures(
        {one: Said("given", "background", "name"), other: Said("given", "unclear", "description")}
    )
    counts = {row[1:3]: row[3:] for row in rows if row.half == one.half}

    assert counts["tier", "given"] == (1, 2, 1)
    assert counts["tier", "mentioned"] == (1, 0, 0)
    assert counts["role", "tested"] == (1, 0, 0)
    assert counts["role", "background"] == (0, 1, 0)
    assert counts["found_in", "description"] == (0, 1, 0)


def test_the_kept_figures_meet_what_was_promised() -> None:
    with measure_roles.MEASURED.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in ("tier", "found_in")]
    for half in ("tuned", "kept"):
        counts = {(row["kind"], row["value"]): row for row in rows if row["half"] == half}
        for name in (("tier", "given"), ("found_in", "description")):
            assert int(counts[name]["right"]) >= 0.95 * int(counts[name]["said"]), (half, name)


def test_without_the_records_nothing_is_measured_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measure_roles, "RECORDS", (Path("nowhere"),))

    assert measure_roles.main() == 1
    assert "nothing to measure" in capsys.readouterr().err


def test_the_kept_figures_are_those_of_the_rules() -> None:
    """Where the records lie beside the checkout; the test above says what happens where they do not."""
    if not measure_roles.present():
        return
    answers = measure_roles.said(LABELS, measure_roles.records(one.nct_id for one in LABELS))
    with measure_roles.MEASURED.open(encoding="utf-8", newline="") as file:
        kept = [tuple(row.values()) for row in csv.DictReader(file)]

    assert [tuple(map(str, row)) for row in measure_roles.figures(answers)] == kept
