"""The other ways from the registry's pages to a frame and into SQLite, each doing no more than it has to.

All read the pages the product reads (same question, same fields). What was added to them stands in README.md.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pandas as pd
import requests

from fetchers.registry.fields import FIELDS

EVERYTHING = {"query.term": "ALL"}
ORDER = {"fields": FIELDS, "sort": "LastUpdatePostDate:desc"}
COLUMNS = (
    "nct_id", "title", "overall_status", "study_type", "phases", "start_date", "primary_completion_date",
    "completion_date", "enrollment", "lead_sponsor", "sponsor_class", "conditions", "interventions", "countries",
    "has_results", "last_update_posted",
)  # fmt: skip
LISTS = ("phases", "conditions", "interventions", "countries")


def has_pytrials() -> bool:
    try:
        import pytrials.client  # noqa: F401
    except ImportError:
        return False
    return True


def pytrials_pages(url: str) -> Iterator[list[dict[str, Any]]]:
    """Pages by pytrials' own request. It knows no paging: the token rides on its search expression, which it puts into
    the address as it stands; so do the fields, the order and the wish for a total."""
    ask = _pytrials(url)
    extra = urlencode(ORDER | {"countTotal": "true"}, safe=",:")
    while True:
        answer = ask(f"ALL&{extra}")
        yield answer["studies"]
        if "nextPageToken" not in answer:
            return
        extra = urlencode(ORDER | {"pageToken": answer["nextPageToken"]}, safe=",:")


def _pytrials(url: str) -> Callable[[str], dict[str, Any]]:
    if not has_pytrials():
        return lambda search: _by_hand(url, search)
    from pytrials.client import ClinicalTrials

    class Here(ClinicalTrials):  # type: ignore[misc]
        _BASE_URL = f"{url}/"

    client = Here()
    return lambda search: dict(client.get_full_studies(search, max_studies=1000, fmt="json"))


def _by_hand(url: str, search: str) -> dict[str, Any]:
    """What pytrials 1.0.0 does, for where it is not installed."""
    address = f"{url}/studies?format=json&markupFormat=legacy&query.term={search}&pageSize=1000"
    response = requests.get(address)  # noqa: S113 - without a time-out, as pytrials does
    response.raise_for_status()
    return dict(response.json())


def has_ctgov() -> bool:
    try:
        import ctgov  # noqa: F401
    except ImportError:
        return False
    return True


def ctgov_frame(url: str) -> pd.DataFrame:
    """ctgov's own generator of studies, to rows by hand; its pause between two requests is taken out."""
    studies = _ctgov(url) if has_ctgov() else _as_ctgov(url)
    return pd.DataFrame([_row(study) for study in studies], columns=list(COLUMNS))


def _ctgov(url: str) -> Iterator[dict[str, Any]]:
    from ctgov import client

    client.BASE_URL = f"{url}/"
    yield from client.Client(delay=0).iter_studies(EVERYTHING["query.term"], fields=FIELDS.split(","))


def _as_ctgov(url: str) -> Iterator[dict[str, Any]]:
    """The requests and the parsing of ctgov 0.1.1, for where it is not installed: no session, no compression."""
    params = {**EVERYTHING, "pageSize": "1000", "format": "json", "fields": FIELDS.replace(",", "|")}
    while True:
        request = Request(f"{url}/studies?{urlencode(params)}", headers={"User-Agent": "as ctgov does"})  # noqa: S310
        with urlopen(request, timeout=120) as response:  # noqa: S310 - an address of the stand-in
            page = json.loads(response.read().decode())
        yield from page["studies"]
        if not page["studies"] or "nextPageToken" not in page:
            return
        params["pageToken"] = page["nextPageToken"]


def pytrials_frame(url: str) -> pd.DataFrame:
    """Dicts to rows by hand, as its users do, then a frame."""
    return pd.DataFrame([_row(study) for page in pytrials_pages(url) for study in page], columns=list(COLUMNS))


