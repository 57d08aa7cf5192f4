"""Counting an idea anew after many of its votes and comments came or went.

The sum behind `trending` is kept by adding and taking away, so its last digits tell of the order in
which that happened, and no recount finds them again. The exact sum of the same terms (`math.fsum`
rounds once, whatever the order) tells whether the rows are those that a kept sum stood for.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from talking_together.comments.models import Comment
from talking_together.extensions import db
from talking_together.ideas import ranking
from talking_together.ideas.counters import VoteCounts, set_counts
from talking_together.votes.models import IdeaVote


@dataclass(frozen=True, slots=True)
class Standing:
    """The votes and comments that an idea has: how many, and the exact sum of their terms."""

    votes: VoteCounts
    comments_count: int
    terms: float


def standing_of(idea_id: int, published_at: datetime) -> Standing:
    """Count an idea's votes and comments; the caller holds its lock."""
    up = list(
        db.session.scalars(select(IdeaVote.cast_at).where(IdeaVote.idea_id == idea_id, IdeaVote.value == 1))
    )
    down = db.session.scalar(select(func.count()).where(IdeaVote.idea_id == idea_id, IdeaVote.value == -1))
    comments = list(
        db.session.scalars(
            select(Comment.created_at).where(Comment.idea_id == idea_id, Comment.deleted_at.is_(None))
        )
    )
    terms = [
        *(ranking.activity_term(ranking.UP_VOTE_WEIGHT, at, published_at) for at in up),
        *(ranking.activity_term(ranking.COMMENT_WEIGHT, at, published_at) for at in comments),
    ]
    return Standing(VoteCounts(len(up), down or 0), len(comments), math.fsum(terms))


def carried(activity: float, *, terms: float, now: Standing) -> float:
    """Return the activity of an idea whose terms added up to `terms` when it was `activity`."""
    if now.terms == terms:
        return activity
    return ranking.activity_after(activity, added=now.terms, removed=terms)


def write(idea_id: int, published_at: datetime, standing: Standing, activity: float) -> None:
    """Write the counts and ranks that follow."""
    set_counts(
        idea_id,
        published_at,
        votes=standing.votes,
        comments_count=standing.comments_count,
        activity=activity,
    )
