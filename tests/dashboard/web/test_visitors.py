"""Whom a sign-in means, for how long, and what a rule lets them do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.web.visitors import SESSION_SECONDS, Clients, Visitor, fits, visitor
from tests.rigs.oidc import CLIENT, claimed

CLIENTS = Clients("http://localhost:8501", {"default": CLIENT})
# A fixed time: the names of the tests hold it, and every worker must find the same tests.
NOW = 1_800_000_000.0


def test_somebody_who_has_just_signed_in() -> None:
    found = visitor(claimed(iat=1000), CLIENTS, 1001.0)
    assert found == Visitor("anna@charity.example", verified=True, until=1000 + SESSION_SECONDS)


@pytest.mark.parametrize(
    "other",
    [
        {"is_logged_in": False}, {"is_logged_in": "true"}, {"is_logged_in": None}, {"is_logged_in": 1},
        {"aud": "another"}, {"aud": ["another"]}, {"aud": []}, {"aud": None}, {"aud": {CLIENT: 1}},
        {"aud": f"{CLIENT}x"},
        {"provider": "another"}, {"provider": None}, {"provider": ["default"]},
        {"iat": NOW - SESSION_SECONDS - 1}, {"iat": NOW + 3600}, {"iat": None}, {"iat": True}, {"iat": str(int(NOW))},
        {"iat": float("nan")}, {"iat": float("inf")}, {"iat": [NOW]},
    ],
    ids=str,
)  # fmt: skip
def test_claims_that_are_not_for_us_or_not_of_today(other: dict[str, Any]) -> None:
    assert visitor(claimed(iat=NOW) | other, CLIENTS, NOW) is None


def test_one_of_several_audiences_is_enough() -> None:
    assert visitor(claimed(iat=NOW, aud=["another", CLIENT]), CLIENTS, NOW)


@pytest.mark.parametrize("said", [False, "false", None, 1, "yes", [True]])
def test_an_address_counts_only_when_the_provider_has_verified_it(said: object) -> None:
    found = visitor(claimed(iat=NOW, email_verified=said), CLIENTS, NOW)
    assert found is not None
    assert fits("signed-in", found)
    assert not fits("anna@charity.example", found)
    assert not fits("*@charity.example", found)


@pytest.mark.parametrize(
    ("rule", "email"),
    [
        ("*@charity.example", "anna@charity.example"),
        ("*@charity.example", "Anna@Charity.Example"),
        ("bert@a.example,anna@charity.example", "anna@charity.example"),
    ],
)
def test_who_is_listed(rule: str, email: str) -> None:
    assert fits(rule, Visitor(email, verified=True, until=0.0))


@pytest.mark.parametrize(
    "email",
    [
        None, "", "anna", "@charity.example", "anna@charity.example.evil.example", "anna@evil-charity.example",
        "anna@sub.charity.example", "anna@charity.example@evil.example", "anna@evil.example@charity.example",
        "anna@charity.example ", "anna@charity.example\n", "*@charity.example.", "anna@\u0441harity.example",
        "anna@charity.e\u212aample", "anna@chari\u0442y.example", "evil.example,anna@charity.example\x00",
    ],
)  # fmt: skip
def test_who_only_looks_listed(email: str | None) -> None:
    assert not fits("*@charity.example", Visitor(email, verified=True, until=0.0))


def test_letters_that_become_ours_when_made_small() -> None:
    assert "anna@\u212aid.example".lower() == "anna@kid.example"
    assert not fits("*@kid.example", Visitor("anna@\u212aid.example", verified=True, until=0.0))


@given(rule=st.sampled_from(["signed-in", "nobody", "*@charity.example", "a@b.example"]))
def test_a_stranger_fits_no_rule_but_everyone(rule: str) -> None:
    assert not fits(rule, None)
    assert fits("everyone", None)


@given(
    claims=st.dictionaries(
        st.sampled_from(["is_logged_in", "aud", "iat", "provider", "email", "email_verified"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(CLIENT),
            lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=4), one, max_size=2),
            max_leaves=5,
        ),
    )
)
def test_whatever_a_provider_claims_is_judged(claims: dict[str, Any]) -> None:
    found = visitor(claims, CLIENTS, NOW)
    assert found is None or (claims["is_logged_in"] is True and found.until > NOW)
