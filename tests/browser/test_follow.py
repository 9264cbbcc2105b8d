"""Follow a view: the command a page shows is run, and what moved arrives as a mail and in the feed."""

import json
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from urllib.parse import urljoin

import feedparser
import pytest
from playwright.sync_api import expect

from fetchers.settings import ROOT
from tests.browser.conftest import Visit
from tests.browser.reading import main, open_page, still
from tests.browser.serving import Dashboard
from tests.fake_registry import FakeRegistry
from tests.rigs.catching import mail_server

pytestmark = pytest.mark.browser
Serve = Callable[..., Dashboard]


def run(up: Dashboard, command: str, *more: str) -> subprocess.CompletedProcess[str]:
    """A command line as a page shows it, run where the dashboard runs."""
    python, *words = shlex.split(command)
    assert python == "python"
    env = up.env | {"TRIALS_SMTP_FROM": "tracker@example.org"}
    return subprocess.run(
        [sys.executable, *words, *more], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_change_arrives_as_a_mail_and_in_the_feed(serve: Serve, registry: FakeRegistry, visit: Visit) -> None:
    up = serve(registry.url, TRIALS_PACE_SECONDS="0", TRIALS_REFRESH="nobody")
    assert up.run("refresh").returncode == 0
    page = visit().page
    open_page(page, f"{up.url}/trials?agent=ivig")
    main(page).get_by_text("Follow this view").click()
    still(page)
    code = main(page).locator("[data-testid='stCode'] code").filter(has_text="cache digest")
    expect(code).to_be_visible()
    command = code.inner_text().strip()
    feed = main(page).get_by_role("link", name="Feed of changes").get_attribute("href")
    assert feed is not None
    assert main(page).get_by_role("link", name="Calendar of coming completions").get_attribute("href")

    with mail_server() as (caught, port):
        to = ("--to", f"smtp://127.0.0.1:{port}/?to=reader@example.org")
        assert run(up, command, *to).stderr == "Nothing new for reader@example.org.\n"
        nct_id = moved(up, registry)
        assert up.run("refresh").returncode == 0
        sent = run(up, command, *to)
        assert (sent.returncode, sent.stdout) == (0, ""), sent.stderr
        assert run(up, command, *to).stderr == "Nothing new for reader@example.org.\n"
    (mail,) = caught.mails
    assert mail.recipient == "reader@example.org"
    text, html = (mail.message.get_body((part,)) for part in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert f"{up.url}/trial?nct={nct_id}" in text.get_content()
    said = " ".join(text.get_content().split())
    assert "[taken out: " in said
    assert "[put in: " in said
    assert "newly found people" in said
    assert "<ins>[put in:" in html.get_content()

    with urllib.request.urlopen(urljoin(f"{up.url}/", feed), timeout=20) as answer:
        entries = feedparser.parse(answer.read()).entries
    assert [one for one in entries if nct_id in one.title and "[put in:" in one.content[0].value]
    assert up.left_the_machine() == []


def moved(up: Dashboard, registry: FakeRegistry) -> str:
    """A trial of IVIG whose title loses its last word and gets others, in the registry."""
    found = run(up, "python -m cache export --format json --out", str(up.folder / "x.json"), "--query", "agent=ivig")
    assert found.returncode == 0, found.stderr
    trial = json.loads((up.folder / "x.json").read_text(encoding="utf-8"))[0]
    title = f"{trial['title'].rpartition(' ')[0]} newly found people"
    registry.edit(
        trial["nct_id"],
        **{
            "protocolSection.identificationModule.briefTitle": title,
            "protocolSection.statusModule.lastUpdatePostDateStruct.date": "2026-11-22",
        },
    )
    registry.reload()
    return str(trial["nct_id"])
