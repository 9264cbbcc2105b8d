"""The page on ME/CFS trials: shares, definitions, burden, and a sample that is called one."""

from pathlib import Path

import pandas as pd
import pytest

from dashboard.mecfs import instead as mecfs_instead
from dashboard.mecfs import tables as mecfs_tables
from dashboard.shared import record_data
from tests.fake_registry.studies import make_study
from tests.rigs.pages import frames, live_url, page, shown, use


def test_me_cfs_page_tells_shares_definitions_and_burden_with_quotes(recorded: str) -> None:
    at = page("mecfs")
    assert "sample" not in shown(at)
    # How the registry was asked stands folded up, not in the first lines of a phone.
    assert not any("query.cond" in one.value for one in at.caption)
    (asked,) = [one for one in at.expander if one.label == "How we asked"]
    assert "query.cond" in asked.text[0].value
    (ccc,) = frames(page("mecfs", "show=definition.ccc"))
    assert "In: Canadian Consensus Criteria" in list(ccc["In the registry’s words"])
    (mobility,) = frames(page("mecfs", "show=burden.mobility"))
    assert list(mobility["In the registry’s words"]) == ["Out: Bedbound"]
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


def test_me_cfs_page_says_that_the_registry_was_asked_and_sent_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (url,) = live_url(tmp_path, [make_study("NCT08000001", conditions=["Asthma"])])
    use(monkeypatch, url)
    said = shown(page("mecfs"))
    assert "None found. The registry was asked, and sent no trial in ME/CFS." in said
    assert "to ask the registry" not in said


def others_of(*rows: tuple[str, str]) -> pd.DataFrame:
    """Trials by NCT id with one intervention each, as the registry and the starter write it."""
    ids = [nct_id for nct_id, _ in rows]
    trials = pd.DataFrame(
        {"nct_id": ids, "study_type": "INTERVENTIONAL", "interventions": [[words] for _, words in rows]}
    )
    return mecfs_instead.instead(trials, pd.Series("none", index=ids))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("NCT1", "DRUG: A")], "1 trial tests 1 other intervention."),
        ([("NCT1", "DRUG: A"), ("NCT2", "B")], "2 trials test 2 other interventions, each in one trial only."),
        ([("NCT1", "DRUG: A b"), ("NCT2", "DEVICE: a  B"), ("NCT3", "DRUG: C")],
         "3 trials test 2 other interventions, most often A b (2)."),
        ([(f"NCT{n}{name}", name) for name in "ABCD" for n in (1, 2)],
         "8 trials test 4 other interventions; 4 of them are in 2 trials each."),
        ([], "No trial here names another intervention."),
    ],
)  # fmt: skip
def test_other_interventions_are_counted_by_name(rows: list[tuple[str, str]], said: str) -> None:
    assert mecfs_instead.instead_say(others_of(*rows)) == said


def test_an_agent_given_as_background_is_not_tested_instead() -> None:
    trials = pd.DataFrame({"nct_id": ["NCT1", "NCT2"], "study_type": None, "interventions": [["DRUG: IVIG"], ["A"]]})
    places = pd.Series(["background", "excluded"], index=["NCT1", "NCT2"])
    assert list(mecfs_instead.instead(trials, places)["name"]) == ["A"]


@pytest.mark.parametrize(("visits", "said"), [(0, "None of 2 trials with a known eligibility text says what"),
                                          (1, "1 of 2 trials with a known eligibility text says what"),
                                          (2, "2 of 2 trials with a known eligibility text say what")])  # fmt: skip
def test_the_burden_is_told_for_none_one_and_many(visits: int, said: str) -> None:
    ids = ["NCT1", "NCT2"]
    findings = pd.DataFrame({"nct_id": ids[:visits], "trait": "burden"})
    pem = pd.DataFrame({"nct_id": [*ids, "NCT3"], "pem": ["none", "none", "unknown"]})
    assert mecfs_tables.burden_say(findings, pem) == f"{said} taking part involves."


@pytest.mark.parametrize(
    "control",
    ["DRUG: Placebo", "Placebo Oral Tablet", "DEVICE: Sham tDCS", "OTHER: No Intervention", "No treatment", "None",
     "OTHER: Wait list control", "without treatment"],
)  # fmt: skip
def test_a_placebo_and_no_treatment_are_not_tested(control: str) -> None:
    assert mecfs_instead.instead_say(others_of(("NCT1", control), ("NCT2", "DRUG: A"))).startswith("1 trial tests 1 ")


@pytest.mark.parametrize("name", ["No sugar diet", "Control of breathing", "Waiting with mindfulness", "Nothobranchin"])
def test_a_name_that_only_sounds_like_nothing_is_tested(name: str) -> None:
    assert list(others_of(("NCT1", name))["name"]) == [name]


def test_long_names_are_cut_only_where_they_stay_apart_and_no_tag_is_read() -> None:
    long = "x" * 80
    numbers = mecfs_instead.name_numbers(others_of(("NCT1", long), ("NCT2", "<b>B</b>")), str)
    assert set(mecfs_instead.shown(numbers)[0].index) == {"x" * 59 + "…", "&lt;b&gt;B&lt;/b&gt;"}
    numbers = mecfs_instead.name_numbers(others_of(("NCT1", f"{long}1"), ("NCT2", f"{long}2")), str)
    assert set(mecfs_instead.shown(numbers)[0].index) == {f"{long}1", f"{long}2"}


def test_every_other_intervention_is_ranked_and_opens_a_list_as_long_as_its_number(recorded_or_starter: str) -> None:
    ranked = next(one for one in frames(page("mecfs")) if "Intervention" in one)
    assert list(ranked["All"]) == sorted(ranked["All"], reverse=True)
    assert not ranked["Intervention"].str.contains("placebo|sham", case=False).any()
    address = ranked["Trials"].iloc[0]
    (rows,) = frames(page("mecfs", address.partition("?")[2]))
    assert len(rows) == ranked["All"].iloc[0]


def test_without_any_eligibility_text_one_sentence_stands_for_all_its_charts(starter: str) -> None:
    at = page("mecfs")
    assert shown(at).count("The starter snapshot holds no eligibility texts. Get today’s data to see") == 1
    assert "Case definitions" not in shown(at)
    assert len(at.get("plotly_chart")) == 2
