"""The view of the data in the address bar: reading it, changing it, carrying its scope from page to page.

The address is the one truth. Every run reads a ``Filter`` from it and sets the widgets by it; a widget's callback
writes the changed filter back, which also makes an entry in the browser's history. (Streamlit's own ``bind`` replaces
the address, so Back would leave the app, and it writes the words of a widget where the filter's address has codes.)
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, get_args
from urllib.parse import urlencode, urljoin

import streamlit as st

from cache.filters.filter import Filter
from dashboard.catalogue import Page as Page
from dashboard.shared import data

# Keys of single pages beside the filter's own.
OWN = frozenset({"nct", "compare", "page", "show", "since", "looked", "kind", "weight", "every", "measure"}) | {
    "sort", "claim", "mine",
}  # fmt: skip
DOCUMENTS, EVERYTHING = "documents", "all"
_SCOPES = {DOCUMENTS: "Documents’ conditions", EVERYTHING: "All conditions"}
Query = dict[str, list[str]]
_LAST_LIST = "last_list_of_trials"
_LAST_SCOPE = "last_scope"
_REGISTERED: ContextVar[Mapping[Page, Any] | None] = ContextVar("registered", default=None)


def script(page: Page) -> str:
    """A page's script, as Streamlit's links want it."""
    return f"app_pages/{page}.py"


def register(pages: Mapping[Page, Any]) -> None:
    """Tell which pages of Streamlit's this run of the app has."""
    _REGISTERED.set(pages)


def linked(page: Page) -> Any:
    """A page for a link with an icon of its own: of a script's name Streamlit asks the disk, link by link, where it
    is."""
    return (_REGISTERED.get() or {}).get(page) or script(page)


def query() -> Query:
    """The address's keys with all their values."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def current() -> tuple[Filter, tuple[str, ...]]:
    """The filter in the address, and in sentences what of the address made no sense and was left out."""
    given = {key: values for key, values in query().items() if key not in OWN}
    return Filter.from_query(given, data.watchlist())


def own(key: str) -> list[str]:
    """The values of a page's own key."""
    return st.query_params.get_all(key)


def show(wanted: Filter, **mine: list[str]) -> None:
    """Put a filter, and a page's own keys, in the address. Only in a callback or before the page is drawn."""
    st.query_params.from_dict({**wanted.to_query(), **{key: values for key, values in mine.items() if values}})


def change(how: Callable[[Filter], Filter]) -> None:
    """Change the filter in the address; the page's own keys but the page number stay."""
    show(how(current()[0]), **{key: own(key) for key in OWN - {"page"}})


def scope(wanted: Filter) -> Filter:
    """The part of a filter that every page shares: which conditions, and whether background counts."""
    return Filter(everywhere=wanted.everywhere, background=wanted.background, conditions=wanted.conditions)


def params(wanted: Filter, **mine: str) -> list[tuple[str, str]]:
    """A filter for ``query_params`` of a link inside the app."""
    pairs = [(key, value) for key, values in wanted.to_query().items() for value in values]
    return [*pairs, *mine.items()]


def address(page: Page, pairs: list[tuple[str, str]]) -> str:
    """A link for a cell of a table, relative so that it also holds behind a proxy's base path."""
    return f"{page}?{urlencode(pairs)}" if pairs else page


def base(here: str) -> str:
    """Where the pages are, by the whole address of one of them."""
    url = here.partition("?")[0]
    above, _, last = url.rpartition("/")
    return f"{above}/" if not last or last in get_args(Page) else f"{url}/"


def joined(base: str, address: str) -> str:
    """The whole address of a link that a cell holds."""
    return urljoin(base, address)


def here() -> str | None:
    """The whole address of this view, for those to whom it is sent; None when nobody knows it."""
    url = st.context.url
    asked = url and urlencode(query(), doseq=True)
    return f"{url}?{asked}" if asked else url


def to_trials(wanted: Filter) -> str:
    """The address of the list of trials behind a number."""
    return address("trials", params(wanted))


def keeping(nct_ids: Sequence[str], what: str = "") -> str:
    """Links in Markdown that put trials on the visitor's own list and take them off again; the script
    ``web/own_list.js`` answers them, and shows the one that fits. ``what``: which trials, in words."""
    ids = ",".join(nct_ids)
    add, less = f"Keep{what and f' {what}'}", f"Remove{what and f' {what}'} from my list"
    return f"[{add}](#keep-{ids}) [{less}](#drop-{ids})"


