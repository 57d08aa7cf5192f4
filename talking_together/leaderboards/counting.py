"""What boards show: totals as of the last midnight in London, and per head board by board.

Were totals shown as they move, whoever looks often enough would see a member's rise by a vote cast
together with an author's by a thumb up. So they are taken over once a day, and figures per head are
counted from those, once.

A figure is kept only where it says something of five people or more: five are employed there, five
of them are members, and five earned something on that board. Who runs the site is left out.
"""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import and_, case, delete, func, insert, literal, or_, select, update

from talking_together.accounts.models import Member, MemberGroup
from talking_together.core import clock
from talking_together.core.database import hold_writers, insert_into
from talking_together.extensions import db
from talking_together.organisations.models import Organisation
from talking_together.points.models import BoardToCount, GroupTotal, PointSettings, PointTotal

# Of fewer people than this, a figure could be taken for one person's.
LEAST_GROUP = 5

_COUNTED = Member.is_active, Member.role == "staff"
_COLUMNS = ["board", "kind", "group_id", "points", "members", "people", "per_head"]


def show_totals() -> bool:
    """Let boards show what the ledger comes to, once after each midnight; return whether that was due."""
    midnight = clock.from_london(datetime.combine(clock.today(), time()))
    return _take_over(or_(PointSettings.shown_at.is_(None), PointSettings.shown_at < midnight))


def show_totals_now() -> bool:
    """Let boards show what the ledger comes to, whatever they showed since midnight.

    For a demo, whose ledger is written all at once and is to be seen at once.
    """
    return _take_over(PointSettings.id == 1)


def boards_to_count() -> Sequence[str]:
    """Return the keys of the boards that show other totals than when they were counted."""
    return db.session.scalars(select(BoardToCount.board).order_by(BoardToCount.board)).all()


def count_board(board: str) -> bool:
    """Count the figures of a board anew, in place of those from before, if nobody has meanwhile."""
    # Whoever counts the same board meanwhile waits here.
    claiming = delete(BoardToCount).where(BoardToCount.board == board).returning(BoardToCount.board)
    if db.session.scalar(claiming) is None:
        return False
    db.session.execute(delete(GroupTotal).where(GroupTotal.board == board))
    for figures in (_of_organisations(board), _of_staff_groups(board)):
        db.session.execute(insert(GroupTotal).from_select(_COLUMNS, figures))
    return True


def _take_over(due: Any) -> bool:
    # Whoever does the same meanwhile waits here, and finds it done.
    claiming = (
        update(PointSettings)
        .where(PointSettings.id == 1, PointSettings.leaderboards_on, due)
        .values(shown_at=clock.now())
        .returning(PointSettings.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(claiming) is None:
        return False
    # Those who earn add to several totals, in an order of their own.
    hold_writers(PointTotal)
    moved = PointTotal.shown != PointTotal.points
    boards = select(PointTotal.board).where(moved).distinct()
    waiting = insert_into(BoardToCount).from_select(["board"], boards)
    db.session.execute(waiting.on_conflict_do_nothing())
    taking = update(PointTotal).where(moved).values(shown=PointTotal.points)
    db.session.execute(taking, execution_options={"synchronize_session": False})
    return True


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
    points = func.coalesce(func.sum(PointTotal.shown), 0)
    earners = func.count(case((PointTotal.shown > 0, 1)))
    per_head = points * 1.0 / people
    columns = (literal(board), literal(kind), group_id, points, func.count(), people, per_head)
    return select(*columns).having(func.count() >= LEAST_GROUP, earners >= LEAST_GROUP)
