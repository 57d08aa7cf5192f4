"""A challenge's row while a moderator changes it: held, changed, and written down in the log."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from talking_together.accounts.viewers import Viewer
from talking_together.audit.services import record
from talking_together.challenges import policies
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import MAX_ID
from talking_together.core import clock
from talking_together.core.database import locked
from talking_together.core.errors import NotFound
from talking_together.extensions import db


def begin_act(moderator: Viewer, challenge_id: int, act: str) -> tuple[Any, datetime]:
    """Lock and return a challenge that a moderator may do this to now, and the moment."""
    policies.ensure_can_manage(moderator)
    challenge, now = locked_row(challenge_id), clock.now()
    policies.ensure_can(act, challenge, now)
    return challenge, now


def locked_row(challenge_id: int) -> Any:
    """Lock and return a challenge's row; NotFound when there is none."""
    if challenge_id > MAX_ID:
        raise NotFound()
    statement = locked(select(*Challenge.__table__.c).where(Challenge.id == challenge_id))
    row = db.session.execute(statement).first()
    if row is None:
        raise NotFound()
    return row


def change_row(challenge_id: int, now: datetime, **values: Any) -> None:
    """Change columns of a challenge; who opened its form before is told when they save it."""
    db.session.execute(update(Challenge).where(Challenge.id == challenge_id).values(updated_at=now, **values))


def plain(value: Any) -> Any:
    """Return a value as the log and the news keep it."""
    return value.isoformat() if isinstance(value, datetime) else value


def record_act(
    moderator: Viewer,
    action: str,
    challenge_id: int,
    title: str,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Write an act on a challenge down in the log."""
    record(
        moderator,
        action,
        subject_type="challenge",
        subject_id=challenge_id,
        subject_label=title,
        reason=reason,
        details=details,
    )
