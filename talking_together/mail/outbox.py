"""Writing an email: a row in the same transaction as what caused it, sent after the commit."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import insert, select, update

from talking_together.core.clock import now
from talking_together.core.errors import InvalidInput
from talking_together.extensions import db
from talking_together.mail.addresses import breaks_a_header, is_address
from talking_together.mail.models import FIRST, OutboxMessage

MAX_SUBJECT = 200
MAX_FROM_NAME = 100
NOT_LEFT = ("queued", "held", "claimed")

_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
# Made by the transport for every message alike.
_OWN_HEADERS = {
    "from", "to", "cc", "bcc", "subject", "date", "message-id", "reply-to", "sender",
    "auto-submitted", "mime-version", "content-type", "content-transfer-encoding",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Email:
    """One message to one address, before it is written to the outbox."""

    purpose: str
    to: str
    subject: str
    body_text: str
    body_html: str = ""
    ref_id: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    from_name: str = ""
    reply_to: str = ""
    stream: str = ""
    priority: int = FIRST


def enqueue(
    *,
    purpose: str,
    to: str,
    subject: str,
    body_text: str,
    body_html: str = "",
    ref_id: int | None = None,
    headers: Mapping[str, str] | None = None,
    from_name: str = "",
    reply_to: str = "",
    stream: str = "",
    priority: int = FIRST,
) -> str:
    """Write one email to the outbox and return its Message-ID; InvalidInput if it cannot be one."""
    email = Email(
        purpose,
        to,
        subject,
        body_text,
        body_html,
        ref_id,
        headers or {},
        from_name,
        reply_to,
        stream,
        priority,
    )
    return enqueue_many([email])[0]


def enqueue_many(emails: Sequence[Email]) -> list[str]:
    """Write emails to the outbox in one statement and return their Message-IDs in order."""
    rows = [_row_of(email) for email in emails]
    if rows:
        db.session.execute(insert(OutboxMessage), rows)
    return [row["message_id"] for row in rows]


def hold(stream: str) -> int:
    """Keep what waits of a stream from leaving until `release`; return how many messages.

    A message that a worker has claimed is held too: the worker finds it gone before it leaves. One
    that is leaving at this moment leaves.
    """
    return _move(stream, ("queued", "claimed"), state="held", claimed_by="", lease_until=None)


def release(stream: str) -> int:
    """Let what is held of a stream leave when its time comes; return how many messages."""
    return _move(stream, ("held",), state="queued")


def cancel(stream: str) -> int:
    """Give up, for good, what has not left of a stream; return how many messages."""
    return _move(stream, NOT_LEFT, **_cancelled())


def cancel_of(purposes: Sequence[str], ref_ids: Sequence[int]) -> None:
    """Give up, for good, what has not left for some rows of a feature."""
    db.session.execute(
        update(OutboxMessage)
        .where(*_belongs_to(purposes, ref_ids), OutboxMessage.state.in_(NOT_LEFT))
        .values(**_cancelled())
        .execution_options(synchronize_session=False)
    )


def let_go_of(purposes: Sequence[str], ref_id: int) -> None:
    """Leave messages of unknown outcome as they are, whatever a slow server may still say of them.

    For a row that is written to anew: a late answer would be taken for one about the new message.
    """
    db.session.execute(
        update(OutboxMessage)
        .where(*_belongs_to(purposes, [ref_id]), OutboxMessage.state == "outcome unknown")
        .values(claimed_by="")
        .execution_options(synchronize_session=False)
    )


def is_leaving(purposes: Sequence[str], ref_id: int) -> bool:
    """Return whether a message for a row of a feature is being handed over at this moment."""
    leaving = select(OutboxMessage.id).where(
        *_belongs_to(purposes, [ref_id]), OutboxMessage.state == "sending"
    )
    return db.session.scalar(leaving.limit(1)) is not None


def _belongs_to(purposes: Sequence[str], ref_ids: Sequence[int]) -> tuple[Any, Any]:
    return OutboxMessage.purpose.in_(purposes), OutboxMessage.ref_id.in_(ref_ids)


def _cancelled() -> dict[str, Any]:
    return {
        "state": "cancelled",
        "claimed_by": "",
        "lease_until": None,
        "finished_at": now(),
        "body_text": "",
        "body_html": "",
    }


def _move(stream: str, states: Sequence[str], **values: Any) -> int:
    if not stream:
        raise ValueError("What has no stream cannot be held or cancelled together")
    moved = db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.stream == stream, OutboxMessage.state.in_(states))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]


def _row_of(email: Email) -> dict[str, Any]:
    _refuse_unusable(email)
    at = now()
    return {
        "message_id": _new_message_id(),
        "purpose": email.purpose,
        "ref_id": email.ref_id,
        "stream": email.stream,
        "priority": email.priority,
        "to_address": email.to,
        "from_name": email.from_name,
        "reply_to": email.reply_to,
        "subject": email.subject,
        "body_text": email.body_text,
        "body_html": email.body_html,
        "headers": dict(email.headers),
        "state": "queued",
        "attempts": 0,
        "due_at": at,
        "claimed_by": "",
        "last_answer": "",
        "created_at": at,
    }


def _refuse_unusable(email: Email) -> None:
    if not is_address(email.to):
        raise InvalidInput("That is not an email address we can write to.", field="email")
    if email.reply_to and not is_address(email.reply_to):
        raise InvalidInput("That is not an email address that people can reply to.", field="reply_to")
    if not email.subject or len(email.subject) > MAX_SUBJECT or breaks_a_header(email.subject):
        raise InvalidInput(f"A subject is one line of up to {MAX_SUBJECT} characters.", field="subject")
    if len(email.from_name) > MAX_FROM_NAME or breaks_a_header(email.from_name):
        raise InvalidInput("A sender's name is one short line.", field="from_name")
    for name, value in email.headers.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS or breaks_a_header(value):
            raise InvalidInput("That header cannot be sent.")


def _new_message_id() -> str:
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    return f"<{uuid.uuid4()}@{host}>"
