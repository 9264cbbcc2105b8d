"""A figure that is sent as it was written down is one that Plotly takes, and shows the same."""

import json
from collections.abc import Callable

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.shared.charts import Drawing, figure
from tests.rigs.pages import elements

Open = Callable[..., AppTest]
BARS = {"type": "bar", "x": [1, 2], "y": ["a", "b"], "marker": {"color": "#1B5E8C"}}


def test_what_is_sent_is_what_plotly_makes_of_it() -> None:
    drawn = figure([BARS], {"height": 200})
    assert isinstance(drawn, Drawing)
    assert drawn.to_dict() == go.Figure(drawn.to_dict()).to_dict()
    assert drawn.to_dict()["layout"]["template"] == go.Figure().to_dict()["layout"]["template"]
    assert (drawn.data[0].y, drawn.layout.height) == (("a", "b"), 200)


def test_what_plotly_does_not_know_is_noticed() -> None:
    with pytest.raises(ValueError, match="colour"):
        figure([{"type": "bar", "colour": "red"}], {}).checked()


@pytest.mark.parametrize("name", ["overview", "agents", "mecfs", "gaps", "map", "timeline", "claims", "results"])
def test_every_figure_of_the_pages_is_one_that_plotly_takes(live: str, opened: Open, name: str) -> None:
    for chart in elements(opened(live, name, "all=1"), "plotly_chart"):
        sent = json.loads(chart.proto.spec)
        assert json.loads(str(go.Figure(sent).to_json())) == sent
