"""What an operator watches: figures in the form of Prometheus, a line a request, rules for alerts."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard import watching
from dashboard.web.meter import Gauge, Meter
from fetchers.settings import ROOT
from tests.browser.serving import Dashboard, free_port
from tests.fake_registry import FakeRegistry
from tests.rigs import pages
from tests.rigs.socket_client import Viewer, request, send

SAMPLE = re.compile(r'([a-z][a-z0-9_]*)(\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})? (-?[0-9.e+]+)')
RULES = (ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8")


def samples(text: str) -> dict[str, float]:
    """The figures of an answer; every line is one, or says what one is."""
    found = {}
    for line in text.splitlines():
        if not line.startswith(("# HELP ", "# TYPE ")):
            sample = SAMPLE.fullmatch(line)
            assert sample is not None, line
            found[sample[1] + (sample[2] or "")] = float(sample[3])
    return found


def test_requests_are_counted_by_place_and_status() -> None:
    meter = Meter()
    meter.came(1)
    for path, status, seconds in (("/", 200, 0.02), ("/api/v1/trials", 200, 0.7), ("/api/x", 404, 0.001)):
        meter.answered(path, status, seconds)
    found = samples(meter.text([Gauge("trials_ready", "x", 1.0), Gauge("trials_refresh_age_seconds", "x", None)]))
    assert found["trials_viewers"] == found["trials_ready"] == 1
    assert found['trials_requests_total{place="api",status="404"}'] == 1
    assert found['trials_request_seconds_bucket{place="api",le="0.5"}'] == 1
    assert found['trials_request_seconds_bucket{place="api",le="+Inf"}'] == 2
    assert found['trials_request_seconds_sum{place="page"}'] == pytest.approx(0.02)
    assert "trials_refresh_age_seconds" not in found  # missing is not zero


def test_the_age_of_the_data_and_what_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (url,) = pages.live_url(tmp_path, failing="IVIG")
    pages.use(monkeypatch, url)
    now = datetime.now(UTC) + timedelta(days=3)
    found = {gauge.name: gauge.value for gauge in watching.gauges(now)}
    assert found["trials_ready"] == 1
    assert found["trials_refresh_failed_parts"] == 1
    assert found["trials_refresh_age_seconds"] is not None
    assert found["trials_refresh_age_seconds"] >= timedelta(days=3).total_seconds()
    assert found["trials_registry_requests_24h"] is not None


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dashboard, int]]:
    port = free_port()
    folder = tmp_path_factory.mktemp("watched")
    watching = {"TRIALS_METRICS_PORT": str(port), "TRIALS_LOG": "json"}
    with FakeRegistry([]) as registry, Dashboard(folder, registry.url, **watching) as up:
        yield up, port


@pytest.mark.slow
def test_a_running_server_is_watched_on_a_port_of_its_own(watched: tuple[Dashboard, int]) -> None:
    up, port = watched
    viewer = Viewer(up.port, Origin=f"http://localhost:{up.port}")
    viewer.run()
    answered = send(up.port, request("/api/trials.json?agent=nobody&secret=word"))
    assert answered.status == 400
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        found = samples(answer.read().decode())
    assert found["trials_viewers"] == found["trials_ready"] == 1
    assert found['trials_requests_total{place="api",status="400"}'] == 1
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30)
    viewer.close()

    lines = [json.loads(line) for line in up.said().splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line["path"] == "/api/trials.json"]
    assert (line["event"], line["status"], line["method"]) == ("request", 400, "GET")
    assert line["request_id"] == answered.headers["x-request-id"]
    assert "secret" not in up.said()
    refreshed = up.run("refresh", "--agent", "sizofiran")
    told = json.loads(refreshed.stderr)
    assert (told["event"], told["refresh_id"], told["exit_code"]) == ("refresh", 1, refreshed.returncode)


@pytest.mark.slow
def test_live_is_not_ready(watched: tuple[Dashboard, int]) -> None:
    up, _ = watched
    assert json.loads(send(up.port, request("/api/live")).body) == {"live": True}
    assert json.loads(send(up.port, request("/api/ready")).body)["ready"] is True


def test_rules_are_about_figures_that_there_are() -> None:
    expressions = re.findall(r"^        expr: (.+)$", RULES, re.M)
    alerts = re.findall(r"^      - alert: (\w+)$", RULES, re.M)
    assert len(expressions) == len(alerts) == len(set(alerts)) == RULES.count("summary: ") == RULES.count("severity: ")
    known = {gauge.name for gauge in watching.gauges(datetime.now(UTC))} | {'up{job="trial-tracker"}'}
    for expression in expressions:
        assert re.fullmatch(r"(.+) (==|>) [0-9 *]+", expression)
        assert expression.split(" ")[0] in known
    assert "\t" not in RULES
