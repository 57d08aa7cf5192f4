"""Runs the migrations on the database that the site is set up with."""

from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator

db = current_app.extensions["migrate"].db


def render_item(type_: str, item: object, _autogen_context: object) -> str | bool:
    """Write our time type into migrations as the plain type that it stands on."""
    if type_ == "type" and isinstance(item, TypeDecorator):
        return "sa.DateTime(timezone=True)"
    return False


with db.engine.connect() as connection:
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        # A table that is made anew is dropped first, and its rows would take along what refers to
        # them. Set on the driver, because it has no effect within a transaction.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=render_item,
        render_as_batch=on_sqlite,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if on_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"A migration left rows that refer to nothing: {broken[:5]}")
    connection.commit()
    if on_sqlite:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
