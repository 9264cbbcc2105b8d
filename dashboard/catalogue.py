"""The pages of the dashboard in the order of the navigation: the one list from which everything else is made. Pure."""

from typing import Literal, NamedTuple

Page = Literal[
    "overview", "agents", "trials", "trial", "claims", "gaps", "mecfs", "timeline", "map", "results", "changes", "about"
]  # fmt: skip


class Entry(NamedTuple):
    """A page: the name of its script and in its address, and what the navigation shows of it."""

    id: Page
    title: str
    icon: str  # of Streamlit's Material icons, which come with it
    help: str = ""
    shown: bool = True  # in the navigation; the others are reached by links


# The first is what the bare address shows.
PAGES = (
    Entry("overview", "Overview", "dashboard", "Phases and statuses of all trials, and what each of the agents has."),
    Entry("agents", "Agents", "medication", "One agent at a time, or several side by side."),
    Entry("trials", "Trials", "list_alt", "The list, with filters and downloads."),
    Entry("trial", "Trial", "description", shown=False),
    Entry("claims", "Claims", "fact_check", "What the documents state, sentence by sentence, against the registry."),
    Entry("gaps", "Gaps", "grid_view", "Where there is no trial, how far each agent got, and how we count."),
    Entry(
        "mecfs",
        "ME/CFS trials",
        "groups",
        "All trials in ME/CFS: the share that tests one of the agents, case definitions, burden.",
    ),
    Entry("timeline", "Timeline", "view_timeline", "Trials from start to completion, and which belong together."),
    Entry("map", "Map", "public", "In which countries trials have sites, and how many of them are open."),
    Entry(
        "results",
        "Results and delays",
        "assignment_turned_in",
        "Results posted and due, records time has overtaken, why trials stopped.",
    ),
    Entry("changes", "Changes", "update", "What moved in the registry, and how far dates and sizes have slipped."),
    Entry("about", "About the data", "info", "Source and terms, how matching works, what is not known."),
)
NAVIGATION = tuple(entry.id for entry in PAGES if entry.shown)
