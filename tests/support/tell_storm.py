"""Fifty answers at once for five hundred concerned people, while the workers are killed; then counting.

What the mail server took is the truth: who got which answer, how often, and who should not have. Run by
hand at full size:

    python -m tests.support.tell_storm [sqlite|postgresql] [ideas] [people] [kills]
"""

import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, insert, select, update

from talking_together.accounts.models import Member
from talking_together.comments.models import Comment
from talking_together.core.clock import now
from talking_together.extensions import db
from talking_together.following.models import IdeaFollow
from talking_together.ideas.decisions import change_status
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.mail.models import OutboxMessage
from talking_together.mail.suppressions import suppress
from talking_together.notifications.groups import AT_ONCE, DAILY, EMAIL_GROUPS, NEVER
from talking_together.notifications.models import Notification, NotificationPreference
from talking_together.telling import due, fan_out, letters
from talking_together.votes.models import IdeaVote
from tests.factories import make_challenge, make_idea, make_moderator, make_organisation, viewer_of
from tests.support.kill_worker import ROOT, _database, _family, _read, _settings, _site, _wait
from tests.support.mail_server import MailServer, mail_server
from tests.support.sites import make_site

WORKER = "worker"
WORKERS = 2
LEASE_S = 4.0
SWEEPS = ("tell those concerned", "write what was told", "deliver the outbox", "take back lapsed mail")
# What is the matter with every so many-th person, and whether they are told in the site and by email.
SORTS = {
    "at once": (True, True),
    "daily": (True, True),
    "opted out": (True, False),
    "suppressed": (True, False),
    "no address": (True, False),
    "may not see it": (False, False),
    "left": (False, False),
    # Told in the site, and then moved to where they may not see it, before their daily email.
    "moved meanwhile": (True, False),
}
_OF_TWENTY = ["at once"] * 10 + ["daily"] * 3 + list(SORTS)[2:] + ["opted out"]
_IDEA_IN_TEXT = re.compile(r"^https?://\S+/ideas/(\d+)-", re.MULTILINE)

Pair = tuple[int, int]


@dataclass(frozen=True)
class Count:
    """What was owed to whom and what they got; a pair is one person and one idea."""

    ideas: int
    people: int
    kills: int
    concerned_pairs: int
    told_owed: int
    told: int
    told_twice: int
    told_wrong: int
    owed: int
    sent: int
    sent_twice: int
    sent_wrong: int
    # Owed, in a message that was being handed over when its worker was killed, and that did not arrive.
    lost_in_unknown: int
    missing: int
    messages: int
    messages_twice: int
    unknown: int
    seconds: float


@dataclass
class World:
    """Who is there and concerned by which idea."""

    sorts: dict[int, str] = field(default_factory=dict)
    addresses: dict[str, int] = field(default_factory=dict)
    pairs: set[Pair] = field(default_factory=set)
    ideas: list[int] = field(default_factory=list)
    moderator_id: int = 0
    elsewhere_id: int = 0

    def of(self, *, by_email: bool) -> set[Pair]:
        """Return the pairs that are owed to be told, by email or in the site."""
        return {pair for pair in self.pairs if SORTS[self.sorts[pair[0]]][by_email]}


def storm(app: Flask, *, ideas: int, people: int, kills: int) -> Count:
    """Answer the ideas while the workers are killed again and again, and count what came of it."""
    world = make_world(ideas, people)
    began = time.monotonic()
    with mail_server() as server, tempfile.TemporaryDirectory() as folder:
        server.keep_messages = True
        morning = Path(folder, "morning has come")
        workers = Workers(app, server, morning)
        try:
            for _ in range(WORKERS):
                workers.start()
            moderator = viewer_of(db.session.get(Member, world.moderator_id))
            for number, idea_id in enumerate(world.ideas):
                change_status(
                    moderator, idea_id=idea_id, status="planned", response=f"We start, number {number}."
                )
                db.session.commit()
            _kill_through(workers, world, server, kills)
            _wait(_all_told)
            _move(world)
            morning.touch()
            _wait(_all_settled)
        finally:
            workers.stop()
        return _count(world, server, kills, time.monotonic() - began)


