"""What the server counts of its own work, in the form that Prometheus reads. It knows nothing of the data."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dashboard.web import door

BUCKETS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0)  # seconds
_FILES = ("/static/", "/media/", "/_stcore/")
PLACES = {**dict.fromkeys(door.MACHINES, "api"), **dict.fromkeys(_FILES, "file")}


class Gauge(NamedTuple):
    """A figure as it is now; None is left out, for missing is not zero."""

    name: str
    help: str
    value: float | None


class Meter:
    """Counts requests by place and status, their time by place, and viewers; safe to share between threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets: Counter[tuple[str, float]] = Counter()
        self._seconds: dict[str, float] = {}
        self._viewers = 0

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Count one request."""
        place = next((name for start, name in PLACES.items() if start in f"{path}/"), "page")
        with self._guard:
            self._requests[place, status] += 1
            self._seconds[place] = self._seconds.get(place, 0.0) + seconds
            for most in BUCKETS:
                self._buckets[place, most] += seconds <= most

    def came(self, step: int) -> None:
        """A viewer comes (1) or goes (-1)."""
        with self._guard:
            self._viewers += step

    @property
    def viewers(self) -> int:
        """How many there are at this moment."""
        return self._viewers

    def text(self, gauges: Iterable[Gauge] = ()) -> str:
        """All of it, with figures from elsewhere."""
        with self._guard:
            lines = [*_head("trials_viewers", "Open sessions of pages", "gauge"), f"trials_viewers {self._viewers}"]
            lines += _head("trials_requests_total", "Requests answered", "counter")
            lines += [
                f'trials_requests_total{{place="{place}",status="{status}"}} {count}'
                for (place, status), count in sorted(self._requests.items())
            ]
            lines += _head("trials_request_seconds", "Time to answer a request", "histogram")
            for place in sorted(self._seconds):
                lines += _histogram(place, self._buckets, self._count(place), self._seconds[place])
        for gauge in gauges:
            if gauge.value is not None:
                lines += [*_head(gauge.name, gauge.help, "gauge"), f"{gauge.name} {gauge.value:g}"]
        return "\n".join(lines) + "\n"

    def _count(self, place: str) -> int:
        return sum(count for (where, _), count in self._requests.items() if where == place)


METER = Meter()  # of this process


def _head(name: str, help: str, kind: str) -> list[str]:
    return [f"# HELP {name} {help}", f"# TYPE {name} {kind}"]


def _histogram(place: str, buckets: Mapping[tuple[str, float], int], count: int, seconds: float) -> list[str]:
    name = "trials_request_seconds"
    lines = [f'{name}_bucket{{place="{place}",le="{most:g}"}} {buckets[place, most]}' for most in BUCKETS]
    return [
        *lines,
        f'{name}_bucket{{place="{place}",le="+Inf"}} {count}',
        f'{name}_sum{{place="{place}"}} {seconds:.6f}',
        f'{name}_count{{place="{place}"}} {count}',
    ]
