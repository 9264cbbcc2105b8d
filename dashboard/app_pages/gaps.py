"""Gaps: where there is no trial, how far each agent got, and how the counts come about."""

from dashboard.follow import parts as follow
from dashboard.gaps import parts
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import data, frame, group_list

frame.head("What’s missing", "Where no trial was found, how far each agent got, and how we count.")
refresh_parts.outcome()
wanted = frame.wanted()
agent, name = parts.agent_of(wanted), group_list.asked()
if not (name and parts.group(name, agent)):
    parts.background_switch(wanted)
    parts.gap_map(wanted)
    parts.asked(data.watchlist().agents)
    parts.ladder(wanted)
    parts.funnel_section(agent)
follow.below(wanted)
