"""Ids of other registries: recognised by their shape, with the address of their page."""

import msgspec
import pytest

from fetchers.record.other_registries import elsewhere, entry
from fetchers.record.study import Study, decode_study


@pytest.mark.parametrize(
    ("written", "registry", "id", "url"),
    [
        ("ISRCTN12345678", "ISRCTN", "ISRCTN12345678", "https://www.isrctn.com/ISRCTN12345678"),
        (
            "EudraCT: 2011-002550-32",
            "EudraCT number (EU)",
            "2011-002550-32",
            "https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number:2011-002550-32",
        ),
        (
            "2022-503071-28-00",
            "EU trial number (CTIS)",
            "2022-503071-28-00",
            "https://euclinicaltrials.eu/ctis-public/view/2022-503071-28-00",
        ),
        (
            "EU CT 2023-507358-34",
            "EU trial number (CTIS)",
            "2023-507358-34",
            "https://euclinicaltrials.eu/ctis-public/view/2023-507358-34-00",
        ),
        ("DRKS00015918", "DRKS (Germany)", "DRKS00015918", "https://drks.de/search/en/trial/DRKS00015918"),
        (
            "ACTRN12621000436875p",
            "ANZCTR (Australia, New Zealand)",
            "ACTRN12621000436875p",
            "https://www.anzctr.org.au/ACTRN12621000436875p.aspx",
        ),
        (
            "jRCTs061180028",
            "jRCT (Japan)",
            "jRCTs061180028",
            "https://jrct.mhlw.go.jp/en-latest-detail/jRCTs061180028",
        ),
        (
            "CTRI/2020/05/025123",
            "CTRI (India)",
            "CTRI/2020/05/025123",
            "https://trialsearch.who.int/Trial2.aspx?TrialID=CTRI/2020/05/025123",
        ),
        (
            "ChiCTR-TRC-13003012",
            "ChiCTR (China)",
            "ChiCTR-TRC-13003012",
            "https://trialsearch.who.int/Trial2.aspx?TrialID=ChiCTR-TRC-13003012",
        ),
        ("U1111-1280-3661", "WHO universal trial number", "U1111-1280-3661", None),
        ("NCT02317276", "ClinicalTrials.gov", "NCT02317276", "https://clinicaltrials.gov/study/NCT02317276"),
    ],
)
def test_an_id_tells_its_registry_and_opens_its_page(written: str, registry: str, id: str, url: str | None) -> None:
    assert entry(written) == (registry, id, url)


@pytest.mark.parametrize(
    "written",
    ["", "MK-3475-02A", "IDRCB: 2022-A01261-42", "2021-0037", "ISRCTN1234567", "12011-002550-32", "2011-002550-321",
     "NCI-2021-08685", "XNCT02317276", "R01HL044253", "ACTRN126210004368"],
)  # fmt: skip
def test_a_sponsors_own_numbers_are_no_registrys(written: str) -> None:
    assert entry(written) is None


def test_a_trial_is_registered_where_its_ids_say_each_once() -> None:
    study = _study("2011-002550-32", "ISRCTN12345678", "2011-002550-32", "U1111-1280-3661", "NCT02317276", "X-1")
    assert [one.registry for one in elsewhere(study)] == ["EudraCT number (EU)", "ISRCTN"]
    assert elsewhere(_study()) == ()


def _study(*ids: str) -> Study:
    identification = {"nctId": "NCT00000001", "secondaryIdInfos": [{"id": id} for id in ids]}
    return decode_study(msgspec.json.encode({"protocolSection": {"identificationModule": identification}}))
