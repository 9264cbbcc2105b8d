"""The timeline page: its pages, and trials that belong together."""

from dashboard.timeline.parts import SHOWN
from tests.rigs.pages import frames, page, shown
from tests.rigs.recorded_studies import PART, PLATFORM


def test_timeline_links_platform_and_sub_study_and_counts_them_once(recorded: str) -> None:
    at = page("timeline", "agent=ivig&condition=me_cfs")
    bars, links = frames(at)
    assert {f"trial?nct={PLATFORM}", f"trial?nct={PART}"} <= set(bars["NCT id"])
    assert f"{len(bars) + 0} trials" in shown(at)
    assert "count once" in shown(at)
    (link,) = links.to_dict("records")
    assert (link["NCT id"], link["Names"]) == (f"trial?nct={PART}", f"trial?nct={PLATFORM}")
    assert link["In the registry’s words"] == f"A sub-study of the platform {PLATFORM}."


def test_timeline_turns_its_pages_and_keeps_its_order(starter: str) -> None:
    first, second = (frames(page("timeline", f"sort=size&page={number}"))[0] for number in (1, 2))
    assert len(first) == SHOWN
    assert set(first["NCT id"]).isdisjoint(second["NCT id"])
    assert first["People"].min() >= second["People"].max()


def test_the_order_is_written_to_the_address(starter: str) -> None:
    at = page("timeline", "all=1&page=2")
    at.segmented_control(key="timeline_order").set_value("end").run()
    assert (at.query_params["sort"], at.query_params["all"]) == ("end", "1")
    assert "page" not in at.query_params
    assert "latest end first" in shown(at)
    at.segmented_control(key="timeline_order").set_value("start").run()
    assert "sort" not in at.query_params


def test_an_order_that_is_none_is_said(starter: str) -> None:
    at = page("timeline", "sort=beauty")
    assert "“beauty” is no order: start, end, size or status. The newest start stands first." in shown(at)
