"""A real IMAP server of the tests' own, with one user and an empty mailbox."""

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

USER = "bounces@example.org"
PASSWORD = 'pass "word" %/é'
STORE = ("dict", "--demo-user", USER, "--demo-password", PASSWORD)
START_S = 20


@dataclass(frozen=True)
class ImapServer:
    """Where it listens, with what tests do to its mailbox as another program would."""

    port: int

    @property
    def address(self) -> str:
        """Return what BOUNCE_MAILBOX says of it."""
        return f"imap://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/INBOX"

    @contextmanager
    def signed_in(self) -> Iterator[imaplib.IMAP4]:
        """Yield a connection with the mailbox selected."""
        connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=START_S)
        try:
            connection.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            connection.select("INBOX")
            yield connection
        finally:
            connection.logout()

    def deliver(self, *messages: bytes) -> None:
        """Put messages into the mailbox, new."""
        with self.signed_in() as connection:
            for message in messages:
                status, answer = connection.append("INBOX", "", "", message)
                assert status == "OK", answer

    def count(self, which: str) -> int:
        """Return how many messages a search such as UNSEEN finds."""
        with self.signed_in() as connection:
            _, found = connection.search(None, which)
            return len((found[0] or b"").split())


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Run a server until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from pymap.main import main; main()", *options, *STORE],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield ImapServer(port)
    finally:
        process.terminate()
        process.wait(START_S)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, "The IMAP server did not start"
            assert time.monotonic() < ends, "The IMAP server does not answer"
            time.sleep(0.05)
