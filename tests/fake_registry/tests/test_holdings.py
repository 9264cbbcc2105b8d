"""The records it holds: made from facts, invented by the thousand, whole ones; and the command that serves them."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.fake_registry import make_study, synthetic_studies
from tests.fake_registry.agents import AGENT_ROLES
from tests.fake_registry.tests.client import SORT, Client, Serve, ids, numbered
from tests.rigs.records import Records, each_set_at_hand

ROOT = Path(__file__).parents[3]

# -- records -----------------------------------------------------------------------------------------------------------


def test_make_study_holds_only_what_is_given() -> None:
    assert make_study("NCT00000001") == {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001", "briefTitle": "Untitled study"},
            "statusModule": {"overallStatus": "COMPLETED", "lastUpdatePostDateStruct": {"date": "2026-01-15"}},
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-11-20"}},
        "hasResults": False,
    }
    with pytest.raises(TypeError, match="no fact 'phase'"):
        make_study("NCT00000001", phase=["PHASE1"])


def test_make_study_puts_facts_where_the_registry_has_them() -> None:
    facts = {"start": "2020-01", "start_type": "ACTUAL", "enrollment": 0, "countries": ["France", "France"]}
    study = make_study("NCT00000001", interventions=["BIOLOGICAL: IVIG", "Aspirin: low dose"], mesh=["X"], **facts)
    protocol = study["protocolSection"]
    assert protocol["statusModule"]["startDateStruct"] == {"date": "2020-01", "type": "ACTUAL"}
    assert protocol["designModule"] == {"enrollmentInfo": {"count": 0}}
    assert protocol["contactsLocationsModule"]["locations"] == [{"country": "France"}, {"country": "France"}]
    interventions = protocol["armsInterventionsModule"]["interventions"]
    assert [(entry["type"], entry["name"]) for entry in interventions] == [
        ("BIOLOGICAL", "IVIG"),
        ("DRUG", "Aspirin: low dose"),
    ]
    assert study["derivedSection"]["interventionBrowseModule"]["meshes"][0]["term"] == "X"


def test_agent_studies_cover_every_agent_role_and_oddity(agents: Client) -> None:
    counts: dict[str, int] = {}
    for agent, _ in AGENT_ROLES.values():
        counts[agent] = counts.get(agent, 0) + 1
    assert len(counts) == 9
    assert min(counts.values()) >= 4
    roles = {role for _, role in AGENT_ROLES.values()}
    assert roles == {"tested", "comparator", "background", "unclear", "mentioned", "excluded", "none"}
    assert AGENT_ROLES.keys() == agents.reg.studies.keys()
    text = json.dumps(list(agents.reg.studies.values()))
    odd = [
        '"WITHHELD"',
        '"UNKNOWN"',
        "99999999",
        '"count": 0',
        '"EXPANDED_ACCESS"',
        "nctIdAliases",
        "\\\\>=",
        '"1996-04"',
    ]
    assert [word for word in odd if word not in text] == []
    assert agents.ids(filter__advanced="AREA[NumLocations]RANGE[401,MAX]")
    assert agents.ids(filter__advanced="AREA[Phase:size]2")


@pytest.mark.parametrize(
    ("query", "agent"),
    [
        ("Ampligen", "rintatolimod"),
        ("adalimumab OR infliximab OR etanercept", "tnf_inhibitors"),
        ("HBOT OR hyperbaric", "hyperbaric_oxygen"),
    ],
)
def test_agent_studies_are_found_by_their_agents_names(agents: Client, query: str, agent: str) -> None:
    found = {AGENT_ROLES[nct_id] for nct_id in agents.ids(query__intr=query)}
    assert (agent, "tested") in found
    assert (agent, "excluded") not in found  # exclusion criteria are not searched


def test_synthetic_studies_are_the_same_for_the_same_seed_and_of_real_size() -> None:
    some = list(synthetic_studies(200))
    assert some[:50] == list(synthetic_studies(50))
    assert some[:5] != list(synthetic_studies(5, seed=1))
    assert some[0]["protocolSection"]["identificationModule"]["nctId"] == "NCT10000000"
    mean = sum(len(json.dumps(study)) for study in some) / len(some)
    assert 9_000 < mean < 18_000
    assert all(study["protocolSection"]["armsInterventionsModule"]["interventions"] for study in some)


def test_long_studies_are_as_long_as_real_ones_and_otherwise_the_same() -> None:
    some, short = list(synthetic_studies(1500, long=True)), list(synthetic_studies(40))
    assert [one["protocolSection"] for one in some[:40]] == [one["protocolSection"] for one in short]
    sizes = sorted(len(json.dumps(study)) for study in some)
    assert 16_000 < sum(sizes) / len(sizes) < 20_000
    assert sizes[-1] > 200_000
    with_results = sum(study["hasResults"] for study in some)
    assert with_results == sum("resultsSection" in study for study in some)
    assert 0.2 < with_results / len(some) < 0.3


# -- as a process ------------------------------------------------------------------------------------------------------


def test_the_command_prints_its_url_and_serves_records_and_faults(tmp_path: Path) -> None:
    records = tmp_path / "some.jsonl.gz"
    records.write_bytes(gzip.compress("\n".join(json.dumps(numbered(at)) for at in range(5)).encode()))
    command = [sys.executable, "-m", "tests.fake_registry", "--records", str(records), "--synthetic", "3"]
    command += ["--page-cap", "2", "--fault", "503:1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/api/v2", url)
            answers = [requests.get(url + "/studies", {"countTotal": "true"}, timeout=10) for _ in range(3)]
        finally:
            process.terminate()
    assert [answer.status_code for answer in answers] == [200, 503, 200]
    assert (answers[0].json()["totalCount"], len(answers[0].json()["studies"])) == (8, 2)
    assert process.returncode == 0


@each_set_at_hand
def test_whole_records_page_through(served: Serve, at_hand: Records) -> None:
    client = served(map(json.loads, at_hand.bodies), page_cap=len(at_hand.bodies) // 4)
    pages = client.pages(**SORT, pageSize=1000, countTotal="true")
    found = [nct_id for page in pages for nct_id in ids(page)]
    assert len(found) == len(set(found)) == pages[0]["totalCount"] == len(at_hand.bodies)
    shown = {
        study["protocolSection"]["identificationModule"]["nctId"]: study for page in pages for study in page["studies"]
    }
    assert shown == client.reg.studies
    assert client.page(query__intr="methotrexate", countTotal="true")["totalCount"] > 0
