"""What the stored record of one trial tells, gathered once for its page and its brief. Pure, no Streamlit.

Every judgement here is made for this one record by the same rules that judge all of them, so that a trial's page need
not wait for 25,000 others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cache.read.frames import plain_rows
from cache.read.results import Posted
from dashboard.trial.words import Row, text
from fetchers.record.study import Study
from insights import results_due, stale
from insights.findings import across, papers
from insights.results_due import Verdict
from insights.why_stopped import CLASSES, said, why_classes


@dataclass(frozen=True)
class Known:
    """One trial. ``row``: of ``queries.trials``; ``study``: its newest record, None when there is none that can be
    read; ``facts``: its row of ``record_data.facts`` as a frame, without a row when there is no record; ``in_focus``:
    it is in a condition the watch-list puts into focus; ``posted``: what is known of its posted results."""

    row: Row
    study: Study | None
    facts: pd.DataFrame
    in_focus: bool = False
    posted: Posted | None = None

    @property
    def nct_id(self) -> str:
        return str(self.row["nct_id"])

    @property
    def told(self) -> bool:
        """Whether the record is the registry's own: what it does not name is then not there, else only not known."""
        return self.study is not None and self.row["origin"] == "live"

    @property
    def has_results(self) -> bool | None:
        """Whether results are posted; None when that is not known."""
        posted = self.row["has_results"]
        return None if posted is None or pd.isna(posted) else bool(posted)

    @property
    def updated(self) -> str | None:
        """The last update of the record, as the registry wrote it."""
        return text(self.row["last_update_posted"])

    @property
    def tells_findings(self) -> bool:
        """Whether its page has a section on what was found: results are posted, or were before they were withdrawn."""
        return bool(self.has_results) or across.has_section(self.posted)

    @cached_property
    def fact(self) -> Mapping[str, Any] | None:
        """The row of facts as plain values, None for what is missing."""
        rows = plain_rows(self.facts)
        return rows[0] if rows else None

    @property
    def judged_on(self) -> str | None:
        """The day these facts stood so in their source."""
        return self.fact["judged_on"] if self.fact else None

    @cached_property
    def verdict(self) -> Verdict | None:
        """What can be said of posted results; None without a record."""
        return results_due.verdict(self.fact) if self.fact else None

    @cached_property
    def flags(self) -> list[dict[str, Any]]:
        """What time has overtaken: rows of ``stale.stale`` with plain values."""
        return stale.flags(self.fact) if self.fact else []

    @cached_property
    def registration(self) -> tuple[str, int | None]:
        """``stale.registered``: a key of REGISTRATION and the days from start to submission."""
        return stale.registered(self.fact) if self.fact else ("unknown", None)

    @cached_property
    def published(self) -> list[dict[Any, Any]]:
        """The references of the record in their order; None for what one does not say."""
        return plain_rows(papers.published(self.facts))

    @property
    def why_stopped(self) -> str | None:
        """Why it stopped, in the registry's words; None when nothing is said."""
        return text(self.row["why_stopped"])

    @property
    def why_classes(self) -> str | None:
        """The classes of the reason by the word rules; None for a trial that neither stopped nor gives a reason."""
        if self.why_stopped is None and self.row["overall_status"] not in stale.STOPPED:
            return None
        if self.why_stopped is None and not self.told:
            return CLASSES["not_known"]
        return "; ".join(said(one) for one in why_classes(self.why_stopped))

    @property
    def eligibility(self) -> str | None:
        """The eligibility text as the registry has it; None when it is not known or not there."""
        return (self.study.eligibility.eligibility_criteria or None) if self.study else None
