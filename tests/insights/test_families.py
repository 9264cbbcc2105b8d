"""Which records belong together, by the ids inside them."""

from typing import Any

import msgspec
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchers.record.study import Study, decode_study
from insights import families
from tests.fake_registry.studies import make_study

A, B, C, D = (f"NCT0000000{n}" for n in range(1, 5))


def study(nct_id: str, **facts: Any) -> Study:
    return decode_study(msgspec.json.encode(make_study(nct_id, **facts)))


def kinds(one: Study, **types: str) -> dict[str, str]:
    found = families.links([one], types)
    return dict(zip(found["cites"], found["kind"], strict=True))


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"description": f"This is a sub-study of the platform protocol {B}."}, "platform"),
        ({"summary": f"Participants of the master protocol ({B})"}, "platform"),
        ({"official_title": f"Appendix B to {B}"}, "platform"),
        ({"description": f"A nested study within {B}"}, "platform"),
        ({"path": {"protocolSection.identificationModule.secondaryIdInfos": [{"id": B}]}}, "platform"),
        ({"description": f"An open-label extension of {B}"}, "extension"),
        ({"eligibility": f"Completed the parent study {B}"}, "extension"),
        ({"eligibility": f"Long-term follow-up of the sub-study {B}"}, "extension"),
        ({"path": {"protocolSection.statusModule.expandedAccessInfo.nctId": B}}, "expanded_access"),
        ({"study_type": "EXPANDED_ACCESS", "description": f"For those of {B}"}, "expanded_access"),
        ({"description": f"A design like that of {B}"}, "cited"),
        ({"references": [{"citation": f"Somebody. {B}. 2019"}]}, "cited"),
        ({"description": f"Words far away: platform. {'x ' * 200} {B}"}, "cited"),
    ],
)
def test_kinds(facts: dict[str, Any], kind: str) -> None:
    assert kinds(study(A, **facts)) == {B: kind}
    assert kind in families.KINDS


def test_what_is_no_link() -> None:
    assert kinds(study(A, description=f"This is {A}, once {C}; NCT123 and NCT000000012", aliases=[C])) == {}


def test_a_link_to_an_expanded_access_is_one() -> None:
    assert kinds(study(A, description=f"See {B}"), **{B: "EXPANDED_ACCESS"}) == {B: "expanded_access"}


def test_the_strongest_place_tells_the_kind_and_is_quoted() -> None:
    (row,) = families.links(
        [study(A, summary=f"A design like {B}.", description=f"The \\[platform\\] {B} holds it.")], {}
    ).to_dict("records")
    assert (row["kind"], row["place"]) == ("platform", "summary")
    assert row["quote"] == f"The [platform] {B} holds it."


def test_platform_and_sub_studies_count_once() -> None:
    found = families.links(
        [
            study(B, description=f"Sub-study of the platform {A}"),
            study(C, description=f"Sub-study of the platform {A}"),
            study(D, description=f"Extension of {B}"),
        ],
        {},
    )
    roofs = families.families(found, {A, B, C, D})
    assert roofs == {A: A, B: A, C: A}
    assert families.once([A, B, C, D], roofs) == 2
    assert families.once([B, D], roofs) == 2
    assert families.once([], roofs) == 0
    # Without the platform itself its sub-studies still belong together.
    assert families.families(found, {B, C, D}) == {B: B, C: B}
    assert families.families(found, {B}) == {}


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF")), max_size=8))
def test_families_are_the_same_whoever_cites(pairs: list[tuple[str, str]]) -> None:
    ids = {letter: f"NCT0000000{n}" for n, letter in enumerate("ABCDEF")}
    rows = [(ids[a], ids[b], "platform", "title", "") for a, b in pairs if a != b]
    there = pd.DataFrame.from_records(rows, columns=list(families.LINK_COLUMNS))
    back = there.rename(columns={"nct_id": "cites", "cites": "nct_id"})
    roofs = families.families(there, set(ids.values()))
    assert roofs == families.families(back, set(ids.values()))
    assert all(roofs[roof] == roof for roof in roofs.values())
    assert all(roofs[one] == roofs[other] for one, other, *_ in rows)
    assert families.once(ids.values(), roofs) == len(ids) - len(roofs) + len(set(roofs.values()))
