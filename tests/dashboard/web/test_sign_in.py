"""What is wrong with the settings of a sign-in is said when the server starts; a cookie says who somebody is only when
it is this server's own."""

import subprocess
import sys
from typing import Any

import pytest
from streamlit import config

from dashboard.web import sign_in
from fetchers.errors import Validation
from fetchers.settings import ROOT
from tests.rigs import oidc
from tests.rigs.oidc import AUTH, SECRET, claimed

ORIGIN = "http://localhost:8501"
NAMED = {key: AUTH[key] for key in ("client_id", "client_secret", "server_metadata_url")}
SHARED = {key: AUTH[key] for key in ("redirect_uri", "cookie_secret")}


def test_settings_that_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    oidc.use(monkeypatch)
    assert sign_in.clients() == (ORIGIN, {"default": "trial-tracker"})


def test_several_providers_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    oidc.use(monkeypatch, SHARED | {"one": NAMED, "two": NAMED | {"client_id": "other"}})
    assert sign_in.clients().ids == {"one": "trial-tracker", "two": "other"}


def test_more_for_the_provider_is_no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    oidc.use(monkeypatch, AUTH | {"client_kwargs": {"prompt": "login"}})
    assert list(sign_in.clients().ids) == ["default"]


@pytest.mark.parametrize(
    ("auth", "said"),
    [
        (None, "needs a section [auth]"),
        ("text", "needs a section [auth]"),
        *((AUTH | {key: ""}, f"needs {key} in") for key in AUTH),
        *(({name: one for name, one in AUTH.items() if name != key}, f"needs {key} in") for key in AUTH),
        *((AUTH | {key: 7}, f"needs {key} in") for key in AUTH),
        (AUTH | {"redirect_uri": "http://localhost:8501/"}, "redirect_uri in [auth] of secrets.toml must end with"),
        (AUTH | {"redirect_uri": "http://trials.example.org/oauth2callback"}, "redirect_uri in [auth] of secrets.toml"),
        (AUTH | {"redirect_uri": "//trials.example.org/oauth2callback"}, "must begin with https://"),
        (AUTH | {"redirect_uri": "https://[::1/oauth2callback"}, "must begin with https://"),
        (AUTH | {"redirect_uri": "https:///oauth2callback"}, "must begin with https://"),
        (AUTH | {"server_metadata_url": "http://id.example.org/"}, "server_metadata_url in [auth]"),
        (AUTH | {"cookie_secret": "a" * 31}, "cookie_secret in [auth] of secrets.toml must have 32 characters"),
        (SHARED | {"one_two": NAMED}, "must have a name without an underscore"),
        (SHARED | {"one": {}}, "needs client_id in"),
        (SHARED, "needs client_id in"),
    ],
)
def test_half_made_settings_are_told_without_their_values(
    monkeypatch: pytest.MonkeyPatch, auth: Any, said: str
) -> None:
    oidc.use(monkeypatch, auth)
    with pytest.raises(Validation) as caught:
        sign_in.clients()
    assert said in str(caught.value)
    assert not [one for one in AUTH.values() if one in str(caught.value)]
    assert str(caught.value).endswith((".", "makes one."))


def test_headers_cannot_say_who_somebody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    oidc.use(monkeypatch)
    before = config.get_option("server.trustedUserHeaders")
    config.set_option("server.trustedUserHeaders", {"X-Mail": "email"})
    try:
        with pytest.raises(Validation, match="trustedUserHeaders"):
            sign_in.clients()
    finally:
        config.set_option("server.trustedUserHeaders", before)


def test_without_the_library_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit.auth_util.is_authlib_installed", lambda: False)
    with pytest.raises(Validation, match=r"pip install -r requirements-server\.txt"):
        sign_in.clients()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "secrets.toml, which was not found"),
        (f'[auth]\nclient_secret = "{SECRET}\n', "secrets.toml, which cannot be read"),
    ],
)
def test_a_server_that_nobody_could_sign_in_to_does_not_start(tmp_path: Any, content: str | None, said: str) -> None:
    """By the README's command; 2 is the exit code of a wrong setting."""
    file = tmp_path / "secrets.toml"
    if content is not None:
        file.write_text(content)
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TRIALS_READERS": "signed-in"}
    env |= {"TRIALS_CACHE_URL": f"sqlite:///{tmp_path}/trials.sqlite3", "STREAMLIT_SECRETS_FILES": str(file)}
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", "--server.port=0"]
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2, ended.stderr
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert SECRET not in ended.stderr + ended.stdout


def test_nothing_is_asked_where_nobody_need_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    oidc.use(monkeypatch, None)
    sign_in.check()
    assert sign_in.seen() is None


CLAIMS = claimed(origin=ORIGIN)


def told(sent: str) -> dict[str, Any]:
    return sign_in.claims(dict([sent.split("=", 1)]), ORIGIN)


def test_a_cookie_of_this_server_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    oidc.use(monkeypatch)
    assert told(oidc.cookie(CLAIMS, AUTH["cookie_secret"])) == CLAIMS


@pytest.mark.parametrize(
    "sent",
    [
        "_streamlit_user=", "_streamlit_user=..", "_streamlit_user=chunks-9", "_streamlit_user=\u00e4.\u00e4.\u00e4",
        "_streamlit_user=" + "a" * 100_000, "other=1",
        oidc.cookie(CLAIMS, "d1" * 32),
        oidc.cookie(CLAIMS, AUTH["cookie_secret"], "_streamlit_user_tokens"),
        oidc.cookie(CLAIMS | {"origin": "http://localhost:8502"}, AUTH["cookie_secret"]),
        oidc.cookie({key: one for key, one in CLAIMS.items() if key != "origin"}, AUTH["cookie_secret"]),
        oidc.cookie([CLAIMS], AUTH["cookie_secret"]),  # type: ignore[arg-type]
        oidc.cookie(CLAIMS, AUTH["cookie_secret"])[:-1],
        oidc.cookie(CLAIMS, AUTH["cookie_secret"]).replace(".", "x.", 1),
    ],
    ids=range(13),
)  # fmt: skip
def test_any_other_cookie_says_nothing(monkeypatch: pytest.MonkeyPatch, sent: str) -> None:
    oidc.use(monkeypatch)
    assert told(sent) == {}
