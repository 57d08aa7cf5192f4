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
from sqlalchemy import select, text

from talking_together.challenges.models import Challenge
from talking_together.devtools.large_load import QUESTION
from talking_together.devtools.loading import load
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.search.similar import ideas_like, similar_ideas
from tests.factories import make_member, viewer_of
from tests.support.sites import migrated_site

TIMES = 100


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


if __name__ == "__main__":
    main()
