"""Who may read. Where not everybody may, nothing that was made of trials leaves the server for a stranger: one gate
before pages' sessions, programs and files."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import Message, Receive, Scope

from dashboard.web import door, sign_in, way_back
from dashboard.web.door import Refusal
from dashboard.web.visitors import Clients, Visitor, fits, visitor
from fetchers.errors import Validation
from fetchers.settings import EVERYONE, Settings

_LOGIN, _CALLBACK = "/auth/login", "/oauth2callback"
_ANSWERED = re.compile(rb"(?:^|&)(?:code|error)=")  # by the provider; who has signed out comes back without
KNOWN = "trials.known"  # key of a request: whether its sender may read
_TOLD = {"WWW-Authenticate": 'Bearer realm="trial-tracker"', "Cache-Control": "no-store"}
_SIGN_IN = Refusal(401, "Only people who are signed in may read here. Open this server's page and sign in.", _TOLD)
_PROGRAM = Refusal(
    401,
    "Only people who are signed in may read here, and programs that send a token of this server's operator: "
    "Authorization: Bearer TOKEN.",
    _TOLD,
)
_NOT_YOU = Refusal(
    403,
    "You are signed in, but your address may not read here. The operator can let it in.",
    {"Cache-Control": "no-store"},
)
_BROKEN = Refusal(
    503, "A setting of this server is wrong. Its page and its log say which.", {"Cache-Control": "no-store"}
)


def shut(path: str) -> bool:
    """Whether an address can hold something of trials: what programs ask for, and what Streamlit hands out on behalf of
    a session, pictures and files to save. Its page and scripts hold nothing."""
    below = str(st.get_option("server.baseUrlPath") or "").strip("/")
    media = f"/{below}/media/" if below else "/media/"
    return path.startswith(media) or (door.inside(path, door.MACHINES) and not door.inside(path, door.PROBES))


class Gate(NamedTuple):
    """``rule``: of TRIALS_READERS, None when the settings cannot be used; ``clients``: see there, None where everybody
    may read; ``tokens``: of TRIALS_API_TOKENS."""

    rule: str | None = EVERYONE
    clients: Clients | None = None
    tokens: tuple[str, ...] = ()
    now: Callable[[], float] = time.time

    @property
    def open(self) -> bool:
        """Whether everybody may read."""
        return self.rule == EVERYONE

    def asking(self, headers: Mapping[str, str]) -> Visitor | None:
        """Who sends these headers, if somebody who is signed in."""
        if self.clients is None:
            return None
        return visitor(sign_in.claims(_cookies(headers), self.clients.origin), self.clients, self.now())

    def refusal(self, scope: Scope) -> Refusal | None:
        """Why this request gets no answer; None when it does. Notes at the request whether its sender may read."""
        if self.open:
            return None
        headers = Headers(scope=scope)
        found = self.asking(headers)
        scope[KNOWN] = self.rule is not None and (
            self._has_token(headers) or (found is not None and fits(self.rule, found))
        )
        if scope[KNOWN] or not shut(scope["path"]):
            return None
        if self.rule is None:
            return _BROKEN
        if found is not None:
            return _NOT_YOU
        return _PROGRAM if self.tokens else _SIGN_IN

    def mark(self, scope: Scope, answer: Message) -> None:
        """Change the start of an answer as this gate needs it."""
        if self.clients is None:
            return
        given, path = MutableHeaders(scope=answer), scope["path"]
        if shut(path):
            _keep_to_oneself(given) if not self.open else None
        elif path.endswith(_CALLBACK) and answer["status"] == 302:
            if _ANSWERED.search(scope["query_string"]):
                way_back.lead(given, _cookies(Headers(scope=scope)))
        elif path.endswith(_LOGIN) and answer["status"] >= 400:
            answer["status"] = 302  # Streamlit's page of two words leads nowhere
            given["location"] = way_back.failed(path.removesuffix(_LOGIN) + "/")
        elif not scope.get(KNOWN, True) and given.get("content-type", "").startswith("text/html"):
            way_back.keep(given, path, scope["query_string"].decode("latin-1"))
        if self.clients.origin.startswith("https:"):
            way_back.secure(given)

    def session(self, scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
        """A websocket as Streamlit is to see it: without the cookie of somebody whose time is over, and only until it
        is."""
        if self.open:
            return scope, receive
        found = self.asking(Headers(scope=scope))
        if found is None:
            return _without_cookie(scope), receive
        until = found.until

        async def in_time() -> Message:
            message = await receive()
            if self.now() < until:
                return message
            return {"type": "websocket.disconnect", "code": 1008, "reason": "The sign-in is over."}

        return scope, in_time

    def _has_token(self, headers: Mapping[str, str]) -> bool:
        kind, _, sent = headers.get("authorization", "").partition(" ")
        # Digests are compared: how long that takes tells nothing of a token.
        given = _digest(sent.strip())
        return kind.lower() == "bearer" and any(hmac.compare_digest(given, _digest(token)) for token in self.tokens)


def _cookies(headers: Mapping[str, str]) -> dict[str, str]:
    return cookie_parser(headers.get("cookie", ""))


def _keep_to_oneself(given: MutableHeaders) -> None:
    """No cache on the way may hand to others what one reader got."""
    if given.get("cache-control") != "no-store":
        given["Cache-Control"] = "private, no-cache"
    given.add_vary_header("Cookie")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", errors="surrogateescape")).digest()


def _without_cookie(scope: Scope) -> Scope:
    kept = []
    for name, value in scope["headers"]:
        if name.lower() == b"cookie":
            parts = (part.strip() for part in value.decode("latin-1").split(";"))
            value = "; ".join(one for one in parts if not one.startswith(sign_in.COOKIE)).encode("latin-1")
        kept.append((name, value))
    return {**scope, "headers": kept}


def of_settings() -> Gate:
    """What the environment and Streamlit's secrets say; shut where they cannot be used."""
    try:
        given = Settings.from_env()
        clients = sign_in.clients() if sign_in.needed(given) else None
    except Validation:  # told on the page, or when the server starts
        return Gate(rule=None)
    return Gate(given.readers, clients, given.api_tokens)
