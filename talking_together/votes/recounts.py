"""Counting votes again, and the ranks that follow from them."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from talking_together.comments.models import Comment
from talking_together.extensions import db
from talking_together.ideas import ranking
from talking_together.ideas.models import Idea
from talking_together.votes.models import CommentVote, IdeaVote, VoidedVote

WILSON_TOLERANCE = 1e-9
# Terms are added and removed in any order, so the sums differ in their last digits.
TRENDING_TOLERANCE = 0.01
ROWS_AT_ONCE = 1_000


Drift = Iterator[tuple[str, Any, Any]]


def drift() -> Drift:
    """Yield a label, the kept value and the recount wherever the two differ, in six statements."""
    yield from _of_ideas()
    yield from _of_comments()
    yield from _of_voided()


def _of_ideas() -> Drift:
    """Read ideas, votes and comments side by side in the order of ideas, one idea at a time."""
    ideas = _stream(
        select(
            Idea.id,
            Idea.up_count,
            Idea.down_count,
            Idea.wilson,
            Idea.trending,
            Idea.published_at,
        ).order_by(Idea.id)
    )
    votes = _Groups(
        _stream(select(IdeaVote.idea_id, IdeaVote.value, IdeaVote.cast_at).order_by(IdeaVote.idea_id))
    )
    comments = _Groups(
        _stream(
            select(Comment.idea_id, Comment.created_at)
            .where(Comment.deleted_at.is_(None))
            .order_by(Comment.idea_id)
        )
    )
    for idea in ideas:
        yield from _of_idea(idea, votes.of(idea.id), comments.of(idea.id))


def _of_idea(idea: Any, votes: list[Any], comments: list[Any]) -> Drift:
    label = f"idea {idea.id}"
    up = sum(vote.value == 1 for vote in votes)
    down = len(votes) - up
    if (idea.up_count, idea.down_count) != (up, down):
        yield (f"{label} up_count, down_count", (idea.up_count, idea.down_count), (up, down))
    wilson = ranking.wilson_lower_bound(up, down)
    if abs(idea.wilson - wilson) > WILSON_TOLERANCE:
        yield (f"{label} wilson", idea.wilson, wilson)
    if idea.published_at is None:
        return
    activity = ranking.activity_after(
        1.0,
        added=sum(
            ranking.activity_term(ranking.UP_VOTE_WEIGHT, vote.cast_at, idea.published_at)
            for vote in votes
            if vote.value == 1
        )
        + sum(
            ranking.activity_term(ranking.COMMENT_WEIGHT, comment.created_at, idea.published_at)
            for comment in comments
        ),
    )
    trending = ranking.trending_of(activity, idea.published_at)
    if abs(idea.trending - trending) > TRENDING_TOLERANCE:
        yield (f"{label} trending", idea.trending, trending)


def _of_comments() -> Drift:
    counted = (
        select(
            CommentVote.comment_id,
            func.sum(case((CommentVote.value == 1, 1), else_=0)).label("up"),
            func.sum(case((CommentVote.value == -1, 1), else_=0)).label("down"),
        )
        .group_by(CommentVote.comment_id)
        .subquery()
    )
    up, down = func.coalesce(counted.c.up, 0), func.coalesce(counted.c.down, 0)
    statement = (
        select(Comment.id, Comment.up_count, Comment.down_count, up.label("up"), down.label("down"))
        .outerjoin(counted, counted.c.comment_id == Comment.id)
        .where(or_(Comment.up_count != up, Comment.down_count != down))
        .order_by(Comment.id)
    )
    for row in _stream(statement):
        yield (
            f"comment {row.id} up_count, down_count",
            (row.up_count, row.down_count),
            (row.up, row.down),
        )


def _of_voided() -> Drift:
    """Nobody has a vote where one of theirs stands set aside, but for what a merge brought there."""
    for table, thing_id, kind in (
        (IdeaVote, IdeaVote.idea_id, "ideas"),
        (CommentVote, CommentVote.comment_id, "comments"),
    ):
        same = and_(VoidedVote.thing_id == thing_id, VoidedVote.member_id == table.member_id)
        statement = select(thing_id, table.member_id).join(VoidedVote, same)
        statement = statement.where(VoidedVote.kind == kind, VoidedVote.restored_at.is_(None))
        if table is IdeaVote:
            statement = statement.where(IdeaVote.moved_from == "")
        for row in db.session.execute(statement.order_by(thing_id, table.member_id)):
            yield f"{kind} {row[0]} vote of {row.member_id}, which stands set aside", 1, 0


def _stream(statement: Any) -> Iterator[Any]:
    """Return rows as they are needed, so that memory does not grow with the tables."""
    options = {"stream_results": True, "yield_per": ROWS_AT_ONCE}
    return iter(db.session.execute(statement, execution_options=options))


class _Groups:
    """Rows sorted by their first column, handed out one group after another."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows = iter(rows)
        self.waiting = next(self.rows, None)

    def of(self, key: int) -> list[Any]:
        """Return the rows of the key; keys are asked for in rising order."""
        found = []
        while self.waiting is not None and self.waiting[0] <= key:
            if self.waiting[0] == key:
                found.append(self.waiting)
            self.waiting = next(self.rows, None)
        return found
