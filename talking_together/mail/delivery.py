"""Delivering over several connections at once, each carrying many messages.

The connections of one worker share its claims and what it writes down, and nothing else: one that
waits for a slow server keeps no other waiting.
"""

import contextvars
import logging
import os
import socket
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from talking_together.core.commits import in_transaction
from talking_together.core.logs import frames_of
from talking_together.mail import server_state
from talking_together.mail.claims import (
    claim,
    give_back,
    lease,
    renew,
    still_claimed,
    take_back,
    without_suppressed,
)
from talking_together.mail.content import content_of
from talking_together.mail.recording import Line, OutcomeHandlers, Recorder, Settled
from talking_together.mail.transport import (
    NotConnected,
    NotDelivered,
    OutcomeUnknown,
    Refused,
    Transport,
    open_transport,
)

log = logging.getLogger(__name__)

# As many as a connection can send in about this time are claimed at once, so that what becomes
# urgent does not wait long behind them.
CLAIM_S = 2
FIRST_CLAIM, LARGEST_CLAIM = 5, 100
# Some servers take only so many messages over one connection.
MESSAGES_A_CONNECTION = 500
# A server that answers to a recipient within this time is not slowed down by writing meanwhile.
QUICK_S = 0.02
# After the server refused a further connection, so long is passed before another one is tried.
WIDEN_AFTER_S = 30
# So many connections in a row that broke before anything was settled: the server is not well.
BROKEN_IN_A_ROW = 3


