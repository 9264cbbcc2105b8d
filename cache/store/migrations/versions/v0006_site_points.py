"""Where the sites of a trial lie; filled by the next refresh, for no older record says it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A column without a value counts for nothing in a row's digest, so the rows stay sealed as they are.
    op.add_column("study", sa.Column("points", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    """A store is never taken back: an older release would write rows without it."""
    raise NotImplementedError("The store cannot be taken back to an earlier release; restore a backup of then instead.")
