"""Which votes a sign names: those that were cast until it was last seen, and no others."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from talking_together.comments.models import Comment
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.votes.models import CommentVote, IdeaVote
from talking_together.votes.voiding import NamedVote

_TABLES: tuple[tuple[str, Any, Any, Any], ...] = (
    ("ideas", IdeaVote, Idea, IdeaVote.idea_id),
    ("comments", CommentVote, Comment, CommentVote.comment_id),
)


def votes_named(kind: str, evidence: dict[str, Any], *, until: datetime) -> list[NamedVote]:
    """Return the votes that a sign is made of, as they stand; a sign of another kind names none."""
    if kind not in _NAMED:
        return []
    named = []
    for name, table, thing, thing_id in _TABLES:
        rows = db.session.execute(
            select(thing_id, table.member_id, table.value, table.cast_at)
            .join(thing, thing.id == thing_id)
            .where(
                table.member_id.in_(evidence["voters"]),
                table.cast_at <= until,
                _NAMED[kind](table, thing, evidence),
            )
            .order_by(thing_id, table.member_id)
        )
        named += [NamedVote(name, *row) for row in rows]
    return named


def wrote_beside(members: Collection[int]) -> ColumnElement[bool]:
    """Return the condition on Idea that one of these members wrote it with its author."""
    return and_(
        Idea.author_id.is_not(None),
        Idea.co_authors_count > 0,
        exists()
        .where(
            IdeaCoAuthor.idea_id == Idea.id,
            IdeaCoAuthor.state == "accepted",
            IdeaCoAuthor.member_id.in_(members),
        )
        .correlate(Idea),
    )


def _of_ring(table: Any, thing: Any, evidence: dict[str, Any]) -> ColumnElement[bool]:
    voters = evidence["voters"]
    wrote = thing.author_id.in_(voters)
    if thing is Idea:
        wrote = or_(wrote, wrote_beside(voters))
    return and_(table.value == 1, wrote)


def _of_burst(table: Any, _thing: Any, evidence: dict[str, Any]) -> ColumnElement[bool]:
    spans = [tuple(map(datetime.fromisoformat, span)) for span in evidence["spans"]]
    return or_(*(table.cast_at.between(first, last) for first, last in spans))


def _of_target(table: Any, thing: Any, evidence: dict[str, Any]) -> ColumnElement[bool]:
    return and_(table.value == evidence["value"], thing.author_id.in_(evidence["authors"]))


def _of_joins(table: Any, thing: Any, evidence: dict[str, Any]) -> ColumnElement[bool]:
    if "author" not in evidence:
        return false()
    return and_(table.value == 1, thing.author_id == evidence["author"])


_NAMED: dict[str, Callable[[Any, Any, dict[str, Any]], ColumnElement[bool]]] = {
    "ring": _of_ring,
    "burst of votes": _of_burst,
    "one target": _of_target,
    "burst of joins": _of_joins,
}
