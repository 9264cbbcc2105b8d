"""“Follow this view”, at the end of each page that shows one."""

import shlex
from urllib.parse import urlencode

import streamlit as st

from cache.filters.filter import Filter
from cache.follow.view import Followed, of
from dashboard.shared import address as view
from dashboard.shared import data
from fetchers.settings import EVERYONE

LABEL = "Follow this view"


def below(followed: Filter | Followed) -> None:
    """The links of a view's feed and calendar, and its digest's command."""
    what = of(followed) if isinstance(followed, Filter) else followed
    with st.expander(LABEL, icon=":material/notifications:", key="follow"):
        st.text(_sentence(what))
        asked = urlencode(what.to_query(), doseq=True)
        with st.container(horizontal=True):
            for label, path, icon in (
                ("Feed of changes", "feed.xml", ":material/rss_feed:"),
                ("Calendar of coming completions", "calendar.ics", ":material/event:"),
            ):
                st.link_button(label, f"{path}?{asked}" if asked else path, icon=icon)
        if data.settings().readers != EVERYONE:
            st.caption("These links work in this browser. Feed readers and calendars cannot sign in here.")
        st.caption(
            "Run this on the dashboard’s machine, for example once a day. It tells what is new since the last run."
        )
        st.code(command(asked, view.here()), language="bash", wrap_lines=True)
        st.caption("To get it by mail, add your mail server and the recipient: --to 'smtp://HOST/?to=NAME@HOST'")
        if not data.freshness().live:
            st.caption("Nothing to tell yet: the registry has not been asked.")


def command(asked: str, here: str | None) -> str:
    """The command that sends the digest of this view; ``here``: the whole address of the page, when it is known."""
    query = f" --query {shlex.quote(asked)}" if asked else ""
    base = f" --base-url {shlex.quote(view.base(here).rstrip('/'))}" if here else ""
    return f"python -m cache digest --since last{query}{base}"


def _sentence(what: Followed) -> str:
    if what.trials:
        return f"Changes of {', '.join(what.trials)}."
    if what.wanted is None:
        return "Changes of every stored trial."
    return f"Changes of: {what.wanted.sentence(data.watchlist())}"
