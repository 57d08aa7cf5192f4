"""Ideas by name, for pages that mention them."""

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import viewer_values
from talking_together.core.statements import given, run
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.policies import BESIDE
from talking_together.ideas.queries import seen_by_given

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


MOST_BESIDE = 40


def ideas_named(viewer: "Viewer", ids: Collection[int]) -> dict[int, Any]:
    """Return id, title and status of those of the ideas that exist for the viewer, by id."""
    if not ids:
        return {}
    values = {"ids": list(ids), **viewer_values(viewer)}
    return {row.id: row for row in run(_named(is_moderator=viewer.is_moderator), values)}


@cache
def _named(*, is_moderator: bool) -> Any:
    return (
        select(Idea.id, Idea.title, Idea.status)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(
            Idea.id.in_(bindparam("ids", type_=Idea.id.type, expanding=True)),
            seen_by_given(is_moderator=is_moderator),
        )
    )


def ideas_beside(viewer: "Viewer") -> list[Any]:
    """Return the ideas whose author asked the viewer to be a co-author, or that they wrote together.

    `state` says which; the newest come first.
    """
    return list(run(_beside(is_moderator=viewer.is_moderator), viewer_values(viewer)))


@cache
def _beside(*, is_moderator: bool) -> Any:
    return (
        select(Idea.id, Idea.title, Idea.status, IdeaCoAuthor.state)
        .join(IdeaCoAuthor, IdeaCoAuthor.idea_id == Idea.id)
        .join(Challenge, Challenge.id == Idea.challenge_id)
        .where(
            IdeaCoAuthor.member_id == given("viewer_id", IdeaCoAuthor.member_id),
            IdeaCoAuthor.state.in_(("invited", *BESIDE)),
            seen_by_given(is_moderator=is_moderator),
        )
        .order_by(Idea.id.desc())
        .limit(MOST_BESIDE)
    )
