"""What a process holds of one state of a store: the parts it has read or made, and where they are kept."""

from collections.abc import Callable
from threading import RLock
from typing import Any

from cache.snapshot import place, values
from cache.snapshot.folder import Folder
from cache.store.store import Store
from fetchers.watchlist.model import Watchlist
from insights.snapshot.carried import Past


class Held:
    """What a process holds of one state of a store, and the folder it shares with others; None: there is no place."""

    def __init__(self, state: str, folder: Folder | None) -> None:
        self.state = state
        self.folder = folder
        self.parts: dict[str, Any] = {}
        self.lock = RLock()
        self.past = Past(folder)

    @classmethod
    def of(cls, store: Store, watchlist: Watchlist) -> "Held":
        """For the store as it is now."""
        path = place.folder(store, watchlist)
        return cls(store.state(), Folder(path) if path else None)

    def found(self, name: str, kind: Any, make: Callable[[], Any]) -> Any:
        """The part of that name and type: as it is kept, else made and kept."""
        folder = self.folder
        if folder is None:
            return make()
        found, there = self._kept(name, kind)
        if there:
            return found
        with folder.alone() as writable:
            found, there = self._kept(name, kind) if writable else (None, False)  # another process may have made it
            if there:
                return found
            made = make()
            kept = writable and folder.save(name, values.packed(made))
        # The one that lies in the file is no memory of this process alone.
        found, there = self._kept(name, kind) if kept else (None, False)
        return found if there else made

    def _kept(self, name: str, kind: Any) -> tuple[Any, bool]:
        pieces = self.folder.load(name) if self.folder else None
        if pieces is None:
            return None, False
        try:
            return values.unpacked(pieces, kind), True
        except values.Unreadable:
            return None, False
