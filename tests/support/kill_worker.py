"""Killing the worker and the web server, again and again, while they deliver a phase; then counting.

The mail server refuses for now and for good, hangs up before and after the body, and takes its time.
What it knows to have arrived is the truth. Run by hand at full size, which takes some minutes:

    python -m tests.support.kill_worker [sqlite|postgresql] [people] [kills]
"""

import contextlib
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, insert, select

from talking_together.core.clock import now
from talking_together.extensions import db
from talking_together.invitations.models import Invitation
from talking_together.invitations.recounts import drift
from talking_together.mail import recording
from talking_together.mail.models import OutboxMessage
from tests.factories.invitations import make_phase
from tests.factories.organisations import make_organisation
from tests.support import postgres
from tests.support.mail_server import MailServer, free_port, mail_server
from tests.support.sites import BASE_URL, make_site

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 600
END_STATES = ("sent", "failed", "outcome unknown")
WORKER, WEB = "worker", "web"


@dataclass(frozen=True)
class Count:
    """What the people of the phase got, and what the site says they got."""

    people: int
    kills: int
    states: dict[str, int]
    unknown_that_arrived: int
    # Said to be sent, and never arrived.
    lost: int
    # Arrived more than once, outcome unknown or not: nobody asked to send anything again.
    twice: int
    # In no end state, or failed according to the site and arrived all the same.
    untrue: int
    drift: int
    # Seconds from a start until mail arrives again; and from a kill until all it held is settled.
    resumed_within: float
    settled_within: float


@dataclass
class Processes:
    """The site's processes, and what those that were killed had in hand."""

    app: Flask
    server: MailServer
    lease: float
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    held: dict[int, tuple[str, float]] = field(default_factory=dict)
    resumed: list[float] = field(default_factory=list)
    settled: list[float] = field(default_factory=list)

    def start(self, kind: str) -> None:
        """Start the worker, or the web server with its worker thread."""
        environment = {
            **os.environ,
            **_settings(self.app, self.server.port),
            "KILL_LEASE_S": str(self.lease),
            "FLASK_RUN_FROM_CLI": "false",
        }
        python = [sys.executable, "-m", "tests.support.kill_worker", WORKER]
        granian = [
            str(Path(sys.executable).parent / "granian"),
            *("--interface", "wsgi", "--workers", "1", "--blocking-threads", "1", "--no-ws", "--factory"),
            *(
                "--port",
                str(free_port()),
                "--workers-kill-timeout",
                "15",
                "tests.support.kill_worker:make_web",
            ),
        ]
        self.running[kind] = subprocess.Popen(
            python if kind == WORKER else granian,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self, kinds: tuple[str, ...]) -> None:
        """Kill processes as a power cut would, and note what they had in hand."""
        family = [pid for kind in kinds for pid in _family(self.running[kind].pid)]
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for kind in kinds:
            self.running.pop(kind).wait()
        killed = time.monotonic()
        for row in _in_hand():
            if int(row.claimed_by.split(":")[1]) in family:
                self.held[row.id] = (row.claimed_by, killed)

    def restart(self, kinds: tuple[str, ...]) -> None:
        """Start what was killed; if nothing else sends, see how long mail takes to arrive again."""
        alone = not self.running
        began, before = time.monotonic(), self.server.attempts.total()
        for kind in kinds:
            self.start(kind)
        if alone and _unsettled():
            _wait(lambda: self.server.attempts.total() > before or not _unsettled())
            self.resumed.append(time.monotonic() - began)

    def look(self) -> None:
        """See whether what killed processes held has been settled by now."""
        still = {(row.id, row.claimed_by) for row in _in_hand()} if self.held else set()
        for outbox_id, (claimed_by, killed) in list(self.held.items()):
            if (outbox_id, claimed_by) not in still:
                self.settled.append(time.monotonic() - killed)
                del self.held[outbox_id]

    def stop(self) -> None:
        """End what runs as a service manager does."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        for kind, process in self.running.items():
            assert process.wait(30) is not None, f"The {kind} did not stop"


def kill_and_count(app: Flask, *, people: int, kills: int, lease: float) -> Count:
    """Deliver a phase while its processes are killed, and return what became of everybody."""
    start_phase_with([f"person{number}@riverside.example" for number in range(people)])
    with mail_server() as server:
        _make_faulty(server)
        processes = Processes(app, server, lease)
        try:
            processes.restart((WORKER, WEB))
            for number in range(kills):
                _wait(
                    lambda so_far=number: len(server.attempts) >= people * (so_far + 0.5) / (kills + 0.5),
                    processes.look,
                )
                # At any moment of a delivery, not always at the same one.
                time.sleep(random.uniform(0, 0.3))  # noqa: S311
                kinds = ((WORKER,), (WEB,), (WORKER, WEB))[number % 3]
                processes.kill(kinds)
                processes.restart(kinds)
            _wait(lambda: not _unsettled(), processes.look)
            _wait(lambda: not _drift() and not processes.held, processes.look)
        finally:
            processes.stop()
        arrived = Counter(server.arrived)
    return _count(people, kills, arrived, processes)


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


def run_worker() -> None:
    """Be the worker process, with waits short enough to see the end of."""
    _shorten_waits()
    from talking_together.worker import Worker

    stop: list[bool] = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    worker = Worker(_site())
    worker.start()
    while not stop:
        time.sleep(0.05)
    worker.stop()


def make_web() -> Any:
    """Return the site with its sweeps in a thread: what the web server's one process serves."""
    _shorten_waits()
    _site()
    from talking_together.devtools.serve import make_site as make_served_site

    return make_served_site()


