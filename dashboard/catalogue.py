"""The pages of the dashboard in the order of the navigation: the one list from which everything else is made. Pure."""

from typing import Literal, NamedTuple, get_args

Page = Literal[
    "overview", "agents", "mecfs", "trials", "map", "timeline", "trial", "claims", "findings", "gaps", "results",
    "changes", "glossary", "about",
]  # fmt: skip
Group = Literal["See", "Judge", "Follow", "About"]


class Entry(NamedTuple):
    """A page: the name of its script and in its address, and what the navigation shows of it."""

    id: Page
    title: str
    icon: str  # of Streamlit's Material icons, which come with it
    group: Group
    help: str = ""
    shown: bool = True  # in the navigation; the others are reached by links


# The first is what the bare address shows.
PAGES = (
    Entry("overview", "Overview", "dashboard", "See", "Phases and statuses of all trials, and what each agent has."),
    Entry("agents", "Agents", "medication", "See", "One agent at a time, or several side by side."),
    Entry("mecfs", "ME/CFS trials", "groups", "See", "What is tested in ME/CFS, who may take part, what it involves."),
    Entry("trials", "All trials", "list_alt", "See", "The list, with filters and downloads."),
    Entry("map", "Map", "public", "See", "The countries with trial sites, and how many of their trials are open."),
    Entry("timeline", "Timeline", "view_timeline", "See", "From start to completion, and which belong together."),
    Entry("trial", "Trial", "description", "See", shown=False),
    Entry("claims", "Claims", "fact_check", "Judge", "What the articles claim, and what the registry shows."),
    Entry("findings", "Findings", "science", "Judge", "What trials with posted results report, trial by trial."),
    Entry("gaps", "What’s missing", "grid_view", "Judge", "Where no trial was found, and how far each agent got."),
    Entry(
        "results", "Results and delays", "assignment_turned_in", "Judge",
        "Results posted and due, out-of-date records, why trials stopped.",
    ),
    Entry("changes", "Changes", "update", "Follow", "What changed in the registry, and how far dates have moved."),
    Entry("glossary", "Glossary", "menu_book", "About", "The words of trial registries, explained."),
    Entry("about", "About the data", "info", "About", "Source and terms, how matching works, what is not known."),
)  # fmt: skip
NAVIGATION = tuple(entry.id for entry in PAGES if entry.shown)
GROUPS: tuple[Group, ...] = get_args(Group)
