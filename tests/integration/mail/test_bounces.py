"""What comes back: matched to its message, counted once, and never trusted further than that."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from talking_together.core.clock import now
from talking_together.extensions import db
from talking_together.mail import bounces
from talking_together.mail.bounce_mailboxes import MailboxAway, Maildir
from talking_together.mail.models import STATES, Bounce, OutboxMessage
from talking_together.mail.suppressions import suppressed_among
from tests.factories.rows import saved
from tests.support.parallel import run_together

CORPUS = Path(__file__).resolve().parents[2] / "data" / "bounces"
MESSAGE_ID = "<7f0e2d3c-5b1a-4c7d-9e8f-1a2b3c4d5e6f@ideas.example.org>"
ADDRESS = "sam.okafor@riverside.example"

Told = list[tuple[int | None, str, str, str]]


@pytest.fixture
def maildir(app: Flask, tmp_path: Path) -> Path:
    """Return the folder of the Maildir that the site reads."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / "bounces here" / name).mkdir(parents=True)
    app.config["BOUNCE_MAILBOX"] = f"maildir:{tmp_path}/bounces%20here"
    return tmp_path / "bounces here"


def content_of(name: str) -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes()


def deliver(maildir: Path, *names: str) -> None:
    """Put messages of the corpus into the Maildir, as a mail system does."""
    for name in names:
        (maildir / "new" / f"1793696108.{name}.mx").write_bytes(content_of(name))


def sent_message(**values: Any) -> OutboxMessage:
    """Return the message of ours that the corpus is about."""
    return saved(
        OutboxMessage(
            **{
                "message_id": MESSAGE_ID,
                "purpose": "invitation",
                "ref_id": 7,
                "to_address": ADDRESS,
                "subject": "Join",
                "body_text": "",
                "state": "sent",
                "created_at": now(),
                "due_at": now(),
                **values,
            }
        )
    )


def read() -> tuple[int, Told]:
    """Run the sweep; return how many reports were ours and what the owner was told."""
    told: Told = []
    ours = bounces.read_bounces({"invitation": lambda *said: told.append(said)})
    db.session.rollback()
    db.session.expire_all()
    return ours, told


def kept() -> list[tuple[str, str]]:
    return [
        (row.kind, row.status) for row in db.session.execute(select(Bounce.__table__).order_by(Bounce.id))
    ]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_without_a_mailbox_nothing_is_read(app: Flask) -> None:
    assert app.config["BOUNCE_MAILBOX"] is None
    assert read() == (0, [])


def test_a_hard_bounce_suppresses_and_is_told(maildir: Path) -> None:
    sent_message()
    deliver(maildir, "postfix-user-unknown")
    ours, told = read()
    assert ours == 1
    ((ref_id, address, kind, words),) = told
    assert (ref_id, address, kind) == (7, ADDRESS, "hard")
    assert words.startswith("550 5.1.1 ")
    assert suppressed_among([ADDRESS])
    assert kept() == [("hard", "5.1.1")]
    assert names_in(maildir / "new") == []
    assert names_in(maildir / "cur") == ["1793696108.postfix-user-unknown.mx:2,S"]


@pytest.mark.parametrize(("name", "kind"), [("postfix-mailbox-full", "soft"), ("postfix-delayed", "delayed")])
def test_a_soft_bounce_is_told_and_suppresses_nobody(maildir: Path, name: str, kind: str) -> None:
    sent_message()
    deliver(maildir, name)
    _, told = read()
    assert [said[2] for said in told] == [kind]
    assert not suppressed_among([ADDRESS])
    assert [each for each, _ in kept()] == ["soft"]


def test_what_nobody_answers_for_is_suppressed_all_the_same(maildir: Path) -> None:
    sent_message(purpose="password reset", ref_id=None)
    deliver(maildir, "postfix-user-unknown")
    assert read() == (1, [])
    assert suppressed_among([ADDRESS])


@pytest.mark.parametrize("state", STATES)
def test_only_what_has_left_can_come_back(maildir: Path, state: str) -> None:
    sent_message(state=state)
    deliver(maildir, "postfix-user-unknown")
    ours, told = read()
    has_left = state in ("sending", "sent", "outcome unknown")
    assert (ours, len(told), bool(suppressed_among([ADDRESS]))) == (has_left, has_left, has_left)
    after = db.session.scalars(select(OutboxMessage.state)).one()
    assert after == ("sent" if state == "outcome unknown" else state)
    assert names_in(maildir / "new") == []


def test_a_forged_report_changes_nothing(maildir: Path) -> None:
    message = sent_message(message_id="<another@ideas.example.org>")
    deliver(maildir, "postfix-user-unknown", "exim-text", "office365-no-returned-headers")
    assert read() == (0, [])
    assert kept() == []
    assert not suppressed_among([ADDRESS])
    assert message.state == "sent"
    assert names_in(maildir / "new") == []


def test_a_report_for_somebody_else_changes_nothing(maildir: Path) -> None:
    sent_message()
    deliver(maildir, "for-somebody-else", "list-expanded", "postfix-relayed", "out-of-office", "read-receipt")
    assert read() == (0, [])
    assert kept() == []


def test_the_same_report_counts_once(maildir: Path) -> None:
    sent_message()
    deliver(maildir, "postfix-mailbox-full")
    # The same report again, by another way through the mail systems.
    again = b"Received: from elsewhere\n" + content_of("postfix-mailbox-full")
    (maildir / "new" / "1793696109.again.mx").write_bytes(again)
    ours, told = read()
    assert ours == 2
    assert len(told) == 1
    assert len(kept()) == 1


