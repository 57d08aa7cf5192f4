"""The way out: SMTP, told apart by how far a message got; or a folder of files in the demo."""

import re
import smtplib
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol

from flask import current_app
from flask_mail import Connection

from talking_together.core.clock import now

TIMEOUT_S = 30
# A body in ASCII passes every server, whatever it says of 8-bit mail.
POLICY = SMTP.clone(cte_type="7bit")
MAILBOX = "mailbox"


class NotDelivered(Exception):
    """The message did not leave; `words` say why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Refused(NotDelivered):
    """The server answered that it will not take the message, for now or for good."""

    def __init__(self, code: int, words: bytes) -> None:
        super().__init__(f"{code} {words.decode('utf-8', 'replace')}".strip())
        self.permanent = 500 <= code <= 599
        # 421: the server closes the connection; what follows needs another one.
        self.closing = code == 421 or code < 200


class ConnectionLost(NotDelivered):
    """The server was not reached, or the connection broke before any of the body had left."""


class OutcomeUnknown(Exception):
    """The connection broke after the body had begun to leave: the server may have taken it."""


class Transport(Protocol):
    """One open way out, used for many messages."""

    def announce(self, to: str) -> None:
        """Name the person to write to; Refused or ConnectionLost when that fails."""

    def hand_over(self, content: bytes) -> str:
        """Give the announced message away and return the answer; may raise OutcomeUnknown."""


class SmtpTransport:
    """A connection to the server that Flask-Mail's settings name."""

    def __init__(self, host: smtplib.SMTP, sender: str) -> None:
        self.host = host
        self.sender = sender

    def announce(self, to: str) -> None:
        """Send MAIL and RCPT."""
        try:
            self._expect_ok(self.host.mail(self.sender))
            self._expect_ok(self.host.rcpt(to))
        except (smtplib.SMTPException, OSError) as error:
            raise ConnectionLost(_words(error)) from error

    def hand_over(self, content: bytes) -> str:
        """Send DATA and the message, and wait for the answer."""
        try:
            code, words = self.host.docmd("DATA")
        except (smtplib.SMTPException, OSError) as error:
            raise ConnectionLost(_words(error)) from error
        if code != 354:
            self._refuse(code, words)
        try:
            self.host.send(_dot_stuffed(content) + b".\r\n")
            code, words = self.host.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise OutcomeUnknown(_words(error)) from error
        if not 200 <= code <= 599:
            raise OutcomeUnknown(f"The server's answer made no sense: {code}")
        if code >= 300:
            self._refuse(code, words)
        return f"{code} {words.decode('utf-8', 'replace')}"

    def _expect_ok(self, reply: tuple[int, bytes]) -> None:
        code, words = reply
        if not 200 <= code <= 299:
            self._refuse(code, words)

    def _refuse(self, code: int, words: bytes) -> None:
        refusal = Refused(code, words)
        if not refusal.closing:
            # What the server said stands, whether or not it also takes the reset.
            with suppress(smtplib.SMTPException, OSError):
                self.host.rset()
        raise refusal


class MailboxTransport:
    """A folder of .eml files, for a demo that has no mail server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def announce(self, to: str) -> None:
        """Take anybody."""

    def hand_over(self, content: bytes) -> str:
        """Write the message to a file of its own."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
        unfinished = self.folder / f"{name}.part"
        unfinished.write_bytes(content)
        unfinished.rename(self.folder / f"{name}.eml")
        return "250 Written to the mailbox"


class SmtpConnection(Connection):
    """Flask-Mail's connection with a time limit and with certificates checked."""

    def configure_host(self) -> smtplib.SMTP:
        """Connect, secure the connection and sign in, as far as the settings say."""
        host = smtplib.SMTP(self.mail.server, self.mail.port, timeout=TIMEOUT_S)
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


@contextmanager
def open_transport() -> Iterator[Transport]:
    """Yield the way out that the settings name; ConnectionLost when it cannot be opened."""
    if current_app.config["MAIL_SERVER"]:
        try:
            host = SmtpConnection(current_app.extensions["mail"]).configure_host()
        except (smtplib.SMTPException, OSError) as error:
            raise ConnectionLost(_words(error)) from error
        try:
            yield SmtpTransport(host, current_app.config["MAIL_DEFAULT_SENDER"])
        finally:
            with suppress(smtplib.SMTPException, OSError):
                host.quit()
            host.close()
    elif current_app.config["DEMO"]:
        yield MailboxTransport(mailbox_folder())
    else:
        raise RuntimeError("MAIL_SERVER is missing: outside the demo there is no way out without it")


def mailbox_folder() -> Path:
    """Return the folder that the demo's mail is written to."""
    return Path(current_app.instance_path) / MAILBOX


def content_of(message: Any) -> bytes:
    """Return an outbox message as it goes over the wire."""
    email = EmailMessage(policy=POLICY)
    sender = current_app.config["MAIL_DEFAULT_SENDER"]
    local, _, domain = sender.rpartition("@")
    email["From"] = Address(message.from_name or current_app.config["SITE_NAME"], local, domain)
    email["To"] = message.to_address
    if message.reply_to:
        email["Reply-To"] = message.reply_to
    email["Subject"] = message.subject
    email["Date"] = format_datetime(now())
    email["Message-ID"] = message.message_id
    email["Auto-Submitted"] = "auto-generated"
    for name, value in (message.headers or {}).items():
        email[name] = value
    email.set_content(message.body_text)
    if message.body_html:
        email.add_alternative(message.body_html, subtype="html")
    return email.as_bytes()


def _dot_stuffed(content: bytes) -> bytes:
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    stuffed = re.sub(rb"(?m)^\.", b"..", lines)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        return f"{error.smtp_code} {said}"
    return str(error) or type(error).__name__
