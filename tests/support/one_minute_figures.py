"""Who is looked at in one minute: `python -m tests.support.one_minute_figures`.

Brings the biodiversity consultation in, opens it again with 200 new ideas among 300 old ones, and
lets people look at five each: in one minute, and, beside it, at the first five of the list by
trending that they have not voted on. Prints the smallest, median and largest number of looks.
"""
# ruff: noqa: S311, T201 - it prints, and draws from a seed

import argparse
import random
import statistics
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import delete, select, update

from talking_together.accounts.viewers import Viewer
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import get_challenge
from talking_together.consultations.services import import_consultation
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import ideas_in
from talking_together.one_minute.models import IdeaSkip
from talking_together.one_minute.queries import next_idea
from talking_together.one_minute.services import answer_idea
from tests.factories import make_idea, make_member, viewer_of
from tests.support.sites import migrated_site

FOLDER = Path(__file__).parents[1] / "data/polis/scoop-hivemind.biodiversity"
OLD, NEW = 300, 200
LOOKS = 5
SEED = 2026


def main() -> None:
    """Print the spread of looks by either way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=400)
    people = parser.parse_args().people
    print(f"{people} people look at {LOOKS} ideas each: {people * LOOKS / (OLD + NEW):.1f} looks an idea")
    for name, choose in (("one minute", _by_minute), ("list by trending", _by_trending)):
        with migrated_site("sqlite"):
            challenge, old, new = _ideas()
            looks = _let_look(challenge.id, people, choose)
            for which, ids in (("all", old + new), ("new", new), ("old", old)):
                _print_spread(f"{name}, {which}", [looks[id] for id in ids])


def _ideas() -> tuple[Challenge, list[int], list[int]]:
    """Return the challenge, reopened, with its old and its new ideas."""
    in_transaction(lambda: import_consultation(FOLDER, title="What should we do for wildlife?"))
    challenge = db.session.scalars(select(Challenge)).one()
    now = clock.now()
    challenge.closes_at, challenge.voting_closes_at = now + timedelta(days=14), None
    challenge.answered_at = challenge.archived_at = None
    db.session.execute(update(Challenge).values(counts_shown="always"))
    author = make_member()
    old = list(db.session.scalars(select(Idea.id).where(Idea.listed)))
    while len(old) < OLD:
        published = now - timedelta(days=30)
        old.append(make_idea(challenge, author, title=f"Old {len(old)}", published_at=published).id)
    new = [make_idea(challenge, author, title=f"New {number}", published_at=now).id for number in range(NEW)]
    db.session.execute(delete(IdeaSkip))
    db.session.commit()
    return challenge, old, new


def _let_look(challenge_id: int, people: int, choose: Callable[[Viewer, int], Iterable[int]]) -> Counter[int]:
    """Let each look at five, voting on most and skipping some; return the looks by idea."""
    chance, looks = random.Random(SEED), Counter[int]()
    for _ in range(people):
        viewer = viewer_of(make_member())
        for idea_id in choose(viewer, challenge_id):
            looks[idea_id] += 1
            act = chance.choices(("up", "down", "skip"), (6, 2, 2))[0]
            in_transaction(partial(answer_idea, viewer, challenge_id=challenge_id, idea_id=idea_id, act=act))
    return looks


def _by_minute(viewer: Viewer, challenge_id: int) -> Iterable[int]:
    for _ in range(LOOKS):
        id = next_idea(viewer, challenge_id, at=clock.now())
        assert id is not None
        yield id


def _by_trending(viewer: Viewer, challenge_id: int) -> Iterable[int]:
    now = clock.now()
    page = ideas_in(viewer, get_challenge(viewer, challenge_id, at=now), order="trending", size=LOOKS, at=now)
    yield from [card.id for card in page.rows]


def _print_spread(name: str, looks: list[int]) -> None:
    none = sum(not each for each in looks)
    print(
        f"  {name:22} smallest {min(looks):4}   median {statistics.median(looks):6.1f}"
        f"   largest {max(looks):4}   without any {none:4} of {len(looks)}"
    )


if __name__ == "__main__":
    main()
