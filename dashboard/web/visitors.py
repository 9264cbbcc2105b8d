"""Who asks, by what a provider has said of them, and what a rule lets them do: one judgement for pages and programs.

It knows nothing of cookies and sessions; whoever asks has checked that the claims are a provider's own.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from fetchers.settings import EVERYONE, NOBODY, SIGNED_IN

SESSION_SECONDS = 12 * 3600.0  # a working day, then people sign in again
_CLOCKS_DIFFER = 120.0


class Clients(NamedTuple):
    """What this dashboard is to its providers: the origin they send people back to, and the client id at each."""

    origin: str
    ids: Mapping[str, str]


class Visitor(NamedTuple):
    """Somebody who is signed in, until a moment in seconds since 1970."""

    email: str | None
    verified: bool  # by the provider, that the address is theirs
    until: float


def visitor(claims: Mapping[str, Any], clients: Clients, now: float) -> Visitor | None:
    """Who is signed in by these claims; None when they are meant for somebody else, or their time is over."""
    client, meant = clients.ids.get(str(claims.get("provider"))), claims.get("aud")
    if claims.get("is_logged_in") is not True or client is None:
        return None
    if client not in (meant if isinstance(meant, list) else [meant]):
        return None
    since, email = _moment(claims.get("iat")), claims.get("email")
    if not now - SESSION_SECONDS < since <= now + _CLOCKS_DIFFER:
        return None
    said = claims.get("email_verified")
    verified = said is True or said == "true"  # some providers write the word
    return Visitor(email if isinstance(email, str) else None, verified, since + SESSION_SECONDS)


def _moment(said: object) -> float:
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) else math.nan


def fits(rule: str, asking: Visitor | None) -> bool:
    """Whether a rule of TRIALS_READERS or TRIALS_REFRESH means this visitor. Addresses count only when verified."""
    if rule == EVERYONE:
        return True
    if asking is None or rule == NOBODY:
        return False
    return rule == SIGNED_IN or (asking.verified and _listed(asking.email or "", rule.split(",")))


def needs_sign_in(rule: str | None) -> bool:
    """Whether somebody must be signed in to fit this rule."""
    return rule not in (None, EVERYONE, NOBODY)


def _listed(email: str, listed: list[str]) -> bool:
    # Letters of other alphabets may turn into ours when they are made small.
    if not email.isascii() or email.count("@") != 1:
        return False
    name, _, domain = email.lower().partition("@")
    return bool(name) and (f"{name}@{domain}" in listed or f"*@{domain}" in listed)
