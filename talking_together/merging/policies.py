"""May these two ideas be merged, or a merge be undone? Pure functions."""

from datetime import datetime
from typing import Protocol

from talking_together.challenges.policies import ensure_takes_decisions
from talking_together.challenges.stages import Dated
from talking_together.core.errors import Conflict, NotAllowed, TalkingTogetherError
from talking_together.ideas.policies import Person, Placed
from talking_together.ideas.statuses import LISTED, allows

# More at once than anybody has compared.
MOST_AT_ONCE = 10

_STANDS_AS = {"draft": "a draft", "waiting for approval": "waiting for approval"}


class Mergeable(Protocol):
    """An idea, or a row with these of its columns."""

    @property
    def id(self) -> int: ...

    @property
    def challenge_id(self) -> int: ...

    @property
    def title(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def merged_into_id(self) -> int | None: ...


def ensure_can_merge(member: Person) -> None:
    """Raise NotAllowed unless the member may merge ideas."""
    if not member.is_moderator:
        raise NotAllowed("Only moderators can merge ideas.")


def ensure_pair(survivor: Mergeable, merged: Mergeable) -> None:
    """Raise Conflict, in words, unless one idea can be merged into the other."""
    if why := why_not_pair(survivor, merged):
        raise Conflict(why)


def why_not_pair(survivor: Mergeable, merged: Mergeable) -> str:
    """Return why one idea cannot be merged into the other, "" where it can."""
    if survivor.id == merged.id:
        return "An idea cannot be merged into itself. Choose two different ideas."
    if survivor.challenge_id != merged.challenge_id:
        return "These ideas answer different challenges. Only ideas of one challenge can be merged."
    if survivor.merged_into_id == merged.id:
        return f"“{survivor.title}” is merged into “{merged.title}” already. Undo that first."
    if merged.merged_into_id == survivor.id:
        return f"“{merged.title}” is merged into “{survivor.title}” already."
    for idea in (merged, survivor):
        if idea.status == "merged":
            return f"“{idea.title}” is merged into another idea. Choose that one, or undo the merge first."
        if not allows(idea.status, "merged", "merger"):
            stands = _STANDS_AS.get(idea.status, idea.status)
            return f"“{idea.title}” is {stands}, so it cannot be merged."
    return ""


def ensure_stage(challenge: Dated, at: datetime) -> None:
    """Raise unless the challenge's stage allows ideas to be merged, or a merge to be undone."""
    if challenge.archived_at is not None:
        raise Conflict("This challenge is in the archive. Bring it back before you merge or undo.")
    ensure_takes_decisions(challenge, at)


def ensure_can_undo(undone_at: datetime | None, survivor: Mergeable) -> None:
    """Raise Conflict, in words, unless a merge can be undone now."""
    if undone_at is not None:
        raise Conflict("This merge was undone already.")
    if survivor.status == "merged":
        raise Conflict(f"“{survivor.title}” was itself merged since. Undo that merge first.")


def ensure_can_propose(idea: Placed, challenge: Dated, at: datetime) -> None:
    """Raise Conflict, in words, unless members may say that the idea looks like another."""
    if idea.status not in LISTED:
        raise Conflict(f"This idea is {idea.status}, so it cannot be compared with others.")
    ensure_stage(challenge, at)


def why_not_propose(idea: Placed, challenge: Dated, at: datetime) -> str:
    """Return why members may not say that the idea looks like another, "" where they may."""
    try:
        ensure_can_propose(idea, challenge, at)
    except TalkingTogetherError as error:
        return error.message
    return ""
