"""Counting comments again, and checking where each stands in its thread."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from talking_together.comments.models import Comment
from talking_together.comments.paths import depth_of, path_of
from talking_together.extensions import db
from talking_together.ideas.models import Idea

ROWS_AT_ONCE = 1_000


def drift() -> Iterator[tuple[str, Any, Any]]:
    """Yield a label, the kept value and the recount wherever the two differ, in two statements."""
    yield from _of_counts()
    yield from _of_places()


def _of_counts() -> Iterator[tuple[str, Any, Any]]:
    standing = (
        select(Comment.idea_id, func.count().label("count"))
        .where(Comment.deleted_at.is_(None))
        .group_by(Comment.idea_id)
        .subquery()
    )
    counted = func.coalesce(standing.c.count, 0)
    statement = (
        select(Idea.id, Idea.comments_count, counted.label("counted"))
        .outerjoin(standing, standing.c.idea_id == Idea.id)
        .where(Idea.comments_count != counted)
        .order_by(Idea.id)
    )
    for row in db.session.execute(statement):
        yield f"idea {row.id} comments_count", row.comments_count, row.counted


def _of_places() -> Iterator[tuple[str, Any, Any]]:
    parent = aliased(Comment)
    statement = (
        select(
            Comment.id,
            Comment.idea_id,
            Comment.path,
            Comment.depth,
            parent.path.label("parent_path"),
            parent.idea_id.label("parent_idea_id"),
        )
        .outerjoin(parent, parent.id == Comment.parent_id)
        .order_by(Comment.id)
    )
    options = {"stream_results": True, "yield_per": ROWS_AT_ONCE}
    for row in db.session.execute(statement, execution_options=options):
        stored = (row.path, row.depth)
        counted = (path_of(row.id, row.parent_path), depth_of(row.parent_path))
        if stored != counted:
            yield f"comment {row.id} path, depth", stored, counted
        if row.parent_idea_id not in (None, row.idea_id):
            yield f"comment {row.id} idea_id", row.idea_id, row.parent_idea_id
