"""One connection at a time to the mail server, and the messages that are claimed for it."""

import logging
import time
from collections import deque
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from talking_together.core.logs import frames_of
from talking_together.mail.content import content_of
from talking_together.mail.recorder import Line
from talking_together.mail.recording import Settled
from talking_together.mail.transport import (
    NotConnected,
    NotDelivered,
    OutcomeUnknown,
    Refused,
    Transport,
    open_transport,
)

if TYPE_CHECKING:
    from talking_together.mail.delivery import Delivery

log = logging.getLogger(__name__)

# As many as a connection can send in about this time are claimed at once, so that what becomes
# urgent does not wait long behind them.
CLAIM_S = 2
FIRST_CLAIM, LARGEST_CLAIM = 5, 100
# Some servers take only so many messages over one connection.
MESSAGES_A_CONNECTION = 500
# A server that answers to a recipient within this time is not slowed down by writing meanwhile.
QUICK_S = 0.02
# So many connections in a row that broke before anything was settled: the server is not well.
BROKEN_IN_A_ROW = 3


class SteppedBack(Exception):
    """The server wants no more from this connection for now; `words` say why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Lane:
    """One connection at a time, and the messages claimed for it."""

    def __init__(self, delivery: "Delivery") -> None:
        self.delivery = delivery
        self.transport: Transport | None = None
        self.carried = 0
        self.broken = 0
        self.server_is_quick = False
        self.claimed: deque[Row[Any]] = deque()
        self.prepared: tuple[Row[Any] | None, bytes | None] = (None, None)
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
            prepared, content = self.prepared
            if prepared is not message:
                content = self._put_together(message)
            if content is None:
                self._write(Settled(message, "failed", "The message could not be put together"))
            else:
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
            return None

    def _prepare_next(self) -> None:
        """Put the next message together while the server is busy with the one before."""
        if self.claimed:
            self.prepared = self.claimed[0], self._put_together(self.claimed[0])

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
                self.settled = [Settled(message, "sent", transport.hand_over(content, self._prepare_next))]
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