def _row(study: dict[str, Any]) -> dict[str, Any]:
    protocol = study["protocolSection"]
    status, design = protocol.get("statusModule", {}), protocol.get("designModule", {})
    sponsor = protocol.get("sponsorCollaboratorsModule", {}).get("leadSponsor", {})
    return {
        "nct_id": protocol["identificationModule"]["nctId"],
        "title": protocol["identificationModule"].get("briefTitle"),
        "overall_status": status.get("overallStatus"),
        "study_type": design.get("studyType"),
        "phases": design.get("phases") or [],
        "start_date": status.get("startDateStruct", {}).get("date"),
        "primary_completion_date": status.get("primaryCompletionDateStruct", {}).get("date"),
        "completion_date": status.get("completionDateStruct", {}).get("date"),
        "enrollment": design.get("enrollmentInfo", {}).get("count"),
        "lead_sponsor": sponsor.get("name"),
        "sponsor_class": sponsor.get("class"),
        "conditions": protocol.get("conditionsModule", {}).get("conditions", []),
        "interventions": _interventions(protocol.get("armsInterventionsModule", {}).get("interventions")),
        "countries": _countries(protocol.get("contactsLocationsModule", {}).get("locations")),
        "has_results": study.get("hasResults"),
        "last_update_posted": status.get("lastUpdatePostDateStruct", {}).get("date"),
    }


def _interventions(found: Any) -> list[str]:
    return [f"{one['type']}: {one['name']}" for one in found] if isinstance(found, list) else []


def _countries(found: Any) -> list[str]:
    if not isinstance(found, list):
        return []
    return list(dict.fromkeys(site["country"] for site in found if site.get("country")))


_STATUS, _DESIGN = "protocolSection.statusModule", "protocolSection.designModule"
_SPONSOR = "protocolSection.sponsorCollaboratorsModule.leadSponsor"
_FLAT = {
    "nct_id": "protocolSection.identificationModule.nctId",
    "title": "protocolSection.identificationModule.briefTitle",
    "overall_status": f"{_STATUS}.overallStatus",
    "study_type": f"{_DESIGN}.studyType",
    "phases": f"{_DESIGN}.phases",
    "start_date": f"{_STATUS}.startDateStruct.date",
    "primary_completion_date": f"{_STATUS}.primaryCompletionDateStruct.date",
    "completion_date": f"{_STATUS}.completionDateStruct.date",
    "enrollment": f"{_DESIGN}.enrollmentInfo.count",
    "lead_sponsor": f"{_SPONSOR}.name",
    "sponsor_class": f"{_SPONSOR}.class",
    "conditions": "protocolSection.conditionsModule.conditions",
    "interventions": "protocolSection.armsInterventionsModule.interventions",
    "countries": "protocolSection.contactsLocationsModule.locations",
    "has_results": "hasResults",
    "last_update_posted": f"{_STATUS}.lastUpdatePostDateStruct.date",
}


def normalized_frame(url: str) -> pd.DataFrame:
    """``requests`` with a session, ``json_normalize`` on every page, the same columns taken out of it."""
    frames = []
    params: dict[str, str] = {**EVERYTHING, **ORDER, "pageSize": "1000"}
    extra = {"countTotal": "true"}
    with requests.Session() as session:
        while True:
            response = session.get(f"{url}/studies", params=params | extra, timeout=60)
            response.raise_for_status()
            answer = response.json()
            if answer["studies"]:
                frames.append(_picked(pd.json_normalize(answer["studies"])))
            if "nextPageToken" not in answer:
                return pd.concat(frames, ignore_index=True)
            extra = {"pageToken": answer["nextPageToken"]}


def _picked(page: pd.DataFrame) -> pd.DataFrame:
    made = page.reindex(columns=list(_FLAT.values()))
    made.columns = list(_FLAT)
    made["interventions"] = made["interventions"].map(_interventions)
    made["countries"] = made["countries"].map(_countries)
    made["phases"] = made["phases"].map(lambda value: value if isinstance(value, list) else [])
    return made


def to_sqlite(frame: pd.DataFrame, path: str) -> int:
    """The frame as one table with the NCT id as key; lists as JSON. The least that can be called stored."""
    flat = frame.assign(**{name: frame[name].map(json.dumps) for name in LISTS})
    with closing(sqlite3.connect(path)) as connection, connection:
        flat.to_sql("study", connection, index=False, chunksize=1000)
        connection.execute("CREATE UNIQUE INDEX study_nct_id ON study (nct_id)")
        return int(connection.execute("SELECT count(*) FROM study").fetchone()[0])
