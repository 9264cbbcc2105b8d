"""The guards of conftest.py: a test that leaves the machine fails, browser tests wait until they are asked for."""

import contextlib
import re
import socket
from pathlib import Path

import pytest

from fetchers.settings import ROOT
from tests.conftest import stays_here

pytest_plugins = ["pytester"]
MARK = re.compile(r"^pytestmark = .*\bpytest\.mark\.browser\b|^@pytest\.mark\.browser\b|\bvisit: Visit\b", re.M)
CONFTEST = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")


@pytest.fixture
def apart(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A test run of its own with our conftest, whose imports it finds."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parent.parent))
    pytester.makeconftest(CONFTEST)
    return pytester


@pytest.mark.parametrize(
    "address",
    [("127.0.0.1", 80), ("127.9.9.9", 80), ("::1", 80, 0, 0), "localhost", None, "/run/socket", b"\0abstract"],
)
def test_loopback_is_allowed(address: object) -> None:
    assert stays_here(address)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0), "example.org", b"example.org"])
def test_everything_else_is_not(address: object) -> None:
    assert not stays_here(address)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: socket.create_connection(("192.0.2.1", 9), timeout=0.1),
        lambda: socket.getaddrinfo("registry.invalid", 443),
        lambda: socket.socket(socket.AF_INET6).connect_ex(("2001:db8::1", 9)),
        lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 9)),
    ],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_leaving_the_machine_fails(attempt: object, no_network: list[str]) -> None:
    with pytest.raises(pytest.fail.Exception, match="may not leave"):
        attempt()  # type: ignore[operator]
    assert len(no_network) == 1
    no_network.clear()


def test_a_swallowed_attempt_still_fails_the_test(apart: pytest.Pytester) -> None:
    apart.makepyfile(
        """
        import socket

        def test_swallows():
            try:
                socket.getaddrinfo("registry.invalid", 443)
            except BaseException:
                pass
        """
    )
    result = apart.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*tried to leave the machine*registry.invalid*"])


def test_browser_tests_are_left_out_unless_asked_for(apart: pytest.Pytester) -> None:
    apart.makeini("[pytest]\nmarkers = browser: x")
    apart.makepyfile(
        """
        import pytest

        @pytest.mark.browser
        def test_page():
            pass

        def test_plain():
            pass
        """
    )
    with contextlib.chdir(apart.path):
        apart.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1, deselected=1)
        apart.runpytest_subprocess("-p", "no:cacheprovider", "--browser").assert_outcomes(passed=2)


def test_tests_that_open_a_browser_stand_where_ci_looks_for_them() -> None:
    (asked,) = re.findall(r"--browser -m browser .*", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    folders = [ROOT / folder for folder in re.findall(r"tests/\w+", asked)]
    marked = [path for path in (ROOT / "tests").rglob("test_*.py") if MARK.search(path.read_text(encoding="utf-8"))]
    assert len(marked) > 20
    assert [path for path in marked if not any(path.is_relative_to(folder) for folder in folders)] == []
