"""Two dashboards over one PostgreSQL behind nginx, with the files of deploy/: one product, whichever answers."""

import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser
from websockets.exceptions import ConnectionClosed

from tests.browser.chromium import Visitor, visitor
from tests.browser.reading import main, open_page, sidebar, still
from tests.browser.serving import Dashboard
from tests.fake_registry import FakeRegistry, agent_studies
from tests.rigs import databases
from tests.rigs.commands import PATIENCE, wait_until
from tests.rigs.nginx import NAME, Nginx, environment, free_port
from tests.rigs.socket_client import Viewer

# Of the stage that runs after all others: while a process starts, the pages of other tests are drawn.
pytestmark = [pytest.mark.browser, pytest.mark.slow]
BUTTON = "Refresh trial data"


class Deployed(NamedTuple):
    """What an operator has running."""

    nginx: Nginx
    local: Nginx  # the same by the name that a browser of the tests may ask for
    dashboards: list[Dashboard]
    registry: FakeRegistry

    def at(self, number: int) -> Viewer:
        """The session of a viewer whose browser has been with this dashboard before."""
        return self.by(f"trials_at={self.dashboards[number].port}")

    def by(self, cookie: str) -> Viewer:
        door = self.nginx.door()
        return Viewer(door, Origin=f"https://{door.name}:{door.port}", Cookie=cookie)

    def viewers(self) -> list[int]:
        """How many sessions each dashboard has."""
        return [int(figure(up, r"^trials_viewers (\d+)$")) for up in self.dashboards]


def figure(up: Dashboard, pattern: str) -> float:
    """The sum of what its figures for Prometheus say."""
    with urllib.request.urlopen(f"http://127.0.0.1:{up.env['TRIALS_METRICS_PORT']}/metrics", timeout=60) as answer:
        return sum(float(one) for one in re.findall(pattern, answer.read().decode(), re.M))


def start(up: Dashboard) -> Dashboard:
    return up.__enter__()


def kill(up: Dashboard) -> None:
    assert up.process
    up.process.kill()
    up.process.wait()


