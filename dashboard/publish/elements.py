"""What stands on a page of the dashboard as HTML, element by element.

What a person sets (buttons, filters, switches) has no place in a file and is left out; everything that is told is
written. A kind of element that nobody thought of stops the writing: a page with a hole in it must not go out.
"""

import json
from collections.abc import Callable
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

from dashboard.publish import markup, tables
from dashboard.publish.links import Links
from dashboard.publish.tables import Table
from fetchers.errors import LocalTrouble

# Set by people, or of the moment.
LEFT_OUT = frozenset({
    "button", "download_button", "button_group", "toggle", "checkbox", "selectbox", "multiselect", "text_input",
    "number_input", "slider", "popover", "dialog", "skeleton", "spinner", "space", "date_input", "radio", "toast",
    "select_slider", "empty",
})  # fmt: skip
# Blocks by their keys: what is told twice for phones, what only a screen or the visitor's own browser has.
_LEFT_OUT_KEYS = ("narrow_window", "downloads", "my_notes", "on_screen", "scope_bar")
_LEFT_OUT_LABELS = ("Follow this view", "Open near you")  # what takes a running dashboard
_ALERTS = ("info", "warning", "success", "error")


_HEADINGS = {
    "h1": Markup("<h1{}>{}</h1>"), "h2": Markup("<h2{}>{}</h2>"), "h3": Markup("<h3{}>{}</h3>"),
    "h4": Markup("<h4{}>{}</h4>"),
}  # fmt: skip