def _site() -> Flask:
    from wsgi import app

    app.config["MAIL_LEASE_S"] = float(os.environ["KILL_LEASE_S"])
    return app


def _shorten_waits() -> None:
    recording.FIRST_WAIT_S = 1  # type: ignore[misc]
    recording.LONGEST_WAIT_S = 4  # type: ignore[misc]


def _settings(app: Flask, port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": db.engine.url.render_as_string(hide_password=False),
        "INSTANCE": app.instance_path,
        "SECRET_KEY": "a secret of the tests, long enough to be accepted",
        "BASE_URL": BASE_URL,
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(port),
        "MAIL_DEFAULT_SENDER": "ideas@ideas.example.org",
        "LOG_LEVEL": "ERROR",
    }


def _make_faulty(server: MailServer) -> None:
    server.keep_messages = False
    server.to_recipient = _at_recipient
    server.to_body = _at_body
    server.wait_at_recipient = lambda address, attempt: 0.5 * (_draw("slow", address, attempt) < 1)
    server.wait_at_body = lambda address, attempt: 0.5 * (_draw("slower", address, attempt) < 1)
    server.cut = _cut


def _at_recipient(address: str, attempt: int) -> str:
    if _draw("gone", address, 0) < 3:
        return "550 5.1.1 No such person"
    return "451 4.7.1 Greylisted" if _draw("recipient", address, attempt) < 8 else "250 Fine"


def _at_body(address: str, attempt: int) -> str:
    if _draw("spam", address, 0) < 1:
        return "554 5.7.1 Looks like spam"
    return "452 4.3.1 Out of room" if _draw("body", address, attempt) < 5 else "250 Taken"


def _cut(address: str, attempt: int) -> str:
    places = {0: "at recipient", 1: "before body", 2: "after body", 3: "after answer"}
    return places.get(_draw("cut", address, attempt), "")


def _draw(what: str, address: str, attempt: int) -> int:
    """Return a number below 100, the same each time."""
    return zlib.crc32(f"{what}{address}{attempt}".encode()) % 100


def _family(pid: int) -> list[int]:
    """Return a process and its descendants."""
    found = [pid]
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            if re.search(rf"^PPid:\s*{pid}$", status.read_text(), re.MULTILINE):
                found += _family(int(status.parent.name))
    return found


def _wait(done: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None) -> None:
    end = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < end, "The delivery does not get on"
        meanwhile()
        time.sleep(0.05)


def _read(statement: Any) -> Any:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return connection.execute(statement).all()


def _in_hand() -> Any:
    return _read(
        select(OutboxMessage.id, OutboxMessage.claimed_by).where(
            OutboxMessage.state.in_(("claimed", "sending"))
        )
    )


def _unsettled() -> int:
    waiting = Invitation.state.in_(("queued", "sending"))
    return int(_read(select(func.count()).select_from(Invitation).where(waiting))[0][0])


def _drift() -> list[tuple[str, int, int]]:
    found = list(drift())
    db.session.rollback()
    return found


def _count(people: int, kills: int, arrived: Counter[str], processes: Processes) -> Count:
    states: dict[str, str] = dict(_read(select(Invitation.email, Invitation.state)))
    of: dict[str, set[str]] = {
        state: {address for address, its in states.items() if its == state} for state in END_STATES
    }
    return Count(
        people=people,
        kills=kills,
        states=dict(Counter(states.values())),
        unknown_that_arrived=sum(arrived[address] > 0 for address in of["outcome unknown"]),
        lost=sum(arrived[address] == 0 for address in of["sent"]),
        twice=sum(times > 1 for times in arrived.values()),
        untrue=people - sum(map(len, of.values())) + sum(arrived[address] > 0 for address in of["failed"]),
        drift=len(_drift()),
        resumed_within=round(max(processes.resumed, default=0), 1),
        settled_within=round(max(processes.settled, default=0), 1),
    )


@contextlib.contextmanager
def _database(kind: str, folder: str) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/site.sqlite3"
        return
    with postgres.serving(durable=True) as url:
        yield url


def _at_full_size(kind: str = "sqlite", people: str = "10000", kills: str = "30") -> None:
    with tempfile.TemporaryDirectory() as folder, _database(kind, folder) as url:
        app = make_site(url, Path(folder))
        with app.app_context():
            upgrade()
            began = time.monotonic()
            count = kill_and_count(app, people=int(people), kills=int(kills), lease=30)
            sys.stdout.write(f"{kind}: {count} in {time.monotonic() - began:.0f} s\n")
            db.engine.dispose()


if __name__ == "__main__":
    if sys.argv[1:] == [WORKER]:
        run_worker()
    else:
        _at_full_size(*sys.argv[1:])
