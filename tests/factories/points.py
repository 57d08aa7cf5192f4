"""Rules of points, and points to spend."""

from datetime import datetime

from sqlalchemy import func, select, update

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.points.models import PointEntry, PointRuleVersion
from talking_together.points.rules import RULE_OF
from tests.factories.rows import next_number, saved


def set_rule(
    event: str,
    *,
    points: int | None = None,
    daily_cap: int | None = None,
    is_on: bool = True,
    starts_at: datetime | None = None,
) -> PointRuleVersion:
    """Return the next version of an event's rule, in force from now unless it starts later."""
    last = db.session.scalar(
        select(func.max(PointRuleVersion.version)).where(PointRuleVersion.event == event)
    )
    return saved(
        PointRuleVersion(
            event=event,
            version=(last or 0) + 1,
            points=RULE_OF[event].points if points is None else points,
            daily_cap=daily_cap,
            is_on=is_on,
            starts_at=starts_at or clock.now(),
            made_at=clock.now(),
        )
    )


def give_points(member_id: int, points: int) -> None:
    """Let the member have earned so many points, by an entry of the ledger."""
    db.session.add(
        PointEntry(
            member_id=member_id,
            event="idea done",
            points=points,
            event_key=f"idea done:given:{next_number()}",
            day=clock.today(),
            at=clock.now(),
        )
    )
    db.session.execute(update(Member).where(Member.id == member_id).values(points=Member.points + points))
    db.session.commit()
