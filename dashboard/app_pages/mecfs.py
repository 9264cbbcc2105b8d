"""ME/CFS trials: all of them, as the ground against which the agents are seen."""

from dashboard.follow import parts as follow
from dashboard.mecfs import parts
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import frame, group_list

frame.head("ME/CFS trials", "All of them, whatever they test: how many test one of the agents, and who may take part.")
refresh_parts.outcome()
frame.wanted()
sample = parts.state()
found = parts.material()
name = group_list.asked()
if not (name and parts.group(name, found)):
    if found.trials.empty:
        parts.nothing(sample=sample)
    else:
        parts.sections(found, sample=sample)
follow.below(parts.followed())
