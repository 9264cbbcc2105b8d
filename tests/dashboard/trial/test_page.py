"""A trial's page, section by section: records of every kind, the starter snapshot, real records where present."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from cache.read.records import FACT_COLUMNS
from cache.snapshot import folder
from cache.store.store import Store
from dashboard.shared import data, record_data
from dashboard.shared import evidence_data as evidence_data
from dashboard.trial import criteria as trial_criteria
from dashboard.trial import sentences as trial_says
from dashboard.trial import tables as trial_tables
from dashboard.trial import words as trial_words
from dashboard.trial.known import Known
from fetchers.record import eligibility
from fetchers.record.study import Study, decode_study
from fetchers.record.texts import plain
from insights import families
from insights.findings.papers import is_pubmed
from tests.rigs import trial_records as records
from tests.rigs.pages import elements, page, shown, table, tables, use
from tests.rigs.records import Records, each_set_at_hand
from tests.rigs.refresh import url_of

STARTER = "NCT06305793"
HEADS = [
    "Who may take part", "Places", "At a glance", "Dates", "What is given, and what is measured", "Results",
    "Belongs together", "Why it is here", "Claims it is evidence for", "History", "Source and brief",
]  # fmt: skip
Open = Callable[[str], AppTest]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = url_of(tmp_path_factory.mktemp("trial"))
    records.fill(url)
    return url


def _open(nct_id: str) -> AppTest:
    return page("trial", nct=nct_id)


@pytest.fixture
def live(filled: str, monkeypatch: pytest.MonkeyPatch) -> Open:
    use(monkeypatch, filled)
    return _open


@pytest.fixture
def sampled(starter: str) -> Open:
    return _open


def said(app: AppTest) -> str:
    return shown(app.main)


def heads(app: AppTest) -> list[str]:
    return [one.value for one in app.main.header]


def has(app: AppTest, *columns: str) -> bool:
    return any(set(columns) <= set(one.columns) for one in tables(app))


def pair(app: AppTest, label: str) -> str:
    """The value beside a label in a table of facts."""
    for one in elements(app.main, "table"):
        if label in one.value.index:
            return str(one.value.loc[label, "value"]).replace("\\", "")
    raise AssertionError(f"no {label}")


# --- every kind of record ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nct_id", [one.nct_id for one in records.studies()])
def test_every_kind_of_record_has_its_sections_in_order(live: Open, nct_id: str) -> None:
    shown = [head for head in heads(live(nct_id)) if head in HEADS]
    assert shown == HEADS


def test_a_record_with_nothing_in_it_is_not_known_and_not_zero(live: Open) -> None:
    app = live(records.BARE)
    assert "**Study; completed; last updated 15 January 2026.**" in said(app)
    for label in ("Study type", "Placebo or sham", "Enrolment", "Lead sponsor"):
        assert pair(app, label) == "not known"
    assert pair(app, "Arms") == "The record lists no arms"
    assert "Age: The record names no limit. Sex: not known. Healthy volunteers: not known." in said(app)
    assert "The record gives no criteria." in said(app)
    assert "The record names no paper." in said(app)
    assert "The record names no site." in said(app)
    assert "0 people" not in said(app)
    assert not has(app, "Country")


def test_a_starter_record_never_says_none_for_not_known(sampled: Open) -> None:
    app = sampled(STARTER)
    for label in ("Arms", "Placebo or sham", "Collaborators", "Results"):
        assert pair(app, label) == "not known"
    words = said(app)
    assert "Whether results are posted in the registry is not known." in words
    missing = "whether the FDA regulates a product of the trial and whether results are posted"
    assert f"Due under the US reporting rule: unknown. Missing: {missing}." in words
    assert "Judged on 26 June 2026." in words
    assert "Whether the record names papers is not known." in words
    assert "Age: not known. Sex: not known. Healthy volunteers: not known." in words
    assert "The criteria are not known here." in words
    assert "Countries and sites are not known." in words
    assert "Which trials its record names is not known." in words
    assert not any(found in words for found in ("no site", "no paper", "no criteria", "no limit"))


def test_a_starter_record_with_countries_does_not_count_sites(sampled: Open) -> None:
    sampled(STARTER)
    rows = data.trials()
    known = rows[rows["countries"].map(lambda one: bool(one))].iloc[0]
    app = sampled(known["nct_id"])
    places = table(app, "Country", "Sites")
    assert list(places["Country"]) == list(known["countries"])
    assert places["Sites"].isna().all()
    assert "how many sites is not known" in said(app)


# --- section by section --------------------------------------------------------------------------------------------


def test_the_page_begins_with_one_line_and_its_contents_and_ends_with_a_brief(live: Open) -> None:
    app = live(records.FULL)
    assert (
        "**Phase 2/3, randomised, masked trial of rintatolimod (Ampligen) in 80 people, as planned, with ME/CFS; "
        "recruiting; last updated 15 January 2026.**" in said(app)
    )
    contents = next(one.value for one in app.main.markdown if one.value.startswith("On this page: "))
    assert re.findall(r"\]\(#(\w+)\)", contents) == [one.proto.anchor for one in app.main.header if one.proto.anchor]
    assert "Read from the registry on" in said(app)
    buttons = elements(app.main, "download_button")
    assert [one.label for one in buttons] == [
        "Brief of this trial, to print",
        "Brief of this trial, as Markdown",
        "RIS",
        "BibTeX",
    ]
    link = elements(app.main, "link_button")[0]
    assert link.proto.url == f"https://clinicaltrials.gov/study/{records.FULL}"


def test_at_a_glance_tells_design_and_who_pays(live: Open) -> None:
    app = live(records.FULL)
    assert pair(app, "Arms") == "2: 1 experimental and 1 placebo comparator"
    assert pair(app, "Placebo or sham") == "Yes, 1 placebo arm"
    assert pair(app, "Allocation") == "Randomised"
    assert pair(app, "Lead sponsor") == "AIM · Industry"
    assert pair(app, "Collaborators") == "A charity · Other (universities, hospitals, charities)"


@pytest.mark.parametrize(
    ("nct_id", "why", "classes"),
    [(records.STOPPED, "Slow accrual", "Too few people"), (records.SILENT, None, "No reason given")],
)
def test_why_it_stopped_is_told_in_its_own_words_with_a_class(
    live: Open, nct_id: str, why: str | None, classes: str
) -> None:
    app = live(nct_id)
    assert pair(app, "Why stopped, class by word rules") == classes
    if why:
        assert pair(app, trial_tables.WHY) == why


def test_withdrawn_with_nobody_is_a_zero_that_was_told(live: Open) -> None:
    assert pair(live(records.SILENT), "Enrolment").startswith("0 people")


def test_dates_say_whether_the_trial_was_registered_in_time(live: Open) -> None:
    assert (
        "Registered after it started: start 10 January 2025, first submitted 20 February 2025, 41 days later."
        in said(live(records.FULL))
    )
    assert "unknown (start not known, first posted not known)" in said(live(records.BARE))
    assert "registered" not in said(live(records.ACCESS)).casefold()


def test_what_has_been_overtaken_is_a_calm_notice_with_date_days_and_day_judged(live: Open) -> None:
    notes = [one.value.replace("\\", "") for one in live(records.PART).info]
    assert notes == [
        "Its completion date, February 2024, has passed (995 days before), and the record still says recruiting. "
        "Judged on 20 November 2026.",
        "It is going on, but the record was last verified in May 2021 (1,999 days before), more than two years ago. "
        "Judged on 20 November 2026.",
    ]
    assert "Its record may be out of date" in said(live(records.PART))
    (unknown,) = (one.value.replace("\\", "") for one in live(records.GONE).info)
    assert unknown == (
        "Its status is unknown; the last known one is recruiting. The record was last verified in May 2020 "
        "(2,364 days before). Judged on 20 November 2026."
    )
    assert not live(records.FULL).info


def test_results_are_told_as_posting_facts(live: Open) -> None:
    words = said(live(records.PLATFORM))
    assert "No results are posted in the registry." in words
    assert "By the US reporting rule they were due by 31 March 2022, 1,695 days before: overdue." in words
    assert "Judged on 20 November 2026." in words
    assert "does not judge anybody’s conduct" in words
    assert "The US reporting rule does not cover it: expanded access, not a trial." in said(live(records.ACCESS))
    assert "The US reporting rule does not cover it: withdrawn before anybody took part." in said(live(records.SILENT))


def test_references_come_by_type_with_pubmed_and_citation(live: Open) -> None:
    app = live(records.FULL)
    shown = [one.value for one in elements(app.main, "table") if "PubMed" in one.value]
    assert [list(one["PubMed"]) for one in shown] == [
        ["[111](https://pubmed.ncbi.nlm.nih.gov/?term=111)"],
        ["[222](https://pubmed.ncbi.nlm.nih.gov/?term=222)"],
        ["[333](https://pubmed.ncbi.nlm.nih.gov/?term=333)"],
    ]
    assert [list(one["Citation"]) for one in shown] == [["After"], ["Beside"], ["Before"]]
    assert "Results paper, named by the sponsor" in said(app)
    assert "The record names 3 papers. A paper in a journal is no posted result." in said(app)
    assert any(one.label == "1 background paper" for one in app.main.expander)


def test_eligibility_stands_in_two_lists_in_the_registrys_words(live: Open) -> None:
    app = live(records.FULL)
    assert "Age: 18 Years to 65 Years. Sex: Women only. Healthy volunteers: Not accepted." in said(app)
    shown = [one.value for one in app.main.text]
    first = shown.index("Inclusion Criteria:")
    assert shown[first : first + 7] == [
        "Inclusion Criteria:", "* Canadian Consensus Criteria", "* Able to attend weekly visits",
        "* Post-exertional malaise >= 14 hours", "Exclusion Criteria:", "* Bedbound", "* Current use of methotrexate",
    ]  # fmt: skip


def findings(app: AppTest) -> list[str]:
    """What the word rules found, without the quotes."""
    told = [one.value.replace("\\", "").replace("**", "") for one in app.main.markdown]
    return [one for one in told if one.startswith(("Case definition ·", "Post-exertional malaise ·", "Taking part ·"))]


def test_what_me_cfs_criteria_ask_is_shown_with_quote_and_doubt(live: Open) -> None:
    app = live(records.FULL)
    assert findings(app) == [
        "Case definition · Canadian (CCC, 2003), possibly (to let in)",
        "Post-exertional malaise · Asked for by name, possibly",
        "Taking part · Has to keep visits or follow-up (to let in)",
        "Taking part · Says who can or cannot walk or leave bed or house (to keep out)",
    ]
    assert "“Post-exertional malaise >= 14 hours”" in [one.value for one in app.main.text]


def test_other_conditions_show_malaise_only_by_name_and_no_case_definition(live: Open) -> None:
    assert findings(live(records.COVID)) == ["Post-exertional malaise · Asked for by name, possibly"]
    elsewhere = live(records.ELSEWHERE)
    assert findings(elsewhere) == []
    assert "What the criteria ask" not in heads(elsewhere)


def test_a_record_without_criteria_says_so_and_only_a_starter_row_does_not_know(live: Open) -> None:
    app = live(records.ACCESS)
    none = "The record gives no criteria"
    assert f"{none}." in said(app)
    assert findings(app) == [f"Case definition · {none}", f"Post-exertional malaise · {none}"]
    for text in (None, ""):
        assert {one.finding for one in trial_criteria.said(text, in_focus=True, told=True)} == {none}
        starter = trial_criteria.said(text, in_focus=True, told=False)
        assert {one.finding for one in starter} == {"Eligibility text not known"}


def test_a_negated_definition_is_not_said_to_let_in() -> None:
    text = "Inclusion Criteria:\n\n* Fukuda criteria\n* Canadian Consensus Criteria are not required"
    told = [one.finding for one in trial_criteria.said(text, in_focus=True, told=True)]
    assert told == [
        "Fukuda / CDC (1994), possibly (to let in)",
        "Canadian (CCC, 2003), possibly (named, but not asked for)",
        "Not named",
    ]


def test_arms_interventions_and_outcomes(live: Open) -> None:
    app = live(records.FULL)
    assert "**Experimental arm** · Experimental" in said(app)
    assert "Gets: Drug: Rintatolimod" in said(app)
    assert "**Placebo comparator arm** · Placebo comparator" in said(app)
    assert table(app, "Intervention", "Type")["Type"].tolist() == ["Drug", "Drug"]
    primary, secondary = (one.value for one in elements(app.main, "table") if "Measure" in one.value)
    assert primary.to_numpy().tolist() == [["Hours upright", "6 months"]]
    assert secondary["Measure"].tolist() == ["Steps", "Pain"]
    assert any(one.label == "2 secondary outcomes" for one in app.main.expander)


def test_places_count_sites_by_country_and_lead_to_its_trials(live: Open) -> None:
    places = table(live(records.FULL), "Country", "Sites")
    assert places["Country"].tolist() == ["Norway", "Germany"]
    assert places["Sites"].tolist() == [2, 1]
    assert places["Recruiting"].isna().tolist() == [False, True]
    assert places["Recruiting"].iloc[0] == 1
    assert [dict(parse_qsl(one.partition("?")[2])) for one in places["Trials"]] == [
        {"all": "1", "background": "1", "country": "Norway"},
        {"all": "1", "background": "1", "country": "Germany"},
    ]
    assert places["Cities"].tolist() == ["Oslo, Bergen", "Kiel"]


def test_sites_without_a_status_are_not_said_to_be_closed(live: Open) -> None:
    places = table(live(records.HOSTILE), "Country", "Sites")
    assert "Recruiting" not in places
    assert places["Sites"].tolist() == [1]


def test_platform_and_sub_study_are_linked_in_both_directions(live: Open) -> None:
    part = table(live(records.PART), "Which names which")
    assert part[["NCT id", "Which names which"]].to_numpy().tolist() == [
        [f"[{records.OUTSIDE}](https://clinicaltrials.gov/study/{records.OUTSIDE})", "This record names it (summary)"],
        [f"[{records.PLATFORM}](trial?nct={records.PLATFORM})", "This record names it (summary)"],
    ]
    (roof,) = table(live(records.PLATFORM), "Which names which").to_dict("records")
    assert roof["NCT id"] == f"[{records.PART}](trial?nct={records.PART})"
    assert (roof["What it is"], roof["Which names which"]) == (
        families.KINDS["platform"],
        "It names this one (summary)",
    )
    assert roof["In the registry’s words"].replace("\\", "") == (
        f"A sub-study of the platform {records.PLATFORM}. See also {records.OUTSIDE}."
    )


@pytest.mark.usefixtures("cold")
def test_in_a_large_store_the_others_are_read_only_when_asked(
    live: Open, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_data, "AT_ONCE", 0)
    folder.remove(Path(filled.removeprefix("sqlite:///")))  # other tests have had them made
    with monkeypatch.context() as closed:
        for name in ("facts", "verdicts", "links", "overtaken", "published", "registration"):
            closed.setattr(record_data, name, lambda: pytest.fail("reads every record"))
        assert len(table(live(records.PART), "Which names which")) == 2
        app = live(records.PLATFORM)
        assert not has(app, "Which names which")
        assert "no stored record" not in said(app).casefold()
    app.toggle(key="trial_links").set_value(True).run()
    assert len(table(app, "Which names which")) == 1
    again = live(records.PLATFORM)  # now they have been read, and stand there at once
    assert len(table(again, "Which names which")) == 1
    assert "trial_links" not in {one.key for one in again.main.toggle}


def test_expanded_access_is_told_in_its_own_words(live: Open) -> None:
    assert "This is expanded access, not a trial" in said(live(records.ACCESS))
    assert "people can get the treatment outside of the trial (expanded access). It names no record of it." in said(
        live(records.FULL)
    )
    assert "expanded access" not in said(live(records.BARE)).casefold()


def test_exclusions_that_meet_the_documents_are_quoted_and_no_advice(live: Open) -> None:
    app = live(records.ELSEWHERE)
    words = said(app)
    assert "Azathioprine: in this trial only as a reason why people may not take part." in words
    assert "“* Use of azathioprine”" in words
    assert (
        "Document 002 names TNF inhibitors and speaks about multiple sclerosis; this trial gives TNF inhibitors, "
        "and its exclusions name multiple sclerosis." in words
    )
    assert "“* Multiple sclerosis or other demyelinating disease”" in words
    assert "It is not advice" in said(app)
    assert "Exclusions that meet the documents" not in heads(live(records.PLATFORM))


def test_claims_with_this_trial_among_their_evidence_are_named(live: Open) -> None:
    shown = table(live(records.FULL), "Verdict on the claim")
    assert "[C3](claims?claim=C3)" in list(shown["Claim"])
    assert not has(live(records.BARE), "Verdict on the claim")
    assert "No claim of the documents has this trial among its evidence." in said(live(records.BARE))


def test_a_trial_in_another_condition_is_no_evidence_for_a_claim(live: Open) -> None:
    found = [one.evidence for one in evidence_data.findings()]
    assert any(((rows["nct_id"] == records.ELSEWHERE) & (rows["where"] == "elsewhere")).any() for rows in found)
    app = live(records.ELSEWHERE)
    assert not has(app, "Verdict on the claim")
    assert "No claim of the documents has this trial among its evidence." in said(app)
    for nct_id in (records.FULL, records.COVID):
        assert "In another condition" not in list(table(live(nct_id), "Verdict on the claim")["This trial"])


def test_other_ids_are_named_as_what_they_are(live: Open) -> None:
    app = live(records.FULL)
    european = "[2024-512345-12-00](https://euclinicaltrials.eu/ctis-public/view/2024-512345-12-00)"
    assert pair(app, "EU trial number (CTIS)") == european
    assert pair(app, "ISRCTN") == "[ISRCTN12345678](https://www.isrctn.com/ISRCTN12345678)"
    assert pair(app, "EudraCT number (EU)").startswith("[2019-001234-22](https://www.clinicaltrialsregister.eu/")
    assert pair(app, "NIH grant or contract") == "U01"
    assert pair(app, "Kind not said") == "X9"
    assert pair(app, "Acronym") == "RIME"
    assert pair(app, "Official title") == "A long official title after ISRCTN00000001"
    assert any("Also registered elsewhere" in text and "ISRCTN" in text for text in (one.value for one in app.markdown))


def test_nothing_of_a_hostile_record_is_markup(live: Open) -> None:
    app = live(records.HOSTILE)
    shown = [
        one.value for kind in ("title", "header", "markdown", "caption", "info") for one in elements(app.main, kind)
    ]
    shown += [one.label for kind in ("expander", "badge", "link_button") for one in elements(app.main, kind)]
    for one in elements(app.main, "table"):
        shown += [str(cell) for column in one.value for cell in one.value[column]]
    # What is left when everything escaped is taken out holds no sign of markup.
    bare = [re.sub(r"\\.", "", one) for one in map(str, shown)]
    assert [one for one in bare if re.search(r":red\[|\[y\]\(|<script|\$a\$|\*\*z|`c|&amp|://x", one)] == []
    assert records.NASTY in said(app)
    assert sum("alert(1)" in one for one in shown) > 15  # it is all there, letter by letter


# --- the lists hold the whole text ---------------------------------------------------------------------------------


def letters(text: str) -> str:
    return "".join(text.split())


def holds_everything(text: str) -> None:
    found = trial_criteria.lists(text)
    split = eligibility.split(plain(text))
    assert letters("".join(found.inside)) == letters(split.inclusion)
    assert letters("".join(found.outside)) == letters(split.exclusion)
    assert sorted(letters("".join((*found.inside, *found.outside)))) == sorted(letters(plain(text)))


_LINES = some.sampled_from(
    ["Inclusion Criteria:", "Exclusion Criteria:", "* one", "  * two; three", "1. four", "\\>= 5 mg", "", "Patients",
     "will be excluded if ill", "EXCLUSION: pregnant", "a; b; c", "- x INCLUSION CRITERIA: y"]
)  # fmt: skip


@settings(deadline=None)
@given(some.one_of(some.text(), some.lists(_LINES | some.text(max_size=20)).map("\n".join)))
def test_the_two_lists_hold_every_letter_of_the_text(text: str) -> None:
    holds_everything(text)


@each_set_at_hand
def test_the_two_lists_hold_every_letter_of_whole_records(at_hand: Records) -> None:
    known = [text for study in at_hand.studies if (text := study.eligibility.eligibility_criteria)]
    assert len(known) > 0.7 * len(at_hand.studies)
    for text in known:
        holds_everything(text)


# --- pure parts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "kind", "is_"),
    [
        ("ACTRN12624001162505", "OTHER", "ANZCTR (Australia, New Zealand)"),
        ("jRCT2031220299", "REGISTRY", "jRCT (Japan)"),
        ("U1111-1280-3661", None, "WHO universal trial number"),
        ("something", "REGISTRY", "Id in another registry"),
        ("something", "NEW_KIND", "New kind"),
        ("", None, "Kind not said"),
    ],
)
def test_kinds_of_ids(id: str, kind: str | None, is_: str) -> None:
    assert trial_tables.kind_of_id(id, kind) == is_


@pytest.mark.parametrize("pmid", ["", "12a", "١٢", None, "1) [x](y", "1\n"])
def test_no_address_is_made_of_what_is_no_pubmed_id(pmid: Any) -> None:
    assert not is_pubmed(pmid)


def test_sham_and_unmarked_placebo() -> None:
    def study(**module: Any) -> Study:
        protocol = {"identificationModule": {"nctId": records.BARE}, "armsInterventionsModule": module}
        return decode_study(msgspec.json.encode({"protocolSection": protocol}))

    sham = study(armGroups=[{"label": "a", "type": "SHAM_COMPARATOR"}, {"label": "b", "type": "SHAM_COMPARATOR"}])
    assert trial_words.control(sham) == "Yes, 2 sham arms"
    named = study(armGroups=[{"label": "a", "type": "OTHER"}], interventions=[{"name": "Placebo tablets"}])
    assert trial_words.control(named) == "No arm is marked so, but the name of an intervention says so"
    assert trial_words.control(study()) is None


def test_facts_of_one_trial_are_those_of_all(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALS_CACHE_URL", filled)
    everything = record_data.facts().set_index("nct_id")
    for nct_id in everything.index:
        one = record_data.facts_of(nct_id).set_index("nct_id")
        pd.testing.assert_frame_equal(one, everything.loc[[nct_id]], check_dtype=False)


def test_verdicts_of_one_trial_are_those_of_all(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALS_CACHE_URL", filled)
    verdicts = record_data.verdicts()
    states = dict(zip(verdicts["nct_id"], verdicts["state"], strict=True))
    assert set(states.values()) > {"overdue", "not_covered"}
    for nct_id, state in states.items():
        verdict = Known({}, None, record_data.facts_of(nct_id)).verdict
        assert verdict is not None
        assert verdict.state == state
    assert Store.open(filled).version() > 0


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (
            {"start_date": "2020-05", "completion_date": "2019"},
            "Ended before it started: start 2020-05, completion 2019.",
        ),
        (
            {"primary_completion_date": "2022-02-01", "completion_date": "2022-01-31"},
            "Primary completion after completion: primary completion 2022-02-01, completion 2022-01-31.",
        ),
        ({"start_date": "1900-01-01"}, "A date before 1940 or after 2070: start 1900-01-01."),
    ],
)
def test_odd_dates_are_told_with_the_dates(facts: dict[str, str], told: str) -> None:
    row = dict.fromkeys(FACT_COLUMNS) | {"nct_id": "NCT00000001", "origin": "live", "judged_on": "2026-11-20"}
    known = Known(row, None, pd.DataFrame([row | facts]))
    (said,) = trial_says.flags(known)
    assert said.startswith(told)
    assert said.endswith("Dates that do not fit are not used.")
