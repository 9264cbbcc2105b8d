"""What nginx lets through and what it adds, by deploy/nginx.conf; the dashboards behind it do not matter here."""

import re

import pytest

from cache.filters.query import LONGEST_QUERY
from tests.rigs.nginx import NAME, Nginx
from tests.rigs.socket_client import request, send

FORGED = {
    "X_Forwarded_For": "127.0.0.1",
    "X_Forwarded_Host": "localhost",
    "X_Forwarded_Proto": "gopher",
    "X_Forwarded_Port": "8501",
    "X_Forwarded_Prefix": "/there",
    "X_Real_IP": "127.0.0.1",
    "Forwarded": "for=127.0.0.1",
    "Via": "1.1 localhost",
    "Upgrade": "websocket",
}


def cookie_of(headers: dict[str, str]) -> str:
    found = re.fullmatch(r"(trials_at=\d+); Path=/; Secure; HttpOnly; SameSite=Lax", headers["set-cookie"])
    assert found
    return found[1]


def test_what_a_client_says_of_itself_goes_no_further(echo: Nginx) -> None:
    lines = echo.ask("/trials?q=a", **FORGED).body.decode().split()
    assert lines == [
        *("GET", "/trials?q=a", "HTTP/1.1", "Host:", NAME),
        *("X-Forwarded-For:", "127.0.0.1", "X-Forwarded-Proto:", "https"),
    ]


def test_only_the_stream_becomes_a_websocket(echo: Nginx) -> None:
    assert "Upgrade: websocket\nConnection: upgrade\n" in echo.ask("/_stcore/stream", **FORGED).body.decode()
    assert "Upgrade: h2c" not in echo.ask("/_stcore/stream", Upgrade="h2c").body.decode()


def test_a_viewer_goes_back_to_the_dashboard_of_the_cookie(echo: Nginx) -> None:
    dead, alive = echo.dashboards
    first = echo.ask("/")
    assert cookie_of(first.headers) == f"trials_at={alive}"
    assert "set-cookie" not in echo.ask("/", Cookie=f"trials_at={alive}").headers
    assert cookie_of(echo.ask("/_stcore/stream", Cookie=f"trials_at={alive}").headers) == f"trials_at={alive}"
    # A dead dashboard is passed over; the cookie moves when the session has.
    passed_over = echo.ask("/", Cookie=f"trials_at={dead}")
    assert (passed_over.status, "set-cookie" in passed_over.headers) == (200, False)
    assert cookie_of(echo.ask("/_stcore/stream", Cookie=f"trials_at={dead}").headers) == f"trials_at={alive}"
    # A port that is none of ours leads nowhere else.
    assert cookie_of(echo.ask("/", Cookie="trials_at=22").headers) == f"trials_at={alive}"


def test_a_hashed_file_is_asked_for_once(echo: Nginx) -> None:
    first = echo.ask("/static/js/index.abc.js?one")
    again = echo.ask("/static/js/index.abc.js?two", X_Mine="another")
    assert first.body == again.body
    assert "set-cookie" not in first.headers
    assert " MISS " in echo.said().splitlines()[-2]
    assert " HIT " in echo.said().splitlines()[-1]


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/%6detrics", "/static/../_stcore//metrics"])
def test_streamlits_own_figures_are_closed(echo: Nginx, path: str) -> None:
    assert echo.ask(path).status == 404


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1", f"{NAME}.evil.example", ""])
def test_other_names_are_not_answered(echo: Nginx, name: str) -> None:
    assert echo.ask("/", host=name).status in (400, 421)
    assert send(echo.plain_port, request("/", name)).status in (400, 421)


def test_without_tls_a_viewer_is_sent_to_the_same_place_with_it(echo: Nginx) -> None:
    answered = send(echo.plain_port, request("/trials?q=a", NAME))
    assert (answered.status, answered.headers["location"]) == (301, f"https://{NAME}/trials?q=a")
    assert "max-age" in echo.ask("/").headers["strict-transport-security"]


def test_an_address_may_be_as_long_as_a_dashboard_takes_it(echo: Nginx) -> None:
    assert echo.ask(f"/{'p' * 2_000}?{'q' * LONGEST_QUERY}").status == 200
    assert echo.ask(f"/?{'q' * 60_000}").status == 414


def test_nothing_can_be_sent(echo: Nginx) -> None:
    assert echo.ask("/", method="POST", Content_Length="5000").status == 413


def test_the_log_tells_neither_who_nor_what_for(echo: Nginx) -> None:
    echo.ask("/trials?q=secret-illness")
    assert "/trials" in echo.said()
    assert "secret-illness" not in echo.said() + echo.said("error.log")
    assert not re.search(r"(^|\s)127\.0\.0\.1\s", echo.said())
