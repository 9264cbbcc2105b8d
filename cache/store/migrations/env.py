"""Run by Alembic: migrates over the connection that ``upgrade`` hands over, in its transaction."""

from alembic import context

from cache.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can roll back DDL when transactions are begun by hand, as ours are.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
