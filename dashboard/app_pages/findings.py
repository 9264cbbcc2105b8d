"""Findings: what the posted results of trials report, trial by trial."""

from dashboard.findings import parts
from dashboard.follow import parts as follow
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import data, frame, group_list

frame.head("Findings", "What trials with posted results report, each in its registered words and numbers.")
refresh_parts.outcome()
wanted = frame.scoped()
selection = data.selection(wanted)
frame.sentence(wanted)
shown = parts.material(selection)
name = group_list.asked()
if not (name and parts.group(name, shown)):
    parts.sections(shown, wanted)
follow.below(wanted)
