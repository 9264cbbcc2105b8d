"""Overview: what the registry shows, on one screen."""

from dashboard.changes import of_overview as changes
from dashboard.claims import of_overview as claims
from dashboard.follow import parts as follow
from dashboard.overview import parts, shown
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import frame
from dashboard.timeline import platforms

wanted = frame.wanted()
parts.headline(wanted)
running = refresh_parts.first_data()
parts.scope(wanted)
if not running:
    refresh_parts.outcome()
frame.troubles()
frame.scope(wanted)
parts.key_figures(wanted)
if not shown.shown(wanted).trials:
    frame.nothing(wanted)
parts.figures(wanted)
platforms.once(wanted)
claims.strip()
changes.lately(wanted)
parts.soon(wanted)
parts.starts(wanted)
follow.below(wanted)
