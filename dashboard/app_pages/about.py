"""About the data: where it comes from, what was done to it, what nobody knows from it."""

from dashboard.about import parts as about_parts
from dashboard.shared import frame

frame.head("About the data", "Where the numbers come from, how trials are matched, and what is not known.")
about_parts.source()
about_parts.matching()
about_parts.names()
about_parts.documents()
about_parts.unknown()
about_parts.state()
about_parts.makers()
