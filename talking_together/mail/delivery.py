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
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from talking_together.core.commits import in_transaction
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
from talking_together.mail.lanes import Lane, SteppedBack
from talking_together.mail.recorder import Line, Recorder
from talking_together.mail.recording import OutcomeHandlers, Settled

log = logging.getLogger(__name__)

# After the server refused a further connection, so long is passed before another one is tried.
WIDEN_AFTER_S = 30


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
