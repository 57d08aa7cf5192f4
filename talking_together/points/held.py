"""What hidden names earned: held for the week, then entered as one sum a member.

An entry, or a balance that moves, at the moment when something appears without a name would tell who
wrote it; so would a place on a leaderboard. The sum of a week tells no more than that it was one.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import String, cast, func, literal, select, update

from talking_together.core import clock
from talking_together.core.database import insert_into
from talking_together.extensions import db
from talking_together.points import services
from talking_together.points.models import HeldEntry, PointEntry
from talking_together.points.rules import WEEK_OF_HIDDEN_NAMES, WITHOUT_VERSION

BATCH = 200


def enter_batch() -> int:
    """Enter what members earned under hidden names up to Monday, London; return how many members."""
    monday = _monday()
    waiting = db.session.scalars(_waiting(monday).limit(BATCH)).all()
    services.hold(waiting)
    # Another run may have entered theirs while this one waited for the locks.
    members = db.session.scalars(_waiting(monday).where(HeldEntry.member_id.in_(waiting))).all()
    if not members:
        return len(waiting)
    due = HeldEntry.entered_key.is_(None), HeldEntry.day < monday, HeldEntry.member_id.in_(members)
    total = func.sum(HeldEntry.points)
    values = {
        "member_id": HeldEntry.member_id,
        "event": literal(WEEK_OF_HIDDEN_NAMES),
        "points": total,
        "event_key": _key(monday),
        "is_reversal": literal(False),
        "day": literal(clock.today()),
        "at": literal(clock.now(), PointEntry.at.type),
        "rule_version": literal(WITHOUT_VERSION),
        "on_boards": literal(False),
    }
    sums = select(*values.values()).where(*due).group_by(HeldEntry.member_id).having(total != 0)
    entering = insert_into(PointEntry).from_select(list(values), sums)
    entered = db.session.execute(entering.returning(PointEntry.member_id, PointEntry.points))
    services.move({row.member_id: row.points for row in entered})
    marking = update(HeldEntry).where(*due).values(entered_key=_key(monday))
    db.session.execute(marking.execution_options(synchronize_session=False))
    return len(waiting)


def _monday() -> date:
    today = clock.today()
    return today - timedelta(days=today.weekday())


def _key(monday: date) -> Any:
    """Return the SQL expression of a member's key: the week that ended when this Monday began."""
    week = (monday - timedelta(days=1)).isocalendar()
    return literal(f"week:{week.year}-W{week.week:02}:member:").concat(cast(HeldEntry.member_id, String))


def _waiting(monday: date) -> Any:
    """Return the statement of the members with something due.

    One whose week was entered waits for the next: a transaction may have begun before midnight
    and come to its end after the week's batch.
    """
    entered = select(PointEntry.id).where(PointEntry.event_key == _key(monday)).exists()
    return (
        select(HeldEntry.member_id)
        .where(HeldEntry.entered_key.is_(None), HeldEntry.day < monday, ~entered)
        .group_by(HeldEntry.member_id)
        .order_by(HeldEntry.member_id)
    )
