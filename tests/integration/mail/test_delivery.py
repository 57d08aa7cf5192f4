"""Delivering the outbox to a real SMTP server: what is sent, tried again, failed, unknown."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.mail import recorder, recording, sweeps
from talking_together.mail.models import OutboxMessage
from talking_together.mail.outbox import enqueue
from talking_together.mail.recording import Outcome
from tests.support.mail_server import MailServer, mail_server, use_server
from tests.support.parallel import run_together

pytestmark = pytest.mark.loopback

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    """Yield a mail server that the site sends to."""
    with mail_server(app) as running:
        yield running


def write(to: str = "sam@riverside.example", **values: Any) -> int:
    """Write one message to the outbox and return its id."""
    message_id = enqueue(
        **{"purpose": "invitation", "ref_id": 7, "to": to, "subject": "Join", "body_text": "Hello", **values}
    )
    db.session.commit()
    return db.session.scalar(select(OutboxMessage.id).where(OutboxMessage.message_id == message_id))


def row(outbox_id: int) -> Any:
    """Return a message as it stands."""
    db.session.rollback()
    return db.session.execute(select(OutboxMessage.__table__).where(OutboxMessage.id == outbox_id)).one()


def deliver() -> tuple[int, list[Outcome]]:
    """Run the sweep; return how many it sent and what the owner was told."""
    told: list[Outcome] = []
    sent = sweeps.deliver_outbox({"invitation": lambda _connection, outcomes: told.extend(outcomes)})
    return sent, told


def test_a_message_arrives_whole_and_its_text_is_emptied(server: MailServer) -> None:
    outbox_id = write(
        subject="Zoë, join",
        body_text="Line one\n.A line that begins with a dot\nNaïve café",
        body_html="<p>Naïve</p>",
        headers={"List-Id": "<phase.ideas.example.org>"},
    )
    before = row(outbox_id)
    sent, told = deliver()

    (message,) = server.messages
    assert sent == 1
    assert message["Subject"] == "Zoë, join"
    assert message["Message-ID"] == before.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "Talking Together <ideas@ideas.example.org>"
    assert message["List-Id"] == "<phase.ideas.example.org>"
    assert message.get_body(("plain",)).get_content().splitlines() == [
        "Line one",
        ".A line that begins with a dot",
        "Naïve café",
    ]
    assert "Naïve" in message.get_body(("html",)).get_content()
    after = row(outbox_id)
    assert (after.state, after.body_text, after.body_html, after.attempts) == ("sent", "", "", 1)
    assert told == [(7, "sent", after.last_answer)]


@pytest.mark.parametrize(
    ("bounces", "sender"),
    [(None, "ideas@ideas.example.org"), ("bounces@ideas.example.org", "bounces@ideas.example.org")],
)
def test_what_comes_back_goes_to_an_address_of_its_own(
    app: Flask, server: MailServer, bounces: str | None, sender: str
) -> None:
    app.config["MAIL_BOUNCE_ADDRESS"] = bounces
    write()
    deliver()
    assert server.senders == {sender}
    assert server.messages[0]["From"] == "Talking Together <ideas@ideas.example.org>"


def test_a_batch_goes_over_one_connection(server: MailServer) -> None:
    for number in range(5):
        write(f"person{number}@riverside.example")
    assert deliver()[0] == 5
    assert server.connections == 1


@pytest.mark.parametrize(
    ("at", "answer", "state"),
    [
        ("recipient", "450 Mailbox busy", "queued"),
        ("recipient", "451 Greylisted, come back later", "queued"),
        ("recipient", "421 Closing down", "queued"),
        ("recipient", "550 No such person", "failed"),
        ("recipient", "553 Not an address", "failed"),
        ("body", "451 Try again", "queued"),
        ("body", "452 Out of room", "queued"),
        ("body", "421 Closing down", "queued"),
        ("body", "554 Looks like spam", "failed"),
        ("body", "552 Too big", "failed"),
    ],
)
def test_what_the_server_answers_decides_what_becomes_of_a_message(
    server: MailServer, at: str, answer: str, state: str
) -> None:
    setattr(server, f"to_{at}", lambda _address, _attempt: answer)
    outbox_id = write()
    sent, told = deliver()
    after = row(outbox_id)
    assert (sent, after.state, after.attempts) == (0, state, 1)
    assert after.last_answer.startswith(answer[:3])
    if state == "queued":
        assert told == []
        assert after.due_at > clock.now() + timedelta(seconds=40)
        assert after.body_text == "Hello"
    else:
        assert told == [(7, "failed", after.last_answer)]
        assert after.body_text == ""


def test_a_refusal_of_one_leaves_the_others_of_the_batch_alone(server: MailServer) -> None:
    server.to_recipient = lambda address, _attempt: "550 No" if address.startswith("bad") else "250 Yes"
    ids = [write(f"{name}@riverside.example") for name in ("one", "bad", "two")]
    assert deliver()[0] == 2
    assert [row(id).state for id in ids] == ["sent", "failed", "sent"]
    assert server.connections == 1


def test_waits_grow_and_are_given_up_after_two_days(server: MailServer, hold_clock: Any) -> None:
    server.to_recipient = lambda _address, _attempt: "451 Later"
    hold_clock(NOON)
    outbox_id = write()
    at, waits = NOON, []
    while (state := row(outbox_id).state) == "queued":
        due = row(outbox_id).due_at
        hold_clock(max(at, due))
        at = max(at, due)
        deliver()
        waits.append((row(outbox_id).due_at - at).total_seconds())
    assert state == "failed"
    assert 45 <= waits[0] <= 75
    assert 90 <= waits[1] <= 150
    assert max(waits) <= recording.LONGEST_WAIT_S * 1.25
    assert timedelta(days=2) <= at - NOON <= timedelta(days=2, hours=2)
    assert row(outbox_id).last_answer.startswith("Given up after two days: 451")


def test_a_server_that_is_away_loses_nothing(app: Flask, hold_clock: Any) -> None:
    hold_clock(NOON)
    use_server(app, 1)
    ids = [write(f"person{number}@riverside.example") for number in range(3)]
    assert deliver() == (0, [])
    assert {row(id).state for id in ids} == {"queued"}
    with mail_server(app) as server:
        hold_clock(NOON + timedelta(minutes=2))
        assert deliver()[0] == 3
        assert len(server.messages) == 3


def test_a_connection_lost_before_the_body_is_tried_again(server: MailServer) -> None:
    server.cut = lambda address, _attempt: "at recipient" if address.startswith("cut") else ""
    cut, other = write("cut@riverside.example"), write("other@riverside.example")
    assert deliver()[0] == 1
    assert (row(cut).state, row(other).state) == ("queued", "sent")


def test_a_connection_lost_after_the_body_is_an_unknown_outcome_and_never_tried_again(
    server: MailServer, hold_clock: Any
) -> None:
    server.cut = lambda _address, _attempt: "after body"
    hold_clock(NOON)
    outbox_id = write()
    sent, told = deliver()
    assert sent == 0
    assert row(outbox_id).state == "outcome unknown"
    assert told[0][1] == "outcome unknown"
    hold_clock(NOON + timedelta(days=1))
    assert deliver() == (0, [])
    assert len(server.messages) == 1


@pytest.mark.parametrize(("state", "after"), [("claimed", "sent"), ("sending", "outcome unknown")])
def test_what_a_dead_worker_held_is_taken_back_when_its_lease_is_over(
    server: MailServer, hold_clock: Any, state: str, after: str
) -> None:
    hold_clock(NOON)
    outbox_id = write()
    db.session.execute(
        update(OutboxMessage).values(
            state=state, claimed_by="a worker that is gone", lease_until=NOON + timedelta(minutes=5)
        )
    )
    db.session.commit()
    deliver()
    assert row(outbox_id).state == state
    hold_clock(NOON + timedelta(minutes=6))
    _, told = deliver()
    assert row(outbox_id).state == after
    assert [outcome for _, outcome, _ in told] == [after]
    assert len(server.messages) == (1 if after == "sent" else 0)


def test_a_worker_that_lost_its_lease_sends_nothing(server: MailServer, monkeypatch: Any) -> None:
    outbox_id = write()
    intend = recorder.intend

    def robbed(connection: Any, messages: Any, worker: str) -> set[int]:
        connection.cursor().execute("UPDATE outbox_messages SET claimed_by = 'another worker'")
        return intend(connection, messages, worker)

    monkeypatch.setattr(recorder, "intend", robbed)
    assert deliver()[0] == 0
    assert row(outbox_id).state == "claimed"
    assert server.messages == []


def test_workers_side_by_side_send_each_message_once(app: Flask, server: MailServer) -> None:
    for number in range(60):
        write(f"person{number}@riverside.example")
    sent = run_together(app, [lambda: sweeps.deliver_outbox({})] * 3)
    assert sum(sent) == 60
    assert {message["To"] for message in server.messages} == {
        f"person{number}@riverside.example" for number in range(60)
    }
    assert len(server.messages) == 60


def test_a_stop_leaves_the_rest_queued_at_once(server: MailServer) -> None:
    ids = [write(f"person{number}@riverside.example") for number in range(4)]
    sent = sweeps.deliver_outbox({}, stop=lambda: len(server.messages) >= 2)
    assert sent == 2
    assert sorted(row(id).state for id in ids) == ["queued", "queued", "sent", "sent"]
    assert deliver()[0] == 2


def test_an_owner_that_cannot_note_the_outcome_leaves_the_message_unsettled(server: MailServer) -> None:
    outbox_id = write()

    def broken(*_outcome: Any) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        sweeps.deliver_outbox({"invitation": broken})
    assert row(outbox_id).state == "sending"


def test_mail_of_a_transaction_that_is_rolled_back_never_was(server: MailServer) -> None:
    def fails() -> None:
        enqueue(purpose="invitation", to="sam@riverside.example", subject="Join", body_text="Hello")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        in_transaction(fails)
    assert deliver()[0] == 0
    assert server.messages == []
