"""One thread that writes for all connections of a worker, several lines in one transaction."""

import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Row
from sqlalchemy.exc import DBAPIError

from talking_together.core.commits import in_transaction
from talking_together.core.database import is_transient
from talking_together.core.driver import DriverConnection
from talking_together.extensions import db
from talking_together.mail.recording import OutcomeHandlers, Settled, intend, record

R = TypeVar("R")

ATTEMPTS = 3
MOST_TOGETHER = 50


class Line:
    """What one connection wants written, and what came of it."""

    __slots__ = ("_error", "_unwritten", "may_leave", "next", "settled")

    def __init__(self, settled: Sequence[Settled], next_message: Row[Any] | None) -> None:
        self.settled = settled
        self.next = next_message
        self.may_leave = False
        self._error: Exception | None = None
        self._unwritten = threading.Lock()
        self._unwritten.acquire()

    def written(self) -> bool:
        """Wait until it is committed, and return whether the next message may leave."""
        with self._unwritten:
            if self._error is not None:
                raise self._error
            return self.may_leave

    def end(self, error: Exception | None = None) -> None:
        """Let who waits for it go on."""
        self._error = error
        self._unwritten.release()


class Recorder:
    """Takes what the connections of one worker want written and commits what has come together.

    It runs in a thread of its own, beside the connections: while one commit is on its way to the
    disk, the servers are talked to, and the lines that gather meanwhile share the next.
    """

    def __init__(self, worker: str, on_outcome: OutcomeHandlers) -> None:
        self.worker = worker
        self.on_outcome = on_outcome
        self._lines: SimpleQueue[Line | None] = SimpleQueue()
        self._turn = threading.Lock()
        self._connection: Connection | None = None

    def write(self, settled: Sequence[Settled], next_message: Row[Any] | None = None) -> Line:
        """Take what became of messages, and which is about to leave, to be written down."""
        line = Line(settled, next_message)
        self._lines.put(line)
        return line

    def run(self) -> None:
        """Write lines in the order in which they come, until `close`."""
        closed = False
        while not closed:
            together = [self._lines.get()]
            while len(together) < MOST_TOGETHER and not self._lines.empty():
                together.append(self._lines.get())
            closed = None in together
            if lines := [line for line in together if line is not None]:
                with self._turn:
                    self._commit(lines)
        self._disconnect()

    def close(self) -> None:
        """End when everything before has been written."""
        self._lines.put(None)

    def alone(self, work: Callable[[], R]) -> R:
        """Run other work on the outbox in a transaction of its own, in turn with what is written."""
        with self._turn:
            return in_transaction(work)

    def _commit(self, together: list[Line]) -> None:
        try:
            self._try_to_write(together)
        except Exception as error:  # noqa: BLE001 - handed to the connection whose line it is
            if len(together) == 1:
                together[0].end(error)
                return
            # One line that cannot be written must not take those beside it along.
            for line in together:
                self._commit([line])
            return
        for line in together:
            line.end()

    def _try_to_write(self, together: list[Line]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                connection = DriverConnection(self._connect())
                with connection.transaction():
                    self._write(connection, together)
                return
            except DBAPIError as error:
                self._disconnect(broken=True)
                # A connection that the database closed is replaced; what it broke off is tried again.
                if attempt == ATTEMPTS or not (is_transient(error) or error.connection_invalidated):
                    raise

    def _write(self, connection: DriverConnection, together: list[Line]) -> None:
        # In order of the rows, so that two workers cannot wait for each other.
        settled = sorted((one for line in together for one in line.settled), key=lambda one: one.message.id)
        if settled:
            record(connection, settled, self.worker, self.on_outcome)
        leaving = sorted((line.next for line in together if line.next is not None), key=lambda row: row.id)
        may_leave = intend(connection, leaving, self.worker) if leaving else set()
        for line in together:
            line.may_leave = line.next is not None and line.next.id in may_leave

    def _connect(self) -> Connection:
        # Kept while there is something to deliver: to fetch one for each message costs as much as
        # to write it down.
        if self._connection is None:
            self._connection = db.engine.connect()
        return self._connection

    def _disconnect(self, *, broken: bool = False) -> None:
        if self._connection is not None:
            if broken:
                self._connection.invalidate()
            self._connection.close()
            self._connection = None
