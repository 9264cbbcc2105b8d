"""Changes: what moved in the registry since a day, and how far promises have slipped."""

from dataclasses import replace
from datetime import UTC, datetime

from cache.filters.select import among
from dashboard.changes import address as changes_view
from dashboard.changes import data as changes_data
from dashboard.changes import parts as changes_parts
from dashboard.shared import address as view
from dashboard.shared import data, frame

frame.head("Changes", "What moved in the registry, as the refreshes of this tracker saw it.")
wanted, problems = view.current()
shown, own_problems = changes_parts.current()
view.problems((*problems, *own_problems))
changes_parts.section(shown)
changes_parts.scope(wanted, shown)

# A trial that left the registry is no trial to count any more, but its leaving is a change.
ids = data.selection(replace(wanted, left=True)).trials["nct_id"]
if shown.show == "slips":
    changes_parts.slips_section(shown, data.trials()["nct_id"] if shown.every else ids)
else:
    last = changes_data.refreshed()
    since = changes_view.since(shown, last, datetime.now(UTC))
    changes_parts.controls(wanted, shown, last)
    every = changes_data.changes(since)
    if wanted.agents:
        every = every[[not set(wanted.agents).isdisjoint(agents) for agents in every["agents"]]]
    if shown.kinds:
        every = every[every["kind"].isin(shown.kinds)]
    here = every if shown.every else every[among(every["nct_id"], ids)]
    weighed = every["weight"].isin(changes_view.weights(shown))
    found = here[here["weight"].isin(changes_view.weights(shown))]
    if found.empty:
        changes_parts.nothing(shown, last, since)
    else:
        changes_parts.changes(shown, found, since)
    changes_parts.hidden(shown, len(here) - len(found), int(weighed.sum()) - len(found))
    if not found.empty:
        changes_parts.kinds(shown, found, since)
changes_parts.subscriptions(wanted, shown)
