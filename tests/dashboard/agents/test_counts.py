"""The counts of an agent's page against the export of the same store, and agents side by side."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.conftest import failed
from tests.rigs.pages import WATCHLIST, assert_clean, exported, key_figures, metrics, numbers, texts

NAMES = {agent.id: agent.name for agent in WATCHLIST.agents}
Open = Callable[..., AppTest]


@pytest.mark.parametrize("agent", list(NAMES))
def test_an_agent_shows_its_counts_names_and_trials(live: str, opened: Open, agent: str) -> None:
    app, rows = opened(live, "agents", f"agent={agent}&all=1"), exported(live)
    assert app.selectbox(key="agent").value == agent
    assert_clean(app)
    mine = [row["agents"][agent] for row in rows if agent in row["agents"] and not row["left_registry"]]
    given = [match for match in mine if match["tier"] == "given"]
    shown = metrics(app)
    assert shown["Given"] == str(sum(match["role"] != "background" for match in given))
    assert shown["Background"] == str(sum(match["role"] == "background" for match in given))
    assert shown["Only mentioned"] == str(sum(match["tier"] == "mentioned" for match in mine))
    assert shown["Only as an exclusion"] == str(sum(match["tier"] == "excluded" for match in mine))
    said = " ".join(texts(app))
    for member in WATCHLIST.agent(agent).members:
        if member.on:
            assert member.names[0] in said
    assert any(button.key == f"refresh_{agent}" for button in app.button)


def test_an_agent_without_trials_here_is_none_found_not_none_exists(live: str, opened: Open) -> None:
    app = opened(live, "agents", "agent=azathioprine&condition=fibromyalgia")
    assert not exported(live, "agent=azathioprine&condition=fibromyalgia")
    (info,) = (info.value for info in app.info if "azathioprine" in info.value)
    assert info.startswith("None found. The registry was asked")
    assert "does not mean that none exists" in info


def test_choosing_another_agent_goes_into_the_address(live: str, opened: Open) -> None:
    app = opened(live, "agents", "all=1")
    app.selectbox(key="agent").set_value("sizofiran").run()
    assert app.query_params["agent"] == "sizofiran"
    assert app.query_params["all"] == "1"
    assert app.header[0].value == "Sizofiran"


def test_agents_side_by_side(live: str, opened: Open) -> None:
    app = opened(live, "agents", "compare=corticosteroids&compare=rintatolimod&all=1")
    table = numbers(app, "Agent")
    assert list(table.index) == ["Corticosteroids", NAMES["rintatolimod"]]
    for agent in ("corticosteroids", "rintatolimod"):
        assert int(table.loc[NAMES[agent], "All"]) == len(exported(live, f"all=1&agent={agent}"))
    app.multiselect(key="compare").set_value(["sizofiran", "ivig", "azathioprine"]).run()
    assert app.query_params["compare"] == ["sizofiran", "ivig", "azathioprine"]
    assert_clean(app)


def test_comparing_nonsense_is_said(live: str, opened: Open) -> None:
    app = opened(live, "agents", "compare=foo&compare=ivig")
    assert not app.exception
    assert any("Not compared: foo" in text.value for text in app.text)


def test_a_failed_agent_says_why_and_the_others_stay(own_live: str, opened: Open) -> None:
    failed(own_live)
    app = opened(own_live, "agents", "agent=methotrexate")
    assert any("Methotrexate" in text.value and "<b>four</b>" in text.value for text in app.text)
    said = [one.value for one in app.markdown if "could not be refreshed" in one.value]
    assert said == [":material/sync_problem: Methotrexate could not be refreshed; the data of 20 November 2026 stays."]
    assert key_figures(opened(own_live))["trials"] == len(exported(own_live, ""))
