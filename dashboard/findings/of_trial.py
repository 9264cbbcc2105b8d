"""What was found: the posted results of one trial on its page, in the registry's own numbers.

The registry's texts are shown letter by letter, never read as Markdown or HTML.
"""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from cache.english import count, day, moment
from cache.read.results import Posted
from dashboard.findings import charts
from dashboard.shared import columns, frame, words
from dashboard.shared.number_tables import FOUND
from fetchers.record.result_modules import Outcome
from fetchers.record.results import Results
from fetchers.settings import RECORD_URL
from insights.findings import across, analysis, outcome, tables
from insights.findings.lines import line
from insights.findings.tables import Table

OPEN = 3  # primary outcomes that stand open; the others are folded
_OWN = "The registry’s own numbers, as the sponsor posted them: nothing is added up, compared or weighed here."
_TYPES = {"SECONDARY": "Secondary", "OTHER_PRE_SPECIFIED": "Other", "POST_HOC": "Post-hoc"}


def findings(posted: Posted | None, has_results: bool | None, updated: str | None = None) -> None:
    """The section of a trial whose results are posted, or were read before they were withdrawn; else nothing, for the
    section on results says that none are posted. ``updated``: the last update of its record."""
    if posted is not None and posted.results is not None and across.has_section(posted):
        _header()
        _about(posted, updated)
        _shown(posted.results)
    elif has_results:
        _header()
        st.text(_unread(posted))


def _header() -> None:
    st.header("What was found", anchor=FOUND)


def _unread(posted: Posted | None) -> str:
    if posted is not None and posted.error:
        return f"Results are posted. They were asked for, and that failed: {posted.error}"
    if posted is not None and posted.state == "read":
        return "Results are marked as posted, but the answer of the registry held none."
    return "Results are posted; they have not been asked for yet. The record at the registry has them."


def _about(posted: Posted, updated: str | None) -> None:
    read = f"Read on {moment(posted.read_at)}" if posted.read_at else "Read from the registry"
    of = f", record of {day(posted.registry_date)}" if posted.registry_date else ""
    st.caption(f"{_OWN} {read}{of}.")
    if not posted.error and updated and posted.registry_date and updated > posted.registry_date:
        st.text(f"The record was updated on {day(updated)}; its results have not been read again since.")
    if posted.error:
        st.warning(words.plain(posted.error), icon=":material/history_toggle_off:")


def _shown(found: Results) -> None:
    _people(found)
    total = len(found.primary)
    if not total:
        st.markdown("**Primary outcomes**")
        st.text("The results give no primary outcome.")
    for at, one in enumerate(found.primary, 1):
        if at <= OPEN or total == OPEN + 1:
            st.markdown(f"**Primary outcome{f' {at} of {total}' if total > 1 else ''}**")
            st.text(line(one.title) or "Without a title")
            _outcome(one, at)
        else:
            with st.expander(words.quiet(f"Primary outcome {at} of {total}: {line(one.title)}"), key=f"found_{at}"):
                _outcome(one, at)
    _harms(found)
    _others(found)
    _remarks(found)


def _people(found: Results) -> None:
    st.markdown("**Who took part, and who finished**")
    made = tables.periods(found.flow)
    if not made:
        st.text("The results do not tell who took part.")
    for title, table in made:
        if len(made) > 1 or title != "Overall Study":
            st.text(title)
        _table(table, f"Who took part: {title}")
    told = (("How people were found", found.flow.recruitment_details),
            ("Before people were assigned", found.flow.pre_assignment_details))  # fmt: skip
    _folded("In the sponsor’s words: who took part", told)


def _outcome(one: Outcome, at: int) -> None:
    st.text(f"When: {_inside(one.time_frame)}. {outcome.measure(one)}.")
    title = line(one.title) or "Without a title"
    if one.classes:
        _chart(one, at)
    else:
        posting = (
            f" They are announced for {day(one.anticipated_posting_date)}." if one.anticipated_posting_date else ""
        )
        st.text(f"No numbers are posted for this outcome.{posting}")
    if one.classes or one.denoms:
        _table(outcome.table(one), f"Primary outcome {at}: {title}")
    said = [analysis.say(each, one) for each in one.analyses]
    _analyses(said)
    _folded(f"In the sponsor’s words: outcome {at}", _told(one, said))


def _told(one: Outcome, said: Sequence[analysis.Said]) -> list[tuple[str, str | None]]:
    """What the record says at length of an outcome, its groups and its analyses."""
    groups = [(group.title or group.id or "A group", group.description) for group in one.groups]
    numbered = len(said) > 1
    comments = [
        (f"{what}, analysis {number}" if numbered else what, text)
        for number, each in enumerate(said, 1)
        for what, text in each.comments
    ]
    whole = [("What was measured", one.description), ("Who was analysed", one.population_description)]
    return [*whole, *groups, *comments]


