"""A large ledger beside the small demo: `python -m bench.points_load MEMBERS ENTRIES`.

Members and entries are made by the database itself, with the trigger of the ledger put aside; the
totals then come from one INSERT … SELECT a kind of board.
"""

import sys
import time
from typing import Any

from sqlalchemy import Connection, text

from bench.points import ADDRESS
from talking_together.devtools.ledger_load import without_totals
from talking_together.extensions import db
from talking_together.leaderboards.sweeps import count_boards_now
from wsgi import app

FIRST = 1_000_000
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
        with db.engine.begin() as connection, without_totals(connection):
            if connection.dialect.name == "postgresql":
                # The checks of foreign keys are put aside, too.
                connection.execute(text("SET LOCAL session_replication_role = replica"))
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


def _address(number: str) -> str:
    before, after = ADDRESS.split("{}")
    return f"'{before}' || {number} || '{after}'"


def _refresh_statistics() -> None:
    # What autovacuum does by itself before long.
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


if __name__ == "__main__":
    main()
