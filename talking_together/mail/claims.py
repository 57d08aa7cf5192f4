"""Whose turn a message is: claimed for a while, renewed while the worker lives, taken back after."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Row, bindparam, select, update

from talking_together.core.clock import now
from talking_together.core.commits import in_transaction
from talking_together.core.database import locked, one_snapshot
from talking_together.core.driver import DriverConnection
from talking_together.core.logs import frames_of
from talking_together.extensions import db
from talking_together.mail.models import BULK, FIRST, OutboxMessage
from talking_together.mail.recording import OutcomeHandlers, Settled, record
from talking_together.mail.suppressions import suppressed_among

log = logging.getLogger(__name__)

# Renewed three times as often while the worker lives. What a killed one held is taken back within
# this time and a tick, so well within a minute.
LEASE = timedelta(seconds=30)
CUT_OFF = "The worker stopped while this message was leaving"
ON_LIST = "Nothing is sent to this address until somebody lifts it from the suppressed addresses"


def claim(worker: str, limit: int) -> Sequence[Row[Any]]:
    """Take up to so many due messages for a worker, those that one person waits for first."""
    rows: list[Row[Any]] = []
    for priority in (FIRST, BULK):
        if len(rows) < limit:
            rows += _claim_of(priority, worker, limit - len(rows))
    return rows


def _claim_of(priority: int, worker: str, limit: int) -> list[Row[Any]]:
    at = now()
    ids = db.session.scalars(
        locked(
            select(OutboxMessage.id)
            .where(
                OutboxMessage.state == "queued",
                OutboxMessage.priority == priority,
                OutboxMessage.due_at <= at,
            )
            .order_by(OutboxMessage.due_at, OutboxMessage.id)
            .limit(limit),
            skip=True,
        )
    ).all()
    if not ids:
        return []
    db.session.execute(
        _changed(OutboxMessage.id.in_(ids)).values(
            state="claimed", claimed_by=worker, lease_until=at + lease()
        )
    )
    found: Sequence[Any] = db.session.execute(_MESSAGES.where(OutboxMessage.id.in_(ids))).all()
    return list(found)


# What is needed to send a message and to write down what became of it.
_MESSAGES = select(
    OutboxMessage.id,
    OutboxMessage.message_id,
    OutboxMessage.purpose,
    OutboxMessage.ref_id,
    OutboxMessage.to_address,
    OutboxMessage.from_name,
    OutboxMessage.reply_to,
    OutboxMessage.subject,
    OutboxMessage.body_text,
    OutboxMessage.body_html,
    OutboxMessage.headers,
    OutboxMessage.attempts,
    OutboxMessage.first_tried_at,
).order_by(OutboxMessage.due_at, OutboxMessage.id)


def still_claimed(messages: Sequence[Row[Any]], worker: str) -> list[Row[Any]]:
    """Return those of the messages that nobody has held, cancelled or taken back meanwhile."""
    ids = select(OutboxMessage.id).where(
        OutboxMessage.id.in_([message.id for message in messages]),
        OutboxMessage.state == "claimed",
        OutboxMessage.claimed_by == worker,
    )
    left = set(db.session.scalars(ids))
    return [message for message in messages if message.id in left]


def without_suppressed(
    messages: Sequence[Row[Any]], worker: str, on_outcome: OutcomeHandlers
) -> list[Row[Any]]:
    """Return the messages that may be sent; those to suppressed addresses end here."""
    suppressed = suppressed_among({message.to_address for message in messages})
    if not suppressed:
        return list(messages)
    stopped = [message for message in messages if message.to_address in suppressed]
    settled = [Settled(message, "suppressed", ON_LIST) for message in stopped]
    record(DriverConnection(db.session.connection()), settled, worker, on_outcome)
    return [message for message in messages if message.to_address not in suppressed]


@cache
def _renewal() -> Any:
    return _changed(
        OutboxMessage.state.in_(("claimed", "sending")), OutboxMessage.claimed_by == bindparam("worker")
    ).values(lease_until=bindparam("until"))


def renew(worker: str) -> None:
    """Keep what a worker has in hand its own for another while."""
    db.session.execute(_renewal(), {"worker": worker, "until": now() + lease()})


def take_back(message: Row[Any], worker: str) -> None:
    """Claim again what was about to leave and has not."""
    db.session.execute(
        _changed(
            OutboxMessage.id == message.id,
            OutboxMessage.state == "sending",
            OutboxMessage.claimed_by == worker,
        ).values(state="claimed")
    )


def give_back(messages: Sequence[Row[Any]], worker: str) -> None:
    """Queue again, at once, what was claimed but not tried."""
    db.session.execute(
        _changed(
            OutboxMessage.id.in_([message.id for message in messages]),
            OutboxMessage.state == "claimed",
            OutboxMessage.claimed_by == worker,
        ).values(state="queued", claimed_by="", lease_until=None)
    )


def anything_due() -> bool:
    """Return whether a message waits whose time has come."""
    at = now()
    due = [
        select(OutboxMessage.id).where(
            OutboxMessage.state == "queued",
            OutboxMessage.priority == priority,
            OutboxMessage.due_at <= at,
        )
        for priority in (FIRST, BULK)
    ]
    return any(db.session.scalar(one.limit(1)) is not None for one in due)


def recover_lapsed(on_outcome: OutcomeHandlers) -> None:
    """Take back what a worker that is gone had in hand."""
    with one_snapshot():
        in_hand = OutboxMessage.state.in_(("claimed", "sending"))
        lapsed = select(OutboxMessage.id).where(in_hand, OutboxMessage.lease_until < now())
        if db.session.scalar(lapsed.limit(1)) is None:
            return
    for message in in_transaction(_requeue_and_find_cut_off):
        try:
            in_transaction(lambda cut_off=message: _end_cut_off(cut_off, on_outcome))  # type: ignore[misc]
        except Exception as error:  # noqa: BLE001 - one that cannot be settled must not hold up the rest
            log.error(  # noqa: TRY400 - a message could hold an address
                "cut off mail cannot be settled",
                extra={"outbox_id": message.id, "kind": type(error).__name__, "trace": frames_of(error)},
            )


def _requeue_and_find_cut_off() -> Sequence[Row[Any]]:
    lapsed = OutboxMessage.lease_until < now()
    db.session.execute(
        _changed(OutboxMessage.state == "claimed", lapsed).values(
            state="queued", claimed_by="", lease_until=None
        )
    )
    table = OutboxMessage.__table__
    return db.session.execute(
        select(table).where(table.c.state == "sending", lapsed).order_by(table.c.id)
    ).all()


def _end_cut_off(message: Row[Any], on_outcome: OutcomeHandlers) -> None:
    lapsed = select(OutboxMessage.id).where(
        OutboxMessage.id == message.id,
        OutboxMessage.state == "sending",
        OutboxMessage.claimed_by == message.claimed_by,
        OutboxMessage.lease_until < now(),
    )
    if db.session.scalar(locked(lapsed, skip=True)) is not None:
        settled = [Settled(message, "outcome unknown", CUT_OFF)]
        record(DriverConnection(db.session.connection()), settled, message.claimed_by, on_outcome)


def lease() -> timedelta:
    """Return how long a claim holds without being renewed."""
    seconds: int | None = current_app.config.get("MAIL_LEASE_S")
    return LEASE if seconds is None else timedelta(seconds=seconds)


def _changed(*conditions: ColumnElement[bool]) -> Any:
    return update(OutboxMessage).where(*conditions).execution_options(synchronize_session=False)
