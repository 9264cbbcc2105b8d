"""An index of the words of every record, filled when the store is opened (``cache.search.index.keep_fresh``); and where
the sites of a trial lie, filled by the next refresh, for no older record says it."""

import sqlalchemy as sa
from alembic import op

from cache.store.engine import on_sqlite
from cache.store.postgres import LEXEMES
from cache.store.schema import FULL_TEXT

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A column without a value counts for nothing in a row's digest, so the rows stay sealed as they are.
    op.add_column("study", sa.Column("points", sa.JSON(none_as_null=True)))
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
    for statement in FULL_TEXT if on_sqlite(connection) else LEXEMES:
        connection.execute(sa.text(statement))


def downgrade() -> None:
    """A store is never taken back: an older release would neither keep the index in step nor write the places."""
    raise NotImplementedError("The store cannot be taken back to an earlier release; restore a backup of then instead.")
