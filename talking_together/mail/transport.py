"""The way out: SMTP, told apart by how far a message got; or a folder of files in the demo."""

import select
import smtplib
import socket
import ssl
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from flask import current_app
from flask_mail import Connection

from talking_together.core.clock import now

# A server may take its time over a recipient, and more over a body, which it often looks through
# before it answers. To give up early there would leave the outcome unknown.
CONNECT_TIMEOUT_S = 30
COMMAND_TIMEOUT_S = 60
BODY_TIMEOUT_S = 300
GOODBYE_TIMEOUT_S = 2
# An answer that takes longer leaves time to write down what is known so far.
SOON_MS = 20
LONGEST_ANSWER = 64_000
MAILBOX = "mailbox"


class NotDelivered(Exception):
    """The message did not leave; `words` say why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Refused(NotDelivered):
    """The server answered that it will not take the message, for now or for good."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"{code} {words}".strip())
        self.permanent = 500 <= code <= 599
        # 421: the server closes the connection; what follows needs another one.
        self.closing = code == 421 or code < 200


class ConnectionLost(NotDelivered):
    """The connection broke before any of the body had left."""


class NotConnected(ConnectionLost):
    """There is no connection: none was made, or it had ended before this message was begun."""


class OutcomeUnknown(Exception):
    """The connection broke after the body had begun to leave: the server may have taken it."""


class Transport(Protocol):
    """One open way out, used for many messages. `announce`, `open_body`, `hand_over`, in this order."""

    def announce(self, to: str, while_waiting: Callable[[], None]) -> None:
        """Name the person to write to; Refused or ConnectionLost when that fails.

        `while_waiting` is called if an answer lets itself be waited for.
        """

    def open_body(self) -> None:
        """Ask to hand over the body, and do not wait for the answer."""

    def hand_over(self, content: bytes, while_waiting: Callable[[], None]) -> str:
        """Give the announced message away and return the answer; may raise OutcomeUnknown.

        `while_waiting` is called while the server has the message and has not answered yet.
        """

    def close(self, *, politely: bool) -> None:
        """End the connection; what was announced and not handed over is forgotten."""


class SmtpTransport:
    """A connection to the server that Flask-Mail's settings name."""

    def __init__(self, host: smtplib.SMTP, sender: str) -> None:
        # smtplib has made, secured and signed in the connection. From here on its own commands,
        # which cost more than the database does, give way to ours.
        self.socket: socket.socket = host.sock  # type: ignore[assignment]
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host = host
        self.mail_from = f"MAIL FROM:<{sender}>\r\n".encode("ascii")
        # What can be read of an encrypted connection need not be an answer.
        self.is_encrypted = isinstance(self.socket, ssl.SSLSocket)
        self.received = b""
        self.limit: float | None = None
        self.readable = select.poll()
        self.readable.register(self.socket, select.POLLIN)

    def announce(self, to: str, while_waiting: Callable[[], None]) -> None:
        """Send MAIL and RCPT."""
        try:
            code, words = self._ask(self.mail_from, while_waiting)
        except OSError as error:
            raise NotConnected(_words(error)) from error
        self._expect_ok(code, words)
        try:
            code, words = self._ask(f"RCPT TO:<{to}>\r\n".encode("ascii"), while_waiting)
        except OSError as error:
            raise ConnectionLost(_words(error)) from error
        self._expect_ok(code, words)

    def open_body(self) -> None:
        """Send DATA."""
        try:
            self._send(b"DATA\r\n", COMMAND_TIMEOUT_S)
        except OSError as error:
            raise ConnectionLost(_words(error)) from error

    def hand_over(self, content: bytes, while_waiting: Callable[[], None]) -> str:
        """Wait for the answer to DATA, send the message, and wait for the answer to it."""
        try:
            code, words = self._answer(COMMAND_TIMEOUT_S)
            if code == 354 and not self.is_encrypted and self.readable.poll(0):
                # The server has gone, or says that it is going, before any of the body has left.
                code, words = self._answer(COMMAND_TIMEOUT_S)
        except OSError as error:
            raise ConnectionLost(_words(error)) from error
        if code != 354:
            self._refuse(code, words)
        try:
            self._send(_dot_stuffed(content) + b".\r\n", BODY_TIMEOUT_S)
            while_waiting()
            code, words = self._answer(BODY_TIMEOUT_S)
        except OSError as error:
            raise OutcomeUnknown(_words(error)) from error
        if not 200 <= code <= 599:
            raise OutcomeUnknown(f"The server's answer made no sense: {code}")
        if code >= 300:
            self._refuse(code, words)
        return f"{code} {words}"

    def close(self, *, politely: bool) -> None:
        """End the connection."""
        if politely:
            with suppress(OSError):
                self._send(b"QUIT\r\n", GOODBYE_TIMEOUT_S)
                self._answer(GOODBYE_TIMEOUT_S)
        self.host.close()

    def _expect_ok(self, code: int, words: str) -> None:
        if not 200 <= code <= 299:
            self._refuse(code, words)

    def _refuse(self, code: int, words: str) -> None:
        refusal = Refused(code, words)
        if not refusal.closing:
            # What the server said stands, whether or not it also takes the reset.
            with suppress(OSError):
                self._send(b"RSET\r\n", COMMAND_TIMEOUT_S)
                self._answer(COMMAND_TIMEOUT_S)
        raise refusal

    def _ask(self, command: bytes, while_waiting: Callable[[], None]) -> tuple[int, str]:
        self._send(command, COMMAND_TIMEOUT_S)
        if not self.readable.poll(SOON_MS):
            while_waiting()
        return self._answer(COMMAND_TIMEOUT_S)

    def _send(self, data: bytes, timeout: float) -> None:
        self._limit(timeout)
        self.socket.sendall(data)

    def _limit(self, seconds: float) -> None:
        # A system call each, and mostly the same as before.
        if seconds != self.limit:
            self.socket.settimeout(seconds)
            self.limit = seconds

    def _answer(self, timeout: float) -> tuple[int, str]:
        """Return the code and the words of one answer, which may have several lines."""
        self._limit(timeout)
        ends = time.monotonic() + timeout
        words = []
        while True:
            line = self._line(ends)
            words.append(line[4:].decode("utf-8", "replace").strip())
            if line[3:4] != b"-":
                break
            if sum(map(len, words)) > LONGEST_ANSWER:
                raise OSError("The server's answer does not end")
            self._limit(max(ends - time.monotonic(), 0.001))
        code = int(line[:3]) if line[:3].isdigit() else 0
        return code, " ".join(words)

    def _line(self, ends: float) -> bytes:
        while b"\n" not in self.received:
            data = self.socket.recv(4_096)
            if not data:
                raise ConnectionError("The server closed the connection")
            self.received += data
            if b"\n" not in data:
                # A limit for the whole answer: a server may send a letter a minute.
                self._limit(max(ends - time.monotonic(), 0.001))
            if len(self.received) > LONGEST_ANSWER:
                raise OSError("The server's answer does not end")
        line, _, self.received = self.received.partition(b"\n")
        return line