class Writer:
    """Writes the elements of one page."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._charts = 0
        self.headings: list[str] = []

    def block(self, node: Any) -> Markup:
        """A block with all that stands in it; nothing when that is nothing."""
        inner = Markup("\n").join(filter(None, map(self.node, node.children.values())))
        kind = str(node.type)
        if kind in LEFT_OUT or _key(node).startswith(_LEFT_OUT_KEYS) or _label(node) in _LEFT_OUT_LABELS:
            return Markup()
        if not inner.strip():
            return Markup()
        if kind == "expander":
            return Markup("<details><summary>{}</summary>{}</details>").format(
                markup.inline(node.proto.label, self._href), inner
            )
        if kind == "tab":
            return Markup("<section><h2>{}</h2>{}</section>").format(node.proto.label, inner)
        return Markup('<div class="{}">{}</div>').format(self._layout(node), inner)

    @staticmethod
    def _layout(node: Any) -> str:
        if str(node.type) in ("column", "grid_container"):
            return str(node.type)
        text = str(getattr(node, "proto", ""))
        return "row" if "direction: HORIZONTAL" in text else "stack"

    def node(self, node: Any) -> Markup:
        """An element or a block."""
        if hasattr(node, "children"):
            return self.block(node)
        kind = str(node.type)
        if kind in LEFT_OUT or _label(node) in _LEFT_OUT_LABELS:
            return Markup()
        write = _WRITERS.get(kind)
        if write is None:
            raise LocalTrouble(f"The element “{kind}” of a page cannot be written as a file; the product needs a fix.")
        return write(self, node)

    def _href(self, address: str) -> str | None:
        return self._links.href(address)

    def heading(self, node: Any) -> Markup:
        proto = node.proto
        self.headings.append(markup.inline(proto.body, lambda _: None).striptags())
        named = Markup(' id="{}"').format(proto.anchor) if proto.anchor else Markup()
        return _HEADINGS.get(proto.tag, _HEADINGS["h2"]).format(named, markup.inline(proto.body, self._href))

    def markdown(self, node: Any) -> Markup:
        made = markup.blocks(node.proto.body, self._href)
        return Markup('<div class="caption">{}</div>').format(made) if node.type == "caption" and made else made

    def text(self, node: Any) -> Markup:
        return Markup('<p class="letters">{}</p>').format(node.proto.body)

    def alert(self, node: Any) -> Markup:
        title = getattr(node.proto, "title", "")
        head = Markup("<p><strong>{}</strong></p>").format(title) if title else Markup()
        body = markup.blocks(node.proto.body, self._href)
        return Markup('<div class="note {}" role="note">{}{}</div>').format(node.type, head, body)

    def metric(self, node: Any) -> Markup:
        label, body = markup.inline(node.proto.label, self._href), markup.inline(node.proto.body, self._href)
        return Markup('<p class="metric"><span>{}</span> <strong>{}</strong></p>').format(label, body)

    def code(self, node: Any) -> Markup:
        return Markup("<pre><code>{}</code></pre>").format(node.proto.code_text)

    def page_link(self, node: Any) -> Markup:
        proto = node.proto
        address = f"{proto.page}?{proto.query_string}" if proto.query_string else proto.page
        words = markup.inline(proto.label, self._href)
        return Markup('<p class="link">{}</p>').format(markup.anchor(address, words, self._href))

    def link_button(self, node: Any) -> Markup:
        return Markup('<p class="link">{}</p>').format(
            markup.anchor(node.proto.url, markup.inline(node.proto.label, self._href), self._href)
        )

    def html(self, node: Any) -> Markup:
        # Made by the pages themselves, with every text of the registry escaped.
        return Markup(node.proto.body)  # noqa: S704

    def pagination(self, node: Any) -> Markup:
        """Links to the other pages of a list."""
        return self._links.pages(node.proto.num_pages, node.proto.value)

    def frame(self, node: Any) -> Markup:
        proto = node.proto
        found = tables.sortable(node.value, proto.columns, proto.placeholder, proto.alt, self._href)
        return table(found)

    def table(self, node: Any) -> Markup:
        index = not node.proto.hide_index
        return table(tables.plain(node.value, node.proto.alt, self._href, index=index))

    def chart(self, node: Any) -> Markup:
        """A figure as data for the script beside it; its words stand for it where no script runs."""
        self._charts += 1
        spec = json.loads(node.proto.spec)
        for trace in spec["data"]:
            if "customdata" in trace:
                trace["customdata"] = self._addresses(trace["customdata"])
        data, alt = htmlsafe_json_dumps(spec), node.proto.alt
        return Markup(
            '<div class="chart" role="img" aria-label="{}" data-chart="chart-{}"></div>'
            '<script type="application/json" id="chart-{}">{}</script>'
        ).format(alt, self._charts, self._charts, data)

    def _addresses(self, custom: Any) -> Any:
        if isinstance(custom, list):
            return [self._addresses(one) for one in custom]
        return (self._href(custom) or "") if isinstance(custom, str) and custom else custom


def table(found: Table) -> Markup:
    """A real table, which scrolls by itself when the window is narrower."""
    side = [Markup(' class="number"') if right else Markup() for right in found.right]
    heads = Markup().join(
        Markup('<th scope="col"{}>{}</th>').format(*one) for one in zip(side, found.heads, strict=True)
    )
    lines = Markup("\n").join(
        Markup("<tr>{}</tr>").format(
            Markup().join(Markup("<td{}>{}</td>").format(*one) for one in zip(side, line, strict=True))
        )
        for line in found.lines
    )
    top = Markup("<thead><tr>{}</tr></thead>").format(heads) if any(found.heads) else Markup()
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{0}"><table><caption>{0}</caption>{1}'
        "<tbody>{2}</tbody></table></div>"
    ).format(escape(found.alt), top, lines)


def _label(node: Any) -> str:
    return str(getattr(getattr(node, "proto", None), "label", ""))


def _key(node: Any) -> str:
    """The key a block was given by its page."""
    name = str(getattr(getattr(node, "proto", None), "id", "") or "")
    return name.split("-", 2)[2] if name.count("-") >= 2 else ""


_WRITERS: dict[str, Callable[[Writer, Any], Markup]] = {
    "title": Writer.heading, "header": Writer.heading, "subheader": Writer.heading, "markdown": Writer.markdown,
    "caption": Writer.markdown, "text": Writer.text, "metric": Writer.metric, "code": Writer.code,
    "page_link": Writer.page_link, "link_button": Writer.link_button, "html": Writer.html,
    "pagination": Writer.pagination, "dataframe": Writer.frame, "arrow_data_frame": Writer.frame,
    "table": Writer.table, "arrow_table": Writer.table, "plotly_chart": Writer.chart,
    "divider": lambda *_: Markup("<hr>"), **dict.fromkeys(_ALERTS, Writer.alert),
}  # fmt: skip
