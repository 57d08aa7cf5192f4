"""Points by the hundred thousand: the ledger's trigger put aside, and its totals counted at the end.

Entry by entry the trigger writes four rows, which would take most of the time of a large load.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

LISTED = "m.on_leaderboard AND m.is_active AND m.role = 'staff' AND NOT m.hides_points"
TRIGGER = "point_entries_total"


@contextmanager
def without_totals(connection: Connection) -> Iterator[None]:
    """Put the trigger aside that adds entries to the totals; afterwards count them from all entries.

    All in the connection's transaction. Milestones are asked for of everybody who has an entry.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE point_entries DISABLE TRIGGER {TRIGGER}"))
        yield
        connection.execute(text(f"ALTER TABLE point_entries ENABLE TRIGGER {TRIGGER}"))
    else:
        asking = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
        made = connection.execute(asking, {"name": TRIGGER}).scalar_one()
        connection.exec_driver_sql(f"DROP TRIGGER {TRIGGER}")
        yield
        connection.exec_driver_sql(made)
    _count_totals(connection)


def _count_totals(connection: Connection) -> None:
    month = "substr(e.day, 1, 7)" if connection.dialect.name == "sqlite" else "to_char(e.day, 'YYYY-MM')"
    connection.execute(text("DELETE FROM point_totals"))
    for board, more in (
        ("'all'", ""),
        (f"'month:' || {month}", ""),
        ("'challenge:' || i.challenge_id", "JOIN ideas i ON i.id = e.idea_id "),
    ):
        # Words of this module alone.
        connection.exec_driver_sql(
            "INSERT INTO point_totals (board, member_id, points, listed) "  # noqa: S608
            f"SELECT {board}, e.member_id, SUM(e.points), {LISTED} FROM point_entries e {more}"
            "JOIN members m ON m.id = e.member_id WHERE e.on_boards AND NOT e.is_spending "
            f"GROUP BY 1, 2, {LISTED}"
        )
    connection.execute(
        text(
            "INSERT INTO milestone_checks (member_id) "
            "SELECT DISTINCT member_id FROM point_entries WHERE NOT is_spending "
            "ON CONFLICT (member_id) DO NOTHING"
        )
    )
