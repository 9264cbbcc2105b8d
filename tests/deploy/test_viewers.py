"""The load tool runs, sees what it counts, and loses nothing. Nothing here looks at a clock."""

import pytest

from benchmarks import viewers

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_viewers_click_while_a_refresh_runs_and_come_back_when_a_dashboard_dies(
    behind_nginx: None, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--viewers", "4", "--studies", "100", "--seconds", "2", "--think", "0.2", "--saturate", "1"]
    given += ["--pace", "0"]
    found = viewers.main(given)
    assert [one.errors for one in found.phases] == [[]] * 4
    assert all(one.clicks for one in found.phases)
    assert sorted(found.at.values()) == [2, 2]
    assert found.refreshed["exit"] == 0
    assert len(found.back) == 2
    assert found.before == found.after
    assert found.after.trials == 100
    assert "Nothing was lost." in capsys.readouterr().out
