"""How many trials there are when a platform and its sub-studies count once; other pages count each of them."""

from cache.filters.filter import Filter
from dashboard.shared import address as view
from dashboard.shared import data, frame, record_data
from dashboard.shared.kept import kept
from insights import families


def once(wanted: Filter) -> None:
    """Link to the trials of this view with their number, when it differs and is known without a long wait."""
    if not record_data.links_at_once():
        return
    number, every = _numbers(wanted)
    if number < every:
        label = f"{number:,} trials when a platform and its sub-studies count once"
        frame.link("timeline", label, view.params(wanted), ":material/account_tree:")


@kept(entries=64)
def _numbers(wanted: Filter) -> tuple[int, int]:
    ids = data.selection(wanted).ids.tolist()
    return families.once(ids, record_data.family_of()), len(ids)
