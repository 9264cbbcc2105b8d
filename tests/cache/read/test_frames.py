"""Frames and rows: what is missing is None again, whatever pandas made of it."""

import numpy as np
import pandas as pd

from cache.read.frames import plain_rows


def test_rows_have_pythons_own_values_and_none_for_what_is_missing() -> None:
    frame = pd.DataFrame(
        {
            "text": pd.Series(["a", None], dtype="str"),
            "count": pd.array([1, None], dtype="Int64"),
            "share": [0.5, np.nan],
            "flag": pd.array([True, None], dtype="boolean"),
            "list": [["x", None], None],
            "code": pd.Categorical(["A", None]),
        }
    )
    told, missing = plain_rows(frame)
    assert told == {"text": "a", "count": 1, "share": 0.5, "flag": True, "list": ["x", None], "code": "A"}
    assert [type(value) for value in told.values()] == [str, int, float, bool, list, str]
    assert missing == dict.fromkeys(frame.columns)


def test_a_frame_without_rows_or_columns_has_no_rows() -> None:
    assert plain_rows(pd.DataFrame({"text": []})) == plain_rows(pd.DataFrame()) == []
