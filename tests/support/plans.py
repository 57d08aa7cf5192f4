"""How the database goes about the statements that a read sends."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from talking_together.extensions import db
from tests.support.statements import TRANSACTION_WORDS


def plans_of(read: Callable[[], object], *, as_if_large: bool = False) -> list[str]:
    """Return the plan of each statement, a line for each of its steps.

    PostgreSQL reads a few rows faster than any index of them; `as_if_large` keeps it from that.
    """
    caught: list[tuple[str, Any]] = []

    def catch(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith(TRANSACTION_WORDS):
            caught.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", catch)
    try:
        read()
    finally:
        event.remove(db.engine, "before_cursor_execute", catch)
    is_sqlite = db.engine.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    connection = db.session.connection()
    if as_if_large and not is_sqlite:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return [
        "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))
        for statement, parameters in caught
    ]


def is_read_by(plan: str, index: str) -> bool:
    """Return whether a plan goes by the index.

    Of tables that are nearly empty PostgreSQL finds one index as good as another, and chooses by what
    it counted of them last; that it needs to read through none is what can be asked of it there.
    """
    if db.engine.dialect.name == "sqlite":
        return index in plan
    return index in plan or "Seq Scan" not in plan
