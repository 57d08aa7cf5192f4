"""A morning on which everybody joins, from one network address.

python -m bench.joining                                    # 2,000 people in ten minutes, SQLite
python -m bench.joining --minutes 3 --databases postgresql

Each person is a browser of its own: it opens the link, loads what the page needs, chooses a password
and goes on to the welcome. One in ten mistypes first, one in twenty comes by the code of the email,
and half of those mistype that too.
"""

import argparse
import contextlib
import os
import random
import re
import secrets
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from sqlalchemy import func, insert, select

from bench.client import Answer, Connection, load_of, request_bytes
from bench.sites import PROCESSES, own_environment, run, serving
from config import load_config
from talking_together import create_app
from talking_together.accounts.models import Member
from talking_together.core.clock import now
from talking_together.extensions import db
from talking_together.invitations.links import code_of, token_of
from talking_together.invitations.models import Invitation
from tests.factories import PASSWORD, make_challenge, make_organisation
from tests.factories.invitations import make_phase, make_staff_list

# More than are ever at it at one moment, so that nobody waits for the generator.
BROWSERS = 64
MISTYPE, BY_CODE = 0.1, 0.05

_TOKEN = re.compile(rb'name="csrf_token" type="hidden" value="([^"]+)"')
_ASSETS = re.compile(rb'(?:href|src)="(/static/[^"#]+)')


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody with an invitation: the path of its link, and what its email says beside it."""

    email: str
    path: str
    code: str


@dataclass
class Tally:
    """What all the browsers met."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    unexpected: Counter[str] = field(default_factory=Counter)
    limited: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, took: float, answer: Answer, expected: int) -> None:
        """Count one request."""
        with self.lock:
            self.seconds.setdefault(what, []).append(took)
            self.limited += answer.status == 429
            if answer.status != expected:
                self.unexpected[f"{what}: {answer.status}, not {expected}"] += 1