@pytest.fixture(scope="module")
def deployed(behind_nginx: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    server = databases.server()
    name = server.database()
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        stack.callback(server.run, f"DROP DATABASE {name} WITH (FORCE)")
        registry = stack.enter_context(FakeRegistry(agent_studies()))
        given = {"TRIALS_CACHE_URL": server.address(name), "TRIALS_PACE_SECONDS": "0", "TRIALS_REFRESH": "everyone"}
        given = environment() | given
        given |= {"TRIALS_REFRESH_INTERVAL_SECONDS": "0", "CACHE_DIRECTORY": str(tmp_path_factory.mktemp("cache"))}
        dashboards = [
            Dashboard(tmp_path_factory.mktemp("one"), registry.url, **given, TRIALS_METRICS_PORT=str(free_port()))
            for _ in range(2)
        ]
        for up in dashboards:
            stack.callback(up.stop)
        list(pool.map(start, dashboards))
        ports = [up.port for up in dashboards]
        named, local = (stack.enter_context(Nginx(ports, asked)) for asked in (NAME, "localhost"))
        yield Deployed(named, local, dashboards, registry)


@pytest.fixture
def both_up(deployed: Deployed) -> Deployed:
    for up in deployed.dashboards:
        if up.process is None or up.process.poll() is not None:
            start(up)
    return deployed


def test_a_page_arrives_with_what_guards_it(both_up: Deployed) -> None:
    page = both_up.nginx.ask("/")
    assert page.status == 200
    assert b"Trial tracker is loading" in page.body
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert both_up.nginx.ask("/api/ready").status == 200


def test_sessions_stay_where_the_page_came_from(both_up: Deployed) -> None:
    pages = [both_up.nginx.ask("/").headers["set-cookie"].partition(";")[0] for _ in range(2)]
    assert sorted(pages) == sorted(f"trials_at={up.port}" for up in both_up.dashboards)
    wait_until(lambda: both_up.viewers() == [0, 0])
    inside = [both_up.by(pages[0]) for _ in range(3)]
    try:
        for viewer in inside:
            assert BUTTON in viewer.run()
            assert BUTTON in viewer.run()
        assert sorted(both_up.viewers()) == [0, 3]
    finally:
        for viewer in inside:
            viewer.close()


def test_a_refresh_pressed_on_one_is_seen_on_the_other(both_up: Deployed) -> None:
    here, there = both_up.at(0), both_up.at(1)
    try:
        button = here.run()[BUTTON]
        assert BUTTON in there.run()
        assert b"Starter snapshot of" in there.content
        here.run(pressed=button.id)
        wait_until(lambda: there.run() and b"Registry data of" in there.content)
    finally:
        here.close()
        there.close()
    assert [request.path for request in both_up.registry.requests].count("/version") == 1


def test_a_hashed_file_is_fetched_from_the_dashboards_once(both_up: Deployed) -> None:
    page = both_up.nginx.ask("/").body.decode()
    (path,) = set(re.findall(r'src="\.(/static/js/index\.[^"]+\.js)"', page))
    asked = r'^trials_requests_total\{place="file".*\} (\d+)$'
    before = sum(figure(up, asked) for up in both_up.dashboards)
    first, *others = [
        both_up.nginx.ask(path, Cookie=f"trials_at={up.port}") for up in both_up.dashboards for _ in range(2)
    ]
    assert first.status == 200
    assert {one.body for one in others} == {first.body}
    assert sum(figure(up, asked) for up in both_up.dashboards) == before + 1


def test_what_the_door_refuses_is_refused_behind_nginx(both_up: Deployed) -> None:
    assert both_up.nginx.ask("/_stcore/metrics").status == 404
    assert both_up.nginx.ask("/", host="evil.example").status == 421
    assert both_up.nginx.ask(f"/?{'&'.join(['a'] * 501)}").status == 414
    assert both_up.nginx.ask("/api/nothing").headers["content-type"] == "application/problem+json"


def test_whoever_is_with_a_killed_dashboard_goes_on_with_the_other(both_up: Deployed) -> None:
    inside = [both_up.at(0) for _ in range(5)]
    for viewer in inside:
        viewer.run()
    kill(both_up.dashboards[0])
    for viewer in inside:
        assert lost(viewer)
        # No second try: nginx passes over the dead one by itself.
        again = both_up.at(0)
        assert BUTTON in again.run()
        again.close()
    assert both_up.nginx.ask("/api/live", Cookie=f"trials_at={both_up.dashboards[0].port}").status == 200


def lost(viewer: Viewer) -> bool:
    with suppress(ConnectionClosed):
        while True:
            viewer.socket.recv(PATIENCE)
    return True


def test_a_rolling_restart_loses_no_request(both_up: Deployed) -> None:
    ended = threading.Event()

    def ask(path: str) -> list[int]:
        found = []
        while not ended.is_set():
            for up in both_up.dashboards:
                found.append(both_up.nginx.ask(path, Cookie=f"trials_at={up.port}").status)
            found.append(both_up.nginx.ask(path).status)
        return found

    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(ask, path) for path in ("/", "/api/live", "/api/v1/trials?limit=5")]
        try:
            for up in both_up.dashboards:
                up.stop()
                start(up)
        finally:
            ended.set()
        answered = [status for one in asked for status in one.result()]
    assert len(answered) > 20
    assert set(answered) == {200}


@pytest.fixture
def window(chrome: Browser) -> Iterator[Visitor]:
    come = visitor(chrome, ignore_https_errors=True)
    yield come
    come.context.close()


def test_a_browser_finds_the_other_dashboard_by_itself(both_up: Deployed, window: Visitor) -> None:
    page = window.page
    open_page(page, f"{both_up.local.url}/trials")

    def at() -> int:
        (value,) = (one["value"] for one in window.context.cookies() if one["name"] == "trials_at")
        return int(value)

    first = at()
    (mine,) = (up for up in both_up.dashboards if up.port == first)
    kill(mine)
    wait_until(lambda: at() != first)
    start(mine)  # its viewers stay where they are now, and so do their downloads
    still(page)
    with page.expect_download() as download:
        main(page).get_by_role("button", name="JSON", exact=True).click()
    assert json.loads(download.value.path().read_text())
    sidebar(page).get_by_role("link", name="Claims").click()
    main(page).locator("h1", has_text="Claims").wait_for()
    still(page)


def test_forwarded_headers_open_nothing(behind_nginx: None, tmp_path: Path) -> None:
    """Even where the operator forgot to name the site, and the dashboard takes its address for a machine's own."""
    with (
        FakeRegistry([]) as registry,
        Dashboard(tmp_path, registry.url) as up,
        Nginx([up.port, 9], "localhost") as door,
    ):
        for claimed in ({}, {"X_Forwarded_For": "127.0.0.1", "X_Forwarded_Host": "localhost", "Forwarded": "for=::1"}):
            viewer = Viewer(door.door(), Origin=door.url, **claimed)
            try:
                button = viewer.run()[BUTTON]
                assert button.disabled
                viewer.run(pressed=button.id)
            finally:
                viewer.close()
        assert registry.requests == []
