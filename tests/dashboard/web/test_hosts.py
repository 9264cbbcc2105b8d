"""Which names the server goes by, and whose pages may open its websocket."""

import socket

import pytest

from dashboard.web.hosts import Hosts

LOCAL = Hosts(bound="127.0.0.1")
NETWORK = Hosts(bound=None)
NAMED = Hosts(named=("trials.example.org", "*.team.example"), bound="0.0.0.0")


@pytest.mark.parametrize("hosts", [LOCAL, NETWORK, NAMED])
@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8501", "localhost.:80", "a.localhost", "127.0.0.1:8501", "[::1]:8501"]
)
def test_names_of_this_machine_are_always_good(hosts: Hosts, host: str) -> None:
    assert hosts.answers(host)


@pytest.mark.parametrize("hosts", [LOCAL, NETWORK, NAMED])
@pytest.mark.parametrize(
    "host",
    [
        "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example#localhost",
        "localhost@evil.example", "evil@localhost", "localhost/evil", "localhost:99999", "localhost:x", "[::1",
        "localhost evil", "localhost?", "::1", "trials.example.org.evil.example", "xn--lcalhost-i2a",
    ],
)  # fmt: skip
def test_a_foreign_name_or_one_that_is_none_is_never_good(hosts: Hosts, host: str) -> None:
    assert not hosts.answers(host)


def test_where_others_may_come_addresses_and_the_machines_own_name_are_good() -> None:
    for host in ("192.0.2.7:8501", "[2001:db8::1]", socket.gethostname()):
        assert NETWORK.answers(host)
        assert Hosts(bound="0.0.0.0").answers(host)
        assert not LOCAL.answers(host)
        assert not NAMED.answers(host)


def test_an_operator_says_which_names() -> None:
    assert all(
        map(NAMED.answers, ("trials.example.org", "Trials.Example.org:443", "a.team.example", "a.b.team.example"))
    )
    assert not any(map(NAMED.answers, ("example.org", "team.example", "atrials.example.org")))
    assert Hosts(named=("*",)).answers("whatever.example")


@pytest.mark.parametrize(
    ("hosts", "origin", "host", "may"),
    [
        (LOCAL, None, "localhost:8501", True),
        (LOCAL, "http://localhost:8501", "localhost:8501", True),
        (LOCAL, "http://localhost:3000", "localhost:8501", False),
        (LOCAL, "http://127.0.0.1:8501", "localhost:8501", False),
        (LOCAL, "http://localhost", "localhost:8501", False),
        (LOCAL, "http://evil.example", "localhost:8501", False),
        (LOCAL, "null", "localhost:8501", False),
        (LOCAL, "", "localhost:8501", False),
        (LOCAL, "file://localhost:8501", "localhost:8501", False),
        (NAMED, "https://trials.example.org", "127.0.0.1:8501", True),
        (NAMED, "https://trials.example.org.evil.example", "127.0.0.1:8501", False),
        (NETWORK, "https://trials.example.org", "127.0.0.1:8501", False),
    ],
)
def test_only_our_own_pages_may_listen(hosts: Hosts, origin: str | None, host: str, may: bool) -> None:
    assert hosts.may_listen(origin, host) is may
