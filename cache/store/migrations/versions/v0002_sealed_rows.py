"""A digest in every row that a reader sees; the rows of before are taken as they stand."""

import json

import sqlalchemy as sa
from alembic import op

from cache.store.seal import seal

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEYS = {
    "meta": ["key"],
    "study": ["nct_id"],
    "version": ["id"],
    "answer": ["scope", "nct_id"],
    "match": ["nct_id", "agent"],
    "event": ["id"],
    "scope": ["scope"],
}


def upgrade() -> None:
    missing = sa.text("digest IS NULL")
    for name, keys in _KEYS.items():
        op.add_column(name, sa.Column("digest", sa.String(32)))
        op.create_index(f"ix_{name}_unsealed", name, keys, sqlite_where=missing, postgresql_where=missing)
    connection, there = op.get_bind(), sa.MetaData()
    tables = [sa.Table(name, there, autoload_with=connection) for name in _KEYS]
    notes = there.tables["meta"]
    # A store put together from what could be saved of a newer one has the note already.
    connection.execute(sa.delete(notes).where(notes.c.key == "rows"))
    numbers = {one.name: connection.scalar(sa.select(sa.func.count()).select_from(one)) for one in tables}
    connection.execute(sa.insert(notes).values(key="rows", value=json.dumps(numbers)))
    seal(connection, tables)


def downgrade() -> None:
    """A store is never taken back: an older release would not keep the digests up to date."""
    raise NotImplementedError("The store cannot be taken back to an earlier release; restore a backup of then instead.")
