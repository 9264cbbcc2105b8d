"""What a paper is, when it was published and where it opens, by its citation."""

import pandas as pd
import pytest

from insights.findings import papers

YEARS = {
    "Chest. 2018 Mar;153(3):656-664. doi: 10.1016/j.chest.2018.01.005. Epub 2018 Jan 11.": 2018,
    "Methods Enzymol. 2006;419:426-38. doi: 10.1016/S0076-6879(06)19017-5.": 2006,
    "Spine (Phila Pa 1976). 2001 Mar 1;26(5):E93-E113.": 2001,
    "A trial of 1999 patients. Lancet Neurol. 2015 Jan;14(1):65-80.": 2015,
    "Follow-up of the class of 1985. J Sex Med. 2023 Jun 28;20(7):1025-1031.": 2023,
    "Doe J. Results of it. Some Journal, 2011": 2011,
    "Doe J. (2012). Results of it. Journal 4, 12-19.": 2012,
    "Doe J, The years 2001 to 2009, Journal": None,
    "Paper of 31,510 women": None,
    "Int J Food Microbiol. 2010 Jul;96(3):1987-1995.": 2010,
    "": None,
    "Epub 2018 Jan 11": None,
}


@pytest.mark.parametrize(("citation", "year"), YEARS.items(), ids=list(YEARS))
def test_the_year_of_a_paper(citation: str, year: int | None) -> None:
    assert papers.year(citation) == year


DOIS = {
    "Chest. 2018;1. doi: 10.1016/j.chest.2018.01.005. Epub 2018": "10.1016/j.chest.2018.01.005",
    "Methods Enzymol. 2006;419. doi: 10.1016/S0076-6879(06)19017-5.": "10.1016/S0076-6879(06)19017-5",
    "https://doi.org/10.1002/14651858.CD003200.pub8": "10.1002/14651858.CD003200.pub8",
    "No DOI here, 10.5 mg": None,
    "doi: 10.1000/x](javascript:alert(1))": "10.1000/x](javascript:alert(1",
}


@pytest.mark.parametrize(("citation", "doi"), DOIS.items(), ids=list(DOIS))
def test_the_doi_of_a_paper(citation: str, doi: str | None) -> None:
    assert papers.doi(citation) == doi


def test_a_doi_is_a_link_whatever_signs_it_holds() -> None:
    assert papers.doi_address("10.1000/x](javascript:<b>") == "https://doi.org/10.1000/x%5D%28javascript:%3Cb%3E"


def facts(start: str | None, *references: tuple[str | None, str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame([{"nct_id": "NCT02317276", "start_date": start, "references": list(references)}])


EARLY = {
    "the year before": ("2015-01", "RESULT", "J Pain. 2014 Dec;1.", "EARLY_RESULT"),
    "the same year": ("2015-12", "RESULT", "J Pain. 2015 Jan;1.", "RESULT"),
    "later": ("2015-12", "RESULT", "J Pain. 2016 Jan;1.", "RESULT"),
    "found by the registry": ("2015", "DERIVED", "J Pain. 2003;1.", "EARLY_DERIVED"),
    "background stays background": ("2015", "BACKGROUND", "J Pain. 2003;1.", "BACKGROUND"),
    "no start": (None, "RESULT", "J Pain. 2003;1.", "RESULT"),
    "no year": ("2015", "RESULT", "J Pain.", "RESULT"),
}


@pytest.mark.parametrize(("start", "kind", "citation", "expected"), EARLY.values(), ids=EARLY)
def test_a_paper_older_than_the_trial_is_no_results_paper(
    start: str | None, kind: str, citation: str, expected: str
) -> None:
    found = papers.published(facts(start, (kind, "12", citation)))
    assert list(found["type"]) == [expected]
    assert expected in papers.REFERENCE_TYPES
    lists = papers.by_trial(found)
    assert ("NCT02317276" in lists.index) == (expected in ("RESULT", "DERIVED"))
    assert (papers.address(lists, "NCT02317276") is not None) == (expected in ("RESULT", "DERIVED"))
