"""Killing the worker, again and again, while it delivers a phase; then counting what arrived.

Run by hand at full size: `python -m tests.support.kill_worker` (1,000 people, ten kills).
"""

import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, insert, select

from talking_together.core.clock import now
from talking_together.extensions import db
from talking_together.invitations.models import Invitation
from talking_together.invitations.recounts import drift
from talking_together.mail import recording
from talking_together.worker import Worker
from tests.factories.invitations import make_phase
from tests.factories.organisations import make_organisation
from tests.support.mail_server import MailServer, mail_server
from tests.support.sites import make_site

ROOT = Path(__file__).resolve().parents[2]
LEASE_S = 1
PATIENCE_S = 240


@dataclass(frozen=True)
class Count:
    """What the people of the phase got, and what the site says they got."""

    people: int
    kills: int
    sent: int
    unknown: int
    unknown_that_arrived: int
    # Said to be sent, and never arrived; or in no final state.
    lost: int
    # Arrived more than once.
    twice: int
    drift: int


def kill_and_count(app: Flask, *, people: int, kills: int) -> Count:
    """Deliver a phase while its worker is killed, and return what became of everybody."""
    addresses = [f"person{number}@riverside.example" for number in range(people)]
    start_phase_with(addresses)
    with mail_server() as server:
        server.to_recipient = lambda address, attempt: _one_in_five_later("recipient", address, attempt)
        server.to_body = lambda address, attempt: _one_in_five_later("body", address, attempt)
        for number in range(kills):
            worker = _start_worker(app, server)
            _wait(lambda so_far=number: server.arrived.total() >= people * (so_far + 0.5) / (kills + 0.5))
            # At any moment of a delivery, not always at the same one.
            time.sleep(random.uniform(0, 0.05))  # noqa: S311
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        worker = _start_worker(app, server)
        _wait(lambda: _unsettled() == 0)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0, "The worker did not stop cleanly"
        arrived = Counter(server.arrived)
    return _count(people, kills, arrived)


def start_phase_with(addresses: list[str]) -> int:
    """Return a phase that is being sent to these addresses at any hour, as fast as it goes."""
    phase = make_phase(
        state="sending",
        started_at=now(),
        people_count=len(addresses),
        sending_days="every day",
        sending_from=0,
        sending_until=24,
    )
    values = {
        "phase_id": phase.id,
        "organisation_id": make_organisation().id,
        "name": "Sam Example",
        "job_title": "",
        "group_ids": [],
        "state": "queued",
        "created_at": now(),
    }
    rows = [{**values, "email": address, "nonce": secrets.token_hex(16)} for address in addresses]
    db.session.execute(insert(Invitation), rows)
    db.session.commit()
    return phase.id


def run_worker(database_url: str, instance: str, port: str) -> None:
    """Be the worker, with leases and waits short enough for a test."""
    recording.FIRST_WAIT_S = 1
    recording.LONGEST_WAIT_S = 2
    app = make_site(database_url, Path(instance), MAIL_PORT=port)
    app.config["MAIL_LEASE_S"] = LEASE_S
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    worker = Worker(app)
    for job in worker.scheduler.get_jobs():
        job.reschedule("interval", seconds=0.2)
    worker.start()
    while not stop:
        time.sleep(0.05)
    worker.stop()


def _one_in_five_later(at: str, address: str, attempt: int) -> str:
    return "451 Later" if zlib.crc32(f"{at}{address}{attempt}".encode()) % 10 == 0 else "250 Taken"


def _start_worker(app: Flask, server: MailServer) -> subprocess.Popen[bytes]:
    url = db.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.support.kill_worker", url, app.instance_path, str(server.port)]
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def _wait(done: object) -> None:
    end = time.monotonic() + PATIENCE_S
    while not done():  # type: ignore[operator]
        assert time.monotonic() < end, "The delivery does not get on"
        time.sleep(0.02)


def _unsettled() -> int:
    db.session.rollback()
    waiting = Invitation.state.in_(("queued", "sending"))
    found = db.session.scalar(select(func.count()).select_from(Invitation).where(waiting)) or 0
    db.session.rollback()
    time.sleep(0.1)
    return found


def _count(people: int, kills: int, arrived: Counter[str]) -> Count:
    db.session.rollback()
    states = dict(db.session.execute(select(Invitation.email, Invitation.state)).all())
    unknown = {address for address, state in states.items() if state == "outcome unknown"}
    sent = {address for address, state in states.items() if state == "sent"}
    return Count(
        people=people,
        kills=kills,
        sent=len(sent),
        unknown=len(unknown),
        unknown_that_arrived=sum(arrived[address] > 0 for address in unknown),
        lost=people - len(sent | unknown) + sum(arrived[address] == 0 for address in sent),
        twice=sum(times > 1 for times in arrived.values()),
        drift=len(list(drift())),
    )


def _at_full_size() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = make_site(f"sqlite:///{folder}/site.sqlite3", Path(folder))
        with app.app_context():
            upgrade()
            started = time.monotonic()
            count = kill_and_count(app, people=1_000, kills=10)
            sys.stdout.write(f"{count} in {time.monotonic() - started:.0f} s\n")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        run_worker(*sys.argv[1:])
    else:
        _at_full_size()
