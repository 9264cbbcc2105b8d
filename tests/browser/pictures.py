"""Takes the README's pictures: ``python -m tests.browser.pictures --out docs``.

The pages show the starter snapshot, as a fresh clone does, or the store that ``--store`` names.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from dashboard.catalogue import NAVIGATION
from tests.browser.chromium import browser, visitor
from tests.browser.reading import open_page
from tests.browser.serving import Dashboard

LOOKS: dict[str, dict[str, Any]] = {
    "": {"width": 1440, "height": 1000},
    "-dark": {"width": 1440, "height": 1000, "scheme": "dark"},
    "-phone": {"width": 390, "height": 844, "is_mobile": True, "has_touch": True},
}
PAGES: dict[str, str] = dict(zip(NAVIGATION, NAVIGATION, strict=True)) | {
    "overview": "",
    "agents": "agents?agent=rintatolimod",
}
PICTURES = {f"{page}{look}": (path, window) for page, path in PAGES.items() for look, window in LOOKS.items()}


def take(out: Path, names: list[str], *, store: str | None = None, full: bool = False) -> None:
    """Write one PNG for each name into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    env = {"TRIALS_CACHE_URL": store} if store else {}
    with tempfile.TemporaryDirectory() as folder, browser() as chrome, Dashboard(Path(folder), **env) as up:
        for name in names:
            path, look = PICTURES[name]
            window = visitor(chrome, **look)
            open_page(window.page, f"{up.url}/{path}")
            window.page.wait_for_timeout(1000)  # charts fade in
            if full:  # Streamlit scrolls inside the page, so the window has to be as high as its content
                height = window.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
                window.page.set_viewport_size({"width": look["width"], "height": height})
                window.page.wait_for_timeout(1000)
            window.page.screenshot(path=out / f"{name}.png")
            window.context.close()


def main() -> None:
    """The command line."""
    asked = argparse.ArgumentParser(prog="python -m tests.browser.pictures", description=__doc__)
    asked.add_argument("--out", type=Path, required=True, metavar="DIR")
    asked.add_argument("--store", metavar="URL", help="show this store instead of a fresh one")
    asked.add_argument("--full", action="store_true", help="the whole page, however long")
    asked.add_argument("names", nargs="*", metavar="NAME", help=f"which of {', '.join(PICTURES)}; all when none")
    given = asked.parse_args()
    unknown = [name for name in given.names if name not in PICTURES]
    if unknown:
        asked.error(f"there is no picture {', '.join(unknown)}; known are {', '.join(PICTURES)}")
    take(given.out, given.names or list(PICTURES), store=given.store, full=given.full)


if __name__ == "__main__":
    main()