class Browser:
    """One person's browser: a connection, its cookies and the last page."""

    def __init__(self, port: int, tally: Tally) -> None:
        self.connection = Connection(port)
        self.tally = tally
        self.cookies: dict[str, str] = {}
        self.page = b""

    def ask(
        self, what: str, method: str, path: str, expected: int, form: dict[str, str] | None = None
    ) -> Answer:
        """Send a request, keep its cookies and its page, and count it."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        plain = {"Accept-Encoding": "identity"}
        began = time.perf_counter()
        answer = self.connection.ask(request_bytes(method, path, cookie=cookie, form=form, more=plain))
        self.tally.note(what, time.perf_counter() - began, answer, expected)
        self.cookies.update(answer.cookies)
        self.page = answer.body
        return answer

    def send(self, what: str, path: str, expected: int, **fields: str) -> Answer:
        """Send the form of the page that is open."""
        token = _TOKEN.search(self.page)
        filled = {"csrf_token": token.group(1).decode() if token else "", **fields}
        return self.ask(what, "POST", path, expected, filled)

    def load_assets(self) -> None:
        """Load the styles and scripts of the page, as a browser does that comes for the first time."""
        page = self.page
        for path in dict.fromkeys(_ASSETS.findall(page)):
            self.ask("a style or script", "GET", unescape(path.decode()), 200)
        self.page = page


def join(person: Invited, port: int, tally: Tally, chance: random.Random) -> None:
    """Be one person from the email to the welcome."""
    browser = Browser(port, tally)
    if chance.random() < BY_CODE:
        browser.ask("open /join", "GET", "/join", 200)
        if chance.random() < 0.5:
            wrong = ("B" if person.code[0] == "A" else "A") + person.code[1:]
            browser.send("a wrong code", "/join", 400, email=person.email, code=wrong)
        browser.send("the code", "/join", 303, email=person.email, code=person.code.lower())
    browser.ask("open the invitation", "GET", person.path, 200)
    browser.load_assets()
    page = browser.page
    browser.send("be seen", f"{person.path}/opened", 204)
    browser.page = page
    about = {"name": "Sam Example", "job_title": "Community nurse", "password": PASSWORD}
    if chance.random() < MISTYPE:
        browser.send("a password too short", person.path, 400, **{**about, "password": PASSWORD[:5]})
    answer = browser.send("join", person.path, 303, **about)
    browser.ask("be welcomed", "GET", answer.headers.get("location", "/"), 200)
    browser.ask("the home page", "GET", "/", 200)
    browser.connection.close()


@contextlib.contextmanager
def invited_site(kind: str, people: int) -> Iterator[tuple[dict[str, str], list[Invited]]]:
    """Yield the environment of a migrated site, and its invited people."""
    with (
        tempfile.TemporaryDirectory(prefix="tt-joining-") as folder,
        own_environment(kind, Path(folder)) as environment,
    ):
        run(environment, "flask", "--app", "wsgi", "db", "upgrade")
        app = create_app(load_config(environment))
        with app.app_context():
            invited = _invite(people)
            db.session.remove()
            db.engine.dispose()
        yield environment, invited


def _invite(people: int) -> list[Invited]:
    phase = make_phase(
        make_staff_list(),
        state="sent",
        challenge_id=make_challenge().id,
        people_count=people,
        sent_count=people,
    )
    values = {
        "phase_id": phase.id,
        "organisation_id": make_organisation().id,
        "name": "Sam Example",
        "job_title": "",
        "group_ids": [],
        "state": "sent",
        "sent_at": now(),
        "created_at": now(),
    }
    rows = [
        {**values, "email": f"person{number}@riverside.example", "nonce": secrets.token_hex(16)}
        for number in range(people)
    ]
    db.session.execute(insert(Invitation), rows)
    db.session.commit()
    made = db.session.execute(select(Invitation.id, Invitation.nonce, Invitation.email)).all()
    return [
        Invited(row.email, f"/invitations/{token_of(row.id, row.nonce)}", code_of(row.id, row.nonce))
        for row in made
    ]


def storm(invited: list[Invited], port: int, *, seconds: float) -> Tally:
    """Let everybody join at moments of their own within a time."""
    # Drawn from seeds: every run is the same morning.
    chance = random.Random(2016)  # noqa: S311
    tally = Tally()
    moments = sorted(chance.uniform(0, seconds) for _ in invited)
    began = time.monotonic()
    with ThreadPoolExecutor(BROWSERS) as pool:
        jobs = []
        for number, (person, moment) in enumerate(zip(invited, moments, strict=True)):
            time.sleep(max(0.0, began + moment - time.monotonic()))
            jobs.append(pool.submit(join, person, port, tally, random.Random(number)))  # noqa: S311
        for job in jobs:
            job.result()
    return tally


def _members(environment: dict[str, str]) -> int:
    app = create_app(load_config(environment))
    with app.app_context():
        joined = db.session.scalar(select(func.count(Member.id))) or 0
        db.session.remove()
        db.engine.dispose()
    return joined


def _measure(kind: str, people: int, seconds: float) -> bool:
    with invited_site(kind, people) as (environment, invited):
        log = Path(environment["INSTANCE"]) / "server.log"
        with serving("wsgi:app", environment, log) as server:
            began, worked = time.monotonic(), server.cpu_seconds()
            tally = storm(invited, server.port, seconds=seconds)
            took, worked = time.monotonic() - began, server.cpu_seconds() - worked
        joined = _members(environment)
        verified = run(environment, "flask", "--app", "wsgi", "verify").strip()
    print(
        f"\n{kind}, {PROCESSES} processes: {joined:,} of {people:,} people joined in {took / 60:.1f} minutes "
        f"from one address; wrongly limited {tally.limited}, errors {tally.unexpected.total()}; "
        f"the processes were at work {100 * worked / took / PROCESSES:.0f} % of the time. {verified}"
    )
    for words, count in tally.unexpected.most_common(10):
        print(f"- {words} ({count})")
    print("| what | times | p50 ms | p95 ms |\n|---|---|---|---|")
    for what, times in tally.seconds.items():
        load = load_of(times, took)
        print(f"| {what} | {len(times):,} | {load.p50:.0f} | {load.p95:.0f} |")
    every = load_of([each for times in tally.seconds.values() for each in times], took)
    print(f"| all | {every.per_second * took:,.0f} | {every.p50:.0f} | {every.p95:.0f} |", flush=True)
    return joined == people and not tally.limited and not tally.unexpected


def main() -> int:
    """Measure on each database; return 1 if anybody was kept out or met an error."""
    parser = argparse.ArgumentParser(prog="bench.joining", description=__doc__)
    parser.add_argument("--databases", type=lambda text: text.split(","), default=["sqlite"])
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--minutes", type=float, default=10.0)
    options = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    good = [_measure(kind, options.people, 60 * options.minutes) for kind in options.databases]
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
