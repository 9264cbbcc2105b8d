"""How far word rules can be trusted, said the same way wherever their findings stand."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from insights.measured import Figures

_RATIOS: dict[str, Any] = {name: st.column_config.NumberColumn(format="%.2f") for name in ("Precision", "Recall")}


def rules(title: str, said: str, names: Mapping[str, str], figures: Mapping[str, Figures]) -> None:
    """An expander with what was compared and the figures of every rule. ``names``: the rules in words."""
    with st.expander(title, icon=":material/rule:"):
        st.text(
            f"{said} Precision: the share of a rule’s findings that the reader confirms. Recall: the share of what the "
            "reader found that the rule finds. A rule below 0.9, or one without enough findings, is shown with "
            "“possibly”."
        )
        table = pd.DataFrame(
            {
                "Rule": [names[rule] for rule in figures],
                "Texts read": [one.texts for one in figures.values()],
                "Found by the rule": [one.right + one.wrong for one in figures.values()],
                "Precision": [one.precision for one in figures.values()],
                "Recall": [one.recall for one in figures.values()],
                "Shown": ["as it is" if one.holds else "with “possibly”" for one in figures.values()],
            }
        )
        st.dataframe(
            table, hide_index=True, column_config=_RATIOS, placeholder="not measured", height="content",
            alt="How the word rules were measured",
        )  # fmt: skip
