"""How the database goes about the statements that a read sends."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from talking_together.extensions import db


def plans_of(read: Callable[[], object]) -> list[str]:
    """Return the plan of each statement, a line for each of its steps."""
    caught: list[tuple[str, Any]] = []

    def catch(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        caught.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", catch)
    try:
        read()
    finally:
        event.remove(db.engine, "before_cursor_execute", catch)
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    connection = db.session.connection()
    return [
        "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))
        for statement, parameters in caught
    ]
