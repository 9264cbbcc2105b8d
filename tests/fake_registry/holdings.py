"""The studies held, the data load they belong to, and the caches that hang on both."""

from __future__ import annotations

import calendar
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from .search import Index

Study = dict[str, Any]
# Below this nothing is cached, so that a test may edit a held record in place and see it at once.
CACHE_FROM = 200
CACHE_BYTES = 600_000_000
_ID_PATH = ("protocolSection", "identificationModule")


def nct_id_of(study: Study) -> str:
    """The id under which a study is held."""
    return str(study["protocolSection"]["identificationModule"]["nctId"])


def with_value(node: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    """A copy of `node` with `value` at `path`; what is off the path is shared, nothing given is changed."""
    copy = dict(node)
    if len(path) == 1:
        copy[path[0]] = value
        return copy
    below = node.get(path[0])
    copy[path[0]] = with_value(below if isinstance(below, dict) else {}, path[1:], value)
    return copy


def base36(number: int) -> str:
    """A whole number in the digits the registry's ETag uses."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"


class Holdings:
    """Studies by id, with the load's time stamp written into every record's versionHolder."""

    def __init__(self, studies: Iterable[Study], data_timestamp: str | None) -> None:
        self.studies: dict[str, Study] = {}
        self.data_timestamp = data_timestamp
        self.load = 1
        self.index = Index(self.studies)
        self._selections: OrderedDict[Any, Any] = OrderedDict()
        self._answers: OrderedDict[Any, Any] = OrderedDict()
        self._answer_bytes = 0
        for study in studies:
            self.put(study)

    # -- editing --------------------------------------------------------------------------------------------------

    def put(self, study: Study) -> None:
        """Hold a study (new or changed); the caller's own object is never written to."""
        nct_id = nct_id_of(study)
        self.studies[nct_id] = self._stamped(study)
        self._changed(nct_id)

    def remove(self, nct_id: str) -> None:
        """Hold this study no longer."""
        del self.studies[nct_id]
        self._changed(nct_id)

    def edit(self, nct_id: str, values: dict[str, Any]) -> None:
        """Set values by dotted path; None takes the key away."""
        study = self.studies[nct_id]
        for path, value in values.items():
            keys = path.split(".")
            study = with_value(study, keys, value) if value is not None else _without(study, keys)
        self.studies[nct_id] = study
        self._changed(nct_id)

    def reload(self, data_timestamp: str | None) -> None:
        """A new data load: other time stamp, other ETag, every token of before dead."""
        self.load += 1
        self.data_timestamp = data_timestamp
        for nct_id, study in self.studies.items():
            self.studies[nct_id] = self._stamped(study)
        self._drop_caches()

    def next_timestamp(self) -> str | None:
        """The next working day, as the registry loads Monday to Friday; a missing time stamp stays missing."""
        if self.data_timestamp is None:
            return None
        day = datetime.fromisoformat(self.data_timestamp) + timedelta(days=1)
        while day.weekday() >= calendar.SATURDAY:
            day += timedelta(days=1)
        return day.isoformat(timespec="seconds")

    def _stamped(self, study: Study) -> Study:
        if self.data_timestamp is None:
            return study
        path = ["derivedSection", "miscInfoModule", "versionHolder"]
        return with_value(study, path, self.data_timestamp[:10])

    def _changed(self, nct_id: str) -> None:
        self.index.forget(nct_id)
        self._drop_caches()

    # -- reading --------------------------------------------------------------------------------------------------

    @property
    def cached(self) -> bool:
        """Whether answers may be kept."""
        return len(self.studies) >= CACHE_FROM

    @property
    def etag(self) -> str:
        """One tag for every path of a load; without a time stamp the load's number takes its place."""
        if self.data_timestamp is None:
            return f'"883b003/0.34.1/{base36(self.load)}"'
        seconds = calendar.timegm(datetime.fromisoformat(self.data_timestamp).timetuple())
        return f'"883b003/0.34.1/{base36(seconds * 1000)}"'

    def search_index(self) -> Index:
        """The index of what is held now; a small registry's is made anew each time (see CACHE_FROM)."""
        return self.index if self.cached else Index(self.studies)

    def aliases(self) -> dict[str, str]:
        """Obsolete id -> canonical id."""
        found = self.recall_selection("aliases")
        if found is None:
            found = {}
            for nct_id, study in self.studies.items():
                node: Any = study
                for key in _ID_PATH:
                    node = node.get(key, {}) if isinstance(node, dict) else {}
                for alias in (node.get("nctIdAliases") or []) if isinstance(node, dict) else []:
                    found[alias] = nct_id
            self.keep_selection("aliases", found)
        return dict(found)

    def recall_selection(self, key: Any) -> Any:
        """An earlier search result, or None."""
        return self._selections.get(key)

    def keep_selection(self, key: Any, value: Any) -> None:
        """Keep a search result until the data change; the oldest of many goes first."""
        if self.cached:
            self._selections[key] = value
            if len(self._selections) > 256:
                self._selections.popitem(last=False)

    def recall_answer(self, key: Any) -> Any:
        """A ready body, or None."""
        return self._answers.get(key)

    def keep_answer(self, key: Any, body: bytes) -> None:
        """Keep a ready body until the data change, within CACHE_BYTES."""
        if not self.cached or key in self._answers:
            return
        self._answers[key] = body
        self._answer_bytes += len(body)
        while self._answer_bytes > CACHE_BYTES:
            _, old = self._answers.popitem(last=False)
            self._answer_bytes -= len(old)

    def _drop_caches(self) -> None:
        self._selections.clear()
        self._answers.clear()
        self._answer_bytes = 0


def _without(node: dict[str, Any], path: list[str]) -> dict[str, Any]:
    copy = dict(node)
    if len(path) == 1:
        copy.pop(path[0], None)
    elif isinstance(node.get(path[0]), dict):
        copy[path[0]] = _without(node[path[0]], path[1:])
    return copy
