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
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
