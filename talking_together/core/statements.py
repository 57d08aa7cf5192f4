"""Statements that are put together once and given their values each time they run.

Putting a SELECT of thirty columns together costs ten times as much as running it. What stands on
every page is therefore made once, with `given` in place of each value, and kept by `functools.cache`
under what its shape depends on.
"""

from typing import Any

from sqlalchemy import BindParameter, CursorResult, bindparam

from talking_together.extensions import db


def given(name: str, like: Any) -> BindParameter[Any]:
    """Return the place of a value that comes when the statement runs, of the type of a column."""
    return bindparam(name, type_=like.type)


def run(statement: Any, values: dict[str, Any] | list[dict[str, Any]]) -> CursorResult[Any]:
    """Run a kept statement on the session's connection and return its rows; many values, many times.

    The session itself would look for objects of its own among them, which such rows never hold.
    """
    return db.session.connection().execute(statement, values)
