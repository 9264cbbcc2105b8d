"""Ids of other trial registries: which registry an id belongs to, and the address of its page there.

The addresses are the registries' own; where one has no lasting address for a record, the WHO's search portal (ICTRP)
shows it. Nothing is fetched from them.
"""

import re
from typing import NamedTuple

from fetchers.record.study import Study
from fetchers.settings import RECORD_URL

_ICTRP = "https://trialsearch.who.int/Trial2.aspx?TrialID={}"
_CTGOV = "ClinicalTrials.gov"


class Registry(NamedTuple):
    """``page``: the address of a record, with ``{}`` for its id; None when the number has no page of its own."""

    name: str
    shape: re.Pattern[str]
    page: str | None


class Entry(NamedTuple):
    """One id of a trial in a registry; ``url`` None when it has no page."""

    registry: str
    id: str
    url: str | None


def _registry(name: str, shape: str, page: str | None) -> Registry:
    return Registry(name, re.compile(rf"(?<![A-Za-z0-9])(?:{shape})(?![A-Za-z0-9])"), page)


_REGISTRIES = (
    _registry("ISRCTN", r"ISRCTN\d{8}", "https://www.isrctn.com/{}"),
    _registry("ANZCTR (Australia, New Zealand)", r"ACTRN\d{14}p?", "https://www.anzctr.org.au/{}.aspx"),
    _registry("DRKS (Germany)", r"DRKS\d{8}", "https://drks.de/search/en/trial/{}"),
    _registry("jRCT (Japan)", r"jRCT[a-z]?\d{9,10}", "https://jrct.mhlw.go.jp/en-latest-detail/{}"),
    _registry("UMIN (Japan)", r"UMIN\d{9}", _ICTRP),
    _registry("JapicCTI (Japan)", r"JapicCTI-?\d{6}", _ICTRP),
    _registry("ChiCTR (China)", r"ChiCTR(?:-[A-Z]{2,4}-)?\d{8,10}", _ICTRP),
    _registry("CTRI (India)", r"CTRI/\d{4}/\d{2,3}/\d{6}", _ICTRP),
    _registry("CRIS (Korea)", r"KCT\d{7}", _ICTRP),
    _registry("IRCT (Iran)", r"IRCT\d{11,}N\d+", _ICTRP),
    _registry("PACTR (Africa)", r"PACTR\d{15,16}", _ICTRP),
    _registry("ReBec (Brazil)", r"RBR-[0-9a-z]{6,8}", _ICTRP),
    _registry("SLCTR (Sri Lanka)", r"SLCTR/\d{4}/\d{3}", _ICTRP),
    _registry("TCTR (Thailand)", r"TCTR\d{11}", _ICTRP),
    _registry("RPCEC (Cuba)", r"RPCEC\d{8}", _ICTRP),
    # Registered under EU law of 2014; since 2023 a trial of 2004's may have been moved there under a new number.
    _registry("EU trial number (CTIS)", r"20\d\d-5\d{5}-\d\d(?:-\d\d)?", "https://euclinicaltrials.eu/ctis-public/view/{}"),
    _registry(
        "EudraCT number (EU)",
        r"20\d\d-\d{6}-\d\d",
        "https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number:{}",
    ),
    _registry("WHO universal trial number", r"U1111-\d{4}-\d{4}", None),
    _registry(_CTGOV, r"NCT\d{8}", RECORD_URL + "{}"),
)  # fmt: skip


def entry(written: str) -> Entry | None:
    """The registry's id that stands in what a sponsor wrote as an id ("EudraCT: 2011-002550-32"); None without one."""
    for one in _REGISTRIES:
        found = one.shape.search(written)
        if found:
            return Entry(one.name, found[0], one.page and one.page.format(_numbered(one, found[0])))
    return None


def _numbered(registry: Registry, id: str) -> str:
    """The id as its page wants it: a CTIS number with the number of its version, the first where none is said."""
    return f"{id}-00" if registry.name.startswith("EU trial") and id.count("-") == 2 else id


def elsewhere(study: Study) -> tuple[Entry, ...]:
    """Where else the trial is registered, by the ids that its record gives it; each id once, in the record's order.

    Without ClinicalTrials.gov, the WHO's number (no registry), and ids that only stand in texts: those may be another
    trial's.
    """
    own = study.identification
    written = (own.org_study_id_info.id, *(other.id for other in own.secondary_id_infos))
    found = (entry(one) for one in written if one)
    return tuple(dict.fromkeys(one for one in found if one and one.url and one.registry != _CTGOV))
