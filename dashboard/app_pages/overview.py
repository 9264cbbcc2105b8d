"""Overview: what the registry shows, on one screen."""

from dashboard.overview import parts
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import data, frame
from dashboard.timeline import platforms

frame.head("What the registry shows", parts.lede())
refresh_parts.outcome()
wanted = frame.scoped()
selection = data.selection(wanted)
frame.sentence(wanted)
parts.key_figures(selection, wanted)
parts.agents_without(wanted)
parts.to_claims()
if selection.trials.empty:
    frame.nothing(wanted)
parts.figures(selection, wanted)
platforms.once(selection, wanted)
