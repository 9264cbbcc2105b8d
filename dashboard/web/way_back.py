"""Where a sign-in leads: to the page that was wanted, or back to the button with a word that it did not work.

Streamlit itself leads everybody to the first page. The page that was wanted is kept in a cookie that anybody could have
written, so it can only ever be an address of this server.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from starlette.datastructures import MutableHeaders

COOKIE = "trials_back"
FAILED = ("sign_in", "failed")  # in the query of the first page
_KEPT_SECONDS = 600
_LONGEST = 2_000
# One slash, a page, and its query: never another server, never a line of its own.
_PAGE = re.compile(r"/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+(?:\?[A-Za-z0-9_.~%&=+*!'():@,/?-]*)?")


def keep(given: MutableHeaders, path: str, query: str) -> None:
    """Note in an answer which page a stranger wanted, if it was not the first."""
    wanted = f"{path}?{query}" if query else path
    if len(wanted) <= _LONGEST and _PAGE.fullmatch(wanted):
        given.append("set-cookie", _cookie(quote(wanted), _KEPT_SECONDS))


def lead(given: MutableHeaders, sent: Mapping[str, str]) -> None:
    """Lead somebody who has signed in to the page that was wanted, and say to anybody else that it did not work."""
    if not any(re.match(r"_streamlit_user=[^\"; ]", one) for one in given.getlist("set-cookie")):
        given["location"] = failed(given["location"])
        return
    wanted = unquote(sent.get(COOKIE, ""))
    if len(wanted) <= _LONGEST and _PAGE.fullmatch(wanted):
        given["location"] = wanted
        given.append("set-cookie", _cookie("", 0))


def failed(first: str) -> str:
    """The address of the first page with the word that it did not work."""
    return f"{first}?{'='.join(FAILED)}"


def secure(given: MutableHeaders) -> None:
    """Have browsers send what says who somebody is over encrypted connections only."""
    for number, (name, value) in enumerate(given.raw):
        if name == b"set-cookie" and b"; secure" not in value.lower():
            given.raw[number] = (name, value + b"; Secure")


def _cookie(value: str, seconds: int) -> str:
    return f"{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=lax"