def test_reports_without_an_id_of_their_own_are_told_apart(maildir: Path) -> None:
    sent_message()
    bare = content_of("postfix-delayed").replace(b"Message-ID: <report.", b"X-Was: <report.")
    for number in range(3):
        (maildir / "new" / f"{number}").write_bytes(
            bare.replace(b"timed out", b"timed out %d" % (number // 2))
        )
    _, told = read()
    assert len(told) == 2


def test_a_crash_before_the_mark_counts_nothing_twice(maildir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent_message()
    deliver(maildir, "postfix-mailbox-full")
    with monkeypatch.context() as patched:
        patched.setattr(Maildir, "mark_seen", _die)
        with pytest.raises(KeyboardInterrupt):
            read()
    assert len(kept()) == 1
    assert names_in(maildir / "new") == ["1793696108.postfix-mailbox-full.mx"]
    assert read() == (1, [])
    assert len(kept()) == 1
    assert names_in(maildir / "new") == []


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_two_workers_reading_one_mailbox_count_once(app: Flask, maildir: Path) -> None:
    sent_message()
    deliver(maildir, *(["postfix-mailbox-full", "exim-text", "gmail-delayed", "qmail-no-such-user"]))
    told: Told = []
    job: Callable[[], int] = lambda: bounces.read_bounces({"invitation": lambda *said: told.append(said)})  # noqa: E731
    results = run_together(app, [job, job, job])
    assert all(isinstance(result, int) for result in results), results
    assert len(told) == 4
    assert len(kept()) == 4
    assert len(names_in(maildir / "cur")) == 4


def test_what_was_followed_by_another_message_is_only_counted(maildir: Path) -> None:
    sent_message()
    sent_message(message_id="<later@ideas.example.org>")
    deliver(maildir, "postfix-mailbox-full")
    _, told = read()
    assert [said[2] for said in told] == ["delayed"]


def test_words_that_no_column_holds_are_cleaned(maildir: Path) -> None:
    sent_message()
    odd = content_of("postfix-user-unknown").replace(
        b"User unknown", b"User\0\xff\xfe\r\x1b[1m unknown " + b"y" * 900
    )
    (maildir / "new" / "1").write_bytes(odd)
    _, told = read()
    assert told[0][3].isprintable()
    assert len(told[0][3]) <= 400


def test_what_cannot_be_read_is_put_aside_with_a_line_that_names_nobody(
    maildir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sent_message()
    deliver(maildir, "exim-text", "postfix-user-unknown")
    real = bounces.read_report

    def fail_on_the_first(content: bytes) -> Any:
        if b"Exim" in content or b"mailhub" in content:
            raise ValueError(ADDRESS)
        return real(content)

    monkeypatch.setattr(bounces, "read_report", fail_on_the_first)
    with caplog.at_level(logging.WARNING):
        ours, _ = read()
    assert ours == 1
    assert names_in(maildir / "new") == []
    (line,) = [record for record in caplog.records if record.name == bounces.__name__]
    assert line.getMessage() == "bounce cannot be read"
    assert ADDRESS not in str(line.__dict__)


def test_a_fault_of_ours_stops_nobody_else_and_loses_nothing(
    maildir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sent_message()
    sent_message(message_id="<2@ideas.example.org>", purpose="password reset")
    deliver(maildir, "exim-text")
    second = content_of("postfix-user-unknown").replace(MESSAGE_ID.encode(), b"<2@ideas.example.org>")
    (maildir / "new" / "2").write_bytes(second)

    def fail(*_: object) -> None:
        raise KeyError(ADDRESS)

    with caplog.at_level(logging.WARNING):
        assert bounces.read_bounces({"invitation": fail}) == 1
    assert names_in(maildir / "new") == ["1793696108.exim-text.mx"]
    assert ADDRESS not in str([record.__dict__ for record in caplog.records])
    # What was written with it was taken back, so that it counts when the fault is mended.
    assert [said[2] for said in read()[1]] == ["hard"]


def test_a_database_that_fails_leaves_the_message_new(maildir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent_message()
    deliver(maildir, "exim-text")

    def away(*_: object) -> None:
        raise OperationalError("SELECT 1", None, Exception("away"))

    with pytest.raises(OperationalError):
        bounces.read_bounces({"invitation": away})
    assert names_in(maildir / "new") == ["1793696108.exim-text.mx"]
    assert kept() == []


def test_a_mailbox_that_is_not_there_is_a_line_in_the_log(
    app: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app.config["BOUNCE_MAILBOX"] = f"maildir:{tmp_path}/nowhere"
    with caplog.at_level(logging.WARNING):
        assert read() == (0, [])
    assert [record.getMessage() for record in caplog.records] == ["bounce mailbox not reached"]
    with pytest.raises(MailboxAway):
        Maildir(tmp_path / "nowhere").new(1)


def test_a_run_reads_a_bounded_number_and_stops_when_told(
    maildir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounces, "BATCH", 5)
    for number in range(12):
        (maildir / "new" / f"{number:02}").write_bytes(content_of("newsletter"))
    (maildir / "new" / "99.link").symlink_to("/etc/passwd")
    (maildir / "new" / "a folder").mkdir()
    read()
    assert len(names_in(maildir / "cur")) == 5
    bounces.read_bounces({}, stop=lambda: True)
    assert len(names_in(maildir / "cur")) == 5
    read()
    read()
    assert names_in(maildir / "new") == ["99.link", "a folder"]


def test_fifty_megabytes_are_read_in_part(maildir: Path) -> None:
    sent_message()
    (maildir / "new" / "1").write_bytes(content_of("postfix-user-unknown") + b"x" * 50_000_000)
    assert read()[0] == 1
    assert db.session.execute(text("SELECT count(*) FROM bounces")).scalar() == 1
