"""What the dashboard and the command line read: complete, typed, and never taking "not known" for a value."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pandas as pd
import pytest
from sqlalchemy import insert, text, update

from cache.codes import LANES, lane
from cache.read import trials as queries
from cache.read.jobs import latest_job, recent_jobs
from cache.store.errors import Damaged
from cache.store.schema import answer, progress, refresh, set_aside, study
from cache.store.store import Store
from tests.rigs import databases
from tests.rigs.trial_rows import SEEN, Why, asked, body, put, row, watchlist

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 20, 8, 0, 30, tzinfo=UTC)


@pytest.fixture
def store() -> Iterator[Store]:
    opened = databases.empty()
    yield opened
    opened.close()


def one(frame: pd.DataFrame) -> "pd.Series":
    assert len(frame) == 1
    return frame.iloc[0]


# --- trials ---------------------------------------------------------------------------------------------------------


def test_an_empty_store_gives_empty_frames_with_all_columns_and_types(store: Store) -> None:
    trials, matches = queries.trials(store), queries.matches(store)
    assert list(trials.columns) == list(queries.TRIAL_COLUMNS)
    assert list(matches.columns) == list(queries.MATCH_COLUMNS)
    assert len(trials) == len(matches) == 0
    assert list(trials["lane"].cat.categories) == list(LANES)
    assert trials["lane"].cat.ordered
    assert str(trials["enrollment"].dtype) == "Int64"
    assert str(trials["has_results"].dtype) == "boolean"


def test_a_trial_arrives_as_it_is_stored(store: Store) -> None:
    facts = {"phases": ["PHASE1", "PHASE2"], "start_date": "2002-04", "enrollment": 0, "why_stopped": "No money"}
    put(store, [row(7, countries=["Poland", "Türkiye"], has_results=True, aliases=["NCT00000001"], **facts)])
    trial = one(queries.trials(store))
    assert trial["nct_id"] == "NCT00000007"
    assert trial["phases"] == ["PHASE1", "PHASE2"]
    assert trial["lane"] == "PHASE1|PHASE2"
    assert trial["start_date"] == "2002-04"
    assert trial["start_year"] == 2002
    assert trial["enrollment"] == 0
    assert trial["countries"] == ["Poland", "Türkiye"]
    assert bool(trial["has_results"])
    assert trial["aliases"] == ["NCT00000001"]
    assert trial["why_stopped"] == "No money"


def test_what_is_not_known_is_missing_and_nothing_else(store: Store) -> None:
    unknown = dict.fromkeys(
        ("phases", "conditions", "interventions", "countries", "has_results", "study_type", "overall_status"), None
    )
    put(store, [row(1, origin="starter", source="a copy", **unknown)])
    trial = one(queries.trials(store))
    for name in ("phases", "conditions", "interventions", "countries"):
        assert trial[name] is None
    for name in ("enrollment", "sites", "start_year", "has_results", "study_type", "overall_status", "acronym"):
        assert pd.isna(trial[name])
    assert trial["lane"] == "UNKNOWN"
    assert trial["origin"] == "starter"


def test_a_code_the_product_does_not_know_is_kept(store: Store) -> None:
    put(store, [row(1, overall_status="PAUSED"), row(2)])
    statuses = queries.trials(store)["overall_status"]
    assert list(statuses) == ["PAUSED", "COMPLETED"]
    assert statuses.cat.categories[-1] == "PAUSED"


@pytest.mark.parametrize(
    ("phases", "study_type", "expected"),
    [
        (["PHASE2", "PHASE3"], "INTERVENTIONAL", "PHASE2|PHASE3"),
        (["PHASE3", "PHASE2"], "INTERVENTIONAL", "PHASE2|PHASE3"),
        (["EARLY_PHASE1"], "INTERVENTIONAL", "EARLY_PHASE1"),
        (["NA"], "INTERVENTIONAL", "NA"),
        ([], "OBSERVATIONAL", "NONE"),
        (None, "OBSERVATIONAL", "UNKNOWN"),
        (None, "EXPANDED_ACCESS", "EXPANDED_ACCESS"),
        ([], "EXPANDED_ACCESS", "EXPANDED_ACCESS"),
        (["PHASE5"], "INTERVENTIONAL", "UNKNOWN"),
    ],
)
def test_lanes(phases: list[str] | None, study_type: str, expected: str) -> None:
    assert lane(phases, study_type) == expected


def test_only_trials_that_are_shown_are_read(store: Store) -> None:
    put(
        store,
        [row(1), row(2), row(3, left_registry="2026-11-01")],
        {1: [Why("ivig")], 2: [Why("ivig")], 3: [Why("ivig")]},
    )
    with store.writing() as connection:  # 2 answers no scope any more, but the registry still holds it
        connection.execute(update(answer).where(answer.c.nct_id == "NCT00000002").values(ended_at=SEEN))
    assert list(queries.trials(store)["nct_id"]) == ["NCT00000001", "NCT00000003"]
    assert list(queries.matches(store)["nct_id"]) == ["NCT00000001", "NCT00000003"]


def test_registry_timestamp_is_the_newest_load_that_held_the_trial(store: Store) -> None:
    put(store, [row(1), row(2, origin="starter"), row(3, left_registry="2026-11-01")], held_by="ivig")
    with store.writing() as connection:
        both = {"scope": "me_cfs", "nct_id": "NCT00000001", "origin": "live", "asked": [], "first_seen": SEEN}
        connection.execute(insert(answer), [both])
    asked(store, "ivig", registry_timestamp="2026-11-01T09:00:00")
    asked(store, "me_cfs", kind="sweep", registry_timestamp="2026-11-02T09:00:00")
    body(store, "NCT00000003", b"{}", registry_timestamp="2026-10-01T09:00:00")
    loads = queries.trials(store)["registry_timestamp"]
    assert loads[0] == "2026-11-02T09:00:00"
    assert pd.isna(loads[1])
    assert loads[2] == "2026-10-01T09:00:00"


def test_matches_carry_why(store: Store) -> None:
    put(
        store,
        [row(1)],
        {1: [Why("ivig", "mentioned", None, ["IVIg", "IGIV"]), Why("methotrexate", "given", "background")]},
    )
    matches = queries.matches(store)
    assert list(matches["agent"]) == ["ivig", "methotrexate"]
    assert matches["found_by"][0] == ["IVIg", "IGIV"]
    assert pd.isna(matches["role"][0])
    assert matches["role"][1] == "background"


@pytest.mark.sqlite_alone("PostgreSQL takes no broken JSON")
def test_data_that_make_no_sense_are_damage_and_no_crash(store: Store) -> None:
    put(store, [row(1)])
    with store.writing() as connection:
        connection.execute(text("UPDATE study SET phases = '[\"PHASE'"))
    with pytest.raises(Damaged, match="damaged"):
        queries.trials(store)


# --- scopes and freshness -------------------------------------------------------------------------------------------


def test_scopes_are_always_all_there(store: Store) -> None:
    frame = queries.scopes(store, watchlist())
    assert list(frame["scope"]) == ["methotrexate", "ivig", "tnf_inhibitors", "me_cfs"]
    assert list(frame["kind"]) == ["agent"] * 3 + ["sweep"]
    assert frame["refreshed_at"].isna().all()
    assert frame[["studies", "given", "mentioned", "excluded"]].sum().sum() == 0
    assert not frame["starter"].any()


def test_scopes_count_what_they_hold_and_what_matches(store: Store) -> None:
    why = {
        1: [Why("methotrexate"), Why("ivig", "excluded", None)],
        2: [Why("methotrexate", "mentioned", None)],
        3: [Why("methotrexate")],
    }
    put(store, [row(1), row(2), row(3, left_registry="2026-11-01")], why)
    asked(store, "methotrexate", error="The registry is down.", error_at=SEEN)
    frame = queries.scopes(store, watchlist()).set_index("scope")
    counted = frame.loc["methotrexate", ["studies", "given", "mentioned", "excluded"]]
    assert list(counted) == [2, 1, 1, 0]
    assert list(frame.loc["ivig", ["studies", "given", "mentioned", "excluded"]]) == [0, 0, 0, 1]
    assert frame.loc["methotrexate", "error"] == "The registry is down."
    assert frame.loc["methotrexate", "refreshed_at"] == SEEN


def test_freshness_of_an_empty_store(store: Store) -> None:
    assert queries.freshness(store) == queries.Freshness(None, None, False, False, None, (), store.version())


def test_a_part_that_is_older_dates_only_itself(store: Store) -> None:
    asked(store, "ivig", registry_timestamp="2026-11-01T09:00:00", refreshed_at="2026-11-02T00:00:00Z")
    asked(
        store,
        "methotrexate",
        registry_timestamp="2026-10-01T09:00:00",
        refreshed_at="2026-10-02T00:00:00Z",
        error="Down.",
    )
    asked(store, "me_cfs", kind="sweep", registry_timestamp="2026-09-01T09:00:00", refreshed_at="2026-09-02T00:00:00Z")
    fresh = queries.freshness(store)
    assert fresh.registry_timestamp == "2026-11-01T09:00:00"
    assert fresh.fetched_at == "2026-11-02T00:00:00Z"
    assert fresh.older == (("me_cfs", "2026-09-01T09:00:00"), ("methotrexate", "2026-10-01T09:00:00"))
    assert fresh.failed == ("methotrexate",)
    assert (fresh.live, fresh.starter, fresh.starter_date) == (True, False, None)
    assert queries.freshness(store, ["ivig"]).registry_timestamp == "2026-11-01T09:00:00"


def test_freshness_of_the_starter_has_its_date_and_no_other(store: Store) -> None:
    put(
        store,
        [
            row(1, origin="starter", as_of="2026-07", source="x"),
            row(2, origin="starter", as_of="2026-07-05", source="x"),
        ],
    )
    asked(store, "ivig", starter=True, refreshed_at=None, registry_timestamp=None)
    fresh = queries.freshness(store)
    assert fresh.starter
    assert not fresh.live
    assert fresh.starter_date == "2026-07-05"
    assert fresh.registry_timestamp is None
    assert fresh.fetched_at is None


# --- jobs, bodies, records set aside --------------------------------------------------------------------------------

RUN = {
    "state": "running", "started_at": SEEN, "beat_at": SEEN, "full": False, "cancel": False, "requests": 3, "bytes": 9,
}  # fmt: skip


def started(store: Store, **facts: object) -> None:
    with store.writing() as connection:
        key = connection.execute(insert(refresh).values(**RUN | facts)).inserted_primary_key
        assert key is not None
        number = key[0]
        rows = [
            {"refresh_id": number, "scope": name, "place": place, "status": status, "requests": 0, "fetched": 0}
            for place, (name, status) in enumerate([("ivig", "fresh"), ("methotrexate", "asking")])
        ]
        connection.execute(insert(progress), list(reversed(rows)))


def test_no_job_yet(store: Store) -> None:
    assert latest_job(store) is None


def test_the_newest_job_with_its_scopes_in_order(store: Store) -> None:
    started(store, state="ended", outcome="failed", exit_code=3)
    started(store)
    job = latest_job(store, now=lambda: NOW)
    assert job is not None
    assert job.id == 2
    assert job.alive
    assert [(step.scope, step.status) for step in job.scopes] == [("ivig", "fresh"), ("methotrexate", "asking")]
    assert job.scopes[0].studies is None


def test_recent_jobs_are_told_newest_first_each_with_its_own_scopes(store: Store) -> None:
    for _ in range(3):
        started(store)
    jobs = recent_jobs(store, 2, now=lambda: NOW)
    assert [job.id for job in jobs] == [3, 2]
    assert [[step.scope for step in job.scopes] for job in jobs] == [["ivig", "methotrexate"]] * 2


def test_a_job_nobody_heard_of_is_not_alive(store: Store) -> None:
    started(store)
    job = latest_job(store, now=lambda: datetime(2026, 11, 20, 8, 1, 1, tzinfo=UTC))
    assert job is not None
    assert job.state == "running"
    assert not job.alive


def test_an_ended_job_is_not_alive_however_young(store: Store) -> None:
    started(store, state="ended", outcome="fresh", exit_code=0)
    job = latest_job(store, now=lambda: NOW)
    assert job is not None
    assert not job.alive


def test_the_body_is_the_newest_state(store: Store) -> None:
    assert queries.study_body(store, "NCT00000001") is None
    for title in ("Old", "New"):
        body(
            store,
            "NCT00000001",
            b'{"protocolSection":{"identificationModule":{"nctId":"NCT00000001","briefTitle":"%s"}}}' % title.encode(),
        )
    found = queries.study_body(store, "NCT00000001")
    assert found is not None
    assert found.identification.brief_title == "New"


def test_records_set_aside_are_those_of_the_newest_answer(store: Store) -> None:
    started(store)  # 1: ivig fresh
    started(store)  # 2: ivig fresh again
    rows = [
        {"refresh_id": 1, "scope": "ivig", "nct_id": "NCT00000001", "reason": "cured since", "seen_at": SEEN},
        {"refresh_id": 1, "scope": "methotrexate", "nct_id": None, "reason": "older", "seen_at": SEEN},
        {
            "refresh_id": 2,
            "scope": "methotrexate",
            "nct_id": "NCT00000002",
            "reason": "phases is a text",
            "seen_at": SEEN,
        },
    ]
    with store.writing() as connection:
        connection.execute(insert(set_aside), rows)
    frame = queries.set_aside(store)
    assert list(frame.columns) == ["scope", "nct_id", "reason", "seen_at"]
    assert one(frame)["reason"] == "phases is a text"


def test_columns_of_the_frame_are_those_of_the_table(store: Store) -> None:
    made = {"lane", "start_year", "registry_timestamp", "number"}
    inner = {"body_hash", "first_seen", "digest"}
    assert {column.name for column in study.c} - inner == set(queries.TRIAL_COLUMNS) - made
