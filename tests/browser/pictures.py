"""Takes pictures of the pages: ``python -m tests.browser.pictures``.

Every page in light, dark and on a phone, as long as it is, goes to ``build/pictures``, which git ignores; the six of
the README, one window each and with few colours so that they stay small, go to ``docs/pictures``. The pages show the
starter snapshot, as a fresh clone does, or the store that ``--store`` names. The page of a trial with posted results,
which the starter does not hold, comes from that store, too, or from one filled by the registry's stand-in.
"""

import argparse
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from dashboard.catalogue import NAVIGATION
from fetchers.settings import ROOT
from tests.browser.chromium import browser, visitor
from tests.browser.reading import main as main_part
from tests.browser.reading import open_page
from tests.browser.serving import Dashboard
from tests.fake_registry import FakeRegistry, agent_studies

BUILT, README = ROOT / "build" / "pictures", ROOT / "docs" / "pictures"
LOOKS: dict[str, dict[str, Any]] = {
    "": {"width": 1440, "height": 1000},
    "-dark": {"width": 1440, "height": 1000, "scheme": "dark"},
    "-phone": {"width": 390, "height": 844, "is_mobile": True, "has_touch": True},
}
TRIAL = "NCT09020002"  # of the stand-in, with posted results
PAGES: dict[str, str] = dict(zip(NAVIGATION, NAVIGATION, strict=True)) | {
    "overview": "",
    "agents": "agents?agent=rintatolimod",
    "trial": "trial?nct=",
    "claims-of-one": "claims?agent=rintatolimod",
}
PICTURES = {f"{page}{look}": (path, window) for page, path in PAGES.items() for look, window in LOOKS.items()}
IN_README = ("overview", "overview-dark", "overview-phone", "gaps", "trial", "claims-of-one")
TALLER = {"overview-phone": 1266}  # the screen and a half that hold its first chart
FIRST_SEEN = {"trial": "What was found"}  # the header that a picture of one window begins with, if not the top
COLOURS = 128


class Studio:
    """The pages of one store, taken one by one. ``trial``: the one whose page stands for all."""

    def __init__(self, chrome: Browser, up: Dashboard, trial: str) -> None:
        self._chrome, self._up, self._trial = chrome, up, trial

    def take(self, name: str, out: Path, *, full: bool) -> None:
        """Write one PNG; ``full``: the whole page, however long."""
        path, look = PICTURES[name]
        window = visitor(self._chrome, **look)
        open_page(window.page, f"{self._up.url}/{path}{self._trial if path.endswith('nct=') else ''}")
        window.page.wait_for_timeout(1000)  # charts fade in
        if full:
            _grow(window.page, look["width"])
        elif name in TALLER:
            _grow(window.page, look["width"], TALLER[name])
        elif name in FIRST_SEEN:
            header = main_part(window.page).get_by_role("heading", name=FIRST_SEEN[name])
            header.evaluate("part => part.scrollIntoView()")
            window.page.wait_for_timeout(1000)
        out.mkdir(parents=True, exist_ok=True)
        window.page.screenshot(path=out / f"{name}.png")
        window.context.close()


def _grow(page: Page, width: int, height: int | None = None) -> None:
    """Make the window so high, by default as high as its content: Streamlit scrolls inside the page."""
    height = height or page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(1000)


def smaller(path: Path) -> None:
    """Give a PNG no more colours than people see, the rare ones kept: they tell the marks of a chart apart."""
    with Image.open(path) as image:
        few = image.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def take(names: Iterable[str], out: Path, *, full: bool, store: str | None = None, trial: str = TRIAL) -> None:
    """Write the pictures of these names."""
    of_trial = [name for name in names if name.startswith("trial") and not name.startswith("trials")]
    rest = [name for name in names if name not in of_trial]
    with ExitStack() as open_, browser() as chrome:
        env = {"TRIALS_CACHE_URL": store} if store else {}
        for some, filled in ((rest, False), (of_trial, store is None)):
            if not some:
                continue
            folder = Path(open_.enter_context(tempfile.TemporaryDirectory()))
            up = open_.enter_context(_filled(folder, open_) if filled else Dashboard(folder, **env))
            if filled:
                up.run("refresh")
            for name in some:
                Studio(chrome, up, trial).take(name, out, full=full)


def _filled(folder: Path, open_: ExitStack) -> Dashboard:
    """A dashboard that can be refreshed from the stand-in."""
    registry = open_.enter_context(FakeRegistry(agent_studies()))
    return Dashboard(folder, registry.url, TRIALS_PACE_SECONDS="0")


def main() -> None:
    """The command line."""
    asked = argparse.ArgumentParser(prog="python -m tests.browser.pictures", description="Pictures of the pages.")
    asked.add_argument("--out", type=Path, default=BUILT, metavar="DIR", help="default: build/pictures")
    asked.add_argument("--store", metavar="URL", help="show this store instead of fresh ones")
    asked.add_argument("--trial", default=TRIAL, metavar="NCT", help="whose page stands for all trials")
    asked.add_argument("--window", action="store_true", help="one window of each page instead of the whole")
    asked.add_argument("--readme", action="store_true", help="only the six of the README")
    asked.add_argument("names", nargs="*", metavar="NAME", help=f"which of {', '.join(PICTURES)}; all when none")
    given = asked.parse_args()
    unknown = [name for name in given.names if name not in PICTURES]
    if unknown:
        asked.error(f"there is no picture {', '.join(unknown)}; known are {', '.join(PICTURES)}")
    shown = {"store": given.store, "trial": given.trial}
    if not given.readme:
        take(given.names or list(PICTURES), given.out, full=not given.window, **shown)
    if not given.names:
        take(IN_README, README, full=False, **shown)
        for name in IN_README:
            smaller(README / f"{name}.png")


if __name__ == "__main__":
    main()
