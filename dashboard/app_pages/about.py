"""About the data: where it comes from, what was done to it, what it cannot tell."""

from dashboard.about import parts, state
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import frame

frame.head("About the data", "Where the numbers come from, how trials are matched, and what is not known.")
refresh_parts.outcome()
parts.source()
parts.cities()
parts.matching()
parts.names()
parts.missed()
parts.documents()
parts.unknown()
state.show()
parts.makers()
