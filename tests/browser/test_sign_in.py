"""Signing in as a person does it: the page, the provider, the data, and out again."""

import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.reading import main, open_page, sidebar, still
from tests.browser.test_every_page import sound
from tests.rigs.oidc import Provider

pytestmark = pytest.mark.browser


def status(url: str, cookies: str = "") -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Cookie": cookies}), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_from_the_button_to_the_data_and_out_again(visit: Visit, tmp_path: Path) -> None:
    with Provider() as provider, provider.dashboard(tmp_path, TRIALS_READERS="*@charity.example") as up:
        window = visit()
        page = window.page
        open_page(page, f"{up.url}/trials?agent=ivig")
        expect(main(page).get_by_role("heading")).to_have_text(["Trial tracker"])
        loading = page.locator(".first-paint")
        assert loading.evaluate("part => getComputedStyle(part).display") == "none", "it would give way in ten seconds"
        expect(page.get_by_test_id("stSidebar")).to_have_count(0)
        for scheme, width in (("light", 390), ("dark", 390), ("dark", 1280), ("light", 1280)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": 800})
            still(page)
            sound(page)
        assert status(f"{up.url}/api/v1/trials") == 401

        page.get_by_role("button", name="Sign in").click()
        expect(main(page).get_by_role("heading", name="All trials")).to_be_visible()
        still(page)
        assert page.url == f"{up.url}/trials?agent=ivig"
        expect(sidebar(page).get_by_text("Signed in as anna@charity.example")).to_be_visible()
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in window.context.cookies())
        assert status(f"{up.url}/api/v1/trials", cookies) == 200

        sidebar(page).get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        still(page)
        assert not [one for one in window.context.cookies() if re.match("_streamlit_user", one["name"])]
        provider.fault = "another key"
        page.get_by_role("button", name="Sign in").click()
        expect(main(page).get_by_text("That sign-in did not work.")).to_be_visible()
        assert window.seen.console == []
        assert up.left_the_machine() == []
