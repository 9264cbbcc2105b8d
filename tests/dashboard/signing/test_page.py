"""The pages for those who must sign in, and who is signed in, as it stands in the sidebar."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import catalogue
from dashboard.web.visitors import SESSION_SECONDS
from tests.rigs import oidc
from tests.rigs.oidc import AUTH, claimed
from tests.rigs.pages import MAIN, elements, use

Open = Callable[..., AppTest]


@pytest.fixture
def opened(starter_store: str, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a page where only some may read, as somebody with these claims."""
    use(monkeypatch, starter_store)
    monkeypatch.setenv("TRIALS_READERS", "*@charity.example")
    oidc.use(monkeypatch)

    def opened(claims: dict[str, Any] | None = None, page: str = "about") -> AppTest:
        at = AppTest.from_file(str(MAIN), default_timeout=120)
        at.switch_page(f"app_pages/{page}.py")
        at.user = claims or {}
        at.run()
        assert not at.exception
        return at

    return opened


def words(at: AppTest) -> str:
    kinds = ("title", "header", "markdown", "caption", "warning", "info", "error", "text")
    return "\n".join(str(one.value) for kind in kinds for one in elements(at, kind))


def buttons(at: AppTest) -> list[str]:
    return [one.label for one in at.button]


@pytest.mark.parametrize("page", [entry.id for entry in catalogue.PAGES])
def test_a_stranger_sees_the_way_in_and_nothing_else_on_every_page(opened: Open, page: str) -> None:
    at = opened(page=page)
    assert buttons(at) == ["Sign in"]
    assert [one.value for one in at.title] == ["Trial tracker"]
    assert len(at.sidebar.children) == 0
    assert len(at.main.markdown) + len(at.main.caption) == 2


def test_a_sign_in_that_did_not_work_is_told(opened: Open) -> None:
    at = opened()
    assert not at.error
    at.query_params["sign_in"] = "failed"
    assert at.run().error[0].value.startswith("That sign-in did not work.")


def test_each_provider_has_its_button(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    one = {key: AUTH[key] for key in ("client_id", "client_secret", "server_metadata_url")}
    oidc.use(monkeypatch, AUTH | {"keycloak": one})
    assert buttons(opened()) == ["Sign in with keycloak", "Sign in"]


def test_who_is_on_the_list_reads_and_sees_who_is_signed_in(opened: Open) -> None:
    at = opened(claimed())
    assert at.title[0].value == "About the data"
    assert "Signed in as anna" in words(at)
    assert "Sign out" in buttons(at)


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (claimed(email="carl@evil.example"), "may not read here. Whoever runs this dashboard can let you in."),
        (claimed(email_verified=False), "Your provider has not verified anna"),
        (claimed(email=None), "did not tell your mail address"),
    ],
)
def test_who_is_not_on_the_list_is_told_why_and_can_sign_out(opened: Open, claims: dict[str, Any], said: str) -> None:
    at = opened(claims)
    assert said in at.warning[0].value
    assert buttons(at) == ["Sign out"]
    assert len(at.sidebar.children) == 0


def test_an_address_is_no_markup(opened: Open) -> None:
    at = opened(claimed(email="[x](https://evil.example)<b>@evil.example"))
    assert "[x](" not in at.warning[0].value


@pytest.mark.parametrize(
    "claims",
    [claimed(iat=time.time() - SESSION_SECONDS - 1), claimed(aud="another"), {"email": "anna@charity.example"}],
)
def test_who_is_signed_in_no_longer_or_elsewhere_signs_in_again(opened: Open, claims: dict[str, Any]) -> None:
    assert buttons(opened(claims)) == ["Sign in"]


def test_where_everybody_reads_and_some_may_refresh_the_way_in_is_in_the_sidebar(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRIALS_READERS")
    monkeypatch.setenv("TRIALS_REFRESH", "anna@charity.example")
    at = opened()
    assert at.title[0].value == "About the data"
    assert [one.label for one in at.sidebar.button if "Sign" in one.label] == ["Sign in"]
    assert not at.error
    at.query_params["sign_in"] = "failed"
    at.run()
    assert [one.value[:31] for one in at.sidebar.error] == ["That sign-in did not work. Try "]
    assert not at.main.warning


@pytest.mark.parametrize("readers", ["everyone", "*@charity.example"])
def test_feeds_are_said_to_be_shut_where_they_are(opened: Open, monkeypatch: pytest.MonkeyPatch, readers: str) -> None:
    monkeypatch.setenv("TRIALS_READERS", readers)
    said = words(opened(claimed(), "changes"))
    assert "Follow this view" in said or "Run this on the dashboard" in said
    assert ("Feed readers and calendars cannot sign in here." in said) is (readers != "everyone")


def test_where_nobody_need_sign_in_there_is_no_word_of_it(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRIALS_READERS")
    at = opened()
    assert not [one for one in buttons(at) if "Sign" in one]
    assert "Signed in" not in words(at)


def test_settings_of_a_sign_in_that_do_not_hold_are_told_and_show_nothing(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    oidc.use(monkeypatch, None)
    at = opened()
    assert at.error[0].value.startswith("Signing in needs a section")
    assert not at.title
    assert len(at.sidebar.children) == 0
