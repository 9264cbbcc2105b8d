"""Which query found which trial, so that a count can be traced back to its queries."""

import pandas as pd
from sqlalchemy import Text, cast, select

from cache.read import frames
from cache.read.lists import Lists
from cache.store.collector import paused
from cache.store.schema import answer, study
from cache.store.store import Store

COLUMNS = ("scope", "nct_id", "origin", "asked")


def answers(store: Store) -> pd.DataFrame:
    """One row for each trial a scope's answer holds now; ``asked`` lists the ids of the queries that found it.

    Trials that left the registry are in none. The starter snapshot came from no query: its lists are empty.
    """
    columns = [answer.c.scope, answer.c.nct_id, answer.c.origin, cast(answer.c.asked, Text)]
    query = select(*columns).join_from(answer, study, answer.c.nct_id == study.c.nct_id)
    query = query.where(answer.c.ended_at.is_(None), study.c.left_registry.is_(None))
    with paused():
        with store.reading() as connection:
            rows = connection.execute(query.order_by(answer.c.scope, answer.c.nct_id)).all()
        scopes, ids, origins, asked = frames.columns(rows, len(columns))
        made = {
            "scope": frames.texts(scopes),
            "nct_id": frames.texts(ids),
            "origin": frames.texts(origins),
            "asked": Lists.of_texts(asked),
        }
    return pd.DataFrame(made)
