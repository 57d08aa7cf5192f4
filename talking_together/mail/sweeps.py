"""Delivering the outbox: what is about to leave is written down before it leaves.

A message goes `queued → claimed → sending → sent`. A crash while it is `claimed` costs nothing:
the lease runs out and it is queued again. A crash while it is `sending` leaves open whether the
server took it, so it becomes `outcome unknown` and only a person sends it again.
"""

import logging
import os
import random
import socket
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Row, func, select, update

from talking_together.core.clock import now
from talking_together.core.commits import in_transaction
from talking_together.core.database import locked
from talking_together.core.logs import frames_of
from talking_together.extensions import db
from talking_together.mail.models import OutboxMessage
from talking_together.mail.transport import (
    ConnectionLost,
    OutcomeUnknown,
    Refused,
    Transport,
    content_of,
    open_transport,
)

log = logging.getLogger(__name__)

BATCH = 50
LEASE = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(days=2)
FIRST_WAIT_S = 60
LONGEST_WAIT_S = 3_600

# What the feature that owns a message's purpose is told: its ref_id, the state, the server's words.
OutcomeHandler = Callable[[int | None, str, str], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one attempt, and whether the connection is fit for the next message."""

    state: str
    answer: str
    connection_is_good: bool = True
    server_is_busy: bool = False


def deliver_outbox(
    on_outcome: Mapping[str, OutcomeHandler], *, stop: Callable[[], bool] = lambda: False
) -> int:
    """Send what is due until nothing is left, the server is away or `stop` says so.

    `on_outcome` holds, for a purpose, the function that is told of sent, failed and outcome
    unknown in the transaction that records it. Returns how many messages were sent.
    """
    recover_lapsed(on_outcome)
    worker = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    sent = 0
    while not stop():
        claimed = in_transaction(lambda: _claim(worker))
        if not claimed:
            break
        done, go_on = _deliver(claimed, worker, on_outcome, stop)
        sent += done
        if not go_on:
            break
    if sent:
        log.info("mail delivered", extra={"messages": sent})
    return sent


def recover_lapsed(on_outcome: Mapping[str, OutcomeHandler]) -> None:
    """Take back what a worker that is gone had in hand."""

    def recover() -> None:
        lapsed = OutboxMessage.lease_until < now()
        db.session.execute(
            _changed(OutboxMessage.state == "claimed", lapsed).values(
                state="queued", claimed_by="", lease_until=None
            )
        )
        words = "The worker stopped while this message was leaving"
        cut_off: Sequence[Any] = db.session.execute(
            locked(
                select(OutboxMessage.id, OutboxMessage.purpose, OutboxMessage.ref_id)
                .where(OutboxMessage.state == "sending", lapsed)
                .order_by(OutboxMessage.id)
                .limit(BATCH),
                skip=True,
            )
        ).all()
        for message in cut_off:
            db.session.execute(
                _changed(OutboxMessage.id == message.id).values(**_finished("outcome unknown", words))
            )
            _tell(on_outcome, message, "outcome unknown", words)

    in_transaction(recover)


def _claim(worker: str) -> Sequence[Row[Any]]:
    at = now()
    due = select(OutboxMessage.id).where(OutboxMessage.state == "queued", OutboxMessage.due_at <= at)
    due = due.order_by(OutboxMessage.priority, OutboxMessage.due_at, OutboxMessage.id).limit(BATCH)
    ids = db.session.scalars(locked(due, skip=True)).all()
    if not ids:
        return []
    db.session.execute(
        _changed(OutboxMessage.id.in_(ids)).values(
            state="claimed",
            claimed_by=worker,
            lease_until=at + _lease(),
            first_tried_at=func.coalesce(OutboxMessage.first_tried_at, at),
        )
    )
    return db.session.execute(
        select(OutboxMessage.__table__).where(OutboxMessage.id.in_(ids)).order_by(OutboxMessage.id)
    ).all()


def _deliver(
    claimed: Sequence[Row[Any]],
    worker: str,
    on_outcome: Mapping[str, OutcomeHandler],
    stop: Callable[[], bool],
) -> tuple[int, bool]:
    """Send a batch over one connection; return how many were sent and whether to go on."""
    left = list(claimed)
    sent = 0
    try:
        with open_transport() as transport:
            while left and not stop():
                message = left.pop(0)
                verdict = _attempt(transport, message, worker)
                _record(message, worker, verdict, on_outcome)
                sent += verdict.state == "sent"
                if verdict.server_is_busy:
                    return sent, False
                if not verdict.connection_is_good:
                    return sent, True
    except ConnectionLost as lost:
        log.warning("mail server not reached", extra={"messages": len(left)})
        for message in left:
            _record(message, worker, Verdict("queued", lost.words), on_outcome)
        left = []
        return sent, False
    finally:
        _release(left, worker)
    return sent, True


def _attempt(transport: Transport, message: Row[Any], worker: str) -> Verdict:
    try:
        content = content_of(message)
    except Exception as error:  # noqa: BLE001 - one such message must not hold up those behind it
        log.error(  # noqa: TRY400 - what the error says could hold an address
            "mail cannot be put together",
            extra={"outbox_id": message.id, "kind": type(error).__name__, "trace": frames_of(error)},
        )
        return Verdict("failed", "The message could not be put together")
    try:
        transport.announce(message.to_address)
        if not in_transaction(lambda: _intend(message, worker)):
            return Verdict("taken over", "", connection_is_good=False)
        return Verdict("sent", transport.hand_over(content))
    except Refused as refusal:
        state = "failed" if refusal.permanent else "queued"
        return Verdict(
            state,
            refusal.words,
            connection_is_good=not refusal.closing,
            server_is_busy=refusal.closing,
        )
    except ConnectionLost as lost:
        return Verdict("queued", lost.words, connection_is_good=False)
    except OutcomeUnknown as unknown:
        return Verdict("outcome unknown", str(unknown), connection_is_good=False)


def _intend(message: Row[Any], worker: str) -> bool:
    """Write down that the body is about to leave; False if the lease ran out and it is not ours."""
    intended = db.session.execute(
        _changed(
            OutboxMessage.id == message.id,
            OutboxMessage.state == "claimed",
            OutboxMessage.claimed_by == worker,
        ).values(state="sending", lease_until=now() + _lease())
    )
    return bool(intended.rowcount)  # type: ignore[attr-defined]


def _record(
    message: Row[Any], worker: str, verdict: Verdict, on_outcome: Mapping[str, OutcomeHandler]
) -> None:
    if verdict.state == "taken over":
        return
    state, answer = verdict.state, verdict.answer[:500]
    if state == "queued" and now() - (message.first_tried_at or now()) >= GIVE_UP_AFTER:
        state, answer = "failed", f"Given up after two days: {answer}"[:500]
    values = _postponed(message.attempts, answer) if state == "queued" else _finished(state, answer)

    def record() -> None:
        changed = db.session.execute(
            _changed(
                OutboxMessage.id == message.id,
                OutboxMessage.claimed_by == worker,
                # Unknown: the lease ran out while the server's answer was on its way; now we know.
                OutboxMessage.state.in_(("claimed", "sending", "outcome unknown")),
            ).values(**values, attempts=OutboxMessage.attempts + 1)
        )
        if changed.rowcount and state != "queued":  # type: ignore[attr-defined]
            _tell(on_outcome, message, state, answer)

    in_transaction(record)


def _release(messages: Sequence[Row[Any]], worker: str) -> None:
    """Queue again, at once, what was claimed but not tried."""
    if messages:
        ids = [message.id for message in messages]
        in_transaction(
            lambda: db.session.execute(
                _changed(
                    OutboxMessage.id.in_(ids),
                    OutboxMessage.state == "claimed",
                    OutboxMessage.claimed_by == worker,
                ).values(state="queued", claimed_by="", lease_until=None)
            )
        )


def _finished(state: str, answer: str) -> dict[str, Any]:
    return {
        "state": state,
        "last_answer": answer,
        "finished_at": now(),
        "lease_until": None,
        # The text may hold a token, and nobody needs it any more.
        "body_text": "",
        "body_html": "",
    }


def _postponed(attempts: int, answer: str) -> dict[str, Any]:
    wait = min(FIRST_WAIT_S * 2 ** min(attempts, 10), LONGEST_WAIT_S)
    # Spread out, so that a server that comes back is not met by everything at once.
    due_at = now() + timedelta(seconds=wait * random.uniform(0.75, 1.25))  # noqa: S311
    return {"state": "queued", "due_at": due_at, "last_answer": answer, "claimed_by": "", "lease_until": None}


def _tell(on_outcome: Mapping[str, OutcomeHandler], message: Any, state: str, answer: str) -> None:
    handler = on_outcome.get(message.purpose)
    if handler is not None:
        handler(message.ref_id, state, answer)


def _changed(*conditions: ColumnElement[bool]) -> Any:
    return update(OutboxMessage).where(*conditions).execution_options(synchronize_session=False)


def _lease() -> timedelta:
    seconds: int | None = current_app.config.get("MAIL_LEASE_S")
    return LEASE if seconds is None else timedelta(seconds=seconds)
