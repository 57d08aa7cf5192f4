"""Ideas by name, for pages that mention them."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talking_together.challenges.models import Challenge
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.policies import BESIDE
from talking_together.ideas.queries import seen_by

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


MOST_BESIDE = 40


def ideas_named(viewer: "Viewer", ids: Collection[int]) -> dict[int, Any]:
    """Return id, title and status of those of the ideas that exist for the viewer, by id."""
    if not ids:
        return {}
    statement = (
        select(Idea.id, Idea.title, Idea.status)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(Idea.id.in_(ids), seen_by(viewer))
    )
    return {row.id: row for row in db.session.execute(statement)}


def ideas_beside(viewer: "Viewer") -> list[Any]:
    """Return the ideas whose author asked the viewer to be a co-author, or that they wrote together.

    `state` says which; the newest come first.
    """
    statement = (
        select(Idea.id, Idea.title, Idea.status, IdeaCoAuthor.state)
        .join(IdeaCoAuthor, IdeaCoAuthor.idea_id == Idea.id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(
            IdeaCoAuthor.member_id == viewer.id, IdeaCoAuthor.state.in_(("invited", *BESIDE)), seen_by(viewer)
        )
        .order_by(Idea.id.desc())
        .limit(MOST_BESIDE)
    )
    return list(db.session.execute(statement))
