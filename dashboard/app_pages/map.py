"""Map: in which countries trials have sites, and how many of them are open."""

from dashboard.follow import parts as follow
from dashboard.map import parts
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import data, frame, group_list

frame.head("Where the trials are", "The countries with trial sites, and how many of their trials are open.")
refresh_parts.outcome()
wanted = frame.scoped()
selection = data.selection(wanted)
frame.sentence(wanted)
name = group_list.asked()
if not (name and parts.group(name, selection)):
    if selection.trials.empty:
        frame.nothing(wanted)
    else:
        parts.sections(selection, wanted)
follow.below(wanted)
