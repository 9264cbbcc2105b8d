"""The head of a trial's page, its facts at a glance, and why it is here.

The registry's texts are shown letter by letter, never read as Markdown or HTML.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from cache import english
from cache.codes import LANE_WORDS, ROLE_WORDS, TIER_WORDS
from cache.read.lists import holding
from dashboard import terms
from dashboard.shared import address as view
from dashboard.shared import columns, data, frame, record_data, trial_list, words
from dashboard.shared.files import of_trials
from dashboard.shared.number_tables import FOUND
from dashboard.shared.palette import BADGES, GROUPS, group_of
from dashboard.trial import brief as trial_brief
from dashboard.trial import sentences as trial_says
from dashboard.trial import tables as trial_tables
from dashboard.trial import words as trial_words
from dashboard.trial.known import Known
from dashboard.trial.words import Row
from fetchers.settings import RECORD_URL
from fetchers.watchlist.model import OTHER


def given() -> str:
    """The id in the address, however it was typed."""
    return " ".join(view.own("nct")[-1:]).strip().upper()


def find(nct_id: str) -> Known | None:
    """What is known of a trial by its NCT id or a former one; None when it is not stored."""
    row = _row(nct_id)
    if row is None:
        return None
    found = str(row["nct_id"])
    in_focus = record_data.in_focus(row["condition_groups"])
    return Known(row, data.study(found), record_data.facts_of(found), in_focus, record_data.posted_of(found))


def title(known: Known | None) -> str:
    """The title of the page."""
    if known is None:
        return "Trial"
    return words.quiet(str(known.row["title"]) if isinstance(known.row["title"], str) else known.nct_id)


def _row(nct_id: str) -> Row | None:
    trials = data.trials()
    rows = trials[trials["nct_id"] == nct_id]
    if rows.empty and nct_id:
        rows = trials[holding(trials["aliases"], lambda aliases: nct_id in (aliases or ()))]
    return None if rows.empty else {str(name): value for name, value in rows.iloc[0].items()}


def missing(given: str) -> None:
    """What to do when there is nothing to show."""
    if not given:
        st.info("No trial was named. Choose one in the list of trials.", icon=":material/search:")
    elif not re.fullmatch(r"NCT[0-9]{8}", given):
        st.info(
            "This is no NCT id. One looks like NCT01730495: the letters NCT and eight digits.",
            icon=":material/search_off:",
        )
    else:
        st.info(
            f"{given} is not among the stored trials. It may well be registered: only trials that name one of the "
            "agents, or are in a condition that is asked for as a whole, are kept here. The registry’s own page "
            "has the answer.",
            icon=":material/search_off:",
        )
        _record(given)


def _record(nct_id: str) -> None:
    st.link_button("Record at ClinicalTrials.gov", RECORD_URL + nct_id, icon=":material/open_in_new:")


def identity(known: Known, given: str) -> None:
    """Id, status, phase, link to the record, and whether it left the registry."""
    row = known.row
    status = trial_list.status_words(*(row[name] for name in trial_list.STATUS)) or "Status not known"
    group = next(one for one in GROUPS if one.id == group_of(row["overall_status"]))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(status, color=BADGES[group.id], icon=_ICONS[group.id], help=terms.meaning("Status"))
        st.badge(LANE_WORDS[str(row["lane"])], color="gray", help=terms.meaning("Phase"))
        _record(row["nct_id"])
        st.markdown(view.keeping([row["nct_id"]]), width="content")
    if given != row["nct_id"]:
        st.text(f"{given} is a former id of this trial. Its id now is {row['nct_id']}.")
    if isinstance(row["left_registry"], str):
        st.warning(
            f"The registry does not list this trial any more: it was gone on {english.day(row['left_registry'])}. "
            "What is shown is its last known state.",
            icon=":material/history_toggle_off:",
        )


_ICONS = {
    "open": ":material/radio_button_checked:",
    "running": ":material/hourglass_top:",
    "finished": ":material/check:",
    "stopped": ":material/block:",
    "unverified": ":material/help:",
    "expanded": ":material/lock_open:",
}


_BRIEFS: tuple[tuple[Literal["html", "md"], str, str], ...] = (
    ("html", "to print", "text/html"),
    ("md", "as Markdown", "text/markdown"),
)


# The sections of the page by their anchors. What was found is missing where no results are posted.
CONTENTS = {
    "who": "Who may take part",
    "places": "Places",
    "glance": "At a glance",
    "dates": "Dates",
    "given": "What is given",
    FOUND: "What was found",
    "results": "Results",
    "together": "Belongs together",
    "why": "Why it is here",
    "claims": "Claims",
    "source": "Source and brief",
}


def summary(known: Known) -> None:
    """What the trial is, in one line, and what is doubtful about its record; then the contents of the page."""
    names, groups = frame.names(), frame.condition_names()
    mine = _matches(known)
    given = mine[(mine["tier"] == "given") & (mine["role"] != "background")]["agent"]
    conditions = [groups[one] for one in known.row["condition_groups"] if one in groups and one != OTHER]
    st.markdown(f"**{words.plain(trial_says.line(known, [names[one] for one in given if one in names], conditions))}**")
    doubts = trial_says.doubts(known)
    if doubts:
        st.text(" ".join(doubts))
    contents = {anchor: title for anchor, title in CONTENTS.items() if anchor != FOUND or known.tells_findings}
    st.markdown("On this page: " + " · ".join(f"[{title}](#{anchor})" for anchor, title in contents.items()))


def _matches(known: Known) -> pd.DataFrame:
    matches = data.matches()
    return matches[matches["nct_id"] == known.nct_id]


def source(known: Known) -> None:
    """Where all this comes from, and the trial's brief to download, made only when it is asked for."""
    st.header("Source and brief", anchor="source")
    st.text(trial_says.origin(known.row))
    agents = trial_list.agents_of(_matches(known), frame.names()).get(known.nct_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for fmt, label, mime in _BRIEFS:
            st.download_button(
                f"Brief of this trial, {label}",
                data=trial_brief.maker(known, fmt, agents),
                file_name=f"{known.nct_id}-brief.{fmt}",
                mime=mime,
                key=f"brief_{fmt}",
                icon=":material/download:",
                on_click="ignore",
            )
        rows = data.trials()
        for kind in of_trials.TO_CITE:
            of_trials.button(kind, rows[rows["nct_id"] == known.nct_id], f"The trial {known.nct_id}.", known.nct_id)


def glance(known: Known) -> None:
    """The design in one table, who pays, and why it stopped."""
    facts = trial_tables.glance(known)
    st.header("At a glance", anchor="glance", help=terms.meanings(facts))
    pairs(facts, "Facts at a glance")


def dates(known: Known) -> None:
    """Every date, planned or actual; registered in time or not; what has been overtaken."""
    table = trial_tables.dates(known)
    st.header("Dates", anchor="dates", help=terms.meanings(table["What"]))
    columns.plain_table(table, "Dates of the trial")
    for said in trial_says.flags(known):
        st.info(words.plain(said), icon=":material/event_busy:")
    registered = trial_says.registration(known)
    if registered:
        st.text(registered)


def reasons(known: Known) -> None:
    """Which agents it is here for, and what they are found by."""
    row = known.row
    st.header("Why it is here", anchor="why", help=terms.meanings(["Role"]))
    mine = _matches(known)
    if mine.empty:
        st.text(f"None of the agents is found in it; it is a trial in {english.listed(frame.swept().values(), 'or')}.")
    else:
        names = frame.names()
        table = pd.DataFrame(
            {
                "Agent": [words.quiet(names.get(agent, agent)) for agent in mine["agent"]],
                "Appears as": [TIER_WORDS.get(tier, tier) for tier in mine["tier"]],
                "Role": [trial_words.word(ROLE_WORDS, role) or "–" for role in mine["role"]],
                "Found by": [
                    _found(*one) for one in zip(mine["found_by"], mine["found_in"], mine["quote"], strict=True)
                ],
            }
        )
        columns.plain_table(table, "Agents of the trial")
    groups = frame.condition_names()
    st.text(f"Condition groups: {', '.join(groups.get(group, group) for group in row['condition_groups']) or 'none'}.")


_PLACES = {"name": "an intervention", "other_name": "another name of an intervention", "mesh": "the registry’s index"}


def _found(names: Sequence[str], place: str | None, quote: str | None) -> str:
    """The names that decided, and where they stand; of a description its sentence, as the registry wrote it; of a
    mention an other name that does not count."""
    found = words.quiet(", ".join(names)) or "the registry’s own search"
    if isinstance(quote, str):
        return f"{found}, in a description: “{words.quiet(quote)}”" if place else f"{found} ({words.quiet(quote)})"
    return f"{found}, in {_PLACES[place]}" if place in _PLACES else found


def pairs(facts: Mapping[str, str | None], alt: str) -> None:
    """Facts under each other; "not known" for what is missing."""
    shown = {name: words.quiet(value) if value else words.MISSING for name, value in facts.items()}
    st.table(shown, border="horizontal", alt=alt)


def table(texts: Mapping[str, Iterable[str | None]], alt: str) -> bool:
    """A table of the registry's texts; false when there is nothing in it. Columns without any text are left out."""
    shown = pd.DataFrame({name: [words.quiet(cell or "") for cell in cells] for name, cells in texts.items()})
    shown = shown.loc[:, (shown != "").any()]
    if shown.empty:
        return False
    columns.plain_table(shown.replace("", "–"), alt)
    return True