class SteppedBack(Exception):
    """The server wants no more from this connection for now; `words` say why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Delivery:
    """One run of the sweep: its connections, and what they have in common."""

    def __init__(self, on_outcome: OutcomeHandlers, stop: Callable[[], bool]) -> None:
        self.app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001
        self.worker = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.recorder = Recorder(self.worker, on_outcome)
        self.on_outcome = on_outcome
        self.sent = 0
        self._asked_to_stop = stop
        self._most: int = current_app.config["MAIL_CONNECTIONS"]
        self._guard = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._open = 0
        self._widen_at = 0.0
        self._over = threading.Event()
        self._errors: list[BaseException] = []
        # Until the server has taken something, one connection finds out whether it takes any.
        self._reached = False
        self._more_wait = False

    def run(self, *, look_first: bool) -> int:
        """Deliver until nothing is due, the server is away or a stop is asked for; return how many were sent.

        `look_first` opens a connection even when nothing waits, to see whether the server is back.
        """
        beside = [self._thread(self.recorder.run), self._thread(self._renew)]
        for thread in beside:
            thread.start()
        try:
            self._open = 1
            self._carry(look_first)
            # A connection may open another one until it ends itself.
            while self._threads:
                self._threads.pop().join()
        finally:
            self._over.set()
            for thread in self._threads:
                thread.join()
            self.recorder.close()
            for thread in beside:
                thread.join()
        if self._errors:
            raise self._errors[0]
        return self.sent

    def stop(self) -> bool:
        """Return whether to begin no further message."""
        return self._over.is_set() or self._asked_to_stop()

    def settle(self, settled: Sequence[Settled], next_message: Row[Any] | None = None) -> Line:
        """Have written down what became of messages and that one is about to leave."""
        sent = sum(one.state == "sent" for one in settled)
        if sent:
            with self._guard:
                self.sent += sent
        return self.recorder.write(settled, next_message)

    def more(self, limit: int) -> list[Row[Any]]:
        """Claim messages for a connection; a full measure of them opens a further connection."""
        claimed = self.recorder.alone(lambda: self._claim(limit))
        self._more_wait = len(claimed) == limit
        if self._more_wait and self._reached:
            self.widen()
        return claimed

    def ours(self, messages: Sequence[Row[Any]]) -> list[Row[Any]]:
        """Return what may still be sent of claimed messages."""
        return self.recorder.alone(
            lambda: without_suppressed(still_claimed(messages, self.worker), self.worker, self.on_outcome)
        )

    def _claim(self, limit: int) -> list[Row[Any]]:
        return without_suppressed(claim(self.worker, limit), self.worker, self.on_outcome)

    def give_back(self, messages: Sequence[Row[Any]]) -> None:
        """Let others send what has been claimed and not tried."""
        if messages:
            self.recorder.alone(lambda: give_back(messages, self.worker))

    def take_back(self, message: Row[Any]) -> None:
        """Note that a message which was about to leave has not, and is still claimed."""
        self.recorder.alone(lambda: take_back(message, self.worker))

    def reached(self) -> None:
        """Note that the server takes mail."""
        if not self._reached:
            self.recorder.alone(server_state.note_reached)
            self._reached = True
            if self._more_wait:
                self.widen()

    def widen(self) -> None:
        """Open a further connection, if the limit allows it."""
        with self._guard:
            if self._open >= self._most or time.monotonic() < self._widen_at or self.stop():
                return
            self._open += 1
            thread = self._thread(self._carry)
            self._threads.append(thread)
        thread.start()

    def _carry(self, look_first: bool = False) -> None:
        """Be one connection, until it has nothing to do or the server wants no more of it."""
        lane = Lane(self)
        try:
            lane.run(look_first)
        except SteppedBack as away:
            self._step_back(away.words)
        except BaseException as error:  # noqa: BLE001 - raised again in the sweep's own thread
            self._errors.append(error)
            self._over.set()
        finally:
            with self._guard:
                self._open -= 1

    def _step_back(self, words: str) -> None:
        with self._guard:
            others = self._open - 1
            self._widen_at = time.monotonic() + WIDEN_AFTER_S
        if others:
            log.info("mail connection stepped back", extra={"left": others})
            return
        log.warning("mail server not reached")
        self.recorder.alone(lambda: server_state.note_away(words))

    def _renew(self) -> None:
        """Keep what the connections have in hand their own."""
        while not self._over.wait(lease().total_seconds() / 3):
            # One that fails leaves time for two more before the lease ends.
            with suppress(DBAPIError):
                in_transaction(lambda: renew(self.worker))

    def _thread(self, work: Callable[[], None]) -> threading.Thread:
        context = contextvars.copy_context()

        def within_app() -> None:
            with self.app.app_context():
                work()

        return threading.Thread(target=lambda: context.run(within_app), daemon=True)


class Lane:
    """One connection at a time, and the messages claimed for it."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.transport: Transport | None = None
        self.carried = 0
        self.broken = 0
        self.server_is_quick = False
        self.claimed: deque[Row[Any]] = deque()
        # What became of the message before, not written down yet.
        self.settled: list[Settled] = []

    def run(self, look_first: bool) -> None:
        """Send what is claimed until nothing is due or a stop is asked for; may raise SteppedBack."""
        limit = FIRST_CLAIM
        try:
            if look_first:
                self._connect()
            while not self.delivery.stop():
                began = time.monotonic()
                self.claimed.extend(self.delivery.more(limit))
                if not self.claimed:
                    break
                look_first = False
                count = len(self.claimed)
                self._send_claimed()
                pace = count * CLAIM_S / max(time.monotonic() - began, 0.001)
                limit = int(min(max(pace, 1), 2 * limit, LARGEST_CLAIM))
            if look_first:
                # Nothing waits that could show more than that the server answers.
                self.delivery.reached()
        finally:
            self._end()

    def _send_claimed(self) -> None:
        while self.claimed and not self.delivery.stop():
            self._connect()
            message = self.claimed.popleft()
            content = self._put_together(message)
            if content is not None:
                self._send(message, content)
        self._write()

    def _put_together(self, message: Row[Any]) -> bytes | None:
        try:
            return content_of(message)
        except Exception as error:  # noqa: BLE001 - one such message must not hold up those behind it
            log.error(  # noqa: TRY400 - what the error says could hold an address
                "mail cannot be put together",
                extra={"outbox_id": message.id, "kind": type(error).__name__, "trace": frames_of(error)},
            )
            self._write(Settled(message, "failed", "The message could not be put together"))
            return None

    def _send(self, message: Row[Any], content: bytes) -> None:
        transport = self._connect()
        self.carried += 1
        # Written down while the server is told of the recipient, which takes about as long. Where
        # a server takes its time, only once it has accepted.
        line = self._intend(message) if self.server_is_quick else None
        try:
            self._announce(transport, message)
            line = line or self._intend(message)
            # The server gets ready for the body while what is still to be written is.
            transport.open_body()
            if line.written():
                self.settled = [Settled(message, "sent", transport.hand_over(content))]
            else:
                self._keep_back(message)
            self._made_sense()
        except (NotDelivered, OutcomeUnknown) as stopped:
            if line is None or line.written():
                self._not_sent(message, stopped)
            else:
                self._keep_back(message)
        except BaseException:
            # The server may be waiting for a body: nothing polite can be said to it.
            self._disconnect(politely=False)
            raise

    def _intend(self, message: Row[Any]) -> Line:
        settled, self.settled = self.settled, []
        return self.delivery.settle(settled, message)

    def _announce(self, transport: Transport, message: Row[Any]) -> None:
        began = time.monotonic()
        self.server_is_quick = False
        transport.announce(message.to_address, self._write)
        self.server_is_quick = time.monotonic() - began < QUICK_S

    def _not_sent(self, message: Row[Any], stopped: NotDelivered | OutcomeUnknown) -> None:
        if isinstance(stopped, OutcomeUnknown):
            self._write(Settled(message, "outcome unknown", str(stopped)))
            self._disconnect(politely=False)
        elif isinstance(stopped, NotConnected):
            # It was lost before this message was begun: not the message's fault.
            self._take_back(message)
            self._break(stopped.words)
        elif isinstance(stopped, Refused):
            self._write(Settled(message, "failed" if stopped.permanent else "queued", stopped.words))
            if stopped.closing:
                self._disconnect(politely=False)
                raise SteppedBack(stopped.words) from stopped
            self._made_sense()
        else:
            self._write(Settled(message, "queued", stopped.words))
            self._break(stopped.words)

    def _take_back(self, message: Row[Any]) -> None:
        self.claimed.appendleft(message)
        self.delivery.take_back(message)

    def _keep_back(self, message: Row[Any]) -> None:
        # Without a body nothing is sent: the only way back from DATA is to hang up.
        self._disconnect(politely=False)
        self.claimed = deque(self.delivery.ours([message, *self.claimed]))

    def _connect(self) -> Transport:
        if self.transport is not None and self.carried >= MESSAGES_A_CONNECTION:
            self._disconnect(politely=True)
        if self.transport is None:
            try:
                self.transport = open_transport()
            except NotConnected as away:
                raise SteppedBack(away.words) from away
            self.carried = 0
        return self.transport

    def _disconnect(self, *, politely: bool) -> None:
        if self.transport is not None:
            self.transport.close(politely=politely)
            self.transport = None

    def _made_sense(self) -> None:
        self.broken = 0
        self.delivery.reached()

    def _break(self, words: str) -> None:
        self._disconnect(politely=False)
        self.broken += 1
        if self.broken >= BROKEN_IN_A_ROW:
            raise SteppedBack(words)

    def _write(self, *further: Settled) -> None:
        self.settled += further
        if self.settled:
            self.delivery.settle(self.settled).written()
            self.settled = []

    def _end(self) -> None:
        with ExitStack() as each:
            # Last first; one that fails leaves the others their turn.
            each.callback(self._disconnect, politely=True)
            each.callback(lambda: self.delivery.give_back(self.claimed))
            each.callback(self._write)
