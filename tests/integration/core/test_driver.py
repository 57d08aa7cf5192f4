"""Statements in the driver's own words do what SQLAlchemy's do."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from talking_together.core.driver import DriverStatement
from talking_together.core.statements import given
from talking_together.extensions import db
from talking_together.orm import UTCDateTime

THINGS = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String, unique=True),
    Column("at", UTCDateTime()),
)
NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
RENAME = (
    update(THINGS)
    .where(THINGS.c.id == given("thing_id", THINGS.c.id), THINGS.c.name != "kept")
    .values(name=given("to_name", THINGS.c.name), at=given("on", THINGS.c.at))
)


def test_one_and_many_rows_are_changed_and_counted(app: Flask) -> None:
    with db.engine.connect() as connection, connection.begin() as transaction:
        THINGS.create(connection)
        connection.execute(insert(THINGS), [{"name": name} for name in ("a", "b", "kept")])
        rename = DriverStatement(RENAME)
        assert rename.run(connection, [{"thing_id": 1, "to_name": "one", "on": NOON}]) == 1
        elsewhere = NOON.astimezone(timezone(timedelta(hours=5)))
        rows = [{"thing_id": id, "to_name": f"new {id}", "on": elsewhere} for id in (2, 3, 4)]
        assert rename.run(connection, rows) == 1
        assert connection.execute(select(THINGS.c.name, THINGS.c.at).order_by(THINGS.c.id)).all() == [
            ("one", NOON),
            ("new 2", NOON),
            ("kept", None),
        ]
        with pytest.raises(ValueError, match="naive"):
            rename.run(connection, [{"thing_id": 1, "to_name": "x", "on": NOON.replace(tzinfo=None)}])
        with pytest.raises(IntegrityError):
            rename.run(connection, [{"thing_id": 1, "to_name": "new 2", "on": None}])
        transaction.rollback()
