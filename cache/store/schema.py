"""The tables of the store, in SQLAlchemy Core; nothing here that only SQLite could do.

Dates of the registry are kept as text, the way the registry wrote them. Our own times are UTC ISO texts ending in
``Z``, to the second, so they sort and compare as they stand. Lists are JSON; JSON null means "not known".
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    null,
    text,
)
from sqlalchemy import (
    event as events,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _sealed(name: str, *key: str) -> tuple[Column[str], Index]:
    """The digest of a row (``cache.store.seal``), and an index of the rows that wait for theirs.

    PostgreSQL gets its index from the migrations, which make all tables there: to say it here as well would load that
    dialect in every process.
    """
    index = Index(name, *key, sqlite_where=text("digest IS NULL"))
    return Column("digest", String(32), onupdate=null()), index


# Single values: "version" counts every change a reader may see, "created_at" says when the store was made,
# "rescued" what was saved from a damaged one, "rows" how many rows the other tables have (cache.store.seal), "results"
# what reading posted results has cost (cache.ingest.posted), "digest:…" up to where somebody has been told of changes
# (cache.digest.marks), "verdicts" what the claims were judged to be (cache.changes.verdicts).
meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    *_sealed("ix_meta_unsealed", "key"),
)

# The newest known state of every trial, flat, one row a trial.
study = Table(
    "study",
    metadata,
    Column("nct_id", String(11), primary_key=True),
    Column("origin", String(8), nullable=False),  # live | starter
    Column("title", Text),
    Column("official_title", Text),
    Column("acronym", Text),
    Column("overall_status", String(40)),
    Column("last_known_status", String(40)),
    Column("status_verified", String(10)),
    Column("study_type", String(40)),
    Column("phases", JSON(none_as_null=True)),  # [] = the record has none, null = not known
    Column("start_date", String(10)),
    Column("start_date_type", String(20)),
    Column("primary_completion_date", String(10)),
    Column("primary_completion_date_type", String(20)),
    Column("completion_date", String(10)),
    Column("completion_date_type", String(20)),
    Column("enrollment", Integer),
    Column("enrollment_type", String(20)),
    Column("lead_sponsor", Text),
    Column("sponsor_class", String(20)),
    Column("conditions", JSON(none_as_null=True)),
    Column("interventions", JSON(none_as_null=True)),  # ["DRUG: Prednisone", ...]
    Column("countries", JSON(none_as_null=True)),
    Column("sites", Integer),
    Column("points", JSON(none_as_null=True)),  # where the sites lie: cache.places.column
    Column("has_results", Boolean),
    Column("why_stopped", Text),
    Column("first_posted", String(10)),
    Column("last_update_posted", String(10)),
    Column("results_first_posted", String(10)),
    Column("condition_groups", JSON(none_as_null=True), nullable=False),
    Column("aliases", JSON(none_as_null=True), nullable=False),
    Column("as_of", String(10)),  # starter only: the day the facts stood so
    Column("source", Text),  # starter only: where the facts were read
    Column("note", Text),  # what the source could not say, or could not be read of its answer
    Column("body_hash", String(32), nullable=False),  # of the newest version; empty when a rescue could not save it
    Column("first_seen", String(20), nullable=False),
    Column("fetched_at", String(20), nullable=False),  # the row was written; read since: cache.store.held.brought
    Column("left_registry", String(10)),  # day on which the registry was seen to have dropped it
    *_sealed("ix_study_unsealed", "nct_id"),
)

# Every distinct state a live record was seen in, oldest first by id. ``body`` is zlib over ``Study.body()``.
# A starter record has one version of its own, which goes when the first live one comes: the two are never compared.
version = Table(
    "version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("nct_id", String(11), nullable=False),
    Column("origin", String(8), nullable=False),  # live | starter
    Column("body_hash", String(32), nullable=False),
    Column("registry_date", String(10)),  # last update posted
    Column("registry_timestamp", String(30)),  # data load it was read from
    Column("seen_at", String(20), nullable=False),
    Column("body", LargeBinary, nullable=False),
    *_sealed("ix_version_unsealed", "id"),
    Index("ix_version_nct_id", "nct_id", "id"),
)

# What is known of the posted results of a trial: whether they are asked for, and what came of it. What the last good
# answer held stays when a later one fails, and when the registry no longer posts any.
result = Table(
    "result",
    metadata,
    Column("nct_id", String(11), primary_key=True),
    Column("wanted", Boolean, nullable=False),  # the last refresh counted it among those to read
    Column("body_hash", String(32)),  # of its newest ``result_version``; null: never read
    Column("results_first_posted", String(10)),  # the record's dates when they were read: asked again when they move
    Column("last_update_posted", String(10)),
    Column("question", String(32)),  # hash of the field list they were read with
    Column("read_at", String(20)),
    Column("error", Text),  # of the last attempt, null when it succeeded
    Column("error_at", String(20)),
    *_sealed("ix_result_unsealed", "nct_id"),
)

# Every distinct state the results of a trial were read in, oldest first by id; ``body``: zlib over ``Results.body()``.
result_version = Table(
    "result_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("nct_id", String(11), nullable=False),
    Column("body_hash", String(32), nullable=False),
    Column("registry_date", String(10)),  # last update posted
    Column("seen_at", String(20), nullable=False),
    Column("body", LargeBinary, nullable=False),
    *_sealed("ix_result_version_unsealed", "id"),
    Index("ix_result_version_nct_id", "nct_id", "id"),
)

# Which scope (agent id or swept condition id) holds which trial, and until when.
answer = Table(
    "answer",
    metadata,
    Column("scope", String(60), primary_key=True),
    Column("nct_id", String(11), primary_key=True),
    Column("origin", String(8), nullable=False),  # live | starter
    Column("asked", JSON(none_as_null=True), nullable=False),  # ids of the queries that brought it
    Column("first_seen", String(20), nullable=False),
    Column("ended_at", String(20)),  # since when the scope no longer holds it
    *_sealed("ix_answer_unsealed", "scope", "nct_id"),
    Index("ix_answer_nct_id", "nct_id"),
)

# Why a trial belongs to an agent.
match = Table(
    "match",
    metadata,
    Column("nct_id", String(11), primary_key=True),
    Column("agent", String(60), primary_key=True),
    Column("tier", String(10), nullable=False),  # given | mentioned | excluded
    Column("role", String(10)),  # tested | comparator | background | unclear; null unless given
    Column("found_by", JSON(none_as_null=True), nullable=False),
    *_sealed("ix_match_unsealed", "nct_id", "agent"),
    Index("ix_match_agent", "agent"),
)

# What two versions of a trial differ in.
event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("nct_id", String(11), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("weight", String(6), nullable=False),  # high | medium | low | noise
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Column("registry_date", String(10)),
    Column("seen_at", String(20), nullable=False),
    Column("refresh_id", Integer),
    *_sealed("ix_event_unsealed", "id"),
    Index("ix_event_seen_at", "seen_at"),
    Index("ix_event_nct_id", "nct_id"),
)

# The ids of the scopes of posted results and of the registry's whole file; all others are agents and swept conditions.
RESULTS_SCOPE = "results"
REGISTRY_SCOPE = "whole_registry"
REGISTRY_NAME = "Whole registry"  # for people

# The state of every scope: when it was last answered in full, under which data load, and why it failed since.
scope = Table(
    "scope",
    metadata,
    Column("scope", String(60), primary_key=True),
    Column("kind", String(10), nullable=False),  # agent | sweep | results
    Column("starter", Boolean, nullable=False),  # still shows starter rows: no refresh has succeeded yet
    Column("refreshed_at", String(20)),  # last full success
    Column("asked_in_full_at", String(20)),  # last time every record was fetched again
    Column("registry_timestamp", String(30)),
    Column("question", String(32)),  # hash of watch-list, field list and matcher the answer was made with
    Column("error", Text),  # of the last attempt, null when it succeeded
    Column("error_at", String(20)),
    *_sealed("ix_scope_unsealed", "scope"),
)

refresh = Table(
    "refresh",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("state", String(10), nullable=False),  # running | ended
    Column("outcome", String(12)),  # fresh | partial | failed | cancelled | broken (died without a word)
    Column("exit_code", Integer),
    Column("started_at", String(20), nullable=False),
    Column("ended_at", String(20)),
    Column("beat_at", String(20), nullable=False),  # last sign of life
    Column("pid", Integer),
    Column("host", Text),
    Column("full", Boolean, nullable=False),
    Column("cancel", Boolean, nullable=False),  # somebody asked it to stop
    Column("registry_timestamp", String(30)),
    Column("requests", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("error", Text),
)

# One row per scope of a refresh, written while it runs: this is what the page watches.
progress = Table(
    "progress",
    metadata,
    Column("refresh_id", Integer, ForeignKey("refresh.id"), primary_key=True),
    Column("scope", String(60), primary_key=True),
    Column("place", Integer, nullable=False),  # order in which it is asked
    Column("status", String(10), nullable=False),  # waiting | asking | storing | fresh | unchanged | failed
    Column("requests", Integer, nullable=False),
    Column("expected", Integer),  # trials the registry announced
    Column("fetched", Integer, nullable=False),
    Column("studies", Integer),
    Column("new", Integer),
    Column("changed", Integer),
    Column("left", Integer),
    Column("set_aside", Integer),
    Column("error", Text),
    Column("started_at", String(20)),
    Column("ended_at", String(20)),
)

# Records that could not be read, kept with the reason.
set_aside = Table(
    "set_aside",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("refresh_id", Integer),
    Column("scope", String(60), nullable=False),
    Column("nct_id", String(11)),
    Column("reason", Text, nullable=False),
    Column("seen_at", String(20), nullable=False),
)

# Which trials the index of words knows, the body it was made of, and how (``cache.search.index``). ``id``: of the
# entry in SQLite's full-text table, whose name is ``search``.
searched = Table(
    "searched",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("nct_id", String(11), nullable=False),
    Column("body_hash", String(32), nullable=False),
    Column("form", Integer, nullable=False),
    Index("ix_searched_nct_id", "nct_id", unique=True),
)
# No text and no places are kept: the words come folded, in any order.
FULL_TEXT = (
    "CREATE VIRTUAL TABLE search USING fts5(words, content = '', detail = none, tokenize = 'ascii')",
    # Bytes gathered before anything is written: a first load takes a quarter less CPU than with the default of one MB.
    "INSERT INTO search (search, rank) VALUES ('hashsize', 16777216)",
)


def _run(connection: Connection, *statements: str) -> None:
    for statement in statements if connection.dialect.name == "sqlite" else ():
        connection.execute(text(statement))


events.listen(searched, "after_create", lambda _table, connection, **_how: _run(connection, *FULL_TEXT))
events.listen(searched, "after_drop", lambda _table, connection, **_how: _run(connection, "DROP TABLE search"))
