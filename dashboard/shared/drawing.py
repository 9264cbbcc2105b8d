"""A figure that is sent as it was written down."""

from functools import cache
from typing import Any

import plotly.graph_objects as go


class Drawing(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """A figure of plain dictionaries, which reach the browser as they are.

    Plotly's own figure looks at every value when it is made and copies all of them when it is sent, which takes longer
    than the counting. Here that happens only to whoever asks for ``data`` or ``layout``: the tests.
    """

    def __init__(self, traces: list[dict[str, Any]], layout: dict[str, Any]) -> None:
        self._sent = {"data": traces, "layout": {"template": _template()} | layout}

    def to_dict(self) -> dict[str, Any]:
        """What is sent; not to be written to."""
        return self._sent

    def checked(self) -> go.Figure:
        """The same as Plotly's own figure. Raises ValueError for what Plotly does not know."""
        return go.Figure(self._sent)

    @property
    def data(self) -> Any:
        return self.checked().data

    @property
    def layout(self) -> Any:
        return self.checked().layout


@cache
def _template() -> Any:
    """Streamlit's template, as every figure of Plotly gets it."""
    return go.Figure().to_dict()["layout"]["template"]
