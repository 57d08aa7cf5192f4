"""Background work on accounts: reset emails, and clearing what is over."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, select, update

from talking_together.accounts import emails, sessions, throttle
from talking_together.accounts.models import Member, PasswordReset
from talking_together.accounts.services import RESET_LIFETIME
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.database import locked
from talking_together.extensions import db

BATCH = 50
# Whoever asked longer ago than this has asked again or given up.
ANSWERED_WITHIN = timedelta(hours=24)
RESETS_KEPT = timedelta(days=2)


def answer_password_resets() -> int:
    """Send a link for each request whose address has an active account; return how many handled."""
    handled = 0
    while batch := in_transaction(_answer_batch):
        handled += batch
    return handled


def clear_accounts() -> int:
    """Delete sessions, counts of failures and reset requests that are over; return how many."""
    return in_transaction(
        lambda: sessions.delete_ended_sessions() + throttle.delete_old_counts() + _delete_old_resets()
    )


def _answer_batch() -> int:
    waiting = db.session.execute(
        locked(
            select(PasswordReset.id, PasswordReset.email, PasswordReset.requested_at)
            .where(PasswordReset.handled_at.is_(None))
            .order_by(PasswordReset.id)
            .limit(BATCH),
            skip=True,
        )
    ).all()
    for request in waiting:
        _answer(request.id, request.email, is_late=request.requested_at < clock.now() - ANSWERED_WITHIN)
    return len(waiting)


def _answer(reset_id: int, email: str, *, is_late: bool) -> None:
    at = clock.now()
    answer = update(PasswordReset).where(PasswordReset.id == reset_id)
    member = None if is_late else _find_member(email)
    if member is None:
        db.session.execute(answer.values(handled_at=at))
        return
    token = secrets.token_urlsafe(sessions.TOKEN_BYTES)
    db.session.execute(
        answer.values(
            handled_at=at,
            member_id=member.id,
            token_hash=sessions.hash_of(token),
            expires_at=at + RESET_LIFETIME,
        )
    )
    emails.enqueue_password_reset(reset_id=reset_id, to=email, name=member.name, token=token)


def _find_member(email: str) -> Row[*tuple[Any, ...]] | None:
    return db.session.execute(
        select(Member.id, Member.name).where(
            Member.email == email, Member.is_active, Member.sign_in_name.is_not(None)
        )
    ).first()


def _delete_old_resets() -> int:
    gone = db.session.execute(
        delete(PasswordReset)
        .where(PasswordReset.requested_at <= clock.now() - RESETS_KEPT)
        .returning(PasswordReset.id)
    )
    return len(gone.all())
