"""Pausing and stopping a phase while its emails really leave to a mail server."""

import contextvars
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.phases import moving, sweeps
from talking_together.invitations.phases.delivery import count_deliveries, record_deliveries
from talking_together.invitations.phases.emails import PURPOSE
from talking_together.invitations.recounts import drift
from talking_together.mail import sweeps as mail
from tests.factories.invitations import make_phase, make_staff_list
from tests.factories.members import make_admin, viewer_of
from tests.support.mail_server import OK, MailServer, mail_server

pytestmark = pytest.mark.loopback

PEOPLE = 80
CONNECTIONS = 4


@pytest.fixture
def server(app: Flask) -> Iterator[MailServer]:
    """Yield a mail server that takes its time over each message."""
    app.config["MAIL_CONNECTIONS"] = CONNECTIONS
    with mail_server(app) as running:

        def slowly(_address: str, _attempt: int) -> str:
            time.sleep(0.02)
            return OK

        running.to_body = slowly
        yield running


def begun(app: Flask) -> tuple[int, threading.Thread]:
    """Return the id of a phase whose emails leave, and the thread that delivers them."""
    phase_id = make_phase(make_staff_list(*(f"p{n}@riverside.example" for n in range(PEOPLE)))).id
    moving.start_phase(None, phase_id=phase_id)
    db.session.commit()
    sweeps.feed_phases()

    def deliver() -> None:
        with app.app_context():
            mail.deliver_outbox({PURPOSE: record_deliveries})

    thread = threading.Thread(target=contextvars.copy_context().run, args=(deliver,))
    thread.start()
    return phase_id, thread


def act_after(server: MailServer, thread: threading.Thread, count: int, act: Callable[[], object]) -> int:
    """Do something once so many messages have arrived; return how many had when it was done."""
    deadline = time.monotonic() + 30
    while len(server.messages) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    in_transaction(act)
    arrived = len(server.messages)
    thread.join(60)
    assert not thread.is_alive()
    return arrived


def states(phase_id: int) -> list[str]:
    """Return the states of a phase's invitations."""
    db.session.rollback()
    return list(db.session.scalars(select(Invitation.state).where(Invitation.phase_id == phase_id)))


def test_a_pause_acts_within_one_message_a_connection_and_a_resume_sends_the_rest_once(
    app: Flask, server: MailServer
) -> None:
    admin = viewer_of(make_admin())
    phase_id, thread = begun(app)
    arrived = act_after(server, thread, 10, lambda: moving.pause_phase(admin, phase_id=phase_id))
    assert 10 <= arrived <= len(server.messages) <= arrived + CONNECTIONS
    assert len(server.messages) < PEOPLE
    sweeps.feed_phases()
    mail.deliver_outbox({PURPOSE: record_deliveries})
    assert len(server.messages) <= arrived + CONNECTIONS
    in_transaction(lambda: moving.resume_phase(admin, phase_id=phase_id))
    mail.deliver_outbox({PURPOSE: record_deliveries})
    sweeps.feed_phases()
    assert sorted(message["To"] for message in server.messages) == sorted(
        f"p{n}@riverside.example" for n in range(PEOPLE)
    )
    assert set(states(phase_id)) == {"sent"}
    count_deliveries()
    assert db.session.get_one(Phase, phase_id).state == "sent"
    assert list(drift()) == []


def test_a_stop_acts_within_one_message_a_connection_and_every_state_is_true(
    app: Flask, server: MailServer
) -> None:
    admin = viewer_of(make_admin())
    phase_id, thread = begun(app)
    arrived = act_after(server, thread, 10, lambda: moving.stop_phase(admin, phase_id=phase_id))
    assert 10 <= arrived <= len(server.messages) <= arrived + CONNECTIONS
    sweeps.feed_phases()
    mail.deliver_outbox({PURPOSE: record_deliveries})
    found = states(phase_id)
    assert set(found) == {"sent", "revoked"}
    assert found.count("sent") == len(server.messages)
    sent_to = select(Invitation.email).where(Invitation.phase_id == phase_id, Invitation.state == "sent")
    assert sorted(db.session.scalars(sent_to)) == sorted(message["To"] for message in server.messages)
    count_deliveries()
    assert list(drift()) == []
