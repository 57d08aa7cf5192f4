"""The mailbox that bounces come to: a Maildir on this machine, or a folder on an IMAP server."""

import imaplib
import os
import re
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 30
IMAP_PORT, IMAPS_PORT = 143, 993
_LITERAL = re.compile(rb"\{\d+\}$")


class MailboxAway(Exception):
    """The mailbox could not be opened or read; nothing in it has changed."""


class Mailbox(Protocol):
    """New messages, each read in part and then marked as seen."""

    def new(self, most: int) -> list[str]:
        """Return the names of new messages, the oldest first."""

    def read(self, name: str, most: int) -> bytes:
        """Return up to so many bytes of a message, b"" when it has gone."""

    def mark_seen(self, name: str) -> None:
        """Let the message be new no more."""


@dataclass(frozen=True, slots=True)
class Maildir:
    """A Maildir; what a mail system delivers to `new` is moved to `cur`."""

    folder: Path

    def new(self, most: int) -> list[str]:
        """Return the names of new messages, in the order of their names, which begin with a time."""
        try:
            with os.scandir(self.folder / "new") as entries:
                names = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
        except OSError as error:
            raise MailboxAway(type(error).__name__) from error
        return sorted(names)[:most]

    def read(self, name: str, most: int) -> bytes:
        """Return the beginning of a message."""
        try:
            with (self.folder / "new" / name).open("rb") as file:
                return file.read(most)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise MailboxAway(type(error).__name__) from error

    def mark_seen(self, name: str) -> None:
        """Move a message to `cur`, with the flag of one that was seen."""
        seen = self.folder / "cur" / f"{name.partition(':')[0]}:2,S"
        try:
            seen.parent.mkdir(exist_ok=True)
            with suppress(FileNotFoundError):
                (self.folder / "new" / name).rename(seen)
        except OSError as error:
            raise MailboxAway(type(error).__name__) from error


@dataclass(frozen=True, slots=True)
class ImapFolder:
    """A selected folder of an open IMAP connection."""

    connection: imaplib.IMAP4

    def new(self, most: int) -> list[str]:
        """Return the ids of messages without the flag of one that was seen."""
        found = _ask(self.connection, "SEARCH", "UNSEEN")
        ids = b" ".join(part for part in found if isinstance(part, bytes)).split()
        return [id.decode("ascii") for id in ids[:most]]

    def read(self, name: str, most: int) -> bytes:
        """Return the beginning of a message, without marking it."""
        # The server sends no more than was asked for, however long the message is.
        answer = _ask(self.connection, "FETCH", name, f"(BODY.PEEK[]<0.{most}>)")
        return next(
            (part[1][:most] for part in answer if isinstance(part, tuple) and _LITERAL.search(part[0])), b""
        )

    def mark_seen(self, name: str) -> None:
        r"""Set the flag \Seen."""
        _ask(self.connection, "STORE", name, "+FLAGS.SILENT", r"(\Seen)")


@contextmanager
def open_mailbox(address: str) -> Iterator[Mailbox]:
    """Yield the mailbox that the setting names; MailboxAway when it cannot be reached."""
    parts = urlsplit(address)
    if parts.scheme == "maildir":
        yield Maildir(Path(unquote(parts.path)))
        return
    try:
        with closing(_Closing(_connect(address))) as opened:
            yield ImapFolder(opened.connection)
    except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
        # The words of a server could hold an address, so they go no further.
        raise MailboxAway(type(error).__name__) from error


class _Closing:
    def __init__(self, connection: imaplib.IMAP4) -> None:
        self.connection = connection

    def close(self) -> None:
        with suppress(imaplib.IMAP4.error, OSError):
            self.connection.logout()


def _connect(address: str) -> imaplib.IMAP4:
    parts = urlsplit(address)
    host = parts.hostname or ""
    connection: imaplib.IMAP4
    if parts.scheme == "imaps":
        connection = imaplib.IMAP4_SSL(
            host,
            parts.port or IMAPS_PORT,
            ssl_context=ssl.create_default_context(),
            timeout=TIMEOUT_S,
        )
    else:
        connection = imaplib.IMAP4(host, parts.port or IMAP_PORT, timeout=TIMEOUT_S)
    try:
        _sign_in(connection, unquote(parts.username or ""), unquote(parts.password or ""))
        _select(connection, unquote(parts.path.strip("/")) or "INBOX")
    except BaseException:
        _Closing(connection).close()
        raise
    return connection


def _sign_in(connection: imaplib.IMAP4, user: str, password: str) -> None:
    if "AUTH=PLAIN" in connection.capabilities:
        # Takes any character, which LOGIN as imaplib writes it does not.
        connection.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
    else:
        connection.login(_quoted(user), password)


def _select(connection: imaplib.IMAP4, folder: str) -> None:
    status, _ = connection.select(_quoted(folder))
    if status != "OK":
        raise imaplib.IMAP4.error("no such folder")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _ask(
    connection: imaplib.IMAP4, command: str, *arguments: str
) -> list[bytes | tuple[bytes, bytes] | None]:
    status, answer = connection.uid(command, *arguments)
    if status != "OK":
        raise imaplib.IMAP4.error(f"{command} was refused")
    return answer
