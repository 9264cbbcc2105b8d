"""Answers on their way lie in a file of their own; the table they filled goes, and the store gives its pages back.

The pages themselves are freed when the store is next tidied (``cache.store.tidy``).
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_staged_scope", "staged")
    op.drop_table("staged")


def downgrade() -> None:
    """A store is never taken back: an older release would look for the table."""
    raise NotImplementedError("The store cannot be taken back to an earlier release; restore a backup of then instead.")
