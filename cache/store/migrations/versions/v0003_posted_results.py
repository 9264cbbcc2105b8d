"""Posted results: what is known of those of each trial, and every state they were read in."""

import json

import sqlalchemy as sa
from alembic import op

from cache.store.seal import digest_of, holds

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    missing = sa.text("digest IS NULL")
    op.create_table(
        "result",
        sa.Column("nct_id", sa.String(11), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("body_hash", sa.String(32)),
        sa.Column("results_first_posted", sa.String(10)),
        sa.Column("last_update_posted", sa.String(10)),
        sa.Column("question", sa.String(32)),
        sa.Column("read_at", sa.String(20)),
        sa.Column("error", sa.Text()),
        sa.Column("error_at", sa.String(20)),
        sa.Column("digest", sa.String(32)),
        sa.PrimaryKeyConstraint("nct_id", name="pk_result"),
    )
    op.create_index("ix_result_unsealed", "result", ["nct_id"], sqlite_where=missing, postgresql_where=missing)
    op.create_table(
        "result_version",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("nct_id", sa.String(11), nullable=False),
        sa.Column("body_hash", sa.String(32), nullable=False),
        sa.Column("registry_date", sa.String(10)),
        sa.Column("seen_at", sa.String(20), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_result_version"),
    )
    op.create_index(
        "ix_result_version_unsealed", "result_version", ["id"], sqlite_where=missing, postgresql_where=missing
    )
    op.create_index("ix_result_version_nct_id", "result_version", ["nct_id", "id"])
    _count_no_rows()


def _count_no_rows() -> None:
    """The note of how many rows there are names the new tables, too; an altered one stays as it is."""
    connection = op.get_bind()
    notes = sa.table("meta", sa.column("key"), sa.column("value"), sa.column("digest"))
    noted = connection.execute(sa.select(notes).where(notes.c.key == "rows")).mappings().first()
    if noted is not None and holds(noted):
        told = {"key": "rows", "value": json.dumps(json.loads(noted["value"]) | {"result": 0, "result_version": 0})}
        connection.execute(sa.update(notes).where(notes.c.key == "rows").values(**told, digest=digest_of(told)))


def downgrade() -> None:
    """A store is never taken back: an older release would not know what it holds."""
    raise NotImplementedError("The store cannot be taken back to an earlier release; restore a backup of then instead.")
