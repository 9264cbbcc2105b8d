"""Events, written in the same transaction as the versions they tell of."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from cache.changes.differences import Event, left_registry, new_trial, returned
from cache.store.schema import event, refresh, version
from cache.store.upsert import insert


class Events:
    """Collects the events of one step and writes them at its end."""

    def __init__(self, connection: Connection, refresh_id: int, at: str, registry_timestamp: str | None) -> None:
        self._connection = connection
        self._refresh_id = refresh_id
        self.at = at
        self._load_date = registry_timestamp[:10] if registry_timestamp else None
        self._rows: list[dict[str, Any]] = []

    def changed(self, facts: Mapping[str, Any], events: Iterable[Event]) -> None:
        """The differences between two live versions of a trial; ``facts`` are its columns of ``study`` now."""
        self._add(facts["nct_id"], events, facts["last_update_posted"])

    def appeared(self, trials: Collection[Mapping[str, Any]]) -> None:
        """Trials that a scope answered before holds for the first time: new ones, unless we knew them already.

        The first load of another scope may have stored the trial in the same refresh, silently; it is new all the same.
        """
        known = self._known_earlier([facts["nct_id"] for facts in trials])
        for facts in trials:
            if facts["nct_id"] not in known:
                self.changed(facts, [new_trial(facts["title"], facts["overall_status"])])

    def left(self, nct_ids: Iterable[str]) -> None:
        """Trials the registry does not have any more, seen for the first time."""
        for nct_id in nct_ids:
            self._add(nct_id, [left_registry(self.at[:10])], self._load_date)

    def returned(self, nct_id: str, left: str) -> None:
        """A trial that had left the registry on the day ``left`` is there again."""
        self._add(nct_id, [returned(left, self.at[:10])], self._load_date)

    def write(self) -> None:
        if self._rows:
            insert(self._connection, event, self._rows)
            self._rows = []

    def _add(self, nct_id: str, events: Iterable[Event], registry_date: str | None) -> None:
        common = {"nct_id": nct_id, "registry_date": registry_date, "seen_at": self.at}
        self._rows += [one._asdict() | common | {"refresh_id": self._refresh_id} for one in events]

    def _known_earlier(self, ids: list[str]) -> set[str]:
        """Trials with a live version from before this refresh, or already told as new."""
        started = self._connection.scalar(select(refresh.c.started_at).where(refresh.c.id == self._refresh_id))
        first = select(version.c.nct_id, func.min(version.c.seen_at)).where(version.c.nct_id.in_(ids))
        first = first.where(version.c.origin == "live").group_by(version.c.nct_id)
        known = {nct_id for nct_id, seen in self._connection.execute(first) if started is None or seen < started}
        told = select(event.c.nct_id).where(event.c.nct_id.in_(ids), event.c.kind == "new_trial")
        return known | set(self._connection.scalars(told))
