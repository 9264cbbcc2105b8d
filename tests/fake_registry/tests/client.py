"""A client of the stand-in that says what its tests ask again and again."""

from collections.abc import Callable
from typing import Any

import requests

from tests.fake_registry import FakeRegistry, make_study

SORT = {"sort": "LastUpdatePostDate:desc"}
TEXT = "text/plain; charset=UTF-8"


class Client:
    """A session on one registry."""

    def __init__(self, reg: FakeRegistry) -> None:
        self.reg = reg
        self.session = requests.Session()

    def get(self, path: str, params: dict[str, Any] | None = None, **more: Any) -> requests.Response:
        return self.session.get(self.reg.url + path, params=params, timeout=10, **more)

    def page(self, **params: Any) -> dict[str, Any]:
        answer = self.get("/studies", {name.replace("__", "."): value for name, value in params.items()})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def ids(self, **params: Any) -> list[str]:
        return ids(self.page(**{"pageSize": "1000", **SORT, **params}))

    def refused(self, **params: Any) -> str:
        answer = self.get("/studies", {name.replace("__", "."): value for name, value in params.items()})
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, TEXT)
        return answer.text

    def pages(self, **params: Any) -> list[dict[str, Any]]:
        found = [self.page(**params)]
        while token := found[-1].get("nextPageToken"):
            found.append(self.page(**params, pageToken=token))
        return found


Serve = Callable[..., Client]


def ids(page: dict[str, Any]) -> list[str]:
    return [study["protocolSection"]["identificationModule"]["nctId"] for study in page["studies"]]


def numbered(at: int, **facts: Any) -> dict[str, Any]:
    given = {
        "title": f"Study number {at}",
        "interventions": ["DRUG: Rintatolimod"],
        "last_update": f"2026-01-{at + 1:02d}",
    }
    return make_study(f"NCT0100{at:04d}", **{**given, **facts})
