"""May this member vote on a comment? For ideas see `ideas.policies`."""

from datetime import datetime
from typing import Protocol

from talking_together.challenges.policies import ensure_takes_votes
from talking_together.challenges.stages import Dated
from talking_together.core.errors import Conflict, NotAllowed
from talking_together.ideas.policies import Person
from talking_together.ideas.statuses import LISTED


class PlacedComment(Protocol):
    """A comment with the status of its idea, or a row with these columns."""

    @property
    def author_id(self) -> int | None: ...

    @property
    def deleted_at(self) -> datetime | None: ...

    @property
    def status(self) -> str: ...


def ensure_can_vote_on_comment(
    member: Person, comment: PlacedComment, challenge: Dated, at: datetime
) -> None:
    """Raise unless the member may vote on the comment now."""
    if comment.author_id is not None and comment.author_id == member.id:
        raise NotAllowed("You cannot vote on your own comment.")
    if comment.deleted_at is not None:
        raise Conflict("This comment was removed, so it takes no votes.")
    if comment.status not in LISTED:
        raise Conflict(f"This idea is {comment.status}, so its comments take no votes.")
    ensure_takes_votes(challenge, at)
