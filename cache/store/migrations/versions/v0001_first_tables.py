"""The first tables: studies with their versions, answers, matches and events, and what a refresh writes down."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _studies()
    _answers()
    _refreshes()


def downgrade() -> None:
    """A store is never taken back: an older release would not know what it holds."""
    raise NotImplementedError("The store cannot be taken back to an empty database; delete its file instead.")


def _studies() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "study",
        sa.Column("nct_id", sa.String(11), nullable=False),
        sa.Column("origin", sa.String(8), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("official_title", sa.Text()),
        sa.Column("acronym", sa.Text()),
        sa.Column("overall_status", sa.String(40)),
        sa.Column("last_known_status", sa.String(40)),
        sa.Column("status_verified", sa.String(10)),
        sa.Column("study_type", sa.String(40)),
        sa.Column("phases", sa.JSON(none_as_null=True)),
        sa.Column("start_date", sa.String(10)),
        sa.Column("start_date_type", sa.String(20)),
        sa.Column("primary_completion_date", sa.String(10)),
        sa.Column("primary_completion_date_type", sa.String(20)),
        sa.Column("completion_date", sa.String(10)),
        sa.Column("completion_date_type", sa.String(20)),
        sa.Column("enrollment", sa.Integer()),
        sa.Column("enrollment_type", sa.String(20)),
        sa.Column("lead_sponsor", sa.Text()),
        sa.Column("sponsor_class", sa.String(20)),
        sa.Column("conditions", sa.JSON(none_as_null=True)),
        sa.Column("interventions", sa.JSON(none_as_null=True)),
        sa.Column("countries", sa.JSON(none_as_null=True)),
        sa.Column("sites", sa.Integer()),
        sa.Column("has_results", sa.Boolean()),
        sa.Column("why_stopped", sa.Text()),
        sa.Column("first_posted", sa.String(10)),
        sa.Column("last_update_posted", sa.String(10)),
        sa.Column("results_first_posted", sa.String(10)),
        sa.Column("condition_groups", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("aliases", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("as_of", sa.String(10)),
        sa.Column("source", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("body_hash", sa.String(32), nullable=False),
        sa.Column("first_seen", sa.String(20), nullable=False),
        sa.Column("fetched_at", sa.String(20), nullable=False),
        sa.Column("left_registry", sa.String(10)),
        sa.PrimaryKeyConstraint("nct_id", name="pk_study"),
    )
    op.create_table(
        "version",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("nct_id", sa.String(11), nullable=False),
        sa.Column("origin", sa.String(8), nullable=False),
        sa.Column("body_hash", sa.String(32), nullable=False),
        sa.Column("registry_date", sa.String(10)),
        sa.Column("registry_timestamp", sa.String(30)),
        sa.Column("seen_at", sa.String(20), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_version"),
    )
    op.create_index("ix_version_nct_id", "version", ["nct_id", "id"])


def _answers() -> None:
    op.create_table(
        "answer",
        sa.Column("scope", sa.String(60), nullable=False),
        sa.Column("nct_id", sa.String(11), nullable=False),
        sa.Column("origin", sa.String(8), nullable=False),
        sa.Column("asked", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("first_seen", sa.String(20), nullable=False),
        sa.Column("ended_at", sa.String(20)),
        sa.PrimaryKeyConstraint("scope", "nct_id", name="pk_answer"),
    )
    op.create_index("ix_answer_nct_id", "answer", ["nct_id"])
    op.create_table(
        "match",
        sa.Column("nct_id", sa.String(11), nullable=False),
        sa.Column("agent", sa.String(60), nullable=False),
        sa.Column("tier", sa.String(10), nullable=False),
        sa.Column("role", sa.String(10)),
        sa.Column("found_by", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("nct_id", "agent", name="pk_match"),
    )
    op.create_index("ix_match_agent", "match", ["agent"])
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("nct_id", sa.String(11), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("weight", sa.String(6), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True)),
        sa.Column("after", sa.JSON(none_as_null=True)),
        sa.Column("registry_date", sa.String(10)),
        sa.Column("seen_at", sa.String(20), nullable=False),
        sa.Column("refresh_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_nct_id", "event", ["nct_id"])
    op.create_index("ix_event_seen_at", "event", ["seen_at"])
    op.create_table(
        "scope",
        sa.Column("scope", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("starter", sa.Boolean(), nullable=False),
        sa.Column("refreshed_at", sa.String(20)),
        sa.Column("asked_in_full_at", sa.String(20)),
        sa.Column("registry_timestamp", sa.String(30)),
        sa.Column("question", sa.String(32)),
        sa.Column("error", sa.Text()),
        sa.Column("error_at", sa.String(20)),
        sa.PrimaryKeyConstraint("scope", name="pk_scope"),
    )


def _refreshes() -> None:
    op.create_table(
        "refresh",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("outcome", sa.String(12)),
        sa.Column("exit_code", sa.Integer()),
        sa.Column("started_at", sa.String(20), nullable=False),
        sa.Column("ended_at", sa.String(20)),
        sa.Column("beat_at", sa.String(20), nullable=False),
        sa.Column("pid", sa.Integer()),
        sa.Column("host", sa.Text()),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("registry_timestamp", sa.String(30)),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_refresh"),
    )
    op.create_table(
        "progress",
        sa.Column("refresh_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(60), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer()),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("studies", sa.Integer()),
        sa.Column("new", sa.Integer()),
        sa.Column("changed", sa.Integer()),
        sa.Column("left", sa.Integer()),
        sa.Column("set_aside", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.Column("started_at", sa.String(20)),
        sa.Column("ended_at", sa.String(20)),
        sa.PrimaryKeyConstraint("refresh_id", "scope", name="pk_progress"),
        sa.ForeignKeyConstraint(["refresh_id"], ["refresh.id"], name="fk_progress_refresh_id"),
    )
    op.create_table(
        "staged",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("refresh_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(60), nullable=False),
        sa.Column("nct_id", sa.String(11), nullable=False),
        sa.Column("query", sa.String(80), nullable=False),
        sa.Column("body_hash", sa.String(32)),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("prepared", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_staged"),
    )
    op.create_index("ix_staged_scope", "staged", ["refresh_id", "scope", "nct_id"])
    op.create_table(
        "set_aside",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("refresh_id", sa.Integer()),
        sa.Column("scope", sa.String(60), nullable=False),
        sa.Column("nct_id", sa.String(11)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_set_aside"),
    )
