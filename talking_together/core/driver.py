"""Statements handed to the driver in its own words, for what runs hundreds of times a second.

What SQLAlchemy does for each run of a statement, even a kept one, costs several times what the
database does for it. Pages need not care (see `core.statements`); delivering mail does.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect


class _Words(NamedTuple):
    sql: str
    # In order, for a driver that takes its values by position; None for one that takes names.
    order: Sequence[str] | None
    fixed: Mapping[str, Any]
    converters: Mapping[str, Callable[[Any], Any]]


class DriverStatement:
    """A statement that changes rows, put together once for each dialect, run with many values."""

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self._words: dict[str, _Words] = {}

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it once for each row of values and return how many rows of the table it changed."""
        words = self._words.get(connection.dialect.name)
        if words is None:
            words = self._words[connection.dialect.name] = _words_of(self.statement, connection.dialect)
        values: list[Any] = [_values_of(words, row) for row in rows]
        # The drivers make more of many at once, and more fuss about one.
        ran = connection.exec_driver_sql(words.sql, values if len(values) > 1 else values[0])
        return int(ran.rowcount)


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
    return values if words.order is None else tuple([values[name] for name in words.order])
