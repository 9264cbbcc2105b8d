"""Brings a store of any earlier release to today's tables; each revision lies in ``versions``.

A store that is up to date is recognised by its stamp alone, without loading Alembic.
"""

import re
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from cache.store.engine import settle

# Every revision this code can read and upgrade, oldest first; a new step adds its own.
KNOWN = ("0001", "0002", "0003", "0004", "0005")
HEAD = KNOWN[-1]

# What every revision looks like, future ones included; anything else in its place is damage.
STAMP = re.compile(r"[A-Za-z0-9_.-]{1,32}")

_STAMPS = "alembic_version"


def revision(connection: Connection) -> str | None:
    """The revision a database is stamped with; None when it carries no stamp."""
    if not inspect(connection).has_table(_STAMPS):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {_STAMPS}")).scalar()  # noqa: S608
    return found


def upgrade(connection: Connection, to: str = HEAD) -> None:
    """Apply what is missing up to ``to``, inside the transaction that ``connection`` is in."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    settle(connection)
