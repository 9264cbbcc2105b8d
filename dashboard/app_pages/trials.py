"""Trials: the list, its filters, its downloads."""

from dashboard.refresh import parts as refresh_parts
from dashboard.shared import address as view
from dashboard.shared import data, frame
from dashboard.trials import filters, parts, search

frame.head("All trials", "Filter them and share the link.")
refresh_parts.outcome()
wanted = frame.wanted()
view.remember_list()
view.scope_bar(wanted, frame.condition_names())
selection = data.selection(wanted)
parts.found(selection, wanted)
filters.show(wanted)
search.said(wanted)
parts.outside(selection, wanted)
if selection.trials.empty:
    frame.nothing(wanted)
else:
    parts.page(selection, wanted)
    filters.downloads(wanted, len(selection.trials))
    parts.to_charts(wanted)
