"""The page for those who must sign in first, and in the sidebar who is signed in."""

from typing import Literal

import streamlit as st

from dashboard.shared import data
from dashboard.shared.words import plain
from dashboard.web import sign_in, way_back
from dashboard.web.visitors import Visitor, fits

LABEL, OUT = "Sign in", "Sign out"
_WIDTH = 420


def admitted() -> bool:
    """Whether this viewer may read; if not, the page says so, and nothing else."""
    seen = sign_in.seen()
    if fits(data.settings().readers, seen):
        return True
    # The key: see first_paint.css.
    with st.container(horizontal_alignment="center").container(width=_WIDTH, key="signing"):
        st.title("Trial tracker", anchor=False)
        if seen is None:
            _door()
        else:
            _not_you(seen)
    return False


def _door() -> None:
    _failed()
    st.markdown("Only people who are signed in may read here.")
    for provider in sign_in.clients().ids:
        _button(provider, "secondary")
    st.caption("Your provider’s sign-in page opens and leads back here. A cookie keeps you signed in for 12 hours.")


def _failed() -> None:
    name, value = way_back.FAILED
    if st.query_params.get(name) == value:
        st.error("That sign-in did not work. Try again, or ask whoever runs this dashboard.", icon=":material/error:")


def _not_you(seen: Visitor) -> None:
    st.warning(_not_listed(seen), icon=":material/block:")
    st.button(OUT, on_click=st.logout, icon=":material/logout:")


def _not_listed(seen: Visitor) -> str:
    if seen.email is None:
        return "You are signed in, but your provider did not tell your mail address, so you may not read here."
    if not seen.verified:
        return f"Your provider has not verified {plain(seen.email)}, so you may not read here."
    return f"{plain(seen.email)} may not read here. Whoever runs this dashboard can let you in."


def line() -> None:
    """Who is signed in, with the way out; or the way in, where somebody may do more who is."""
    if not sign_in.needed(data.settings()):
        return
    seen = sign_in.seen()
    st.space("small")
    if seen is None:
        _failed()
        for provider in sign_in.clients().ids:
            _button(provider, "tertiary")
        return
    st.caption(f"Signed in as {plain(seen.email)}" if seen.email else "Signed in")
    st.button(OUT, key="sign_out", on_click=st.logout, icon=":material/logout:", type="tertiary")


def _button(provider: str, kind: Literal["secondary", "tertiary"]) -> None:
    named = "" if provider == sign_in.DEFAULT else f" with {plain(provider)}"
    st.button(
        f"{LABEL}{named}", key=f"sign_in_{provider}", on_click=st.login, args=(provider,), icon=":material/login:",
        type=kind, width="stretch" if kind == "secondary" else "content",
    )  # fmt: skip