def _chart(one: Outcome, at: int) -> None:
    shown = outcome.dots(one)
    if shown is None:
        return
    said = "; ".join(f"{point.group} {point.said}" for point in shown.points)
    figure = charts.dots(shown, line(one.unit_of_measure))
    without = f" Without a number to draw: {', '.join(shown.missing)}." if shown.missing else ""
    caption = f"Dot: the number of the group. Line: {shown.interval}.{without}"
    frame.picture(f"found_chart_{at}", line(one.title), f"{outcome.measure(one)}. {said}.", figure, caption)
    st.text(caption)


def _analyses(said: Sequence[analysis.Said]) -> None:
    if not said:
        st.text("No analysis of this outcome is registered.")
        return
    st.text(f"{count(len(said), 'registered analysis', 'registered analyses')}:")
    for each in said:
        with st.container(gap="xxsmall", border=True):
            st.text(each.sentence)
            st.badge(_kind(each.reading.kind), color="gray")
            st.text("\n".join(_rests(each)))


def _kind(kind: str) -> str:
    words_of = analysis.KINDS[kind]
    return words_of[0].upper() + words_of[1:] if kind == analysis.OTHER else words_of


def _rests(said: analysis.Said) -> list[str]:
    """Who is compared, and what the kind rests on."""
    if not said.groups:
        who = "The record does not say which groups are compared."
    elif len(said.groups) == 1:
        who = f"Within one group, not between groups: {said.groups[0]}."
    else:
        who = f"Between: {'; '.join(said.groups)}."
    rests = [f"Why: {said.reading.why}.", *(f"“{text}”" for text in said.reading.words)]
    return [who, *rests]


def _harms(found: Results) -> None:
    st.markdown("**Deaths and serious events**")
    made = tables.harms(found)
    if made.rows:
        st.text(f"People affected of people at risk. Within: {_inside(found.harms.time_frame)}.")
        _table(made, "Deaths, serious and other events")
    else:
        st.text("The results give no number of people harmed.")
    told = (("How it was asked", found.harms.description),
            ("On deaths", found.harms.all_cause_mortality_comment))  # fmt: skip
    _folded("In the sponsor’s words: harm", told)


def _others(found: Results) -> None:
    if not found.others:
        st.text("No secondary outcome has results.")
        return
    with st.expander(
        count(len(found.others), "secondary or other outcome"), icon=":material/list:", key="found_others"
    ):
        st.caption("Their title, time frame and registered analyses; their tables stand in the record.")
        for one in found.others:
            st.text("\n".join(_other(one)))
        st.link_button("Results at ClinicalTrials.gov", f"{RECORD_URL}{found.nct_id}?tab=results",
                       icon=":material/open_in_new:")  # fmt: skip


def _other(one: Outcome) -> list[str]:
    kind = _TYPES.get(one.type or "", "Of a kind not named")
    head = f"{kind}: {line(one.title) or 'without a title'} (when: {_inside(one.time_frame)})"
    said = [analysis.say(each, one) for each in one.analyses]
    rows = [f"• {each.sentence}. {_kind(each.reading.kind)}." for each in said]
    return [head, *(rows or ["• No analysis registered."])]


def _inside(text: str | None) -> str:
    """A text of the record inside a sentence of ours, which ends it."""
    return line(text).rstrip(".") or words.MISSING


def _remarks(found: Results) -> None:
    limits = found.section.more_info_module.limitations_and_caveats.description
    if limits:
        st.markdown("**Limits, in the sponsor’s words**")
        st.text(limits)
    if found.unreadable:
        with st.expander(f"{count(len(found.unreadable), 'part')} of the results could not be read", key="found_bad"):
            for one in found.unreadable:
                st.text(f"{one.path}: {one.reason}")


def _folded(label: str, told: Sequence[tuple[str, str | None]]) -> None:
    """Longer texts of the record, each under what it is about; nothing when there are none."""
    shown = [(what, line(text)) for what, text in told if text]
    if shown:
        with st.expander(label, icon=":material/format_quote:"):
            for what, text in shown:
                st.text(f"{line(what)}: {text}")


def _table(made: Table, alt: str) -> None:
    shown = pd.DataFrame(
        [[words.quiet(cell) for cell in row] for row in made.rows], columns=_heads(made.head), dtype=object
    )
    columns.plain_table(shown, alt)
    if made.notes:
        st.text("\n".join(made.notes))


def _heads(head: Sequence[str]) -> list[str]:
    return [words.quiet(one) for one in head]
