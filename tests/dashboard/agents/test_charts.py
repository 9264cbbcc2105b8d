"""Agents side by side on one scale."""

from dashboard.agents import charts as agent_charts
from tests.dashboard.shared.test_charts import bars_of, counts, somewhere


def test_agents_side_by_side_share_scale_and_rows() -> None:
    frames = {"One": counts(PHASE2={"open": 50}), "Two": counts(PHASE4={"finished": 3})}
    figure = agent_charts.side_by_side(frames, dict.fromkeys(frames, somewhere))
    rows = {tuple(bar.y) for bar in bars_of(figure)}
    assert len(rows) == 1
    assert {bar.yaxis for bar in bars_of(figure)} == {"y"}
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]
    assert figure.layout.xaxis.range == figure.layout.xaxis2.range
    assert [title.text for title in figure.layout.annotations] == ["One", "Two"]
    assert sorted(sum(bar.x) for bar in bars_of(figure)) == [3, 50]
