"""The pages made of the stored records one by one: each number opens just its trials."""

import pytest

from tests.rigs.pages import frames, key_figures, metrics, page, shown


@pytest.mark.parametrize("name", ["results", "mecfs", "timeline"])
def test_every_page_opens_and_says_how_old_its_data_is(recorded_or_starter: str, name: str) -> None:
    at = page(name, "all=1" if name != "mecfs" else "")
    assert at.title[0].value
    assert any("Registry data of" in one.value or "Starter snapshot of" in one.value for one in at.caption)
    assert "Not medical advice." in shown(at)
    assert frames(at)


@pytest.mark.parametrize("name", ["results", "mecfs"])
def test_every_number_opens_the_list_of_its_trials(recorded: str, name: str) -> None:
    at = page(name, "all=1" if name == "results" else "")
    rows = [row for table in frames(at) if "Trials" in table for row in table.to_dict("records")]
    linked = [(row["All"], row["Trials"]) for row in rows if row["All"]]
    cells = [cell.partition("#") for row in rows for cell in map(str, row.values()) if "#" in cell]
    linked += [(int(number), link) for link, _, number in cells if number != "0"]
    assert len(linked) > 10
    for number, link in dict.fromkeys(linked):
        path, _, query = link.partition("?")
        assert path == name
        listed = page(name, query)
        assert "This page has no list" not in shown(listed)
        (table,) = frames(listed)
        assert len(table) == number
        assert all(cell.startswith("trial?nct=NCT") for cell in table["NCT id"])


def test_a_list_that_does_not_exist_is_said_and_everything_is_shown(recorded: str) -> None:
    for name in ("results", "mecfs"):
        at = page(name, "show=state.nonsense")
        assert "This page has no list" in shown(at)
        assert len(frames(at)) > 3


@pytest.mark.parametrize("name", ["overview", "agents"])
def test_numbers_say_how_many_there_are_when_a_platform_counts_once(recorded: str, name: str) -> None:
    at = page(name, "agent=ivig&condition=me_cfs")
    (link,) = [one.proto.label for one in at.get("page_link") if "count once" in one.proto.label]
    total = key_figures(at)["trials"] if name == "overview" else int(metrics(at)["Trials"])
    assert link == f"{total - 1} trials when a platform and its sub-studies count once"
    none = page(name, "agent=methotrexate&condition=me_cfs")
    assert not [one for one in none.get("page_link") if "count once" in one.proto.label]
