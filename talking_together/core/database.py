"""What differs between SQLite and PostgreSQL, in one place: transactions, upserts, locks."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from flask import Flask, has_request_context
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Integer,
    Select,
    TableClause,
    cast,
    event,
    extract,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from talking_together.extensions import db

AnySelect = TypeVar("AnySelect", bound=Select[*tuple[Any, ...]])

READ_ONLY = {"isolation_level": "AUTOCOMMIT"}
BUSY_TIMEOUT_MS = 5_000
HOLDING_TIMEOUT_MS = 2_000
# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available, and two that the next try's
# check sees: somebody else took a name between the check and the insert (unique_violation), or took
# away what was pointed to (foreign_key_violation).
TRANSIENT_SQLSTATES = {"40001", "40P01", "55P03", "23505", "23503"}


def init_database(app: Flask) -> None:
    """Prepare the engine for its dialect and read pages without opening a transaction."""
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            # SQLAlchemy would tell the driver anew at every request, by a PRAGMA for which SQLite throws
            # away all the statements it has prepared.
            engine.dialect.set_isolation_level = _stay_as_prepared  # type: ignore[method-assign]
            event.listen(engine, "begin", _begin_immediate)
            event.listen(engine, "handle_error", _name_as_postgresql_does)
    app.before_request(begin_reading)


def begin_reading() -> None:
    """Let this request read in autocommit; `commits` starts a transaction for what writes."""
    if has_request_context():
        # A page that needs a database that is away says so itself; others do without.
        with suppress(OperationalError):
            db.session.connection(execution_options=READ_ONLY)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Read everything in the block as of one moment, without holding up those who write."""
    db.session.rollback()
    connection = db.session.connection(execution_options=READ_ONLY)
    on_sqlite = connection.dialect.name == "sqlite"
    # In autocommit the transaction is ours to begin: not IMMEDIATE, which would hold writers up.
    connection.exec_driver_sql("BEGIN" if on_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield
    finally:
        connection.exec_driver_sql("ROLLBACK")
        db.session.rollback()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transaction handling would begin late and deferred; ours is explicit.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        # FULL: a vote that was acknowledged survives a power cut, as on PostgreSQL.
        "synchronous=FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _stay_as_prepared(dbapi_connection: Any, level: Any) -> None:
    """Change nothing: `_begin_immediate` alone says what is a transaction."""


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that turns to writing fails at once when another one writes;
    # an immediate one waits its turn.
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _name_as_postgresql_does(context: ExceptionContext) -> DataError | None:
    """Return the database's error for a number beyond 64 bits, which SQLite's driver has none for."""
    error = context.original_exception
    return DataError(context.statement, None, error) if isinstance(error, OverflowError) else None


def is_transient(error: DBAPIError) -> bool:
    """Return whether the same transaction may well succeed when tried again."""
    if getattr(error.orig, "sqlstate", None) in TRANSIENT_SQLSTATES:
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)


def dialect_name() -> str:
    """Return "sqlite" or "postgresql"."""
    name: str = db.session.get_bind().dialect.name
    return name


def insert_into(table: Any) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT, for a table or mapped class."""
    target = table if isinstance(table, TableClause) else table.__table__
    return sqlite.insert(target) if dialect_name() == "sqlite" else postgresql.insert(target)


def locked(statement: AnySelect, *, of: Any = None, skip: bool = False) -> AnySelect:
    """Return the SELECT with its rows locked until the transaction ends.

    PostgreSQL takes FOR NO KEY UPDATE, which foreign-key checks of other rows do not wait for;
    SQLite has one writer at a time and leaves the clause out.
    """
    return statement.with_for_update(key_share=True, of=of, skip_locked=skip)


def hold_writers(model: Any) -> None:
    """Let nobody else write rows of a table until the transaction ends; who reads it goes on.

    For a change of many rows that other transactions take in another order. Those who come later wait
    behind it, so PostgreSQL gives up soon where somebody writes for long, and the transaction is tried
    again; SQLite has one writer at a time anyway.
    """
    if dialect_name() == "postgresql":
        db.session.execute(text(f"SET LOCAL lock_timeout = {HOLDING_TIMEOUT_MS}"))
        db.session.execute(text(f"LOCK TABLE {model.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))


def seconds_between(start: Any, end: Any) -> ColumnElement[int]:
    """Return the SQL expression of the whole seconds that passed from one stored moment to a later one."""
    if dialect_name() == "sqlite":
        # Its own functions know milliseconds at best, and round: a day would begin before midnight.
        return (_microseconds_of(end) - _microseconds_of(start)) // 1_000_000
    return cast(func.floor(extract("epoch", end - start)), Integer)


def _microseconds_of(moment: Any) -> Any:
    """Return the SQL expression of a moment that SQLite holds, as text, in microseconds since 1970."""
    seconds = cast(func.strftime("%s", func.substr(moment, 1, 19)), Integer)
    return seconds * 1_000_000 + cast(func.substr(moment, 21), Integer)


def rows_as_json(**columns: Any) -> ColumnElement[Any]:
    """Return the SQL expression of rows as one list, in no order, of what each holds under these names.

    For the few rows that belong to another one and are read with it. PostgreSQL has None for no rows.
    """
    named: list[Any] = []
    for name, column in columns.items():
        named += [literal_column(f"'{name}'"), column]
    if dialect_name() == "sqlite":
        return func.json_group_array(func.json_object(*named), type_=JSON)
    return func.json_agg(func.json_build_object(*named), type_=JSON)


def continue_ids(model: Any) -> None:
    """Let the database's own ids go on after those that rows were inserted with."""
    if db.session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
        db.session.execute(select(func.setval(sequence, select(func.max(model.id)).scalar_subquery())))


def next_id(model: Any) -> Any:
    """Return the SQL expression of the id that the next row of the table gets.

    For an INSERT … SELECT whose other values are made of the id. SQLite has one writer at a time,
    so nobody can take the number meanwhile.
    """
    table = model.__table__
    if db.session.get_bind().dialect.name == "sqlite":
        return select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
    return func.nextval(func.pg_get_serial_sequence(table.name, "id"))
