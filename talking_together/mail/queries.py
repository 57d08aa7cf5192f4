"""Reads of the outbox, and of how the mail server was met last."""

from typing import Any

from sqlalchemy import select

from talking_together.extensions import db
from talking_together.mail.models import MailServerState

SERVER_STATE = select(
    MailServerState.failing_since,
    MailServerState.next_try_at,
    MailServerState.tries,
    MailServerState.last_answer,
    MailServerState.reached_at,
).where(MailServerState.id == 1)


def server_state() -> Any:
    """Return how the mail server was met last, or None if it has never been tried.

    While it cannot be reached, `failing_since` says since when, and `last_answer` why.
    """
    return db.session.execute(SERVER_STATE).first()
