"""How many trials there are when a platform and its sub-studies count once; other pages count each of them."""

from cache.filters.filter import Filter
from cache.filters.select import Selection
from dashboard.shared import address as view
from dashboard.shared import frame, record_data
from insights import families


def once(selection: Selection, wanted: Filter) -> None:
    """Link to these trials with their number, when it differs and is known without a long wait."""
    if not record_data.links_at_once():
        return
    ids = selection.trials["nct_id"]
    number = families.once(ids, record_data.family_of())
    if number < len(ids):
        label = f"{number:,} trials when a platform and its sub-studies count once"
        frame.link("timeline", label, view.params(wanted), ":material/account_tree:")
