"""Debian's Chromium, driven by playwright: one browser, a context for every visitor, everything it does recorded."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

PATH = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What is not on this machine has no address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PATIENCE_MS = 30_000
# Opened on a page other than the first, Streamlit's client tries whether the page's name is part of a base path, and
# Chromium notes the 404 that tells it "no".
_PROBE = re.compile(r"^http://localhost:\d+/\w+/_stcore/(health|host-config)$")


@dataclass
class Seen:
    """What one visitor's pages did."""

    console: list[str] = field(default_factory=list)
    outward: list[str] = field(default_factory=list)

    def request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about", "chrome-error") and parts.hostname not in LOOPBACK:
            self.outward.append(url)

    def message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _PROBE.search(message.location["url"]):
            self.console.append(f"{message.type}: {message.text} {message.location['url']}")


@dataclass
class Visitor:
    """A browser window with a session of its own."""

    context: BrowserContext
    page: Page
    seen: Seen
    size: tuple[int, int]

    def forget(self) -> bool:
        """Make the window that of a visitor who was never here, except that scripts need not be compiled again, which
        is two thirds of opening a page. Whether that was possible: not when the visitor closed the window."""
        if self.page.is_closed():
            return False
        for other in self.context.pages:
            if other is not self.page:
                other.close()
        if self.page.url.startswith("http"):
            self.page.evaluate("localStorage.clear(), sessionStorage.clear()")
        self.context.clear_cookies()
        # Told from inside the page: asked for from outside it would get a new process, without the compiled scripts.
        self.page.evaluate("location.replace('about:blank')")
        self.page.wait_for_url("about:blank")
        self.page.mouse.move(0, 0)
        self.page.set_viewport_size({"width": self.size[0], "height": self.size[1]})
        self.seen.console.clear()
        self.seen.outward.clear()
        return True


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=PATH, args=ARGUMENTS)
        try:
            yield launched
        finally:
            launched.close()


def visitor(
    launched: Browser,
    *,
    width: int = 1280,
    height: int = 900,
    scheme: Literal["light", "dark"] = "light",
    **options: Any,
) -> Visitor:
    """A new visitor without cookies, its requests and console recorded from the first one on."""
    context = launched.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB", timezone_id="UTC", **options
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    seen = Seen()
    context.on("request", lambda request: seen.request(request.url))
    context.on("console", seen.message)
    context.on("weberror", lambda error: seen.console.append(f"page error: {error.error}"))
    page = context.new_page()
    page.on("websocket", lambda socket: seen.request(socket.url.replace("ws", "http", 1)))
    return Visitor(context, page, seen, (width, height))
