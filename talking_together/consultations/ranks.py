"""Counts and ranks of a whole challenge, written after its votes came in together."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, update

from talking_together.challenges.models import Challenge
from talking_together.comments.models import Comment
from talking_together.extensions import db
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea
from talking_together.votes.models import IdeaVote


@dataclass(slots=True)
class _Sum:
    up: int = 0
    down: int = 0
    activity: float = 1.0


def rank_ideas(challenge_id: int) -> None:
    """Recount the ideas of a challenge from their votes and comments; write only what differs."""
    ideas = db.session.execute(
        select(
            Idea.id,
            Idea.published_at,
            Idea.up_count,
            Idea.down_count,
            Idea.activity,
            Idea.shuffle_key,
        ).where(Idea.challenge_id == challenge_id, Idea.published_at.is_not(None))
    ).all()
    sums = _sums(challenge_id, {idea.id: idea.published_at for idea in ideas})
    changes = [_values(idea, sums[idea.id]) for idea in ideas if _differs(idea, sums[idea.id])]
    if changes:
        ideas_table: Any = Idea.__table__
        columns: dict[str, Any] = {name: bindparam(name) for name in changes[0] if name != "idea"}
        db.session.connection().execute(
            update(ideas_table).where(ideas_table.c.id == bindparam("idea")).values(columns),
            changes,
        )
    listed = select(func.count()).where(Idea.challenge_id == challenge_id, Idea.listed)
    db.session.execute(
        update(Challenge)
        .where(Challenge.id == challenge_id, Challenge.ideas_count != listed.scalar_subquery())
        .values(ideas_count=listed.scalar_subquery())
        .execution_options(synchronize_session=False)
    )


def _sums(challenge_id: int, published: dict[int, Any]) -> dict[int, _Sum]:
    sums: dict[int, _Sum] = defaultdict(_Sum)
    votes = (
        select(IdeaVote.idea_id, IdeaVote.value, IdeaVote.cast_at)
        .join(Idea, Idea.id == IdeaVote.idea_id)
        .where(Idea.challenge_id == challenge_id)
    )
    for vote in db.session.execute(votes):
        found = sums[vote.idea_id]
        if vote.value == 1:
            found.up += 1
            found.activity += ranking.activity_term(
                ranking.UP_VOTE_WEIGHT, vote.cast_at, published[vote.idea_id]
            )
        else:
            found.down += 1
    comments = (
        select(Comment.idea_id, Comment.created_at)
        .join(Idea, Idea.id == Comment.idea_id)
        .where(Idea.challenge_id == challenge_id, Comment.deleted_at.is_(None))
    )
    for comment in db.session.execute(comments):
        sums[comment.idea_id].activity += ranking.activity_term(
            ranking.COMMENT_WEIGHT, comment.created_at, published[comment.idea_id]
        )
    return sums


def _differs(idea: Any, found: _Sum) -> bool:
    return (
        (idea.up_count, idea.down_count) != (found.up, found.down)
        or abs(idea.activity - found.activity) > 1e-9 * found.activity
        or idea.shuffle_key != ranking.shuffle_key_of(idea.id)
    )


def _values(idea: Any, found: _Sum) -> dict[str, Any]:
    return {
        "idea": idea.id,
        "up_count": found.up,
        "down_count": found.down,
        "votes_count": found.up + found.down,
        "wilson": ranking.wilson_lower_bound(found.up, found.down),
        "activity": found.activity,
        "trending": ranking.trending_of(found.activity, idea.published_at),
        "shuffle_key": ranking.shuffle_key_of(idea.id),
    }
