"""Masks over columns of ids."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cache.filters.select import among

IDS = st.lists(st.integers(0, 30).map("NCT{:08d}".format), max_size=40)


@given(IDS, IDS)
def test_among_is_isin(held: list[str], wanted: list[str]) -> None:
    column = pd.Series(held, dtype="str")
    expected = list(column.isin(wanted))
    assert list(among(column, wanted)) == expected
    assert list(among(column, set(wanted))) == expected
    assert list(among(column, pd.Series(wanted, dtype="str"))) == expected


def test_a_missing_id_is_among_none() -> None:
    assert list(among(pd.Series(["NCT00000001", None], dtype="str"), ["NCT00000001"])) == [True, False]
