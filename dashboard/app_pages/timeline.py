"""Timeline: trials from start to completion, what is actual and what is planned."""

from dashboard.follow import parts as follow
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import address as view
from dashboard.shared import data, frame
from dashboard.timeline import parts

frame.head("Timeline", "From start to completion. Filled: it has happened. Outlined: it is planned.")
refresh_parts.outcome()
wanted = frame.wanted()
view.scope_bar(wanted, frame.condition_names())
parts.agents(wanted)
order = parts.order()
selection = data.selection(wanted)
frame.sentence(wanted, "Shown here")
if selection.trials.empty:
    frame.nothing(wanted)
else:
    parts.chart(selection, order)
    parts.linked(selection)
follow.below(wanted)
