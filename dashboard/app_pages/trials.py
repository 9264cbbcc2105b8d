"""Trials: the list, its filters, its downloads; a list of one's own; two to four trials side by side."""

from dashboard.follow import parts as follow
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import address as view
from dashboard.shared import data, frame
from dashboard.trial.compared import parts as compared
from dashboard.trials import filters, near, near_list, own_list, parts, search

mine = own_list.asked()
frame.head(*(compared.HEAD if compared.asked() else own_list.HEAD if mine else parts.HEAD))
refresh_parts.outcome()
wanted = own_list.whole(frame.wanted()) if mine else frame.wanted()
view.remember_list()
if compared.asked():
    compared.side_by_side(wanted)
elif mine and not wanted.ids:
    own_list.empty()
else:
    if not mine:
        view.scope_bar(wanted, frame.condition_names())
    selection = data.selection(wanted)
    if mine:
        own_list.actions(wanted.ids, list(selection.trials["nct_id"]))
    else:
        parts.found(selection, wanted)
        filters.show(wanted)
        near.box(wanted)
        search.said(wanted)
        search.by_id(wanted, frozenset(selection.trials["nct_id"]))
        parts.outside(selection, wanted)
    city = near_list.place(wanted)
    if selection.trials.empty:
        frame.nothing(wanted)
    else:
        parts.page(selection, wanted, city)
    if city:
        near_list.not_judged(wanted, city)
    if not selection.trials.empty:
        if mine:
            own_list.notes(wanted.ids)
        filters.downloads(wanted, selection)
        parts.to_charts(wanted)
if wanted.ids or not mine:
    follow.below(wanted)
