"""Agents side by side on one scale."""

from dashboard.agents import charts as agent_charts
from tests.dashboard.shared.test_charts import bars_of, counts


def test_agents_side_by_side_share_scale_and_rows() -> None:
    figure = agent_charts.side_by_side({"One": counts(PHASE2={"open": 50}), "Two": counts(PHASE4={"finished": 3})})
    rows = {tuple(bar.y) for bar in bars_of(figure)}
    assert len(rows) == 1
    assert figure.layout.xaxis.range == figure.layout.xaxis2.range
    assert [title.text for title in figure.layout.annotations] == ["<b>One</b>", "<b>Two</b>"]
    assert sorted(sum(bar.x) for bar in bars_of(figure)) == [3, 50]
