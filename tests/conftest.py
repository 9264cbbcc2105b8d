"""For every test: no network beyond this machine, how many examples are tried, browser tests only when asked for.
Where pytest-xdist is installed, all processors run them.
"""

import functools
import gc
import ipaddress
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests.rigs import attack_table as attacks
from tests.rigs import databases, nginx
from tests.rigs import fault_matrix as outcomes

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# While one works; CI asks for "thorough" by --hypothesis-profile. A busy machine is no fault, so nothing is timed.
settings.register_profile("quick", max_examples=20, deadline=None)
settings.register_profile("thorough", max_examples=30, deadline=None)
settings.load_profile("quick")

_strayed: list[str] = []
_WATCHED = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}

# Streamlit's test runner puts its page in the place of the main module and leaves it there.
_MAIN = sys.modules["__main__"]


@pytest.fixture(autouse=True)
def main_module() -> None:
    """A process that a test spawns begins with the test run's own main module, not with a page of an earlier test."""
    sys.modules["__main__"] = _MAIN


def stays_here(address: Any) -> bool:
    """Whether an address as sockets take it (text, pair, quadruple, path of a Unix socket) is this machine's own."""
    if isinstance(address, tuple):
        host = address[0]
    elif isinstance(address, str | bytes) and address[:1] in ("/", b"/", "\0", b"\0"):
        return True  # a Unix socket
    else:
        host = address
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(event: str, args: tuple[Any, ...]) -> None:
    at = _WATCHED.get(event)
    if at is not None and not stays_here(args[at]):
        _strayed.append(f"{event} {args[at]!r}")
        pytest.fail(f"a test may not leave this machine: {_strayed[-1]}")


# An audit hook sees every socket of this process, whichever library opens it; it cannot be taken off again.
sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def no_network() -> Iterator[list[str]]:
    """Fail the test also when the code under test swallowed the guard's error, or met it in a thread."""
    _strayed.clear()
    yield _strayed
    assert not _strayed, f"this test tried to leave the machine: {_strayed}"


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run on all processors unless the command line says otherwise. Here and not in the settings, because there the
    options would be errors where pytest-xdist is not installed."""
    mine = config.rootpath == Path(__file__).resolve().parents[1]
    if not mine or not config.pluginmanager.hasplugin("xdist") or hasattr(config, "workerinput"):
        return
    if config.option.numprocesses is None:
        config.option.numprocesses = "auto"
    if config.option.dist == "no":
        config.option.dist = "worksteal"


@pytest.fixture(autouse=True, scope="session")
def pages_without_chores() -> Iterator[None]:
    """Every page that a test opens makes Streamlit read the metadata of all installed packages, for which once is
    enough, and then look for cyclic garbage among all that the tests hold, which Python does by itself when it must."""
    with pytest.MonkeyPatch.context() as patch:
        if "streamlit" in sys.modules:
            from streamlit import config
            from streamlit.components.v2 import manifest_scanner as scanner

            once = functools.cache(scanner.scan_component_manifests)
            patch.setattr(scanner, "scan_component_manifests", once)
            config.set_option("runner.postScriptGC", False)
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marked = metafunc.definition.get_closest_marker
    if marked("both_databases") and not marked("sqlite_alone"):
        metafunc.parametrize("database", databases.BOTH, indirect=True, scope="module")


@pytest.fixture(autouse=True, scope="module")
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the stores of the test lie (``tests.rigs.databases``)."""
    kind: str = getattr(request, "param", "sqlite")
    with databases.on(kind):
        yield kind


@pytest.fixture(autouse=True)
def own_databases(database: str) -> Iterator[None]:
    """No test leaves a database to another."""
    with databases.own():
        yield


@pytest.fixture(scope="session")
def chrome() -> Iterator["Browser"]:
    """The one Chromium of this process: Playwright cannot be started in it twice."""
    from tests.browser.chromium import browser

    with browser() as launched:
        yield launched


def pytest_configure(config: pytest.Config) -> None:
    if databases.announce():
        config.add_cleanup(databases.stop)


def pytest_collection_finish() -> None:
    """What has been imported and collected stays to the end: no search for garbage needs to walk through it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # of what the tests make themselves, too, little has to be sought so often


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--browser", action="store_true", help="run the tests that open a browser, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if databases.missing() and "CI" not in os.environ:  # there it must not go unnoticed: the tests fail
        _leave_out(config, items, [one for one in items if _parameters(one).get("database") == "postgresql"])
    if nginx.missing() and "CI" not in os.environ:
        _leave_out(config, items, [one for one in items if nginx.FIXTURE in getattr(one, "fixturenames", ())])
    # A long test at the end would keep one process busy while the others have nothing left to take over.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if config.getoption("--browser"):
        return
    _leave_out(config, items, [item for item in items if item.get_closest_marker("browser")])


def _parameters(item: pytest.Item) -> dict[str, Any]:
    return getattr(getattr(item, "callspec", None), "params", {})


def _leave_out(config: pytest.Config, items: list[pytest.Item], left_out: list[pytest.Item]) -> None:
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(map(id, left_out))
        items[:] = [item for item in items if id(item) not in gone]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call":
        outcomes.collect(report.user_properties)
        attacks.collect(report.user_properties)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lacking = databases.missing()
    if lacking:
        terminalreporter.write_line(f"{lacking}: the tests of the store ran on SQLite only.", yellow=True)
    if nginx.missing():
        terminalreporter.write_line(f"{nginx.missing()}: nothing was tested behind it.", yellow=True)
    lines = outcomes.matrix()
    if lines:
        terminalreporter.section("faults at the steps of a refresh")
        terminalreporter.write("\n".join(lines) + "\n")
    tried = attacks.table()
    if tried:
        terminalreporter.section("attacks, and what became of them")
        terminalreporter.write("\n".join(tried) + "\n")
