"""Adding up the ledger again."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import String, and_, cast, func, literal, or_, select, union_all

from talking_together.accounts.models import Member
from talking_together.core.database import dialect_name
from talking_together.extensions import db
from talking_together.points.models import HeldEntry, PointEntry, PointTotal
from talking_together.points.rules import WEEK_OF_HIDDEN_NAMES


def drift() -> Iterator[tuple[str, int, int]]:
    """Yield a label, what is kept and what the entries come to, wherever they differ."""
    yield from _balances()
    yield from _totals()
    yield from _listed()
    yield from _weeks()


def _balances() -> Iterator[tuple[str, int, int]]:
    sums = (
        select(PointEntry.member_id, func.sum(PointEntry.points).label("total"))
        .group_by(PointEntry.member_id)
        .subquery()
    )
    total = func.coalesce(sums.c.total, 0)
    statement = (
        select(Member.id, Member.points, total.label("total"))
        .outerjoin(sums, sums.c.member_id == Member.id)
        .where(Member.points != total)
        .order_by(Member.id)
    )
    for row in db.session.execute(statement):
        yield f"member {row.id} points", row.points, int(row.total)


def _totals() -> Iterator[tuple[str, int, int]]:
    """Yield what a board keeps of a member beside what they earned that counts on it."""
    counted = _earned_by_board()
    kept, total = PointTotal.points, func.coalesce(counted.c.total, 0)
    same = and_(PointTotal.board == counted.c.board, PointTotal.member_id == counted.c.member_id)
    wrong = union_all(
        select(PointTotal.board, PointTotal.member_id, kept.label("kept"), total.label("earned"))
        .outerjoin(counted, same)
        .where(kept != total),
        select(counted.c.board, counted.c.member_id, literal(0), counted.c.total)
        .outerjoin(PointTotal, same)
        .where(PointTotal.board.is_(None)),
    ).subquery()
    statement = select(wrong).order_by(wrong.c.board, wrong.c.member_id)
    for board, member_id, points, earned in db.session.execute(statement):
        yield f"member {member_id} points on {board}", points, int(earned)


def _earned_by_board() -> Any:
    # The challenge of an idea as the database knows it; ideas never move between challenges.
    ideas = PointEntry.metadata.tables["ideas"]
    if dialect_name() == "sqlite":
        month: Any = func.substr(PointEntry.day, 1, 7)
    else:
        month = func.to_char(PointEntry.day, "YYYY-MM")
    counts = PointEntry.on_boards, ~PointEntry.is_spending
    columns = PointEntry.member_id, PointEntry.points
    entries = union_all(
        select(literal("all").label("board"), *columns).where(*counts),
        select(literal("month:").concat(month), *columns).where(*counts),
        select(literal("challenge:").concat(cast(ideas.c.challenge_id, String)), *columns)
        .join(ideas, ideas.c.id == PointEntry.idea_id)
        .where(*counts),
    ).subquery()
    return (
        select(entries.c.board, entries.c.member_id, func.sum(entries.c.points).label("total"))
        .group_by(entries.c.board, entries.c.member_id)
        .subquery()
    )


def _listed() -> Iterator[tuple[str, int, int]]:
    listed = and_(Member.on_leaderboard, Member.is_active, Member.role == "staff", ~Member.hides_points)
    statement = (
        select(PointTotal.board, PointTotal.member_id, PointTotal.listed)
        .join(Member, Member.id == PointTotal.member_id)
        .where(or_(and_(PointTotal.listed, ~listed), and_(~PointTotal.listed, listed)))
        .order_by(PointTotal.board, PointTotal.member_id)
    )
    for board, member_id, kept in db.session.execute(statement):
        yield f"member {member_id} listed on {board}", int(kept), int(not kept)


def _weeks() -> Iterator[tuple[str, int, int]]:
    """Yield the entries of weeks of hidden names that are not the sum of what was held."""
    held = (
        select(HeldEntry.entered_key.label("key"), func.sum(HeldEntry.points).label("total"))
        .where(HeldEntry.entered_key.is_not(None))
        .group_by(HeldEntry.entered_key)
        .subquery()
    )
    weeks = (
        select(PointEntry.event_key.label("key"), PointEntry.points)
        .where(PointEntry.event == WEEK_OF_HIDDEN_NAMES)
        .subquery()
    )
    kept, total = func.coalesce(weeks.c.points, 0), func.coalesce(held.c.total, 0)
    statement = (
        select(func.coalesce(weeks.c.key, held.c.key), kept, total)
        .select_from(weeks)
        .join(held, held.c.key == weeks.c.key, full=True)
        .where(kept != total)
    )
    for key, points, earned in db.session.execute(statement):
        yield key, points, int(earned)
