"""Reads that compose several features for one page."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.accounts.queries import takes_part
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import viewer_values
from talking_together.challenges.voting import shown_counts
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.core.addresses import MAX_ID
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.core.rich_text import excerpt_of
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import CHALLENGE_DATES, CHALLENGE_OPTIONS, IdeaCard, seen_by_given
from talking_together.invitations.models import Phase
from talking_together.organisations.models import Organisation, StaffGroup

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

COMMENTS_SHOWN = 20
EXCERPT = 160


@dataclass(frozen=True, slots=True)
class MyComment:
    """A comment as its author finds it again."""

    id: int
    excerpt: str
    created_at: datetime
    up_count: int | None
    down_count: int | None
    idea_title: str


def admin_figures() -> Any:
    """Return the few numbers of the admin's first page, from kept counts where there are any."""
    return db.session.execute(
        select(
            select(func.count()).select_from(Member).where(takes_part()).scalar_subquery().label("members"),
            select(func.count()).select_from(Organisation).scalar_subquery().label("organisations"),
            select(func.count()).select_from(StaffGroup).scalar_subquery().label("groups"),
            select(func.coalesce(func.sum(Phase.sent_count), 0)).scalar_subquery().label("sent"),
            select(func.coalesce(func.sum(Phase.joined_count), 0)).scalar_subquery().label("joined"),
        )
    ).one()


def comments_by(viewer: "Viewer", *, after: str | None = None, size: int = COMMENTS_SHOWN) -> Page:
    """Return a page of `MyComment`s that stand under ideas the viewer may see, newest first."""
    cursor = decode_cursor(after, (int,))
    values = {"before": cursor[0] if cursor else MAX_ID, "rows": size + 1, **viewer_values(viewer)}
    found = run(_comments_by(is_moderator=viewer.is_moderator), values)
    at = clock.now()
    rows = [_my_comment(viewer, row, at) for row in found]
    return page_of(rows, size, lambda row: encode_cursor(row.id))


@cache
def _comments_by(*, is_moderator: bool) -> Any:
    return (
        select(
            Comment.id,
            Comment.body_source,
            Comment.created_at,
            Comment.up_count,
            Comment.down_count,
            Idea.title.label("idea_title"),
            *CHALLENGE_DATES,
            *CHALLENGE_OPTIONS,
        )
        .join(Idea, Idea.id == Comment.idea_id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(
            Comment.author_id == given("viewer_id", Member.id),
            Comment.id < given("before", Comment.id),
            Comment.deleted_at.is_(None),
            seen_by_given(is_moderator=is_moderator),
        )
        .order_by(Comment.id.desc())
        .limit(given("rows", Comment.id))
    )


def _my_comment(viewer: "Viewer", row: Any, at: datetime) -> MyComment:
    # Nobody has a vote on what they wrote.
    counts = shown_counts(viewer, row, up=row.up_count, down=row.down_count, my_vote=0, at=at)
    excerpt = excerpt_of(row.body_source, EXCERPT)
    return MyComment(row.id, excerpt, row.created_at, counts.up, counts.down, row.idea_title)


def to_vote_on(cards: list[IdeaCard], most: int) -> list[IdeaCard]:
    """Return the ideas that the viewer can vote on and has not, in the order given."""
    return [idea for idea in cards if idea.can_vote and idea.my_vote == 0][:most]
