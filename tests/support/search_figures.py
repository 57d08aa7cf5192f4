"""What the search finds among two real consultations, to be read: `python -m tests.support.search_figures`.

Prints ten searches with their first five hits, and for twenty statements, chosen by a seed, the
three ideas most like each. `--databases` names where: sqlite, postgresql.
"""
# ruff: noqa: S311, T201 - it prints, and draws from a seed

import argparse
import random
from pathlib import Path

from sqlalchemy import select, text

from talking_together.accounts.viewers import Viewer
from talking_together.challenges.models import Challenge
from talking_together.consultations.services import import_consultation
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.search.filters import Filters
from talking_together.search.queries import choices_for, results_for
from talking_together.search.similar import ideas_like
from talking_together.search.words import words_asked
from tests.factories import make_member, viewer_of
from tests.support.sites import migrated_site

FOLDER = Path(__file__).parents[1] / "data/polis"
CONSULTATIONS = {
    "scoop-hivemind.biodiversity": "What should we do for wildlife?",
    "london.youth.policing": "How should London be policed?",
}
SEARCHES = (
    "predator free", "farmers", "1080", "plant native trees", "cats", "education in schools",
    "police", "stop and search", "young people trust", "pests",
)  # fmt: skip
SEED = 2026
STATEMENTS = 20


def main() -> None:
    """Print both lists for each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    for kind in arguments.databases.split(","):
        with migrated_site(kind):
            print(f"\n{kind}\n{'=' * len(kind)}")
            for folder, title in CONSULTATIONS.items():
                in_transaction(
                    lambda folder=folder, title=title: import_consultation(FOLDER / folder, title=title)
                )
            if kind == "postgresql":
                db.session.execute(text("ANALYZE"))
                db.session.commit()
            viewer = viewer_of(make_member())
            _print_hits(viewer)
            _print_alike(viewer, arguments.seed)


def _print_hits(viewer: Viewer) -> None:
    choices = choices_for(viewer, Filters())
    for words in SEARCHES:
        results = results_for(viewer, words_asked(words), filters=Filters(), choices=choices, at=clock.now())
        print(f"\n{words}{'  (some of the words)' if results.any_word else ''}")
        for hit in results.page.rows[:5]:
            print(f"    {hit.kind}: {hit.title.striptags()}")


def _print_alike(viewer: Viewer, seed: int) -> None:
    ids = db.session.scalars(
        select(Idea.id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(Idea.listed)
        .order_by(Idea.id)
    ).all()
    for id in random.Random(seed).sample(ids, STATEMENTS):
        print(f"\n{db.session.get(Idea, id).title}")
        for alike in ideas_like(viewer, id, 3, least=0.0):
            print(f"    {alike.likeness:.2f} {alike.idea.title}")


if __name__ == "__main__":
    main()
