"""A large ledger beside the small demo: `python -m bench.points_load MEMBERS ENTRIES`.

Members and entries are made by the database itself, with the triggers of the ledger put aside; the
totals then come from one INSERT … SELECT a kind of board, as in the migration that brought them.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from bench.points import ADDRESS
from talking_together.extensions import db
from talking_together.leaderboards.sweeps import count_boards_now
from wsgi import app

FIRST = 1_000_000
LISTED = "m.on_leaderboard AND m.is_active AND m.role = 'staff' AND NOT m.hides_points"
# Members with low numbers do most: each entry's member is the product of two even draws.
WHO = "CAST(:first + (i * 7919 % :members) * (i * 104729 % :members) / :members AS integer)"
EVENTS = "CASE WHEN i % 18 = 0 THEN {0} WHEN i % 18 < 5 THEN {1} WHEN i % 18 < 12 THEN {2} ELSE {3} END"
SQLITE = {"day": "date('now', '-' || (i % 365) || ' days')", "noon": "date('now') || ' 12:00:00.000000'"}
POSTGRESQL = {"day": "CURRENT_DATE - (i % 365)::integer", "noon": "CURRENT_DATE + interval '12 hours'"}


def main() -> None:
    """Write members, entries, balances and totals, then bring boards to them."""
    members, entries = (int(word) for word in sys.argv[1:3])
    with app.app_context():
        began = time.perf_counter()
        with db.engine.begin() as connection, _without_triggers(connection):
            _write(connection, {"members": members, "entries": entries, "first": FIRST})
        _refresh_statistics()
        print(f"Loaded {members:,} members and {entries:,} entries in {_since(began)}")
        began = time.perf_counter()
        boards = count_boards_now()
        print(f"Showed the totals and counted the figures per head of {boards} boards in {_since(began)}")


def _since(began: float) -> str:
    return f"{time.perf_counter() - began:.1f} s"


def _write(connection: Connection, values: dict[str, Any]) -> None:
    dialect = SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL
    month = "substr(e.day, 1, 7)" if dialect is SQLITE else "to_char(e.day, 'YYYY-MM')"

    def run(statement: str) -> None:
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        connection.execute(text(statement), used)

    run(
        "INSERT INTO members (id, sign_in_name, email, password_hash, name, job_title, about, "
        "organisation_id, role, is_active, joined_at, on_leaderboard, theme, points) "
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :members), "
        "places AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many "
        "FROM organisations) "
        f"SELECT :first + i, {_address('i')}, {_address('i')}, (SELECT password_hash FROM members "
        "WHERE sign_in_name = 'staff@demo.example'), 'Member ' || i, '', '', p.id, 'staff', true, "
        f"{dialect['noon']}, i % 10 < 6, 'system', 0 FROM n JOIN places p ON p.place = i % p.many"
    )
    run(
        "INSERT INTO point_entries (member_id, event, points, event_key, is_reversal, idea_id, day, at) "
        "WITH RECURSIVE n(i) AS (SELECT CAST(0 AS bigint) UNION ALL "
        "SELECT i + 1 FROM n WHERE i + 1 < :entries), "
        "places AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many "
        "FROM ideas) "
        f"SELECT {WHO}, "
        + EVENTS.format("'idea published'", "'comment published'", "'thumb up on idea'", "'vote cast'")
        + ", "
        + EVENTS.format(20, 5, 2, 1)
        + f", 'bench:' || i, false, p.id, {dialect['day']}, {dialect['noon']} "
        "FROM n JOIN places p ON p.place = i * 31 % p.many"
    )
    run(
        "UPDATE members SET points = s.total FROM (SELECT member_id, SUM(points) AS total "
        "FROM point_entries GROUP BY member_id) s WHERE s.member_id = members.id"
    )
    run("DELETE FROM point_totals")
    for board, more in (
        ("'all'", ""),
        (f"'month:' || {month}", ""),
        ("'challenge:' || i.challenge_id", "JOIN ideas i ON i.id = e.idea_id "),
    ):
        run(
            "INSERT INTO point_totals (board, member_id, points, listed) "
            f"SELECT {board}, e.member_id, SUM(e.points), {LISTED} FROM point_entries e {more}"
            "JOIN members m ON m.id = e.member_id WHERE e.on_boards AND NOT e.is_spending "
            f"GROUP BY 1, 2, {LISTED}"
        )


def _address(number: str) -> str:
    before, after = ADDRESS.split("{}")
    return f"'{before}' || {number} || '{after}'"


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    """Put the triggers of ledger and members aside for the block."""
    if connection.dialect.name == "postgresql":
        # The checks of foreign keys, too, which are triggers there.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        return
    asking = (
        "SELECT name, sql FROM sqlite_master "
        "WHERE type = 'trigger' AND tbl_name IN ('point_entries', 'members')"
    )
    kept = connection.execute(text(asking)).all()
    for name, _ in kept:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, made in kept:
        connection.exec_driver_sql(made)


def _refresh_statistics() -> None:
    # What autovacuum does by itself before long.
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


if __name__ == "__main__":
    main()
