"""Writing down what became of messages, and which is about to leave."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Row, insert, or_, select, update

from talking_together.core.clock import now
from talking_together.core.driver import DriverConnection, DriverStatement
from talking_together.core.statements import given
from talking_together.mail.models import DeliveryAttempt, OutboxMessage, SuppressedAddress

GIVE_UP_AFTER = timedelta(days=2)
FIRST_WAIT_S = 60
LONGEST_WAIT_S = 3_600


class Outcome(NamedTuple):
    """What a feature is told of its message: the row it is of, how it ended, the server's words."""

    ref_id: int | None
    state: str
    answer: str


# For a purpose, who is told of what ended, in the transaction that records it.
OutcomeHandlers = Mapping[str, Callable[[DriverConnection, Sequence[Outcome]], None]]


@dataclass(frozen=True, slots=True)
class Settled:
    """A message and what became of one attempt: it ended in a state, or is `queued` once more."""

    message: Row[Any]
    state: str
    answer: str


def record(
    connection: DriverConnection, settled: Sequence[Settled], worker: str, on_outcome: OutcomeHandlers
) -> None:
    """Write down what became of messages that a worker holds, and tell the features."""
    at = now()
    ended: list[Settled] = []
    for one in settled:
        first_tried_at = one.message.first_tried_at or at
        if one.state != "queued":
            ended.append(one)
        elif at - first_tried_at >= GIVE_UP_AFTER:
            ended.append(Settled(one.message, "failed", f"Given up after two days: {one.answer}"))
        else:
            _postpone(connection, one, worker, first_tried_at, at)
    if ended:
        _end(connection, ended, worker, at, on_outcome)


def intend(connection: DriverConnection, messages: Sequence[Row[Any]], worker: str) -> set[int]:
    """Write down that bodies are about to leave; return the ids of those that may.

    One that was held, cancelled or taken back meanwhile may not, nor one to an address that has
    been suppressed since.
    """
    ids = [message.id for message in messages]
    if _intention().run(connection, [{"outbox_id": id, "worker": worker} for id in ids]) == len(ids):
        return set(ids)
    return {id for id in ids if _is_leaving().finds(connection, {"outbox_id": id, "worker": worker})}


def _end(
    connection: DriverConnection,
    ended: Sequence[Settled],
    worker: str,
    at: datetime,
    on_outcome: OutcomeHandlers,
) -> None:
    rows = [
        {
            "outbox_id": one.message.id,
            "worker": worker,
            "to_state": one.state,
            "answer": one.answer[:500],
            "at": at,
        }
        for one in ended
    ]
    if _ending().run(connection, rows) != len(rows):
        of_this = {"worker": worker, "at": at}
        ended = [
            one for one in ended if _is_ended().finds(connection, {"outbox_id": one.message.id, **of_this})
        ]
    told: dict[str, list[Outcome]] = defaultdict(list)
    for one in ended:
        told[one.message.purpose].append(Outcome(one.message.ref_id, one.state, one.answer[:500]))
    for purpose, outcomes in told.items():
        if purpose in on_outcome:
            on_outcome[purpose](connection, outcomes)


def _postpone(
    connection: DriverConnection, one: Settled, worker: str, first_tried_at: datetime, at: datetime
) -> None:
    wait = min(FIRST_WAIT_S * 2 ** min(one.message.attempts, 10), LONGEST_WAIT_S)
    # Spread out, so that a server that comes back is not met by everything at once.
    due_at = at + timedelta(seconds=wait * random.uniform(0.75, 1.25))  # noqa: S311
    values = {
        "outbox_id": one.message.id,
        "worker": worker,
        "answer": one.answer[:500],
        "first_tried_at": first_tried_at,
        "due_at": due_at,
    }
    if _postponement().run(connection, [values]):
        attempt = {"outbox_id": one.message.id, "at": at, "answer": one.answer[:500]}
        _attempt().run(connection, [attempt])


def _of_worker(statement: Any) -> Any:
    table: Any = OutboxMessage.__table__
    return statement.where(
        table.c.id == given("outbox_id", table.c.id),
        table.c.claimed_by == given("worker", table.c.claimed_by),
    )


def _held_by_worker(*states: str) -> Any:
    table: Any = OutboxMessage.__table__
    return _of_worker(update(table)).where(
        or_(*(table.c.state == state for state in states)),
    )


@cache
def _intention() -> DriverStatement:
    table = OutboxMessage.__table__
    suppressed = select(SuppressedAddress.id).where(SuppressedAddress.address == table.c.to_address)
    return DriverStatement(_held_by_worker("claimed").where(~suppressed.exists()).values(state="sending"))


@cache
def _ending() -> DriverStatement:
    table = OutboxMessage.__table__
    # Unknown: the lease ran out while the server's answer was on its way; now it is known.
    ended = _held_by_worker("claimed", "sending", "outcome unknown").values(
        state=given("to_state", table.c.state),
        last_answer=given("answer", table.c.last_answer),
        finished_at=given("at", table.c.finished_at),
        attempts=table.c.attempts + 1,
        lease_until=None,
        # The text may hold a token, and nobody needs it any more.
        body_text="",
        body_html="",
    )
    return DriverStatement(ended)


@cache
def _postponement() -> DriverStatement:
    table = OutboxMessage.__table__
    postponed = _held_by_worker("claimed", "sending", "outcome unknown").values(
        state="queued",
        last_answer=given("answer", table.c.last_answer),
        first_tried_at=given("first_tried_at", table.c.first_tried_at),
        due_at=given("due_at", table.c.due_at),
        attempts=table.c.attempts + 1,
        claimed_by="",
        lease_until=None,
        finished_at=None,
    )
    return DriverStatement(postponed)


@cache
def _is_leaving() -> DriverStatement:
    leaving = select(OutboxMessage.id).where(OutboxMessage.state == "sending")
    return DriverStatement(_of_worker(leaving))


@cache
def _is_ended() -> DriverStatement:
    at = given("at", OutboxMessage.__table__.c.finished_at)
    return DriverStatement(_of_worker(select(OutboxMessage.id).where(OutboxMessage.finished_at == at)))


@cache
def _attempt() -> DriverStatement:
    table: Any = DeliveryAttempt.__table__
    names = ("outbox_id", "at", "answer")
    return DriverStatement(insert(table).values({name: given(name, table.c[name]) for name in names}))
