"""How long searching takes at 10,000 ideas and 50,000 comments: `python -m tests.support.search_timings`.

Loads the large demo into each database (a PostgreSQL as careful as in service) and prints p50 and
p95 in milliseconds, statements and all, without the page around them.
"""
# ruff: noqa: S311, T201 - it prints, and draws from a seed

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

from flask import Flask
from sqlalchemy import func, select, text

from talking_together.accounts.models import Member
from talking_together.accounts.viewers import Viewer
from talking_together.challenges.models import Challenge
from talking_together.core import clock
from talking_together.devtools.large_load import QUESTION
from talking_together.devtools.loading import load
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.one_minute.queries import next_idea
from talking_together.search.filters import Filters
from talking_together.search.queries import choices_for, results_for
from talking_together.search.similar import ideas_like, similar_ideas
from talking_together.search.words import words_asked
from talking_together.votes.models import IdeaVote
from tests.factories import make_member, viewer_of
from tests.support.sites import migrated_site

TIMES = 100
SEARCHES = {
    "search, a word that most have": "ward",
    "search, two words": "pharmacists calendar",
    "search, the beginning of a word": "reable",
    "search, a word that nothing has": "zebrafinch",
    "search, some of the words": "calendar zebrafinch",
}


@contextmanager
def large_site(kind: str) -> Iterator[Flask]:
    """Yield a site with the large demo."""
    with migrated_site(kind) as site:
        site.config["DEMO"] = True
        began = time.perf_counter()
        with redirect_stdout(StringIO()):
            list(load("large"))
        db.session.commit()
        if kind == "postgresql":
            db.session.execute(text("ANALYZE"))
            db.session.commit()
        print(f"{kind}: loaded in {time.perf_counter() - began:.1f} s")
        yield site


def timed(name: str, ask: Callable[[int], object], times: int = TIMES) -> None:
    """Print the p50 and p95 of a question asked so many times."""
    for number in range(3):
        ask(number)
    took = []
    for number in range(times):
        began = time.perf_counter()
        ask(number)
        took.append(1000 * (time.perf_counter() - began))
    centiles = statistics.quantiles(took, n=20)
    print(f"  {name:44} p50 {statistics.median(took):6.1f}   p95 {centiles[-1]:6.1f}")


def main() -> None:
    """Print the figures of each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite,postgresql")
    for kind in parser.parse_args().databases.split(","):
        with large_site(kind):
            _measure()


def _measure() -> None:
    viewer = viewer_of(make_member())
    challenge_id = db.session.scalars(select(Challenge.id).where(Challenge.title == QUESTION)).one()
    rows = db.session.execute(
        select(Idea.id, Idea.title, Idea.excerpt).where(Idea.challenge_id == challenge_id)
    ).all()
    chosen = random.Random(1).sample(list(rows), TIMES)
    timed(
        "similar, four words of a title",
        lambda n: similar_ideas(viewer, challenge_id, title=" ".join(chosen[n].title.split()[:4])),
    )
    timed("similar, a whole title", lambda n: similar_ideas(viewer, challenge_id, title=chosen[n].title))
    timed(
        "similar, a title and a text",
        lambda n: similar_ideas(viewer, challenge_id, title=chosen[n].title, text=chosen[n].excerpt),
    )
    timed("ideas like an idea", lambda n: ideas_like(viewer, chosen[n].id))
    for name, words in SEARCHES.items():
        timed(name, lambda _n, words=words: _searched(viewer, words), times=30)
    voter = viewer_of(db.session.get_one(Member, chosen_voter()))
    timed("one minute, the next idea", lambda _n: next_idea(voter, challenge_id, at=clock.now()))


def _searched(viewer: Viewer, words: str) -> object:
    choices = choices_for(viewer, Filters())
    return results_for(viewer, words_asked(words), filters=Filters(), choices=choices, at=clock.now())


def chosen_voter() -> int:
    """Return the id of the member who voted on the most ideas."""
    statement = select(IdeaVote.member_id).group_by(IdeaVote.member_id).order_by(func.count().desc()).limit(1)
    return db.session.scalars(statement).one()


if __name__ == "__main__":
    main()
