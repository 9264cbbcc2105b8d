"""The timeline page: its pages, and trials that belong together."""

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


def test_timeline_turns_its_pages(starter: str) -> None:
    first, second = (frames(page("timeline", f"page={number}"))[0]["NCT id"] for number in (1, 2))
    assert len(first) == 40
    assert set(first).isdisjoint(second)
