"""The page on ME/CFS trials: shares, definitions, burden, and a sample that is called one."""

import pandas as pd

from dashboard.mecfs import tables as mecfs_tables
from dashboard.shared import record_data
from tests.rigs.pages import frames, page, shown


def test_me_cfs_page_tells_shares_definitions_and_burden_with_quotes(recorded: str) -> None:
    at = page("mecfs")
    assert "sample" not in shown(at)
    # How the registry was asked stands folded up, not in the first lines of a phone.
    assert not any("query.cond" in one.value for one in at.caption)
    (asked,) = [one for one in at.expander if one.label == "How we asked"]
    assert "query.cond" in asked.text[0].value
    (ccc,) = frames(page("mecfs", "show=definition.ccc"))
    assert "In: * Canadian Consensus Criteria" in list(ccc["In the registry’s words"])
    (mobility,) = frames(page("mecfs", "show=burden.mobility"))
    assert list(mobility["In the registry’s words"]) == ["Out: * Bedbound"]
    (instead,) = frames(page("mecfs", "show=name.rituximab"))
    assert "trial?nct=NCT08000004" in list(instead["NCT id"])
    rows = [row for table in frames(at) if "Case definition" in table for row in table.to_dict("records")]
    assert all("possibly" in row["Case definition"] for row in rows[:-2])


def test_me_cfs_page_counts_sites_and_never_takes_unknown_for_none(recorded: str) -> None:
    at = page("mecfs")
    (sites,) = [one for one in frames(at) if "Sites" in one.columns]
    assert list(sites["Sites"]) == list(mecfs_tables.SITES.values())
    assert sites["All"].sum() == len(record_data.me_cfs().trials)
    assert [mecfs_tables.sites_key(number) for number in (pd.NA, 0, 1, 2, 5, 6)] == [
        "unknown", "none", "one", "few", "few", "many",
    ]  # fmt: skip


def test_me_cfs_page_calls_a_sample_a_sample(starter: str) -> None:
    at = page("mecfs")
    assert "A sample: the registry has not been asked" in shown(at)
    assert "in the starter sample" in shown(at)


def test_one_trial_names_and_two_name() -> None:
    tested = pd.DataFrame({"nct_id": ["NCT1", "NCT1"], "type": ["DRUG", "DRUG"], "key": ["a", "b"]})
    assert mecfs_tables.instead_say(tested).startswith("1 trial names 2 other interventions; the most frequent type is")
    tested["nct_id"] = ["NCT1", "NCT2"]
    assert mecfs_tables.instead_say(tested).startswith("2 trials name 2 other interventions;")