def make_world(ideas: int, people: int) -> World:
    """Return a challenge for one organisation with everybody who is or was concerned."""
    world, at = World(), now()
    ours, elsewhere = make_organisation(), make_organisation()
    world.elsewhere_id = elsewhere.id
    challenge = make_challenge(organisations=[ours])
    world.moderator_id = make_moderator(ours).id
    sorts = [_OF_TWENTY[number % len(_OF_TWENTY)] for number in range(people)]
    rows = [_member(number, sort, ours.id, elsewhere.id, at) for number, sort in enumerate(sorts)]
    members = list(
        db.session.scalars(insert(Member).returning(Member.id, sort_by_parameter_order=True), rows)
    )
    world.sorts = dict(zip(members, sorts, strict=True))
    world.addresses = {row["sign_in_name"]: id for row, id in zip(rows, members, strict=True)}
    for address, id in world.addresses.items():
        if world.sorts[id] == "suppressed":
            suppress(address, because="asked")
    db.session.execute(insert(NotificationPreference), _preferences(world, at))
    db.session.commit()
    rng = random.Random(f"{ideas} {people}")  # noqa: S311
    for number in range(ideas):
        author = members[number % len(members)]
        idea = make_idea(challenge, author_id=author, title=f"Idea number {number}")
        world.ideas.append(idea.id)
        world.pairs.add((author, idea.id))
        _concern(world, idea, rng.sample(members, k=len(members) * 3 // 5), at)
    db.session.commit()
    return world


def _member(number: int, sort: str, ours: int, elsewhere: int, at: datetime) -> dict[str, Any]:
    address = f"person{number}@riverside.example"
    return {
        "sign_in_name": address,
        "email": None if sort == "no address" else address,
        "name": f"Robin Ashworth {number}",
        "organisation_id": elsewhere if sort == "may not see it" else ours,
        "role": "staff",
        "is_active": sort != "left",
        "joined_at": at,
        "job_title": "",
        "about": "",
        "theme": "system",
        "on_leaderboard": False,
        "points": 0,
    }


def _preferences(world: World, at: datetime) -> list[dict[str, Any]]:
    emails = {"daily": DAILY, "moved meanwhile": DAILY, "opted out": NEVER}
    return [
        {"member_id": id, "group_name": group, "email": emails.get(sort, AT_ONCE), "chosen_at": at}
        for id, sort in world.sorts.items()
        for group in EMAIL_GROUPS
    ]


def _concern(world: World, idea: Idea, members: list[int], at: datetime) -> None:
    """Let members vote on, comment on and follow an idea, some of them more than one of it."""
    for place, id in enumerate(members):
        world.pairs.add((id, idea.id))
        if place % 3 != 1:
            db.session.execute(insert(IdeaVote).values(idea_id=idea.id, member_id=id, value=1, cast_at=at))
        if place % 3 == 1 or place % 7 == 0:
            db.session.execute(insert(IdeaFollow).values(idea_id=idea.id, member_id=id, since=at))
        if place % 5 == 0:
            words = {"body_source": "Good.", "body_html": "<p>Good.</p>", "path": f"{place:010}"}
            db.session.execute(
                insert(Comment).values(
                    idea_id=idea.id, author_id=id, created_at=at, told_at=at, depth=0, **words
                )
            )


@dataclass
class Workers:
    """The worker processes, which are killed and started again."""

    app: Flask
    server: MailServer
    # A file that is there from the morning on, so that those who move meanwhile always do so before.
    morning: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Start one more."""
        environment = {
            **os.environ,
            **_settings(self.app, self.server.port),
            "KILL_LEASE_S": str(LEASE_S),
            "STORM_MORNING": str(self.morning),
            "FLASK_RUN_FROM_CLI": "false",
        }
        command = [sys.executable, "-m", "tests.support.tell_storm", WORKER]
        self.running.append(subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True))

    def kill(self) -> None:
        """Kill the one that has run longest, as a power cut would, and start another."""
        process = self.running.pop(0)
        for pid in _family(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.wait()
        self.start()

    def stop(self) -> None:
        """End what runs as a service manager does."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            assert process.wait(30) is not None, "A worker did not stop"


def _kill_through(workers: Workers, world: World, server: MailServer, kills: int) -> None:
    """Kill while people are told, while emails are written, and while they are delivered."""
    owed_told = len(world.of(by_email=False))
    at_once = sum(sort == "at once" for sort in world.sorts.values())
    for number in range(kills):
        share = (number // 2 + 0.5) / (kills / 2 + 0.5)
        reached: Callable[[], bool] = (
            (lambda share=share: _told_count() >= owed_told * share)
            if number % 2 == 0
            else (lambda share=share: server.attempts.total() >= at_once * share)
        )
        _wait(reached)
        time.sleep(random.uniform(0, 0.2))  # noqa: S311
        workers.kill()


def _move(world: World) -> None:
    """Move those who may not see the challenge any more when their email is due."""
    moved = [id for id, sort in world.sorts.items() if sort == "moved meanwhile"]
    db.session.execute(update(Member).where(Member.id.in_(moved)).values(organisation_id=world.elsewhere_id))
    db.session.commit()


def _told_count() -> int:
    return int(_read(select(func.count()).select_from(Notification))[0][0])


def _all_told() -> bool:
    waiting = select(func.count()).where(IdeaDecision.told_at.is_(None))
    unfinished = select(func.count()).select_from(fan_out.Telling)
    return not _read(waiting)[0][0] and not _read(unfinished)[0][0]


def _all_settled() -> bool:
    due_rows = select(func.count()).where(Notification.email_state == "due")
    leaving = select(func.count()).where(OutboxMessage.state.in_(("queued", "claimed", "sending")))
    return not _read(due_rows)[0][0] and not _read(leaving)[0][0]


def _count(world: World, server: MailServer, kills: int, seconds: float) -> Count:
    told = Counter(tuple(row) for row in _read(select(Notification.member_id, Notification.idea_id)))
    got: Counter[Pair] = Counter()
    copies: Counter[str] = Counter()
    for message in server.messages:
        member_id = world.addresses[str(message["To"])]
        copies[str(message["Message-ID"])] += 1
        text = message.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
        got.update((member_id, int(idea_id)) for idea_id in set(_IDEA_IN_TEXT.findall(text)))
    owed_told, owed = world.of(by_email=False), world.of(by_email=True)
    in_the_open = OutboxMessage.state == "outcome unknown"
    unknown = set(_read(select(OutboxMessage.message_id, OutboxMessage.ref_id).where(in_the_open)))
    unarrived = {ref_id for message_id, ref_id in unknown if not copies[message_id]}
    missing = owed - set(got)
    return Count(
        ideas=len(world.ideas),
        people=len(world.sorts),
        kills=kills,
        concerned_pairs=len(world.pairs),
        told_owed=len(owed_told),
        told=len(set(told) & owed_told),
        told_twice=sum(times > 1 for times in told.values()),
        told_wrong=len(set(told) - owed_told),
        owed=len(owed),
        sent=len(set(got) & owed),
        sent_twice=sum(times > 1 for times in got.values()),
        sent_wrong=len(set(got) - owed),
        lost_in_unknown=sum(member_id in unarrived for member_id, _ in missing),
        missing=sum(member_id not in unarrived for member_id, _ in missing),
        messages=len(server.messages),
        messages_twice=sum(times > 1 for times in copies.values()),
        unknown=len(unknown),
        seconds=round(seconds, 1),
    )


def run_worker() -> None:
    """Be a worker that tells and writes, with waits short enough to see the end of."""
    morning = Path(os.environ["STORM_MORNING"])
    second = timedelta(seconds=1)
    fan_out.SETTLE = fan_out.HOLD = due.HOLD = second  # type: ignore[misc]
    fan_out.CHUNK = 60  # type: ignore[misc]
    due.APART, due.MOST_A_DAY = 2 * second, 1_000  # type: ignore[misc]
    due.next_morning = lambda moment: moment if morning.exists() else now() + second  # type: ignore[assignment]
    letters.MOST_ITEMS = 1_000  # type: ignore[misc]
    from talking_together.worker import Worker

    class Storming(Worker):
        def schedule(self) -> list[tuple[str, int, Callable[[], Any]]]:
            return [(name, 1, sweep) for name, _, sweep in super().schedule() if name in SWEEPS]

    stop: list[bool] = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    worker = Storming(_site())
    worker.start()
    while not stop:
        time.sleep(0.05)
    worker.stop()


def _at_full_size(kind: str = "sqlite", ideas: str = "50", people: str = "500", kills: str = "8") -> None:
    with tempfile.TemporaryDirectory() as folder, _database(kind, folder) as url:
        app = make_site(url, Path(folder))
        with app.app_context():
            upgrade()
            count = storm(app, ideas=int(ideas), people=int(people), kills=int(kills))
            sys.stdout.write(f"{kind}: {count}\n")
            db.engine.dispose()


if __name__ == "__main__":
    if sys.argv[1:] == [WORKER]:
        run_worker()
    else:
        _at_full_size(*sys.argv[1:])
