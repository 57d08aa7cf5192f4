"""Whether a member follows something, as a column of the statement that reads the thing."""

from typing import Any

from sqlalchemy import ColumnElement, exists

from talking_together.following.models import ChallengeFollow, IdeaFollow


def follows_idea(idea_id: Any, member_id: Any) -> ColumnElement[bool]:
    """Return the condition that the member follows the idea; both may be columns."""
    return exists().where(IdeaFollow.idea_id == idea_id, IdeaFollow.member_id == member_id)


def follows_challenge(challenge_id: Any, member_id: Any) -> ColumnElement[bool]:
    """Return the condition that the member follows the challenge; both may be columns."""
    return exists().where(
        ChallengeFollow.challenge_id == challenge_id, ChallengeFollow.member_id == member_id
    )
