"""What the page of the dashboard holds besides Streamlit's own: a placeholder, and early word of what it will need.

Streamlit fetches the code of an element, and the font of its icons, when it first draws one; what is already drawn
then moves. Named in the page's head, they are here in time.
"""

from functools import cache
from pathlib import Path

import streamlit

STATIC = Path(streamlit.__file__).parent / "static"
STYLES = tuple(Path(__file__).with_name(name) for name in ("first_paint.css", "links.css"))
FONTS = ("MaterialSymbols-Rounded", "SourceSerifVariable-Roman")  # of icons and of headings
ELEMENTS = ("Button", "ButtonGroup", "Checkbox", "PageLink", "PlotlyChart", "Selectbox", "TextInput")
_FONT = '<link rel="preload" href="./static/media/{}" as="font" type="font/woff2" crossorigin>'
_ELEMENT = '<link rel="modulepreload" href="./static/js/{}" crossorigin>'
# Loaded by every page, relative as Streamlit's own scripts are, so that it holds below a base path, too.
SCRIPTS = tuple(Path(__file__).with_name(name) for name in ("links.js", "pictures.js", "own_list.js"))
_SCRIPTS = "".join(f'<script defer src="./{script.name}"></script>' for script in SCRIPTS)
_WORDS = '<div class="first-paint" role="status">Trial tracker is loading …</div>'


@cache
def of_page() -> tuple[bytes, bytes]:
    """What goes to the end of the page's head, and to the beginning of its body."""
    style = f"<style>{''.join(path.read_text(encoding='utf-8') for path in STYLES)}</style>"
    return "".join((*preloads(), style, _SCRIPTS)).encode(), _WORDS.encode()


def preloads() -> list[str]:
    """Links to the files of Streamlit that every page needs; a release that calls them otherwise has none."""
    fonts = [file.name for name in FONTS for file in (STATIC / "static" / "media").glob(f"{name}.*woff2")]
    elements = [file.name for name in ELEMENTS for file in (STATIC / "static" / "js").glob(f"{name}.*.js")]
    return [*map(_FONT.format, fonts), *map(_ELEMENT.format, elements)]
