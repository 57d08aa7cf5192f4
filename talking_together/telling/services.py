"""What members choose to hear of: the ideas and challenges that they follow."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import MAX_ID as MAX_CHALLENGE_ID
from talking_together.challenges.queries import visible_to
from talking_together.core.addresses import MAX_ID
from talking_together.core.errors import Conflict, NotFound
from talking_together.extensions import db
from talking_together.following import services as following
from talking_together.ideas.models import Idea
from talking_together.ideas.queries import seen_by

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


class InArchive(Conflict):
    """Nothing happens any more to what stands in the archive."""

    message = (
        "This challenge is in the archive. Nothing happens to it any more, so there is nothing to follow."
    )


def choose_idea(member: "Viewer", *, idea_id: int, follows: bool) -> str:
    """Follow an idea that the member can see, or no longer, and return its title."""
    idea = (
        idea_id <= MAX_ID
        and db.session.execute(
            select(Idea.title, Idea.listed, Challenge.archived_at)
            .join(Challenge, Challenge.id == Idea.challenge_id)
            .where(Idea.id == idea_id, seen_by(member))
        ).first()
    )
    if not idea:
        raise NotFound()
    if not follows:
        following.unfollow_idea(member.id, idea_id=idea_id)
    elif idea.archived_at is not None:
        raise InArchive()
    elif idea.listed:
        following.follow_idea(member.id, idea_id=idea_id)
    else:
        raise Conflict("Only an idea that others can see can be followed.")
    return str(idea.title)


def choose_challenge(member: "Viewer", *, challenge_id: int, follows: bool) -> str:
    """Follow a challenge that the member can see, or no longer, and return its title."""
    challenge = (
        challenge_id <= MAX_CHALLENGE_ID
        and db.session.execute(
            select(Challenge.title, Challenge.archived_at).where(
                Challenge.id == challenge_id, visible_to(member)
            )
        ).first()
    )
    if not challenge:
        raise NotFound()
    if not follows:
        following.unfollow_challenge(member.id, challenge_id=challenge_id)
    elif challenge.archived_at is not None:
        raise InArchive()
    else:
        following.follow_challenge(member.id, challenge_id=challenge_id)
    return str(challenge.title)
