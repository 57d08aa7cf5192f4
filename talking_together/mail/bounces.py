"""What comes back: reports of what could not be delivered, each counted once, matched to its message.

A report is trusted only as far as it names a Message-ID that this site made, of a message that has
left, and does not say that it was for somebody else. Anything else changes nothing.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import DataError, DBAPIError

from talking_together.core.clock import now
from talking_together.core.commits import in_transaction
from talking_together.core.database import insert_into, locked
from talking_together.core.logs import frames_of
from talking_together.extensions import db
from talking_together.mail.bounce_kinds import DELAYED, HARD, SOFT
from talking_together.mail.bounce_mailboxes import Mailbox, MailboxAway, open_mailbox
from talking_together.mail.bounce_reports import MAX_BYTES, RecipientStatus, Report, read_report
from talking_together.mail.models import Bounce, OutboxMessage
from talking_together.mail.suppressions import suppress

log = logging.getLogger(__name__)

BATCH = 200
LEFT = ("sending", "sent", "outcome unknown")
HAD_LEFT = "It had left: a report about it came back"

# What the feature that owns a message's purpose is told: its ref_id, the address that was written
# to, the kind of bounce, the mail system's words. A soft one about a message that was followed by
# another to the same person is told as delayed: it is not the last word.
BounceHandler = Callable[[int | None, str, str, str], None]


def read_bounces(on_bounce: Mapping[str, BounceHandler], *, stop: Callable[[], bool] = lambda: False) -> int:
    """Read what came to the bounce mailbox, as far as there is one; return how many were ours."""
    address = current_app.config["BOUNCE_MAILBOX"]
    if not address:
        return 0
    ours = 0
    try:
        with open_mailbox(address) as mailbox:
            for name in mailbox.new(BATCH):
                if stop():
                    break
                ours += _handle(mailbox, name, on_bounce)
    except MailboxAway as away:
        log.warning("bounce mailbox not reached", extra={"kind": str(away)})
    return ours


def _handle(mailbox: Mailbox, name: str, on_bounce: Mapping[str, BounceHandler]) -> bool:
    """Record one message, then mark it; a crash in between has it read again, and counted once."""
    content = mailbox.read(name, MAX_BYTES)
    report = _report_in(content)
    is_ours = False
    try:
        is_ours = report is not None and record_report(report, content, on_bounce)
    except DataError as error:
        _log_unreadable(error, content)
    except DBAPIError:
        # It is the database that failed: this message and those behind it wait.
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours must not stop those behind it
        log.error(  # noqa: TRY400 - what the error says could hold an address
            "bounce cannot be recorded", extra={"kind": type(error).__name__, "trace": frames_of(error)}
        )
        return False
    mailbox.mark_seen(name)
    return is_ours


def _report_in(content: bytes) -> Report | None:
    try:
        return read_report(content)
    except Exception as error:  # noqa: BLE001 - whatever it is that somebody sent
        _log_unreadable(error, content)
        return None


def _log_unreadable(error: Exception, content: bytes) -> None:
    log.warning("bounce cannot be read", extra={"kind": type(error).__name__, "bytes": len(content)})


def record_report(report: Report, content: bytes, on_bounce: Mapping[str, BounceHandler]) -> bool:
    """Note what a report says of the message of ours that it is about; return whether there is one."""
    key = hashlib.sha256(report.key.encode("utf-8", "replace") or content).hexdigest()
    return in_transaction(lambda: _record(report, key, on_bounce))


def _record(report: Report, key: str, on_bounce: Mapping[str, BounceHandler]) -> bool:
    message = _message_of(report)
    said = report.about(message.to_address) if message is not None else None
    if message is None or said is None or not said.kind:
        return False
    if not _keep(message.id, key, said):
        return True
    if message.state == "outcome unknown":
        db.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == message.id)
            .values(state="sent", last_answer=HAD_LEFT)
            .execution_options(synchronize_session=False)
        )
    handler = on_bounce.get(message.purpose)
    if handler is not None:
        superseded = said.kind == SOFT and _was_followed(message)
        handler(message.ref_id, message.to_address, DELAYED if superseded else said.kind, said.words)
    if said.kind == HARD:
        # After the owner took its locks, as whoever declines does it in that order too.
        suppress(message.to_address, because="bounced", detail=said.words)
    return True


def _message_of(report: Report) -> Any:
    """Return the message that a report is about, locked; of several, the one it names first."""
    statement = locked(
        select(OutboxMessage.__table__)
        .where(OutboxMessage.message_id.in_(report.message_ids), OutboxMessage.state.in_(LEFT))
        .order_by(OutboxMessage.id)
    )
    found: list[Any] = list(db.session.execute(statement)) if report.message_ids else []
    return min(found, key=lambda row: report.message_ids.index(row.message_id), default=None)


def _keep(outbox_id: int, key: str, said: RecipientStatus) -> bool:
    """Write the bounce down; False when this report has been counted before."""
    kept = db.session.execute(
        insert_into(Bounce)
        .values(
            outbox_id=outbox_id,
            report_key=key,
            kind=HARD if said.kind == HARD else SOFT,
            status=said.status[:20],
            words=said.words,
            reported_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["outbox_id", "report_key"])
        .returning(Bounce.__table__.c.id)
    )
    return kept.first() is not None


def _was_followed(message: Any) -> bool:
    if message.ref_id is None:
        return False
    later = select(OutboxMessage.id).where(
        OutboxMessage.purpose == message.purpose,
        OutboxMessage.ref_id == message.ref_id,
        OutboxMessage.id > message.id,
    )
    return db.session.execute(later.limit(1)).first() is not None
