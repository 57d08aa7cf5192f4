"""May this member do this to a comment? Pure functions for services and templates alike."""

from datetime import datetime
from typing import Protocol

from talking_together.challenges.policies import (
    ensure_takes_changes,
    ensure_takes_thanks,
    ensure_takes_votes,
)
from talking_together.challenges.stages import Dated
from talking_together.core.errors import Conflict, NotAllowed, TalkingTogetherError
from talking_together.ideas.policies import Person, Placed, wrote
from talking_together.ideas.statuses import LISTED


class PlacedComment(Protocol):
    """A comment, or a row with these of its columns."""

    @property
    def author_id(self) -> int | None: ...

    @property
    def deleted_at(self) -> datetime | None: ...


def ensure_can_edit(
    member: Person, comment: PlacedComment, idea_status: str, challenge: Dated, at: datetime
) -> None:
    """Raise unless the member may change or delete the comment now."""
    ensure_author(member, comment)
    if comment.deleted_at is not None:
        raise Conflict("This comment was removed.")
    _ensure_live(idea_status, challenge, at)


def ensure_can_restore(
    member: Person, comment: PlacedComment, idea_status: str, challenge: Dated, at: datetime
) -> None:
    """Raise unless the member may bring back the comment that they deleted."""
    ensure_author(member, comment)
    if comment.deleted_at is None:
        raise Conflict("This comment is not deleted.")
    _ensure_live(idea_status, challenge, at)


def ensure_can_vote(
    member: Person, comment: PlacedComment, idea_status: str, challenge: Dated, at: datetime
) -> None:
    """Raise unless the member may vote on the comment now."""
    if is_author(member, comment):
        raise NotAllowed("You cannot vote on your own comment.")
    if comment.deleted_at is not None:
        raise Conflict("This comment was removed, so it takes no votes.")
    if idea_status not in LISTED:
        raise Conflict(f"This idea is {idea_status}, so its comments take no votes.")
    ensure_takes_votes(challenge, at)


def ensure_can_thank(
    member: Person, comment: PlacedComment, idea: Placed, challenge: Dated, at: datetime, *, beside: bool
) -> None:
    """Raise unless the member may mark the comment as one that helped, or take that back, now.

    `beside` says whether who wrote the comment stands beside the idea's author: nobody is thanked for
    helping with an idea of their own.
    """
    if not wrote(member, idea):
        raise NotAllowed("Only those who wrote this idea can thank for comments on it.")
    if beside or (comment.author_id is not None and comment.author_id == idea.author_id):
        raise NotAllowed("Those who wrote this idea cannot be thanked for their own comments on it.")
    if comment.deleted_at is not None:
        raise Conflict("This comment was removed.")
    if idea.status not in LISTED:
        raise Conflict(f"This idea is {idea.status}, so nobody can be thanked for a comment on it.")
    ensure_takes_thanks(challenge, at)


def can_thank(
    member: Person, comment: PlacedComment, idea: Placed, challenge: Dated, at: datetime, *, beside: bool
) -> bool:
    """Return whether the member may mark the comment as one that helped, or take that back, now."""
    try:
        ensure_can_thank(member, comment, idea, challenge, at, beside=beside)
    except TalkingTogetherError:
        return False
    return True


def can_vote(
    member: Person, comment: PlacedComment, idea_status: str, challenge: Dated, at: datetime
) -> bool:
    """Return whether the member may vote on the comment now."""
    try:
        ensure_can_vote(member, comment, idea_status, challenge, at)
    except TalkingTogetherError:
        return False
    return True


def can_edit(
    member: Person, comment: PlacedComment, idea_status: str, challenge: Dated, at: datetime
) -> bool:
    """Return whether the member may change or delete the comment now."""
    try:
        ensure_can_edit(member, comment, idea_status, challenge, at)
    except TalkingTogetherError:
        return False
    return True


def is_author(member: Person, comment: PlacedComment) -> bool:
    """Return whether the member wrote the comment."""
    return comment.author_id is not None and comment.author_id == member.id


def ensure_author(member: Person, comment: PlacedComment) -> None:
    """Raise NotAllowed unless the member wrote the comment."""
    if not is_author(member, comment):
        raise NotAllowed("Only the person who wrote this comment can do that.")


def _ensure_live(idea_status: str, challenge: Dated, at: datetime) -> None:
    if idea_status not in LISTED:
        raise Conflict(f"This idea is {idea_status}, so its comments cannot be changed.")
    ensure_takes_changes(challenge, at)
