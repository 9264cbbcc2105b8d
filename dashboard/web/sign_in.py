"""Streamlit's sign-in as this server uses it: its settings, checked before anybody comes, and its cookie.

The settings stand under ``[auth]`` in Streamlit's ``secrets.toml``. No sentence of this module repeats a value of it.
"""

import json
import sys
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit import auth_util
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from cache.exit_codes import USAGE
from dashboard.web.hosts import is_this_machine
from dashboard.web.visitors import Clients, Visitor, needs_sign_in, visitor
from fetchers.errors import Validation
from fetchers.settings import Settings

COOKIE = USER_COOKIE_NAME
DEFAULT = "default"  # Streamlit's name of a provider without a name
LONGEST_COOKIE = 16_384
_SHORTEST_SECRET = 32
_CALLBACK = "/oauth2callback"
_OF_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
_INSTALL = "Signing in needs Authlib: python -m pip install -r requirements-server.txt installs it."
_HERE = "[auth] of secrets.toml"


def needed(settings: Settings) -> bool:
    """Whether a rule of these settings asks who somebody is."""
    return needs_sign_in(settings.readers) or needs_sign_in(settings.refresh)


def check() -> None:
    """End the process, with a sentence, where people are to sign in and cannot. Other settings are told on the page."""
    try:
        given = Settings.from_env()
    except Validation:
        return
    try:
        if needed(given):
            clients()
    except Validation as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(USAGE) from None


def seen() -> Visitor | None:
    """Who looks at this page; None for a stranger, and where nobody is asked. Raises Validation."""
    return visitor(st.user.to_dict(), clients(), time.time()) if needed(Settings.from_env()) else None


def clients() -> Clients:
    """What ``[auth]`` says. Raises Validation, with what is wrong and never with what stands there."""
    if not auth_util.is_authlib_installed():
        raise Validation(_INSTALL)
    if st.get_option("server.trustedUserHeaders"):
        raise Validation("Who somebody is cannot be told by headers: leave out Streamlit's server.trustedUserHeaders.")
    section = _section()
    back = _url(_text(section, "redirect_uri"), "redirect_uri")
    if not back.endswith(_CALLBACK):
        raise Validation(f"redirect_uri in {_HERE} must end with {_CALLBACK}.")
    if len(_text(section, "cookie_secret")) < _SHORTEST_SECRET:
        raise Validation(
            f"cookie_secret in {_HERE} must have {_SHORTEST_SECRET} characters or more. "
            'python -c "import secrets; print(secrets.token_hex())" makes one.'
        )
    parts = urlsplit(back)
    return Clients(f"{parts.scheme}://{parts.netloc}", _ids(section))


def _section() -> Mapping[str, Any]:
    try:
        section = st.secrets.get("auth")
    except (OSError, ValueError) as error:
        # Streamlit's own error for "there is none" and "this is no TOML" is an OSError. Its words show the file's.
        why = "cannot be read" if error.__cause__ or not isinstance(error, FileNotFoundError) else "was not found"
        raise Validation(f"Signing in needs Streamlit's secrets.toml, which {why}.") from None
    if not isinstance(section, Mapping):
        raise Validation("Signing in needs a section [auth] in Streamlit's secrets.toml.")
    return section


def _ids(section: Mapping[str, Any]) -> dict[str, str]:
    named = {name: one for name, one in section.items() if isinstance(one, Mapping) and name != "client_kwargs"}
    if wrong := [name for name in named if "_" in name]:
        raise Validation(f"The provider {wrong[0]} in {_HERE} must have a name without an underscore.")
    if not named or "client_id" in section:
        named[DEFAULT] = section
    found = {}
    for name, one in named.items():
        for key in _OF_PROVIDER:
            _text(one, key)
        _url(one["server_metadata_url"], "server_metadata_url")
        found[name] = one["client_id"]
    return found


def _text(section: Mapping[str, Any], key: str) -> str:
    found = section.get(key)
    if not isinstance(found, str) or not found.strip():
        raise Validation(f"Signing in needs {key} in {_HERE}.")
    return found


def _url(text: str, key: str) -> str:
    """The address, if nobody on the way can read what is sent there."""
    try:
        parts = urlsplit(text.replace("{port}", str(st.get_option("server.port"))))
        near = parts.scheme == "http" and is_this_machine(parts.hostname or "")
    except ValueError:  # a port or a bracket there cannot be
        near, parts = False, urlsplit("")
    if not near and (parts.scheme != "https" or not parts.hostname):
        raise Validation(f"{key} in {_HERE} must begin with https://; http:// will do for this machine only.")
    return parts.geturl()


def claims(cookies: Mapping[str, str], origin: str) -> dict[str, Any]:
    """What Streamlit's cookie says of whoever sent it, as the page is told it; nothing when it is not this server's own
    work, or was made for another origin."""
    secret = auth_util.get_signing_secret()

    def opened(name: str) -> bytes | None:
        sealed = cookies.get(name, "")
        return decode_signed_value(secret, name, sealed) if sealed.isascii() and len(sealed) <= LONGEST_COOKIE else None

    content = auth_util.get_cookie_with_chunks(opened, COOKIE)
    try:
        found = json.loads(content or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) and found.get("origin") == origin else {}
