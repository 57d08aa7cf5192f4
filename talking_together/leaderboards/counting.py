"""Counting what organisations and staff groups earned per head, board by board.

A figure is kept only where it says something of five people or more: five are employed there, five
of them are members, and five earned something on that board. Who runs the site is left out.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, and_, case, cast, delete, func, insert, literal, select

from talking_together.accounts.models import Member, MemberGroup
from talking_together.challenges.models import Challenge
from talking_together.core import clock
from talking_together.core.database import insert_into
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.leaderboards.boards import (
    ALL,
    CHALLENGE,
    month_board,
    month_of,
    months_between,
)
from talking_together.leaderboards.queries import first_month
from talking_together.organisations.models import Organisation
from talking_together.points.models import CountedBoard, GroupTotal, PointEntry, PointTotal

# Of fewer people than this, a figure could be taken for one person's.
LEAST_GROUP = 5
# In a new month's first days the last one is counted again, as people move and leave.
DAYS_OF_LAST_MONTH = 3
# How far back entries are looked through for challenges in which something happened.
LATEST_ENTRIES = 20_000
# What was being written during the last count came after it.
OVERLAP = timedelta(minutes=10)

_COUNTED = Member.is_active, Member.role == "staff"
_COLUMNS = ["board", "kind", "group_id", "points", "members", "people", "per_head"]


def due_boards() -> list[str]:
    """Return the keys of the boards to count: those that move, and those that never were counted."""
    counted = {row.board: row.counted_at for row in db.session.execute(select(*CountedBoard.__table__.c))}
    today = clock.today()
    months = months_between(first_month(), month_of(today))
    moving = months[: 2 if today.day <= DAYS_OF_LAST_MONTH else 1]
    due = [ALL, *(month_board(month).key for month in moving)]
    due += [key for month in months if (key := month_board(month).key) not in counted]
    due += _challenges_never_counted()
    if ALL in counted:
        due += _challenges_with_entries(since=counted[ALL] - OVERLAP)
    return list(dict.fromkeys(due))


def count_board(board: str) -> None:
    """Count the figures of a board anew, in place of those from before."""
    now = clock.now()
    # Whoever counts the same board meanwhile waits here.
    counted = insert_into(CountedBoard).values(board=board, counted_at=now)
    db.session.execute(counted.on_conflict_do_update(index_elements=["board"], set_={"counted_at": now}))
    db.session.execute(delete(GroupTotal).where(GroupTotal.board == board))
    for figures in (_of_organisations(board), _of_staff_groups(board)):
        db.session.execute(insert(GroupTotal).from_select(_COLUMNS, figures))


def _of_organisations(board: str) -> Any:
    return (
        _figures(board, "organisation", Organisation.id, people=Organisation.headcount)
        .join_from(Organisation, Member, Member.organisation_id == Organisation.id)
        .outerjoin(PointTotal, _total_of(board))
        .where(*_COUNTED, Organisation.headcount >= LEAST_GROUP)
        .group_by(Organisation.id)
    )


def _of_staff_groups(board: str) -> Any:
    return (
        _figures(board, "group", MemberGroup.group_id, people=func.count())
        .join_from(MemberGroup, Member, Member.id == MemberGroup.member_id)
        .outerjoin(PointTotal, _total_of(board))
        .where(*_COUNTED)
        .group_by(MemberGroup.group_id)
    )


def _total_of(board: str) -> Any:
    return and_(PointTotal.board == board, PointTotal.member_id == Member.id)


def _figures(board: str, kind: str, group_id: Any, *, people: Any) -> Any:
    points = func.coalesce(func.sum(PointTotal.points), 0)
    earners = func.count(case((PointTotal.points > 0, 1)))
    per_head = points * 1.0 / people
    columns = (literal(board), literal(kind), group_id, points, func.count(), people, per_head)
    return select(*columns).having(func.count() >= LEAST_GROUP, earners >= LEAST_GROUP)


def _challenges_never_counted() -> list[str]:
    key = literal(f"{CHALLENGE}:") + cast(Challenge.id, String)
    statement = (
        select(Challenge.id)
        .where(
            select(PointTotal.member_id).where(PointTotal.board == key).exists(),
            ~select(CountedBoard.board).where(CountedBoard.board == key).exists(),
        )
        .order_by(Challenge.id)
    )
    return _keys(statement)


def _challenges_with_entries(*, since: datetime) -> list[str]:
    """Return the boards of challenges of which the latest entries of the ledger speak."""
    last = select(func.coalesce(func.max(PointEntry.id), 0)).scalar_subquery()
    statement = (
        select(Idea.challenge_id)
        .join_from(PointEntry, Idea, Idea.id == PointEntry.idea_id)
        .where(PointEntry.id > last - LATEST_ENTRIES, PointEntry.at >= since)
        .distinct()
        .order_by(Idea.challenge_id)
    )
    return _keys(statement)


def _keys(challenges: Any) -> list[str]:
    return [f"{CHALLENGE}:{id}" for id in db.session.scalars(challenges)]