def my_list() -> str:
    """The link in Markdown that opens the visitor's own list, which only the browser knows."""
    return f"[:material/bookmarks: My list](trials#my-list?{urlencode(params(Filter.of_trials(), mine='1'))})"


def remember_list() -> None:
    """Keep the address of the list on screen, so that a trial's page can lead back to it."""
    st.session_state[_LAST_LIST] = query()


def last_list() -> list[tuple[str, str]]:
    """The list of trials seen last in this session, for a link back."""
    kept: Mapping[str, list[str]] = st.session_state.get(_LAST_LIST, {})
    return [(key, value) for key, values in kept.items() for value in values]


def open_trial(nct_id: str) -> None:
    """Leave for a trial's page; Back leads to this one as it is.

    The browser notes the new keys on this page before it leaves, so this page's own keys have to be among them.
    """
    kept = [(key, value) for key, values in query().items() if key != "nct" for value in values]
    st.switch_page(script("trial"), query_params=[*kept, ("nct", nct_id)])


def problems(found: tuple[str, ...]) -> None:
    """Say what of the address could not be used."""
    if found:
        with st.container(border=True):
            st.markdown(":material/link_off: **Parts of this link could not be used**")
            for sentence in found:
                st.text(sentence)


def carried() -> list[tuple[str, str]]:
    """The scope that links to other pages carry: that of the address, on a trial's page the one seen last."""
    if own("nct"):
        kept: list[tuple[str, str]] = st.session_state.get(_LAST_SCOPE, [])
        return kept
    return params(scope(current()[0]))


_SCOPE_WIDTH = 648  # pixels


def scope_bar(wanted: Filter, names: Mapping[str, str]) -> None:
    """The two switches every page of numbers shares: which conditions, and whether background counts. ``names``: of the
    condition groups; those in focus, and those near them, can be chosen one by one."""
    st.session_state[_LAST_SCOPE] = params(scope(wanted))
    focus = data.watchlist().focus
    single = {one: names[one] for each in focus for one in (each.id, *each.near)}
    options = {DOCUMENTS: _SCOPES[DOCUMENTS], **single, EVERYTHING: _SCOPES[EVERYTHING]}
    st.session_state["scope"] = _chosen_scope(wanted, single)
    st.session_state["background"] = wanted.background
    # As wide as our own watch-list's conditions, so that nothing jumps once they are drawn; the row fits a laptop.
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.segmented_control(
            "Conditions",
            list(options),
            format_func=options.__getitem__,
            key="scope",
            label_visibility="collapsed",
            on_change=_scope_changed,
            width=_SCOPE_WIDTH,
            wrap=True,  # on a phone every choice is in sight
        )
        st.toggle(
            "Include background treatment",
            key="background",
            on_change=_background_changed,
            help="Also count trials in which everybody gets the agent next to the tested treatment. "
            "“Documents’ conditions”: the conditions the documents cover. “All conditions”: whatever the trial "
            "is about.",
        )


def _chosen_scope(wanted: Filter, single: Mapping[str, str]) -> str | None:
    if not wanted.conditions:
        return EVERYTHING if wanted.everywhere else DOCUMENTS
    return wanted.conditions[0] if len(wanted.conditions) == 1 and wanted.conditions[0] in single else None


def page_number(pages: int) -> int:
    """The page of the list in the address; nonsense counts as the first, too much as the last."""
    given = own("page")[-1:]
    return max(1, min(int(given[0]), pages)) if given and re.fullmatch(r"[0-9]{1,6}", given[0]) else 1


def _scope_changed() -> None:
    chosen = st.session_state["scope"]
    if chosen is not None:  # a click on the chosen one takes the choice away: nothing changes then
        conditions = () if chosen in _SCOPES else (chosen,)
        change(lambda wanted: replace(wanted, everywhere=chosen == EVERYTHING, conditions=conditions))


def _background_changed() -> None:
    change(lambda wanted: replace(wanted, background=st.session_state["background"]))


def narrowed(wanted: Filter) -> None:
    """Say that a page of numbers is limited by more than the two switches, with a way out."""
    if wanted == scope(wanted):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(":material/filter_alt: The address sets more filters.", width="content")
        st.button("Clear them", key="clear_filters", type="tertiary", on_click=clear)


def clear() -> None:
    """Take all filters but the two switches out of the address."""
    change(scope)
