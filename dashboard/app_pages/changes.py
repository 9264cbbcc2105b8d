"""Changes: what moved in the registry since a day, and how far promises have slipped."""

from dashboard.changes import address as changes_view
from dashboard.changes import parts
from dashboard.follow import parts as follow
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import address as view
from dashboard.shared import frame

frame.head("Changes", "What changed in the registry, as this tracker’s refreshes saw it.")
refresh_parts.outcome()
wanted, problems = view.current()
shown, own_problems = parts.current()
view.problems((*problems, *own_problems))
parts.section(shown)
parts.scope(wanted, shown)
if shown.show == "slips":
    parts.slips_section(wanted, shown)
else:
    parts.changes_section(wanted, shown)
follow.below(changes_view.followed(wanted, shown))
