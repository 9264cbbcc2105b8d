"""A view as a page to hand on: what is counted, how many, which trials, from where and of which day. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cache.codes import LANE_WORDS
from cache.english import count, day
from cache.export.nearest import Nearest
from cache.filters.select import Selection
from cache.read.trials import Freshness
from dashboard.shared.escape import letters
from dashboard.shared.files.brief import CUT, Brief, Line, Section, cut
from dashboard.shared.palette import GROUPS, group_of
from dashboard.shared.trial_list import STATUS, dated, status_words
from dashboard.shared.words import MISSING, as_of, attribution
from dashboard.trials.near_words import distance
from fetchers.settings import RECORD_URL

MANY = 30  # trials that fit on the page; the link has all
_TITLE = 110


def of_view(
    selection: Selection,
    sentence: str,
    fresh: Freshness,
    link: str,
    names: Mapping[str, str],
    now: datetime,
    near: Mapping[str, Nearest] | None = None,
) -> Brief:
    """The brief of a view. ``sentence``: what is counted, in words; ``link``: where the view is; ``names``: of the
    agents by id; ``near``: how near each trial is, in the order to show them."""
    trials = selection.trials
    groups = [group_of(status if isinstance(status, str) else None) for status in trials["overall_status"]]
    by_status = [Line(group.word, f"{n:,}") for group in GROUPS if (n := groups.count(group.id))]
    lanes = list(map(str, trials["lane"]))
    by_phase = [Line(word, f"{n:,}") for lane, word in LANE_WORDS.items() if (n := lanes.count(lane))]
    agents = selection.pairs["agent"].value_counts()
    by_agent = [Line(name, f"{int(agents[id]):,}") for id, name in names.items() if id in agents]
    sample = "" if fresh.live else "a sample, not a count; "
    source = f"{sample}{as_of(fresh)}"
    order = "the nearest open sites first" if near else "newest registrations first"
    sections = (
        Section("By status", source, tuple(by_status)),
        Section("By phase", source, tuple(by_phase)),
        Section("By agent", f"a trial of two agents counts for both; {source}", tuple(by_agent)),
        Section(f"Trials, {order}", source, tuple(_trials(selection, near or {}))),
    )
    return Brief(
        title=f"{count(len(trials), 'trial')}{'' if fresh.live else ' in the starter sample'}",
        under=(as_of(fresh), f"written on {day(now.date().isoformat())}"),
        link=link,
        short=sentence,
        sections=tuple(one for one in sections if one.lines),
        foot=(f"{letters(attribution(fresh))} {CUT} marks a text that is cut here.",),
        link_to="View",
    )


def _trials(selection: Selection, near: Mapping[str, Nearest]) -> Sequence[Line]:
    newest = selection.trials.iloc[::-1]
    if near:
        newest = newest.set_index("nct_id", drop=False).loc[list(near)]
    lines = []
    for row in newest.head(MANY).to_dict("records"):
        status = status_words(*(row[name] for name in STATUS)) or f"status {MISSING}"
        start = dated(row["start_date"], row["start_date_type"])
        title = cut(row["title"], _TITLE) if isinstance(row["title"], str) else f"title {MISSING}"
        said = f"{title} · {status} · {LANE_WORDS[str(row['lane'])]} · start {start or MISSING}"
        said = " · ".join((*_place(near.get(row["nct_id"])), said))
        lines.append(Line(row["nct_id"], said, url=RECORD_URL + row["nct_id"]))
    left = len(newest) - MANY
    return [*lines, Line("More", f"{count(left, 'more trial')} in the list {CUT}")] if left > 0 else lines


def _place(near: Nearest | None) -> Sequence[str]:
    """How far the named site is, and which it is; nothing without a place."""
    if near is None or near.distance_km is None:
        return ()
    return distance(near.distance_km or 0.5), near.nearest_site or f"site {MISSING}"
