"""The router: page settings, navigation, what every page carries above and below its own content."""

from pathlib import Path

import streamlit as st

from dashboard import catalogue
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import address as view
from dashboard.shared import frame, kept, words
from dashboard.signing import parts as signing
from dashboard.web import turns
from fetchers.errors import TrackerError

st.set_page_config(
    page_title="Trial tracker",
    # A file: a Material icon here would be fetched from a font server on the internet.
    page_icon=str(Path(__file__).with_name("icon.svg")),
    layout="wide",
    menu_items={"Get help": None, "Report a bug": None, "About": None},
)

pages = {
    entry.id: st.Page(
        view.script(entry.id),
        title=entry.title,
        icon=f":material/{entry.icon}:",
        default=entry is catalogue.PAGES[0],
        url_path=None if entry is catalogue.PAGES[0] else entry.id,
        help=entry.help or None,
        visibility="visible" if entry.shown else "hidden",
    )
    for entry in catalogue.PAGES
}
page = st.navigation(list(pages.values()), position="hidden")
view.register(pages)

try:
    if signing.admitted():
        with st.sidebar:
            st.markdown("#### :material/clinical_notes: Trial tracker")
            refresh = st.container()  # above the way around: in sight on every phone, whatever follows
            frame.navigation(pages)
            signing.line()
        with turns.one(), kept.steady():
            with refresh:
                refresh_parts.panel()
            with frame.sheet():
                page.run()
                frame.foot()
except TrackerError as error:
    # A watch-list or an environment that cannot be used: nothing can be shown, so say why and what to do.
    st.error(words.plain(words.without_folders(str(error))), title="This page cannot be shown", icon=":material/error:")
