"""What members were told and can no longer see: the page leaves it out, so the bell is not to count it.

The bell is counted in the viewer's own statement, by an index and without asking what each row is about
(docs/adr/0009-the-bell-is-counted-with-the-viewer.md). Its rows are marked as read here instead.
"""

from collections.abc import Callable
from functools import partial

from sqlalchemy import and_, func, or_, select, update

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import visible_to_member
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import seen_by_member
from talking_together.notifications.models import Notification

MEMBERS = 200
# What goes beyond waits for the next run.
ROWS = 5_000


def mark_unseen_read(*, stop: Callable[[], bool] = lambda: False) -> None:
    """Mark as read what is about something that its member sees no more, some members at a time."""
    after: int | None = 0
    while after is not None and not stop():
        after = in_transaction(partial(_mark_some, after))


def _mark_some(after: int) -> int | None:
    """Look at what the next members have not read; return the last of them, None when there are no more."""
    some = (
        select(Notification.member_id)
        .where(Notification.read_at.is_(None), Notification.member_id > after)
        .distinct()
        .order_by(Notification.member_id)
        .limit(MEMBERS)
    )
    member_ids = db.session.scalars(some).all()
    if not member_ids:
        return None
    at = clock.now()
    is_seen = and_(
        Challenge.id.is_not(None),
        visible_to_member(at),
        or_(Notification.idea_id.is_(None), seen_by_member(at)),
        or_(Notification.comment_id.is_(None), Comment.deleted_at.is_(None)),
    )
    unseen = (
        select(Notification.id)
        .join(Member, Member.id == Notification.member_id)
        .outerjoin(Idea, Idea.id == Notification.idea_id)
        .outerjoin(Challenge, Challenge.id == func.coalesce(Notification.challenge_id, Idea.challenge_id))
        .outerjoin(Comment, Comment.id == Notification.comment_id)
        .where(
            Notification.member_id.in_(member_ids),
            Notification.read_at.is_(None),
            or_(Notification.idea_id.is_not(None), Notification.challenge_id.is_not(None)),
            func.coalesce(is_seen, False).is_(False),
        )
        .order_by(Notification.id)
        .limit(ROWS)
    )
    if ids := db.session.scalars(unseen).all():
        db.session.execute(
            update(Notification)
            .where(Notification.id.in_(ids), Notification.read_at.is_(None))
            .values(read_at=at)
            .execution_options(synchronize_session=False)
        )
    return member_ids[-1]
