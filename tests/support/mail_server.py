"""A real SMTP server of the tests' own, which answers, waits and hangs up as a test tells it to."""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

OK = "250 Taken"
# At RCPT; once the server has asked for the body; when it has taken it, before the answer; and
# right after the answer.
CUTS = ("at recipient", "before body", "after body", "after answer")

Answer = Callable[[str, int], str]
Wait = Callable[[str, int], float]


@dataclass
class MailServer:
    """What arrived, and what the server says to whom: an answer may depend on the attempt's number."""

    port: int = 0
    messages: list[Message] = field(default_factory=list)
    # Everybody whom a message reached, as often as it did: the truth that a site is held to.
    arrived: Counter[str] = field(default_factory=Counter)
    senders: set[str] = field(default_factory=set)
    attempts: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    most_connections: int = 0
    open_connections: int = 0
    # More than these at a time are greeted with 421.
    limit: int | None = None
    keep_messages: bool = True
    to_recipient: Answer = lambda _address, _attempt: OK
    to_body: Answer = lambda _address, _attempt: OK
    wait_at_recipient: Wait = lambda _address, _attempt: 0
    wait_at_body: Wait = lambda _address, _attempt: 0
    # Where the connection of an attempt is cut, of CUTS.
    cut: Answer = lambda _address, _attempt: ""

    def messages_to(self, address: str) -> list[Message]:
        """Return what arrived for one address."""
        return [message for message in self.messages if message["To"] == address]

    async def handle_EHLO(  # noqa: N802 - the library calls it so
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count the connections."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take any sender."""
        self.senders.add(address)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return OK

    async def handle_RCPT(  # noqa: N802
        self, server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take a recipient or refuse it."""
        self.attempts[address] += 1
        await asyncio.sleep(self.wait_at_recipient(address, self.attempts[address]))
        if self.cut(address, self.attempts[address]) == "at recipient":
            server.transport.abort()
            return OK
        answer = self.to_recipient(address, self.attempts[address])
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a message or refuse it."""
        (address,) = envelope.rcpt_tos
        await asyncio.sleep(self.wait_at_body(address, self.attempts[address]))
        answer = self.to_body(address, self.attempts[address])
        if answer.startswith("2"):
            self.arrived[address] += 1
            if self.keep_messages:
                self.messages.append(
                    message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
                )
        cut = self.cut(address, self.attempts[address])
        if cut == "after body":
            server.transport.abort()
        elif cut == "after answer":
            asyncio.get_running_loop().call_soon(server.transport.close)
        return answer


class _Connection(SMTP):
    """One connection, which a server of ours may refuse or cut."""

    def connection_made(self, transport: Any) -> None:
        ours: MailServer = self.event_handler
        ours.open_connections += 1
        ours.most_connections = max(ours.most_connections, ours.open_connections)
        if ours.limit is not None and ours.open_connections > ours.limit:
            transport.write(b"421 Too many connections, come back later\r\n")
            transport.close()
            self.transport = None
            return
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open_connections -= 1
        if self.transport is not None:
            super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Ask for the body, and perhaps hang up."""
        ours: MailServer = self.event_handler
        if any(
            ours.cut(address, ours.attempts[address]) == "before body" for address in self.envelope.rcpt_tos
        ):
            await self.push("354 Go on")
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Connection(self.handler, hostname="mail.test", timeout=300)


@contextmanager
def mail_server(app: Any = None) -> Iterator[MailServer]:
    """Yield a server on a free port of this machine; the site's settings are pointed at it."""
    server = MailServer()
    controller = _Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    server.port = controller.port
    if app is not None:
        use_server(app, server.port)
    try:
        yield server
    finally:
        controller.stop()


@contextmanager
def silent_server(app: Any) -> Iterator[None]:
    """Let the site's mail go to a port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        use_server(app, int(listening.getsockname()[1]))
        yield


def use_server(app: Any, port: int) -> None:
    """Point a site's mail at a port of this machine."""
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
    state = app.extensions["mail"]
    state.server, state.port = "127.0.0.1", port


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
