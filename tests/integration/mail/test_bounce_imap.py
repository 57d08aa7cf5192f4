"""Bounces read from a real IMAP server."""

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.core.clock import now
from talking_together.extensions import db
from talking_together.mail import bounce_mailboxes, bounces
from talking_together.mail.models import Bounce, OutboxMessage
from tests.factories.rows import saved
from tests.support.imap_server import PASSWORD, ImapServer, imap_server

pytestmark = pytest.mark.loopback

CORPUS = Path(__file__).resolve().parents[2] / "data" / "bounces"
MESSAGE_ID = "<7f0e2d3c-5b1a-4c7d-9e8f-1a2b3c4d5e6f@ideas.example.org>"


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.sqlite)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Return the database: what is tried here is the mailbox."""
    return request.param


@pytest.fixture
def server(app: Flask) -> Iterator[ImapServer]:
    """Yield an IMAP server that the site reads."""
    with imap_server() as running:
        app.config["BOUNCE_MAILBOX"] = running.address
        yield running


def content_of(name: str) -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes().replace(b"\n", b"\r\n")


def sent_message() -> None:
    saved(
        OutboxMessage(
            message_id=MESSAGE_ID,
            purpose="invitation",
            ref_id=7,
            to_address="sam.okafor@riverside.example",
            subject="Join",
            body_text="",
            state="sent",
            created_at=now(),
            due_at=now(),
        )
    )


def kinds() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Bounce.kind).order_by(Bounce.id)))


def test_new_messages_are_read_and_marked_as_seen(server: ImapServer) -> None:
    sent_message()
    server.deliver(content_of("gmail-not-found"), content_of("newsletter"), content_of("postfix-delayed"))
    assert bounces.read_bounces({}) == 2
    assert kinds() == ["hard", "soft"]
    assert (server.count("UNSEEN"), server.count("SEEN")) == (0, 3)
    assert bounces.read_bounces({}) == 0
    server.deliver(content_of("exim-text"))
    assert bounces.read_bounces({}) == 1


def test_what_somebody_marks_as_unseen_again_counts_once(server: ImapServer) -> None:
    sent_message()
    server.deliver(content_of("gmail-not-found"))
    bounces.read_bounces({})
    with server.signed_in() as connection:
        connection.store("1", "-FLAGS", r"(\Seen)")
    assert bounces.read_bounces({}) == 1
    assert kinds() == ["hard"]


def test_a_run_reads_a_bounded_number(server: ImapServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounces, "BATCH", 2)
    server.deliver(*[content_of("newsletter")] * 3)
    bounces.read_bounces({})
    assert server.count("UNSEEN") == 1
    bounces.read_bounces({}, stop=lambda: True)
    assert server.count("UNSEEN") == 1


def test_a_long_message_is_read_in_part(server: ImapServer) -> None:
    sent_message()
    server.deliver(content_of("postfix-user-unknown") + b"x" * 60 + b"\r\n" * 1_000_000)
    assert bounces.read_bounces({}) == 1


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("@127.0.0.1", "@localhost.invalid"),
        ("/INBOX", "/No%20such%20%22folder%22"),
        ("pass%20", "fail%20"),
        ("imap://", "imaps://"),
    ],
)
def test_a_mailbox_that_cannot_be_opened_is_a_line_that_names_nobody(
    app: Flask, server: ImapServer, caplog: pytest.LogCaptureFixture, was: str, becomes: str
) -> None:
    sent_message()
    server.deliver(content_of("postfix-user-unknown"))
    app.config["BOUNCE_MAILBOX"] = server.address.replace(was, becomes)
    with caplog.at_level(logging.WARNING):
        assert bounces.read_bounces({}) == 0
    (line,) = [record for record in caplog.records if record.name == bounces.__name__]
    assert line.getMessage() == "bounce mailbox not reached"
    said = str(line.__dict__)
    assert "bounces@example.org" not in said
    assert PASSWORD not in said
    assert server.count("UNSEEN") == 1


def test_a_server_that_has_gone_is_met_again_later(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with imap_server() as server:
        app.config["BOUNCE_MAILBOX"] = server.address
        assert bounces.read_bounces({}) == 0
    with caplog.at_level(logging.WARNING):
        assert bounces.read_bounces({}) == 0
    assert "bounce mailbox not reached" in caplog.text


@pytest.mark.parametrize(
    "greeting", [b"", b"* BYE too busy\r\n", b"220 mail.test ESMTP\r\n", b"\xff" * 2_000]
)
def test_a_server_that_does_not_speak_imap_holds_nothing_up(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, greeting: bytes
) -> None:
    monkeypatch.setattr(bounce_mailboxes, "TIMEOUT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        app.config["BOUNCE_MAILBOX"] = f"imap://user:password@127.0.0.1:{port}/INBOX"
        answering = threading.Thread(target=_greet, args=(listening, greeting))
        answering.start()
        with caplog.at_level(logging.WARNING):
            assert bounces.read_bounces({}) == 0
        answering.join()
    assert "bounce mailbox not reached" in caplog.text


def _greet(listening: socket.socket, greeting: bytes) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.sendall(greeting)
        # Until the other side has had enough.
        with contextlib.suppress(OSError):
            while connection.recv(1_000):
                pass
