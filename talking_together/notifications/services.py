"""Telling members what concerns them, and noting what they have read."""

from typing import Any

from sqlalchemy import update

from talking_together.core import clock
from talking_together.core.database import insert_into
from talking_together.extensions import db
from talking_together.notifications.models import Notification


def notify(
    member_id: int,
    kind: str,
    *,
    fact_key: str,
    idea_id: int | None = None,
    comment_id: int | None = None,
) -> None:
    """Tell a member something once: a second call with the same fact key does nothing."""
    db.session.execute(
        insert_into(Notification)
        .values(
            member_id=member_id,
            kind=kind,
            fact_key=fact_key,
            idea_id=idea_id,
            comment_id=comment_id,
            at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["fact_key"])
    )


def mark_all_read(member: Any, *, up_to: int) -> None:
    """Mark a member's notifications as read up to an id, so that later ones stay unread."""
    db.session.execute(
        update(Notification)
        .where(
            Notification.member_id == member.id,
            Notification.id <= up_to,
            Notification.read_at.is_(None),
        )
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )
