"""Reads of what a member follows. What they may not see any more is not there."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import visible_to
from talking_together.core.errors import NotFound
from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.following.models import ChallengeFollow, IdeaFollow
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import seen_by

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

PAGE_SIZE = 30
# More challenges than this nobody follows who has one minute.
MOST_CHALLENGES = 100


def ideas_followed(viewer: "Viewer", *, after: str | None = None, size: int = PAGE_SIZE) -> Page:
    """Return a page of the ideas that the viewer follows, the newest idea first."""
    statement = (
        select(Idea.id, Idea.title, Idea.status, IdeaFollow.since, Challenge.title.label("challenge_title"))
        .join(IdeaFollow, IdeaFollow.idea_id == Idea.id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(IdeaFollow.member_id == viewer.id, seen_by(viewer))
        .order_by(IdeaFollow.idea_id.desc())
        .limit(size + 1)
    )
    if cursor := decode_cursor(after, (int,)):
        statement = statement.where(IdeaFollow.idea_id < cursor[0])
    rows = db.session.execute(statement).all()
    return page_of(rows, size, lambda row: encode_cursor(row.id))


def challenges_followed(viewer: "Viewer") -> Sequence[Any]:
    """Return the challenges that the viewer follows, the newest first."""
    statement = (
        select(Challenge.id, Challenge.title, Challenge.summary)
        .join(ChallengeFollow, ChallengeFollow.challenge_id == Challenge.id)
        .where(ChallengeFollow.member_id == viewer.id, visible_to(viewer))
        .order_by(Challenge.id.desc())
        .limit(MOST_CHALLENGES)
    )
    return db.session.execute(statement).all()


def get_role_of(member_id: int) -> str:
    """Return the role of a member; NotFound for one who is gone."""
    role = db.session.scalar(select(Member.role).where(Member.id == member_id))
    if role is None:
        raise NotFound()
    return role
