"""Statements in the driver's own words do what SQLAlchemy's do."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from talking_together.core.driver import DriverConnection, DriverStatement
from talking_together.core.statements import given
from talking_together.extensions import db
from talking_together.orm import UTCDateTime
from talking_together.points.models import PointRule

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
        driver = DriverConnection(connection)
        rename = DriverStatement(RENAME)
        assert rename.run(driver, [{"thing_id": 1, "to_name": "one", "on": NOON}]) == 1
        elsewhere = NOON.astimezone(timezone(timedelta(hours=5)))
        rows = [{"thing_id": id, "to_name": f"new {id}", "on": elsewhere} for id in (2, 3, 4)]
        assert rename.run(driver, rows) == 1
        assert connection.execute(select(THINGS.c.name, THINGS.c.at).order_by(THINGS.c.id)).all() == [
            ("one", NOON),
            ("new 2", NOON),
            ("kept", None),
        ]
        with pytest.raises(ValueError, match="naive"):
            rename.run(driver, [{"thing_id": 1, "to_name": "x", "on": NOON.replace(tzinfo=None)}])
        with pytest.raises(connection.dialect.loaded_dbapi.IntegrityError):
            rename.run(driver, [{"thing_id": 1, "to_name": "new 2", "on": None}])
        transaction.rollback()


def test_a_transaction_is_kept_whole_or_not_at_all(app: Flask) -> None:
    table = PointRule.__table__
    name = update(table).where(table.c.event == "joined").values(points=given("to", table.c.points))
    change = DriverStatement(name)
    with db.engine.connect() as connection:
        driver = DriverConnection(connection)
        with driver.transaction():
            assert change.run(driver, [{"to": 51}]) == 1
        with pytest.raises(RuntimeError), driver.transaction():
            _change_and_fail(change, driver)
        with pytest.raises(IntegrityError), driver.transaction():
            change.run(driver, [{"to": None}])
    found = DriverStatement(select(table.c.points).where(table.c.points == given("to", table.c.points)))
    with db.engine.connect() as connection:
        driver = DriverConnection(connection)
        assert found.finds(driver, {"to": 51})
        assert not found.finds(driver, {"to": 52})


def _change_and_fail(change: DriverStatement, driver: DriverConnection) -> None:
    change.run(driver, [{"to": 52}])
    raise RuntimeError
