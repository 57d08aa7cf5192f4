"""Statements handed to the driver itself, for what runs hundreds of times a second.

What SQLAlchemy does for each run of a statement, even a kept one, costs several times what the
database does for it. Pages need not care (see `core.statements`); delivering mail does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError


class DriverConnection:
    """The driver's connection below one of SQLAlchemy's."""

    def __init__(self, connection: Connection) -> None:
        self.dialect: Any = connection.dialect
        self._driver: Any = connection.connection.driver_connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is run in the block, or roll it back."""
        try:
            if self.dialect.name == "sqlite":
                # As everywhere: one that turns to writing late fails when another one writes.
                self._driver.execute("BEGIN IMMEDIATE")
            yield
            self._driver.commit()
        except BaseException as error:
            self._undo()
            if isinstance(error, self.dialect.loaded_dbapi.Error):
                raise self._named(error) from error
            raise

    def cursor(self) -> Any:
        """Return a cursor of the driver's."""
        return self._driver.cursor()

    def _undo(self) -> None:
        # A connection that is gone has undone it already.
        with suppress(self.dialect.loaded_dbapi.Error):
            self._driver.rollback()

    def _named(self, error: Any) -> BaseException:
        """Return the driver's error as SQLAlchemy calls it, without any values."""
        is_gone = self.dialect.is_disconnect(error, self._driver, None)
        return DBAPIError.instance(
            None, None, error, self.dialect.loaded_dbapi.Error, True, is_gone, self.dialect
        )


class _Words(NamedTuple):
    sql: str
    # In order, for a driver that takes its values by position; None for one that takes names.
    order: Sequence[str] | None
    fixed: Mapping[str, Any]
    converters: Mapping[str, Callable[[Any], Any]]


class DriverStatement:
    """A statement put together once for each dialect, and run with many values."""

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self._words: dict[str, _Words] = {}

    def run(self, connection: DriverConnection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it once for each row of values and return how many rows of the table it changed."""
        words = self._words_for(connection.dialect)
        values = [_values_of(words, row) for row in rows]
        cursor = connection.cursor()
        # The drivers make more of many at once, and more fuss about one.
        if len(values) == 1:
            cursor.execute(words.sql, values[0])
        else:
            cursor.executemany(words.sql, values)
        changed = int(cursor.rowcount)
        cursor.close()
        return changed

    def finds(self, connection: DriverConnection, values: Mapping[str, Any]) -> bool:
        """Return whether a SELECT finds a row."""
        words = self._words_for(connection.dialect)
        cursor = connection.cursor()
        found = cursor.execute(words.sql, _values_of(words, values)).fetchone()
        cursor.close()
        return found is not None

    def _words_for(self, dialect: Dialect) -> _Words:
        words = self._words.get(dialect.name)
        if words is None:
            words = self._words[dialect.name] = _words_of(self.statement, dialect)
        return words


def _words_of(statement: Any, dialect: Dialect) -> _Words:
    compiled = statement.compile(dialect=dialect)
    converters = {}
    for name, bind in compiled.binds.items():
        converter = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if converter is not None:
            converters[name] = converter
    fixed = {
        name: converters[name](bind.value) if name in converters else bind.value
        for name, bind in compiled.binds.items()
        if not bind.required
    }
    return _Words(str(compiled), compiled.positiontup, fixed, converters)


def _values_of(words: _Words, row: Mapping[str, Any]) -> Any:
    values = {**words.fixed, **row}
    for name, convert in words.converters.items():
        if name in row:
            values[name] = convert(row[name])
    return values if words.order is None else [values[name] for name in words.order]