class MailboxTransport:
    """A folder of .eml files, for a demo that has no mail server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def announce(self, to: str, while_waiting: Callable[[], None]) -> None:
        """Take anybody."""

    def open_body(self) -> None:
        """Ask nobody."""

    def hand_over(self, content: bytes, while_waiting: Callable[[], None]) -> str:
        """Write the message to a file of its own."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
        unfinished = self.folder / f"{name}.part"
        unfinished.write_bytes(content)
        while_waiting()
        unfinished.rename(self.folder / f"{name}.eml")
        return "250 Written to the mailbox"

    def close(self, *, politely: bool) -> None:
        """Leave the folder as it is."""


class SmtpConnection(Connection):
    """Flask-Mail's connection with a time limit and with certificates checked."""

    def configure_host(self) -> smtplib.SMTP:
        """Connect, secure the connection and sign in, as far as the settings say."""
        host = smtplib.SMTP(self.mail.server, self.mail.port, timeout=CONNECT_TIMEOUT_S)
        try:
            host.ehlo_or_helo_if_needed()
            if self.mail.use_tls:
                host.starttls(context=ssl.create_default_context())
                host.ehlo()
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host


def open_transport() -> Transport:
    """Return the way out that the settings name; NotConnected when it cannot be opened."""
    config = current_app.config
    if config["MAIL_SERVER"]:
        try:
            host = SmtpConnection(current_app.extensions["mail"]).configure_host()
        except (smtplib.SMTPException, OSError) as error:
            raise NotConnected(_words(error)) from error
        return SmtpTransport(host, config["MAIL_BOUNCE_ADDRESS"] or config["MAIL_DEFAULT_SENDER"])
    if config["DEMO"]:
        return MailboxTransport(mailbox_folder())
    raise RuntimeError("MAIL_SERVER is missing: outside the demo there is no way out without it")


def mailbox_folder() -> Path:
    """Return the folder that the demo's mail is written to."""
    return Path(current_app.instance_path) / MAILBOX


def _dot_stuffed(content: bytes) -> bytes:
    """Return a message whose lines end with CR LF as SMTP wants it."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        return f"{error.smtp_code} {said}"
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "The server did not answer in time"
    return str(error) or type(error).__name__
