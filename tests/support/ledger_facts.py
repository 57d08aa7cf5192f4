"""What the ledger of points must be, asked of the database itself."""

from collections.abc import Collection, Iterator
from typing import Any

from talking_together.core.database import dialect_name
from talking_together.extensions import db

# What each event earned or cost, less what was taken back of it: an event is a chain of entries, whose
# keys begin with that of its first.
_BASE = {
    "sqlite": "substr(event_key, 1, instr(event_key, ':reversed') - 1)",
    "postgresql": "split_part(event_key, ':reversed', 1)",
}
_CHAINS = """
SELECT member_id, event, is_spending, base, SUM(points) AS net, MIN(points) AS least, MAX(points) AS most,
       SUM(CASE WHEN is_reversal THEN 0 ELSE 1 END) AS firsts
FROM (
    SELECT member_id, event, is_spending, points, is_reversal,
           CASE WHEN is_reversal THEN {base} ELSE event_key END AS base
    FROM point_entries
) entries
GROUP BY member_id, event, is_spending, base
"""
_WRONG_CHAINS = """
SELECT member_id, base, net, least, most, firsts FROM ({chains}) chains
WHERE firsts <> 1
   OR (NOT is_spending AND event <> 'week of hidden names' AND net NOT IN (0, most))
   OR (is_spending AND net NOT IN (0, least))
"""
_WRONG_BALANCES = """
SELECT m.id, m.points, COALESCE(SUM(e.points), 0)
FROM members m LEFT JOIN point_entries e ON e.member_id = m.id
GROUP BY m.id, m.points
HAVING m.points <> COALESCE(SUM(e.points), 0)
"""
_ABOVE_CAPS = """
SELECT member_id, event, day, COUNT(*) FROM point_entries
WHERE NOT is_reversal AND event IN ({events})
GROUP BY member_id, event, day
HAVING COUNT(*) > {most}
"""
_COUNTING = """
SELECT event, member_id, COUNT(*) FROM ({chains}) chains
WHERE net <> 0 AND NOT is_spending AND substr(base, 1, 16) <> 'idea done:given:'
GROUP BY event, member_id
"""
# What of an event can count at most, for each member: the facts that stand. A vote that was moved by
# merges stands for all that it was on, and one that a merge set aside stands in the merge's record.
_STANDING = {
    "idea published": """
        SELECT author_id, COUNT(*) FROM ideas WHERE status NOT IN ('withdrawn', 'hidden', 'draft')
        GROUP BY author_id
    """,
    "comment published": """
        SELECT author_id, COUNT(*) FROM comments WHERE deleted_at IS NULL GROUP BY author_id
    """,
    "comment thanked": """
        SELECT c.author_id, COUNT(*) FROM comment_thanks t JOIN comments c ON c.id = t.comment_id
        WHERE c.deleted_at IS NULL GROUP BY c.author_id
    """,
    "vote cast": """
        SELECT member_id, SUM(votes) FROM (
            SELECT member_id, 1 + CASE WHEN moved_from = '' THEN 0
                ELSE 1 + LENGTH(moved_from) - LENGTH(REPLACE(moved_from, ',', '')) END AS votes
            FROM idea_votes
            UNION ALL SELECT member_id, 1 FROM comment_votes
            UNION ALL SELECT v.member_id, 1 FROM merge_votes v JOIN merges m ON m.id = v.merge_id
            WHERE m.undone_at IS NULL
        ) standing GROUP BY member_id
    """,
    "thumb up on comment": """
        SELECT c.author_id, COUNT(*) FROM comment_votes v JOIN comments c ON c.id = v.comment_id
        WHERE v.value = 1 GROUP BY c.author_id
    """,
    "idea done": """
        SELECT wrote.member_id, COUNT(*) FROM (
            SELECT id AS idea_id, author_id AS member_id FROM ideas
            UNION SELECT idea_id, member_id FROM idea_co_authors
        ) wrote
        JOIN ideas i ON i.id = wrote.idea_id
        WHERE i.status NOT IN ('hidden', 'withdrawn') AND EXISTS (
            SELECT 1 FROM idea_decisions d
            WHERE d.idea_id = wrote.idea_id AND d.to_status = 'done' AND d.undone_at IS NULL
        ) GROUP BY wrote.member_id
    """,
}


def wrong_balances(among: Collection[int]) -> list[Any]:
    """Return members whose balance is not the sum of their entries."""
    return [row for row in _rows(_WRONG_BALANCES) if row[0] in among]


def wrong_chains(among: Collection[int]) -> list[Any]:
    """Return events that earned or cost twice, or that count by halves."""
    return [row for row in _rows(_WRONG_CHAINS.format(chains=_chains())) if row[0] in among]


def above_caps(among: Collection[int], events: Collection[str], most: int) -> list[Any]:
    """Return whoever earned more often on a day, by one of the events, than the highest cap."""
    listed = ", ".join(f"'{event}'" for event in events)
    return [row for row in _rows(_ABOVE_CAPS.format(events=listed, most=most)) if row[0] in among]


def below_zero(member_id: int) -> list[Any]:
    """Return the balance of the member where it is less than nothing."""
    return _rows(f"SELECT points FROM members WHERE id = {member_id} AND points < 0")


def more_than_stands(among: Collection[int]) -> Iterator[tuple[str, int, int, int]]:
    """Yield event, member, how many of it count and how many stand, wherever more count."""
    counting = _rows(_COUNTING.format(chains=_chains()))
    for event, statement in _STANDING.items():
        standing = dict(_rows(statement))
        for name, member_id, count in counting:
            if name == event and member_id in among and count > standing.get(member_id, 0):
                yield event, member_id, count, int(standing.get(member_id, 0))


def _rows(statement: str) -> list[Any]:
    # As it stands: a colon in a key is no place of a value.
    return [tuple(row) for row in db.session.connection().exec_driver_sql(statement)]


def _chains() -> str:
    return _CHAINS.format(base=_BASE[dialect_name()])
