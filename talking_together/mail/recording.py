"""Writing down what became of messages, and which is about to leave, several in one transaction."""

import random
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Row, insert, or_, select, update
from sqlalchemy.exc import DBAPIError

from talking_together.core.clock import now
from talking_together.core.commits import in_transaction
from talking_together.core.database import is_transient
from talking_together.core.driver import DriverStatement
from talking_together.core.statements import given
from talking_together.extensions import db
from talking_together.mail.models import DeliveryAttempt, OutboxMessage, SuppressedAddress

R = TypeVar("R")

GIVE_UP_AFTER = timedelta(days=2)
FIRST_WAIT_S = 60
LONGEST_WAIT_S = 3_600
ATTEMPTS = 3


class Outcome(NamedTuple):
    """What a feature is told of its message: the row it is of, how it ended, the server's words."""

    ref_id: int | None
    state: str
    answer: str


# For a purpose, who is told of what ended, in the transaction that records it.
OutcomeHandlers = Mapping[str, Callable[[Connection, Sequence[Outcome]], None]]


@dataclass(frozen=True, slots=True)
class Settled:
    """A message and what became of one attempt: it ended in a state, or is `queued` once more."""

    message: Row[Any]
    state: str
    answer: str


def record(
    connection: Connection, settled: Sequence[Settled], worker: str, on_outcome: OutcomeHandlers
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


def intend(connection: Connection, messages: Sequence[Row[Any]], worker: str) -> set[int]:
    """Write down that bodies are about to leave; return the ids of those that may.

    One that was held, cancelled or taken back meanwhile may not, nor one to an address that has
    been suppressed since.
    """
    ids = [message.id for message in messages]
    if _intention().run(connection, [{"outbox_id": id, "worker": worker} for id in ids]) == len(ids):
        return set(ids)
    leaving = select(OutboxMessage.id).where(
        OutboxMessage.id.in_(ids), OutboxMessage.state == "sending", OutboxMessage.claimed_by == worker
    )
    return set(connection.scalars(leaving))


def _end(
    connection: Connection,
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
        ids = select(OutboxMessage.id).where(
            OutboxMessage.id.in_([one.message.id for one in ended]),
            OutboxMessage.claimed_by == worker,
            OutboxMessage.finished_at == at,
        )
        changed = set(connection.scalars(ids))
        ended = [one for one in ended if one.message.id in changed]
    told: dict[str, list[Outcome]] = defaultdict(list)
    for one in ended:
        told[one.message.purpose].append(Outcome(one.message.ref_id, one.state, one.answer[:500]))
    for purpose, outcomes in told.items():
        if purpose in on_outcome:
            on_outcome[purpose](connection, outcomes)


def _postpone(
    connection: Connection, one: Settled, worker: str, first_tried_at: datetime, at: datetime
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
        connection.execute(
            insert(DeliveryAttempt), {"outbox_id": one.message.id, "at": at, "answer": one.answer[:500]}
        )


def _held_by_worker(*states: str) -> Any:
    table: Any = OutboxMessage.__table__
    return update(table).where(
        table.c.id == given("outbox_id", table.c.id),
        table.c.claimed_by == given("worker", table.c.claimed_by),
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


class _Entry:
    """What one connection wants written, and what came of it."""

    __slots__ = ("done", "error", "may_leave", "next", "settled")

    def __init__(self, settled: Sequence[Settled], next_message: Row[Any] | None) -> None:
        self.settled = settled
        self.next = next_message
        self.may_leave = False
        self.done = False
        self.error: Exception | None = None


class Recorder:
    """Takes what the connections of one worker want written and commits what has come together.

    While one of them commits, the others' lines gather, and the next to come commits them all: with
    five connections a commit to the disk is shared by several messages, and no two of them wait
    for each other's locks in the database.
    """

    def __init__(self, worker: str, on_outcome: OutcomeHandlers) -> None:
        self.worker = worker
        self.on_outcome = on_outcome
        self._gate = threading.Lock()
        self._turn = threading.Lock()
        self._gathered: list[_Entry] = []
        self._connection: Connection | None = None

    def write(self, settled: Sequence[Settled], next_message: Row[Any] | None = None) -> bool:
        """Commit what became of messages and that another is about to leave; return whether it may."""
        entry = _Entry(settled, next_message)
        with self._gate:
            self._gathered.append(entry)
        with self._turn:
            if not entry.done:
                with self._gate:
                    together, self._gathered = self._gathered, []
                self._commit(together)
        if entry.error is not None:
            raise entry.error
        return entry.may_leave

    def alone(self, work: Callable[[], R]) -> R:
        """Run other work on the outbox in a transaction of its own, in turn with what is written."""
        with self._turn:
            return in_transaction(work)

    def close(self) -> None:
        """Give the connection to the database back."""
        with self._turn:
            self._disconnect()

    def _commit(self, together: list[_Entry]) -> None:
        try:
            self._try_to_write(together)
        except Exception as error:  # noqa: BLE001 - handed to the connection whose line it is
            if len(together) == 1:
                together[0].error, together[0].done = error, True
                return
            # One line that cannot be written must not take those beside it along.
            for entry in together:
                self._commit([entry])
            return
        for entry in together:
            entry.done = True

    def _try_to_write(self, together: list[_Entry]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._connect().begin():
                    self._write(together)
                return
            except DBAPIError as error:
                self._disconnect()
                # A connection that the database closed is replaced; what it broke off is tried again.
                if attempt == ATTEMPTS or not (is_transient(error) or error.connection_invalidated):
                    raise
            except BaseException:
                self._disconnect()
                raise

    def _write(self, together: list[_Entry]) -> None:
        connection = self._connect()
        # In order of the rows, so that two workers cannot wait for each other.
        settled = sorted((one for entry in together for one in entry.settled), key=lambda one: one.message.id)
        if settled:
            record(connection, settled, self.worker, self.on_outcome)
        leaving = sorted((entry.next for entry in together if entry.next is not None), key=lambda row: row.id)
        may_leave = intend(connection, leaving, self.worker) if leaving else set()
        for entry in together:
            entry.may_leave = entry.next is not None and entry.next.id in may_leave

    def _connect(self) -> Connection:
        # Kept while there is something to deliver: to fetch one for each message costs as much as
        # to write it down.
        if self._connection is None:
            self._connection = db.engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
