"""Reads of the outbox."""

from sqlalchemy import func, select

from talking_together.extensions import db
from talking_together.mail.models import OutboxMessage


def messages_waiting(purpose: str) -> int:
    """Return how many messages of a purpose have not left yet."""
    # By state, of which few rows wait at a time; by purpose it would read all that was ever sent.
    counts = db.session.execute(
        select(OutboxMessage.purpose, func.count())
        .where(OutboxMessage.state.in_(("queued", "claimed", "sending")))
        .group_by(OutboxMessage.purpose)
    )
    return dict(counts.all()).get(purpose, 0)
