"""The router: page settings, navigation, what every page carries above and below its own content."""

from pathlib import Path

import streamlit as st

from dashboard import frame, refresh_panel, view, words
from fetchers.errors import TrackerError

st.set_page_config(
    page_title="Trial tracker",
    # A file: a Material icon here would be fetched from a font server on the internet.
    page_icon=str(Path(__file__).with_name("icon.svg")),
    layout="wide",
    menu_items={"Get help": None, "Report a bug": None, "About": None},
)

pages = {
    "overview": st.Page(
        view.script("overview"),
        title="Overview",
        icon=":material/dashboard:",
        default=True,
        help="Phases and statuses of all trials, and what each of the agents has.",
    ),
    "agents": st.Page(
        view.script("agents"),
        title="Agents",
        icon=":material/medication:",
        url_path="agents",
        help="One agent at a time, or several side by side.",
    ),
    "trials": st.Page(
        view.script("trials"),
        title="Trials",
        icon=":material/list_alt:",
        url_path="trials",
        help="The list, with filters and downloads.",
    ),
    "claims": st.Page(
        view.script("claims"),
        title="Claims",
        icon=":material/fact_check:",
        url_path="claims",
        help="What the documents state, sentence by sentence, against the registry.",
    ),
    "gaps": st.Page(
        view.script("gaps"),
        title="Gaps",
        icon=":material/grid_view:",
        url_path="gaps",
        help="Where there is no trial, how far each agent got, and how we count.",
    ),
    "trial": st.Page(
        view.script("trial"), title="Trial", icon=":material/description:", url_path="trial", visibility="hidden"
    ),
    "changes": st.Page(
        view.script("changes"),
        title="Changes",
        icon=":material/update:",
        url_path="changes",
        help="What moved in the registry, and how far dates and sizes have slipped.",
    ),
    "mecfs": st.Page(
        view.script("mecfs"),
        title="ME/CFS trials",
        icon=":material/groups:",
        url_path="mecfs",
        help="All trials in ME/CFS: the share that tests one of the agents, case definitions, burden.",
    ),
    "timeline": st.Page(
        view.script("timeline"),
        title="Timeline",
        icon=":material/view_timeline:",
        url_path="timeline",
        help="Trials from start to completion, and which belong together.",
    ),
    "results": st.Page(
        view.script("results"),
        title="Results and delays",
        icon=":material/assignment_turned_in:",
        url_path="results",
        help="Results posted and due, records time has overtaken, why trials stopped.",
    ),
    "about": st.Page(
        view.script("about"),
        title="About the data",
        icon=":material/info:",
        url_path="about",
        help="Source and terms, how matching works, what is not known.",
    ),
}
page = st.navigation(list(pages.values()), position="hidden")

try:
    with st.sidebar:
        frame.navigation(pages)
        refresh_panel.panel()
    with frame.sheet():
        page.run()
        frame.foot()
except TrackerError as error:
    # A watch-list or an environment that cannot be used: nothing can be shown, so say why and what to do.
    st.error(words.plain(str(error)), title="This page cannot be shown", icon=":material/error:")
