"""Results and delays: what is posted and due, what time has overtaken, why trials stopped."""

from dashboard.follow import parts as follow
from dashboard.refresh import parts as refresh_parts
from dashboard.results import parts
from dashboard.shared import data, frame, group_list

frame.head("Results and delays", "Results posted and due, out-of-date records, and why trials stopped.")
refresh_parts.outcome()
wanted = frame.scoped()
selection = data.selection(wanted)
frame.sentence(wanted)
found = parts.material(selection)
name = group_list.asked()
if not (name and parts.group(name, found)):
    if selection.trials.empty:
        frame.nothing(wanted)
    parts.sections(found, wanted)
follow.below(wanted)
