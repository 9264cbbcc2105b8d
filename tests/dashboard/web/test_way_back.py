"""Where a sign-in leads: the page that was wanted, and never another server."""

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import MutableHeaders

from dashboard.web import way_back

SIGNED_IN = [
    ("location", "/"),
    ("set-cookie", '_streamlit_user=""; Max-Age=0'),
    ("set-cookie", "_streamlit_user=abc; Path=/"),
]
NOT_SIGNED_IN = [("location", "/"), ("set-cookie", '_streamlit_user=""; Max-Age=0')]
ELSEWHERE = (
    "", "x", "/", "//evil.example", "/\\evil.example", "https://evil.example/", "/%2fevil.example", "/.//evil.example",
    "/x\r\nSet-Cookie: a=b", "javascript:alert(1)", "/ /evil.example", "/\t/evil.example", "/api@evil.example",
    "/x#//evil.example", "/x//evil.example", "/x?" + "a" * 3000, "/\u2044evil.example",
)  # fmt: skip


def led(wanted: str, given: list[tuple[str, str]]) -> MutableHeaders:
    headers = MutableHeaders(raw=[(name.encode(), value.encode()) for name, value in given])
    way_back.lead(headers, {way_back.COOKIE: quote(wanted)})
    return headers


@pytest.mark.parametrize(
    "wanted", ["/trials", "/trial?nct=NCT09020002", "/base/trials?agent=ivig&q=%22long%20covid%22"]
)
def test_who_has_signed_in_gets_the_page_that_was_wanted_once(wanted: str) -> None:
    headers = led(wanted, SIGNED_IN)
    assert headers["location"] == wanted
    assert headers.getlist("set-cookie")[-1] == "trials_back=; Path=/; Max-Age=0; HttpOnly; SameSite=lax"
    kept = MutableHeaders()
    way_back.keep(kept, *wanted.split("?", 1), *([] if "?" in wanted else [""]))
    assert kept["set-cookie"].startswith(f"trials_back={quote(wanted)};")


@pytest.mark.parametrize("wanted", ELSEWHERE, ids=lambda wanted: repr(wanted[:30]))
def test_what_is_no_page_of_this_server_is_neither_kept_nor_led_to(wanted: str) -> None:
    assert led(wanted, SIGNED_IN)["location"] == "/"
    kept = MutableHeaders()
    way_back.keep(kept, wanted, "")
    assert "set-cookie" not in kept


@given(st.text(alphabet=st.sampled_from("/\\.:@?#%&=aevil \r\n\t\u2044"), max_size=20))
def test_no_cookie_leads_to_another_server(wanted: str) -> None:
    led_to = urlsplit(led(wanted, SIGNED_IN)["location"])
    assert (led_to.scheme, led_to.netloc) == ("", "")
    assert led_to.path.startswith("/")
    assert not led_to.path.startswith(("//", "/\\"))


def test_who_has_not_signed_in_is_told_so_and_may_try_again() -> None:
    headers = led("/trials", NOT_SIGNED_IN)
    assert headers["location"] == "/?sign_in=failed"
    assert not [one for one in headers.getlist("set-cookie") if one.startswith("trials_back")]
