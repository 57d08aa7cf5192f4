"""Statements that are put together once and given their values each time they run.

Putting a SELECT of thirty columns together costs ten times as much as running it. What stands on
every page is therefore made once, with `given` in place of each value, and kept by `functools.cache`
under what its shape depends on.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CursorResult,
    ScalarSelect,
    Select,
    bindparam,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from talking_together.extensions import db


def given(name: str, like: Any) -> BindParameter[Any]:
    """Return the place of a value that comes when the statement runs, of the type of a column."""
    return bindparam(name, type_=like.type)


def run(statement: Any, values: dict[str, Any] | list[dict[str, Any]]) -> CursorResult[Any]:
    """Run a kept statement on the session's connection and return its rows; many values, many times.

    The session itself would look for objects of its own among them, which such rows never hold.
    """
    return db.session.connection().execute(statement, values)


def is_one_of(column: Any, words: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a column is one of our own words, written into the statement.

    An IN of values is written anew each time that the statement runs, and no condition of an index is
    seen in it.
    """
    condition: ColumnElement[bool] = column.in_([literal_column(f"'{word}'", column.type) for word in words])
    return condition


class _LookedAtLast(FunctionElement[Any]):
    inherit_cache = True


def together(**parts: ScalarSelect[Any]) -> Select[Any]:
    """Return one statement of several subqueries, each under its name.

    For a page that shows a count of each of several rooms.
    """
    return select(*(part.label(name) for name, part in parts.items()))


def looked_at_last(column: Any) -> Any:
    """Return a column for a condition that most rows meet, so that no plan begins with it.

    SQLite keeps no statistics: it takes an equal value and a smaller one for a condition that few
    rows meet, and would begin with the challenges that have opened and all ideas of each. Its own
    remedy is a plus before the column. PostgreSQL knows, and is given the column as it is.
    """
    element = _LookedAtLast(column)
    element.type = column.type
    return element


@compiles(_LookedAtLast)
def _as_it_is(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(_LookedAtLast, "sqlite")
def _after_a_plus(element: Any, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"
