"""The database: tables, engine, migrations, lock, and what can be wrong with it."""
