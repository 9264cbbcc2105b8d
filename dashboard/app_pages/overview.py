"""Overview: what the registry shows, on one screen."""

from dashboard.changes import of_overview as changes
from dashboard.claims import of_overview as claims
from dashboard.overview import parts
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import data, frame
from dashboard.timeline import platforms

wanted = frame.wanted()
parts.headline(wanted)
running = refresh_parts.first_data()
parts.scope(wanted)
if not running:
    refresh_parts.outcome()
frame.troubles()
frame.scope(wanted)
selection = data.selection(wanted)
parts.key_figures(selection, wanted)
if selection.trials.empty:
    frame.nothing(wanted)
parts.figures(selection, wanted)
platforms.once(selection, wanted)
claims.strip()
changes.lately(selection, wanted)
parts.soon(selection, wanted)
parts.starts(selection, wanted)
