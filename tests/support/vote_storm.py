"""Thousands of conflicting votes over parallel connections, then a recount.

python -m tests.support.vote_storm                      # both databases, 10,000 votes each
python -m tests.support.vote_storm --votes 2000 sqlite
"""

import argparse
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from sqlalchemy import func, select

from talking_together.accounts.viewers import Viewer
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.points import recounts as points
from talking_together.votes import recounts
from talking_together.votes.models import IdeaVote
from talking_together.votes.services import cast_vote
from tests.factories import make_challenge, make_idea, make_member, make_organisation, viewer_of
from tests.support.databases import Database, postgresql_database, sqlite_database
from tests.support.sites import make_site


class Outcome(NamedTuple):
    """What a storm left behind; all but the time must be 0."""

    errors: int
    duplicates: int
    drift: int
    seconds: float


def storm(app: Flask, *, connections: int, votes: int, ideas: int, voters: int) -> Outcome:
    """Cast votes at random, over many connections at once, and recount."""
    organisation = make_organisation()
    people = [viewer_of(make_member(organisation)) for _ in range(voters)]
    challenge, author = make_challenge(), make_member(organisation)
    idea_ids = [make_idea(challenge, author).id for _ in range(ideas)]
    db.session.commit()
    started = time.monotonic()
    share = [votes // connections] * connections
    with ThreadPoolExecutor(connections) as pool:
        errors = sum(pool.map(lambda job: _cast(app, people, idea_ids, *job), enumerate(share)))
    seconds = time.monotonic() - started
    db.session.expire_all()
    pairs = select(IdeaVote.idea_id, IdeaVote.member_id).group_by(IdeaVote.idea_id, IdeaVote.member_id)
    twice = db.session.scalar(select(func.count()).select_from(pairs.having(func.count() > 1).subquery()))
    drift = len(list(recounts.drift())) + len(list(points.drift()))
    return Outcome(errors, twice or 0, drift, seconds)


def _cast(app: Flask, people: list[Viewer], idea_ids: list[int], seed: int, votes: int) -> int:
    """Cast votes over one connection; return how many failed."""
    chance, errors = random.Random(seed), 0  # noqa: S311 - repeatable, not secret
    with app.app_context():
        for _ in range(votes):
            member, id = chance.choice(people), chance.choice(idea_ids)
            value = chance.choice((1, -1, 0))
            try:
                _cast_one(member, id, value)
            except Exception as error:  # noqa: BLE001 - counted and shown
                errors += 1
                print(f"{type(error).__name__}: {error}"[:300])  # noqa: T201
    return errors


def _cast_one(member: Viewer, id: int, value: int) -> None:
    in_transaction(lambda: cast_vote(member, kind="ideas", id=id, value=value))


def _run(kind: str, database: Database, options: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory() as instance:
        app = make_site(database.url, Path(instance))
        database.prepare(app)
        with app.app_context():
            outcome = storm(
                app,
                connections=options.connections,
                votes=options.votes,
                ideas=options.ideas,
                voters=options.voters,
            )
            db.session.remove()
            db.engine.dispose()
    print(  # noqa: T201
        f"{kind}: {options.votes:,} votes over {options.connections} connections in "
        f"{outcome.seconds:.1f} s; errors {outcome.errors}, duplicates {outcome.duplicates}, "
        f"drift {outcome.drift}"
    )
    return (outcome.errors, outcome.duplicates, outcome.drift) == (0, 0, 0)


def main() -> int:
    """Run the storm on the databases asked for; return 1 if anything went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--votes", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--ideas", type=int, default=20)
    parser.add_argument("--voters", type=int, default=200)
    options = parser.parse_args()
    calm = True
    for kind in options.databases:
        context = sqlite_database() if kind == "sqlite" else postgresql_database("vote_storm")
        with context as database:
            calm = _run(kind, database, options) and calm
    return 0 if calm else 1


if __name__ == "__main__":
    raise SystemExit(main())
