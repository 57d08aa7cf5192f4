"""A real SMTP server of the tests' own, which answers as a test tells it to."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

OK = "250 Taken"

Answer = Callable[[str, int], str]


@dataclass
class MailServer:
    """What arrived, and what the server says to whom: an answer may depend on the attempt's number."""

    port: int = 0
    messages: list[Message] = field(default_factory=list)
    attempts: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    to_recipient: Answer = lambda _address, _attempt: OK
    to_body: Answer = lambda _address, _attempt: OK
    # Addresses whose connection is cut after the body has been taken and before the answer.
    cut_after_body: set[str] = field(default_factory=set)
    cut_at_recipient: set[str] = field(default_factory=set)

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

    async def handle_RCPT(  # noqa: N802
        self, server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take a recipient or refuse it."""
        self.attempts[address] += 1
        if address in self.cut_at_recipient:
            server.transport.abort()
            return OK
        answer = self.to_recipient(address, self.attempts[address])
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a message or refuse it."""
        (address,) = envelope.rcpt_tos
        answer = self.to_body(address, self.attempts[address])
        if answer.startswith("2"):
            self.messages.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=default))
        if address in self.cut_after_body:
            server.transport.abort()
        return answer


@contextmanager
def mail_server(app: Any = None) -> Iterator[MailServer]:
    """Yield a server on a free port of this machine; the site's settings are pointed at it."""
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=_free_port())
    controller.start()
    server.port = controller.port
    if app is not None:
        use_server(app, server.port)
    try:
        yield server
    finally:
        controller.stop()


def use_server(app: Any, port: int) -> None:
    """Point a site's mail at a port of this machine."""
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
    state = app.extensions["mail"]
    state.server, state.port = "127.0.0.1", port


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
