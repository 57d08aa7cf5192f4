"""Runs the migrations on the database that the site is set up with."""

import re

from alembic import context
from flask import current_app
from sqlalchemy import event
from sqlalchemy.types import TypeDecorator

from talking_together.search.index import is_modelled

db = current_app.extensions["migrate"].db

_dropped = re.compile(r'\s*DROP TABLE "?(\w+)"?')
_renamed = re.compile(r'\s*ALTER TABLE "?_alembic_tmp_\w+"? RENAME TO "?(\w+)"?')


def render_item(type_: str, item: object, _autogen_context: object) -> str | bool:
    """Write our time type into migrations as the plain type that it stands on."""
    if type_ == "type" and isinstance(item, TypeDecorator):
        return "sa.DateTime(timezone=True)"
    return False


def keep_triggers(connection):
    """Give a table that is made anew its triggers back, which SQLite drops with the old one."""
    kept = {}

    @event.listens_for(connection, "before_cursor_execute")
    def remember(connection, _cursor, statement, *_rest):
        if found := _dropped.match(statement):
            triggers = connection.connection.driver_connection.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", found.groups()
            )
            kept[found.group(1)] = [sql for (sql,) in triggers]

    @event.listens_for(connection, "after_cursor_execute")
    def give_back(connection, _cursor, statement, *_rest):
        if found := _renamed.match(statement):
            for trigger in kept.pop(found.group(1), ()):
                connection.connection.driver_connection.execute(trigger)


with db.engine.connect() as connection:
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        # A table that is made anew is dropped first, and its rows would take along what refers to
        # them. Set on the driver, because it has no effect within a transaction.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        # While one is away, triggers of others may name it.
        connection.connection.driver_connection.execute("PRAGMA legacy_alter_table=ON")
        keep_triggers(connection)
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=render_item,
        render_as_batch=on_sqlite,
        compare_type=True,
        include_name=is_modelled,
    )
    with context.begin_transaction():
        context.run_migrations()
        if on_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"A migration left rows that refer to nothing: {broken[:5]}")
    connection.commit()
    if on_sqlite:
        connection.connection.driver_connection.execute("PRAGMA legacy_alter_table=OFF")
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
