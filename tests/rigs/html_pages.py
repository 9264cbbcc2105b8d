"""Reading a page of HTML with Python's own parser: its links, ids, headings, tables and scripts."""

import re
from html.parser import HTMLParser
from typing import Any


class HtmlPage(HTMLParser):
    """What stands in a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.hrefs: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.loaded: list[str] = []  # scripts and styles
        self.handlers: list[str] = []
        self.words: list[str] = []
        self.charts: list[str] = []  # their data
        self.tables: list[tuple[str, list[list[str]]]] = []
        self._cell: list[str] | None = None
        self._inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.handlers += [name for name in given if name.startswith("on")]
        if tag == "a":
            self.hrefs.append(given.get("href", ""))
        if "id" in given:
            self.ids.append(given["id"])
        if tag in ("script", "link", "img", "iframe") and ("src" in given or "href" in given):
            self.loaded.append(given.get("src") or given["href"])
        self._open(tag, given)

    def _open(self, tag: str, given: dict[str, str]) -> None:
        if tag in ("script", "style"):
            self._inside.append(tag)
            if given.get("type") == "application/json":
                self.charts.append("")
        elif tag == "table":
            self.tables.append(("", []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("td", "th", "caption"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside.pop()
        elif tag in ("td", "th") and self._cell is not None:
            self.tables[-1][1][-1].append("".join(self._cell))
            self._cell = None
        elif tag == "caption" and self._cell is not None:
            self.tables[-1] = ("".join(self._cell), self.tables[-1][1])
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._inside:
            if self.charts and self._inside[-1] == "script":
                self.charts[-1] += data
            return
        self.words.append(data)
        if self._cell is not None:
            self._cell.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def table(self, name: str) -> list[list[str]]:
        """The lines of the first table of this caption, headings first."""
        return next(lines for caption, lines in self.tables if caption == name)


def shown_cell(value: Any, how: dict[str, Any], placeholder: str) -> str:
    """A value of the dashboard's table as its grid shows it, said once more without the product's code."""
    if (isinstance(value, float) and value != value) or value is None or str(value) == "<NA>":
        return placeholder
    if how.get("type") == "link":
        shown = how["display_text"]
        if "(" not in shown:
            return str(shown)
        return str(re.findall(shown, value)[0])
    if hasattr(value, "tolist") and not isinstance(value, (int, float)):
        value = value.tolist()
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if str(how.get("format")).startswith("%"):
            return str(how["format"] % value)
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"
    return str(value)
