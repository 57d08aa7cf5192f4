"""How the database goes about the statements that a read sends."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from talking_together.extensions import db
from tests.support.statements import TRANSACTION_WORDS

# What PostgreSQL counted of tables that tests before this one filled or emptied decides between
# indexes; within the transaction it has counted nothing, as in a database that is new.
OURS = "(SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
UNCOUNTED = (
    f"DELETE FROM pg_statistic WHERE starelid IN {OURS}",
    f"UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE relkind IN ('r', 'i') AND oid IN {OURS}",
)


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
        for statement in UNCOUNTED:
            connection.exec_driver_sql(statement)
    return [
        "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters))
        for statement, parameters in caught
    ]
