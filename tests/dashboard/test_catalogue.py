"""The list of pages: complete, in order, and the only one."""

from contextvars import Context, copy_context
from typing import get_args

from dashboard import catalogue
from dashboard.shared import address
from fetchers.settings import ROOT
from tests.browser import pictures, test_every_page


def test_every_script_is_a_page_and_every_page_has_its_script() -> None:
    scripts = {script.stem for script in (ROOT / "dashboard" / "app_pages").glob("*.py")}
    assert {entry.id for entry in catalogue.PAGES} == scripts


def test_the_checked_names_are_those_of_the_list() -> None:
    assert get_args(catalogue.Page) == tuple(entry.id for entry in catalogue.PAGES)


def test_the_way_around_is_in_order_and_leaves_out_what_only_links_reach() -> None:
    assert catalogue.NAVIGATION == (
        "overview", "agents", "mecfs", "trials", "map", "timeline", "claims", "findings", "gaps", "results",
        "changes", "glossary", "about",
    )  # fmt: skip


def test_no_two_pages_look_alike_and_each_in_the_way_around_says_what_it_is_for() -> None:
    assert len({entry.title for entry in catalogue.PAGES}) == len(catalogue.PAGES)
    assert len({entry.icon for entry in catalogue.PAGES}) == len(catalogue.PAGES)
    assert all(entry.help.endswith(".") for entry in catalogue.PAGES if entry.shown)


def test_every_page_has_its_pictures() -> None:
    assert {name for name in pictures.PICTURES if "-" not in name} == {entry.id for entry in catalogue.PAGES}


def test_every_page_is_opened_in_the_browser() -> None:
    opened = {path.partition("?")[0] or "overview" for path in test_every_page.PAGES}
    assert opened == {entry.id for entry in catalogue.PAGES}


def test_a_link_takes_the_page_that_this_run_has_and_else_its_script() -> None:
    def run() -> tuple[object, object]:
        address.register({"trials": "the page"})
        return address.linked("trials"), address.linked("gaps")

    assert copy_context().run(run) == ("the page", "app_pages/gaps.py")
    assert Context().run(address.linked, "trials") == "app_pages/trials.py"
