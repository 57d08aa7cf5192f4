"""The worker: every sweep on its schedule, and a clean stop."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.extensions import db
from talking_together.mail.models import OutboxMessage
from talking_together.mail.outbox import enqueue
from talking_together.worker import Worker, start_worker_thread
from tests.support.mail_server import mail_server


@pytest.mark.loopback
def test_the_thread_beside_the_server_sends_what_waits_and_stops_cleanly(app: Flask) -> None:
    enqueue(purpose="test", to="sam@riverside.example", subject="Hello", body_text="Hello")
    db.session.commit()
    with mail_server(app) as server:
        arrived = threading.Event()
        server.to_body = lambda _address, _attempt: arrived.set() or "250 Taken"
        worker = start_worker_thread(app)
        assert arrived.wait(20)
        worker.stop()
    assert db.session.scalar(select(OutboxMessage.state)) == "sent"


def test_a_sweep_that_fails_leaves_the_others_running(app: Flask) -> None:
    worker = Worker(app)

    def fails() -> None:
        raise RuntimeError

    worker._run("fails", fails)
    ran: list[bool] = []
    worker._run("works", lambda: ran.append(True))
    assert ran == [True]


def test_every_sweep_runs_on_an_empty_site(app: Flask) -> None:
    with app.app_context():
        for name, _seconds, sweep in Worker(app).schedule():
            assert not sweep(), name
