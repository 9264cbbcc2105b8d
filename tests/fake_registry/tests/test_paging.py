"""Pages and their order."""

import re
from typing import Any

import pytest

from tests.fake_registry import make_study
from tests.fake_registry.errors import DATA_CHANGED
from tests.fake_registry.tests.client import SORT, Client, Serve, ids, numbered

_SIZES: tuple[dict[str, Any], ...] = ({}, {"pageSize": 0}, {"pageSize": 5000})

# -- paging ------------------------------------------------------------------------------------------------------------


def test_pages_hold_every_study_once_in_the_order_asked(twenty: Client) -> None:
    pages = twenty.pages(**SORT, pageSize=1000, query__intr="rintatolimod")
    assert [len(page["studies"]) for page in pages] == [7, 7, 6]
    assert [nct_id for page in pages for nct_id in ids(page)] == [f"NCT0100{at:04d}" for at in range(19, -1, -1)]


def test_total_stands_on_the_first_page_only_and_only_when_asked(twenty: Client) -> None:
    first, *later = twenty.pages(**SORT, countTotal="true")
    assert first["totalCount"] == 20
    assert all("totalCount" not in page for page in later)
    assert "totalCount" not in twenty.page(**SORT)
    assert twenty.page(query__intr="nothing", countTotal="true") == {"totalCount": 0, "studies": []}


def test_a_full_page_carries_a_token_even_when_nothing_follows(served: Serve) -> None:
    client = served([numbered(at) for at in range(14)], page_cap=7)
    pages = client.pages(**SORT)
    assert [len(page["studies"]) for page in pages] == [7, 7, 0]
    assert "nextPageToken" not in pages[-1]


def test_page_size_zero_or_missing_is_ten_and_above_thousand_is_thousand(served: Serve) -> None:
    client = served(make_study(f"NCT{at:08d}") for at in range(1, 1006))
    sizes = [len(client.page(**SORT, fields="NCTId", **size)["studies"]) for size in _SIZES]
    assert sizes == [10, 10, 1000]
    assert client.refused(pageSize="-1") == "Parameter `pageSize` has incorrect format"


def test_tokens_are_opaque_base64url(twenty: Client) -> None:
    token = twenty.page(**SORT)["nextPageToken"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{16,}", token)
    assert token != twenty.page(**SORT, pageToken=token)["nextPageToken"]


def test_a_token_with_other_parameters_answers_the_new_query_at_the_old_offset(served: Serve) -> None:
    others = [
        make_study(f"NCT0200{at:04d}", interventions=["Other"], last_update=f"2026-01-{at + 1:02d}") for at in range(9)
    ]
    client = served([*(numbered(at) for at in range(9)), *others], page_cap=7)
    token = client.page(**SORT, query__intr="rintatolimod")["nextPageToken"]
    assert ids(client.page(**SORT, query__intr="other", pageToken=token)) == ["NCT02000001", "NCT02000000"]


def test_a_garbage_token_is_refused(twenty: Client) -> None:
    good = twenty.page(**SORT)["nextPageToken"]
    for token in ("x", "garbage-token-0123456789", good[:-2] + "zz", good + "A", "ä"):
        assert "pageToken" in twenty.refused(**SORT, pageToken=token)


def test_a_reload_kills_tokens_and_moves_time_stamp_etag_and_version_holder(twenty: Client) -> None:
    token = twenty.page(**SORT)["nextPageToken"]
    before = twenty.get("/version")
    twenty.reg.reload(data_timestamp="2026-11-23T09:00:04")
    assert twenty.refused(**SORT, pageToken=token) == DATA_CHANGED
    after = twenty.get("/version")
    assert (before.json()["dataTimestamp"], after.json()["dataTimestamp"]) == (
        "2026-11-20T09:00:05",
        "2026-11-23T09:00:04",
    )
    assert before.headers["ETag"] != after.headers["ETag"]
    misc = {study["derivedSection"]["miscInfoModule"]["versionHolder"] for study in twenty.page()["studies"]}
    assert misc == {"2026-11-23"}


def test_a_reload_without_a_time_stamp_takes_the_next_working_day(twenty: Client) -> None:
    twenty.reg.reload()  # 2026-11-20 is a Friday
    assert twenty.get("/version").json()["dataTimestamp"] == "2026-11-23T09:00:05"


def test_without_sort_the_order_is_shuffled_but_one_run_of_pages_is_whole(twenty: Client) -> None:
    runs = [[nct_id for page in twenty.pages() for nct_id in ids(page)] for _ in range(2)]
    assert sorted(runs[0]) == sorted(runs[1]) == sorted(twenty.reg.studies)
    assert runs[0] != runs[1]


# -- sort --------------------------------------------------------------------------------------------------------------


def test_sort_defaults_dates_down_numbers_up_and_missing_last(served: Serve) -> None:
    facts: list[dict[str, Any]] = [
        {"start": "2020-05", "enrollment": 9},
        {"start": "2021"},
        {"enrollment": 3},
        {"start": "2020-05-02", "enrollment": 3},
    ]
    client = served(numbered(at, **given) for at, given in enumerate(facts))

    def order(sort: str) -> list[int]:
        return [int(nct_id[-1]) for nct_id in client.ids(sort=sort)]

    assert order("StartDate") == [1, 3, 0, 2]
    assert order("StartDate:asc") == [0, 3, 1, 2]
    assert order("EnrollmentCount,LastUpdatePostDate:asc") == [2, 3, 0, 1]
    assert order("EnrollmentCount:desc,LastUpdatePostDate:desc") == [0, 3, 2, 1]


def test_relevance_puts_the_named_drug_before_the_passing_mention(served: Serve) -> None:
    mention = make_study("NCT00000001", title="Other", arms=[{"label": "a", "description": "after ampligen"}])
    client = served([mention, make_study("NCT00000002", title="x", interventions=["Ampligen"])])
    assert client.ids(query__intr="ampligen", sort="@relevance") == ["NCT00000002", "NCT00000001"]


@pytest.mark.parametrize(
    ("sort", "text"),
    [
        ("BriefTitle", "Unsupported sort field type: text"),
        ("Phase:asc", "Unsupported sort field type: enum"),
        ("StartDate,EnrollmentCount,LastUpdatePostDate", "Parameter `sort` contains more than 2 items"),
        ("StartDate:down", "Item 1 in parameter `sort` has incorrect format"),
        ("StartDate,Foo", "Item 2 in parameter `sort` has incorrect format"),
    ],
)
def test_sort_refuses(twenty: Client, sort: str, text: str) -> None:
    assert twenty.refused(sort=sort) == text
