"""`python -m bench.mail`: invitations to a local mail server, beside a bare loop of smtplib.

Both send the same messages over the same number of connections to the same server, which runs in a
process of its own. The bare loop writes nothing down: it is what the sending itself costs.
"""

import argparse
import contextlib
import os
import smtplib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from bench.sites import ROOT, own_database
from talking_together.extensions import db
from talking_together.invitations.models import Invitation
from talking_together.invitations.phases import feeding
from talking_together.mail.content import content_of
from talking_together.mail.models import OutboxMessage
from talking_together.mail.sweeps import deliver_outbox
from talking_together.worker import ON_OUTCOME, Worker
from tests.support import postgres
from tests.support.kill_worker import start_phase_with
from tests.support.mail_server import use_server
from tests.support.sites import make_site

AIM = 0.7
ROUNDS = 5
SINKS = ("plain", "aiosmtpd")


def main(words: list[str]) -> int:
    """Measure and print."""
    arguments = _arguments(words)
    for kind in arguments.databases:
        with _site_on(kind) as app, app.app_context():
            upgrade()
            sync = _sync_ms(Path(app.instance_path))
            print(f"\n{kind}: the disk takes {sync:.2f} ms for a commit", flush=True)
            for sink in arguments.sinks:
                for connections in arguments.connections:
                    _measure(app, sink, connections, arguments.messages)
    return 0


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench mail", description=__doc__)
    parser.add_argument("--databases", type=lambda text: text.split(","), default=["sqlite", "postgresql"])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--connections", type=lambda text: [*map(int, text.split(","))], default=[1, 5])
    parser.add_argument("--sinks", type=lambda text: text.split(","), default=SINKS)
    return parser.parse_args(words)


def _measure(app: Flask, sink: str, connections: int, messages: int) -> None:
    app.config["MAIL_CONNECTIONS"] = connections
    share = messages // ROUNDS
    bare, ours = [], []
    with _sink(sink) as port:
        use_server(app, port)
        # In turns, since the machine may be busier at one time than at another.
        for _ in range(ROUNDS):
            _prepare(share)
            bare.append(_bare(port, connections, _contents()))
            began = time.perf_counter()
            deliver_outbox(ON_OUTCOME)
            ours.append(time.perf_counter() - began)
        whole = _from_start_to_end(app, messages)
        _all_sent(port, 2 * ROUNDS * share + messages)
    ratio = sum(bare) / sum(ours)
    between = statistics.quantiles([one / other for one, other in zip(bare, ours, strict=True)], n=4)
    print(
        f"{sink} server, {connections} connection(s), {ROUNDS} x {share:,} invitations: "
        f"{ROUNDS * share / sum(ours):,.0f} a second; smtplib {ROUNDS * share / sum(bare):,.0f}; "
        f"ratio {ratio:.2f}{'' if ratio >= AIM else f' (aim {AIM})'}, "
        f"half of the rounds between {between[0]:.2f} and {between[2]:.2f}; "
        f"{messages:,} from the start of the phase until all are sent {messages / whole:,.0f} a second",
        flush=True,
    )


def _prepare(messages: int) -> None:
    """Write the emails of a phase to the outbox, all at once."""
    start_phase_with([f"person{number}@riverside.example" for number in range(messages)])
    ahead, feeding.FEED_AHEAD = feeding.FEED_AHEAD, messages
    try:
        assert feeding.feed_invitations() == messages
    finally:
        feeding.FEED_AHEAD = ahead


def _contents() -> list[tuple[str, bytes]]:
    table = OutboxMessage.__table__
    rows = db.session.execute(select(table).where(table.c.state == "queued").order_by(table.c.id)).all()
    db.session.rollback()
    return [(row.to_address, content_of(row)) for row in rows]


def _bare(port: int, connections: int, contents: list[tuple[str, bytes]]) -> float:
    """Return how long a loop takes that only sends."""

    def send(share: list[tuple[str, bytes]]) -> None:
        with smtplib.SMTP("127.0.0.1", port) as server:
            for address, content in share:
                server.sendmail("ideas@ideas.example.org", [address], content)

    threads = [
        threading.Thread(target=send, args=(contents[number::connections],)) for number in range(connections)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def _from_start_to_end(app: Flask, messages: int) -> float:
    """Return how long the worker takes from a phase's start until all of it is sent."""
    start_phase_with([f"person{number}@riverside.example" for number in range(messages)])
    worker = Worker(app)
    began = time.perf_counter()
    worker.start()
    waiting = select(func.count()).where(Invitation.state.in_(("queued", "sending")))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.scalar(waiting):
            time.sleep(0.1)
    took = time.perf_counter() - began
    worker.stop()
    return took


def _all_sent(port: int, expected: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        came = int(server.verify("count")[1])
    assert came == expected, f"{came} of {expected} messages came"
    states = dict(db.session.execute(select(Invitation.state, func.count()).group_by(Invitation.state)).all())
    db.session.rollback()
    assert set(states) == {"sent"}, states


def _sync_ms(folder: Path) -> float:
    """Return how long the disk takes to keep what a commit writes: there is one for each message."""
    took = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(200):
            file.seek(0)
            file.write(bytes(50_000))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1_000


@contextlib.contextmanager
def _sink(kind: str) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.mail_sink", kind], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _site_on(kind: str) -> Iterator[Flask]:
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tt-bench-"))
        url = f"sqlite:///{folder}/site.sqlite3"
        if kind == "postgresql":
            url = stack.enter_context(own_database(stack.enter_context(postgres.serving(durable=True))))
        app = make_site(url, Path(folder))
        yield app
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
