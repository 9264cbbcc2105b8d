"""An index of the words of every record; it is filled when the store is opened (``cache.search.index.keep_fresh``)."""

import sqlalchemy as sa
from alembic import op

from cache.store.schema import FULL_TEXT

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "searched",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nct_id", sa.String(11), nullable=False),
        sa.Column("body_hash", sa.String(32), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_searched"),
    )
    op.create_index("ix_searched_nct_id", "searched", ["nct_id"], unique=True)
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in FULL_TEXT:
            connection.execute(sa.text(statement))


def downgrade() -> None:
    """A store is never taken back: an older release would not keep the index in step."""
    raise NotImplementedError("The store cannot be taken back to an earlier release; restore a backup of then instead.")
