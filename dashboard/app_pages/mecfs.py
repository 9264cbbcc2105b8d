"""ME/CFS trials: all of them, as the ground against which the nine agents are seen."""

from dashboard.mecfs import parts
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import frame, group_list

frame.head("ME/CFS trials", "All trials in ME/CFS, whatever they test: how many test one of the nine agents, and whom.")
refresh_parts.outcome()
frame.wanted()
sample = parts.state()
found = parts.material()
name = group_list.asked()
if not (name and parts.group(name, found)):
    if found.trials.empty:
        parts.nothing()
    else:
        parts.sections(found, sample=sample)
