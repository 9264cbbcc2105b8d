"""The migrations make today's tables, step by step, and the stamp in a store says which step it stands on."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from cache.store import migrations
from cache.store.schema import metadata
from cache.store.store import Store


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return ScriptDirectory.from_config(config)


def test_the_known_revisions_are_the_scripts_in_their_order() -> None:
    found = [one.revision for one in scripts().walk_revisions()]
    assert tuple(reversed(found)) == migrations.KNOWN
    assert scripts().get_heads() == [migrations.HEAD]


def test_a_migrated_store_has_exactly_the_tables_of_the_schema(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/trials.sqlite3")
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)
        assert migrations.revision(connection) == migrations.HEAD
    store.close()
    ours = [one for one in found if "alembic_version" not in str(one) and "Table('search" not in str(one)]
    assert ours == []  # but those of the stamp and of the full-text table


def test_migrated_and_created_tables_are_the_same_word_for_word(tmp_path: Path) -> None:
    """What the comparison above overlooks: nullability, keys and their names, indexes. The order of columns is free: a
    step can only add one at the end."""
    store = Store.open(f"sqlite:///{tmp_path}/trials.sqlite3")
    memory = Store.in_memory()
    migrated, created = _shape(store.engine), _shape(memory.engine)
    store.close()
    memory.close()
    other = {name: (migrated[name], created[name]) for name in created if migrated[name] != created[name]}
    assert other == {}, "the steps of cache/store/migrations do not make what cache/store/schema.py says"


def _words(options: dict[str, object] | None) -> dict[str, str]:
    """The words of a partial index's condition, which cannot be compared itself."""
    return {name: str(value) for name, value in (options or {}).items()}


def _shape(engine: Engine) -> dict[str, object]:
    found = inspect(engine)
    shape: dict[str, object] = {}
    for name in metadata.tables:
        columns = {one["name"]: (str(one["type"]), one["nullable"]) for one in found.get_columns(name)}
        indexes = [{**one, "dialect_options": _words(one.get("dialect_options"))} for one in found.get_indexes(name)]
        shape[name] = (columns, found.get_pk_constraint(name), found.get_foreign_keys(name), indexes)
    return shape


def test_every_step_runs_inside_the_callers_transaction(tmp_path: Path) -> None:
    engine = Store.in_memory().engine
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            table.drop(connection)
    with pytest.raises(RuntimeError, match=migrations.HEAD):
        _all_steps_and_then_a_failure(engine)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()


def _all_steps_and_then_a_failure(engine: Engine) -> None:
    with engine.begin() as connection:
        for revision in migrations.KNOWN:
            migrations.upgrade(connection, revision)
        raise RuntimeError(migrations.revision(connection))


def test_a_database_without_a_stamp_has_no_revision() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        assert migrations.revision(connection) is None
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        assert migrations.revision(connection) is None
    engine.dispose()


def test_a_store_is_never_taken_back() -> None:
    script = scripts().get_revision(migrations.HEAD)
    assert script is not None
    with pytest.raises(NotImplementedError, match="cannot be taken back"):
        script.module.downgrade()
