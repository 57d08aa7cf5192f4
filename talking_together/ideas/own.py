"""Reads of what a member wrote, for their own lists."""

from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, select

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import viewer_values, visible_to_given
from talking_together.challenges.voting import shown_counts
from talking_together.core import clock
from talking_together.core.addresses import MAX_ID
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.core.statements import given, run
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import CHALLENGE_DATES, CHALLENGE_OPTIONS
from talking_together.ideas.shown import MyIdea

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

_COLUMNS = [field.name for field in fields(MyIdea)]


def ideas_by(viewer: "Viewer", *, drafts: bool = False, after: str | None = None, size: int = 20) -> Page:
    """Return a page of `MyIdea`s that the viewer wrote, newest first: their drafts, or the rest."""
    cursor = decode_cursor(after, (int,))
    values = {"before": cursor[0] if cursor else MAX_ID, "rows": size + 1, **viewer_values(viewer)}
    statement = _by_viewer(drafts=drafts, is_moderator=viewer.is_moderator)
    at = clock.now()
    rows = [_mine(viewer, row, at) for row in run(statement, values)]
    return page_of(rows, size, lambda row: encode_cursor(row.id))


def _mine(viewer: "Viewer", row: Row[Any], at: datetime) -> MyIdea:
    # Nobody has a vote on what they wrote.
    counts = shown_counts(viewer, row, up=row.up_count, down=row.down_count, my_vote=0, at=at)
    values = {field: getattr(row, field) for field in _COLUMNS}
    return MyIdea(**{**values, "up_count": counts.up, "down_count": counts.down})


@cache
def _by_viewer(*, drafts: bool, is_moderator: bool) -> Any:
    return (
        select(
            Idea.id,
            Idea.title,
            Idea.status,
            Idea.published_at,
            func.coalesce(Idea.edited_at, Idea.created_at, type_=Idea.created_at.type).label("changed_at"),
            Idea.comments_count,
            Idea.up_count,
            Idea.down_count,
            Idea.challenge_id,
            Challenge.title.label("challenge_title"),
            *CHALLENGE_DATES,
            *CHALLENGE_OPTIONS,
        )
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(
            Idea.author_id == given("viewer_id", Member.id),
            Idea.status == "draft" if drafts else Idea.status != "draft",
            Idea.id < given("before", Idea.id),
            visible_to_given(is_moderator=is_moderator),
        )
        .order_by(Idea.id.desc())
        .limit(given("rows", Idea.id))
    )
