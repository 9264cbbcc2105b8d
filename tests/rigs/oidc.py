"""A provider that people sign in at (OpenID Connect), on loopback, with the faults that one could have."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from tests.browser.serving import Dashboard

CLIENT, SECRET = "trial-tracker", "the-client-secret-of-the-tests"
ANNA = {"sub": "1", "name": "Anna Berg", "email": "anna@charity.example", "email_verified": True}
Claims = dict[str, Any]

# What secrets.toml says of a provider that no test asks.
AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback", "cookie_secret": "c0" * 32, "client_id": CLIENT,
    "client_secret": SECRET, "server_metadata_url": "https://id.example.org/.well-known/openid-configuration",
}  # fmt: skip

# What is wrong with a token, by name: what becomes of its claims.
FAULTS: dict[str, Callable[[Claims], Claims]] = {
    "another nonce": lambda claims: claims | {"nonce": "another"},
    "no nonce": lambda claims: {key: value for key, value in claims.items() if key != "nonce"},
    "another audience": lambda claims: claims | {"aud": "another-client"},
    "another audience, and us as the presenter": lambda claims: claims | {"aud": "another-client", "azp": CLIENT},
    "another issuer": lambda claims: claims | {"iss": "http://127.0.0.1:9"},
    "expired": lambda claims: claims | {"exp": claims["iat"] - 600},
    "issued long ago": lambda claims: claims | {"iat": claims["iat"] - 90_000},
    "issued in the future": lambda claims: claims | {"iat": claims["iat"] + 90_000},
    "no time of issue": lambda claims: {key: value for key, value in claims.items() if key != "iat"},
    "another key": lambda claims: claims,
    "no signature": lambda claims: claims,
    "signed with the public key as a secret": lambda claims: claims,
}


def cookie(claims: Claims, secret: str, name: str = USER_COOKIE_NAME) -> str:
    """What a browser would send that Streamlit had given these claims, signed with this secret."""
    return f"{USER_COOKIE_NAME}={create_signed_value(secret, name, json.dumps(claims)).decode()}"


def use(monkeypatch: pytest.MonkeyPatch, auth: Mapping[str, Any] | None = AUTH) -> None:
    """Have Streamlit in this process know these secrets, for the length of a test."""
    monkeypatch.setattr(secrets_singleton, "_secrets", {} if auth is None else {"auth": auth})


def claimed(person: Mapping[str, Any] = ANNA, **other: Any) -> Claims:
    """What Streamlit tells a page of somebody who has just signed in at that provider."""
    ours = {"is_logged_in": True, "provider": "default"}
    return {"iss": "https://id.example.org", "aud": CLIENT, "iat": int(time.time()), **person, **ours, **other}


class Provider:
    """A running provider for the length of a ``with`` block. ``person``: whom it signs in, without asking; ``fault``:
    of FAULTS, or "down"."""

    def __init__(self) -> None:
        self.person: Claims = ANNA
        self.fault: str | None = None
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.other = RSAKey.generate_key(2048, {"kid": "one"})
        self.codes: dict[str, dict[str, str]] = {}
        self.redirect_uri = ""
        self.cookie_secret = secrets.token_hex()
        self.given: list[str] = []  # every secret that went out, none of which may be seen elsewhere
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def dashboard(self, folder: Path, *registry_url: str, **settings: str) -> Dashboard:
        """A dashboard, not yet started, that people sign in to here."""
        up = Dashboard(folder, *registry_url, **settings)
        up.env["STREAMLIT_SECRETS_FILES"] = str(self.secrets_file(folder, up.port))
        return up

    def secrets_file(self, folder: Path, port: int) -> Path:
        """Streamlit's ``secrets.toml`` for a dashboard on this port."""
        self.redirect_uri = f"http://localhost:{port}/oauth2callback"
        metadata = f"{self.url}/.well-known/openid-configuration"
        ours = {"redirect_uri": self.redirect_uri, "cookie_secret": self.cookie_secret, "server_metadata_url": metadata}
        path = folder / "secrets.toml"
        path.write_text("[auth]\n" + "".join(f'{key} = "{value}"\n' for key, value in (AUTH | ours).items()))
        return path

    def claims(self, **other: Any) -> Claims:
        """What the cookie of somebody holds who has just signed in. ``other``: what it holds instead."""
        ours = {"iss": self.url, "origin": self.redirect_uri.removesuffix("/oauth2callback")}
        return claimed(self.person, **ours | other)

    def discovery(self) -> Claims:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks", "end_session_endpoint": f"{self.url}/logout",
            "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
        }  # fmt: skip

    def authorize(self, asked: dict[str, str]) -> str | None:
        """Where the browser is sent, with a code; None for a client or an address that is not registered."""
        if asked.get("client_id") != CLIENT or asked.get("redirect_uri") != self.redirect_uri:
            return None
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        self.given.append(code)
        return f"{self.redirect_uri}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str], authorization: str) -> Claims | None:
        """The tokens for a code, which is good once, for the client that began with it."""
        begun = self.codes.pop(asked.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        verifier = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        if (
            begun is None
            or authorization != f"Basic {basic}"
            or asked.get("redirect_uri") != self.redirect_uri
            or begun.get("code_challenge") != base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        ):
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": begun["nonce"], **self.person}
        sent = {"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "id_token": self._signed(claims)}
        self.given += [sent["access_token"], sent["id_token"]]
        return sent

    def _signed(self, claims: Claims) -> str:
        header = {"alg": "RS256", "kid": "one"}
        claims = FAULTS.get(self.fault or "", dict)(claims)
        if self.fault == "no signature":
            parts = (json.dumps(part).encode() for part in ({"alg": "none", "kid": "one"}, claims))
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        if self.fault == "signed with the public key as a secret":
            header["alg"] = "HS256"
            return jwt.encode(header, claims, OctKey.import_key(self.key.as_pem(private=False).hex()))
        return jwt.encode(header, claims, self.other if self.fault == "another key" else self.key)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        provider, place = self.server.provider, urlsplit(self.path)
        asked = _first(place.query)
        if provider.fault == "down":
            self._say(503, {})
        elif place.path == "/authorize":
            self._send_to(provider.authorize(asked))
        elif place.path == "/logout":
            back = asked.get("post_logout_redirect_uri")
            self._send_to(back if back == provider.redirect_uri else None)
        elif place.path == "/jwks":
            self._say(200, {"keys": [provider.key.as_dict(private=False)]})
        else:
            self._say(200, provider.discovery())

    def do_POST(self) -> None:
        asked = _first(self.rfile.read(int(self.headers["Content-Length"])).decode())
        sent = self.server.provider.token(asked, self.headers.get("Authorization", ""))
        self._say(200 if sent else 400, sent or {"error": "invalid_grant"})

    def _send_to(self, url: str | None) -> None:
        if url is None:
            self._say(400, {"error": "invalid_request"})
            return
        self.send_response(302)
        self.send_header("Location", url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _say(self, status: int, said: Claims) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def _first(query: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(query).items()}
