"""May this member do this to a challenge? Pure functions for services and templates alike."""

from datetime import datetime
from typing import Protocol

from talking_together.challenges.stages import (
    ACTS,
    TAKES_CHANGES,
    TAKES_COMMENTS,
    TAKES_DECISIONS,
    TAKES_IDEAS,
    TAKES_THANKS,
    TAKES_VOTES,
    Dated,
    stage_of,
)
from talking_together.core.errors import Conflict, NotAllowed

_WHY_NOT_IDEAS = {
    "draft": "This challenge is a draft. It takes ideas once it opens.",
    "scheduled": "This challenge has not opened yet.",
    "voting only": "This challenge has closed for new ideas. You can still vote and comment.",
    "paused": "This challenge is paused. Nothing can be added to it until it goes on.",
    "in review": "This challenge has closed. The people who asked it are reading the ideas.",
    "answered": "This challenge has closed and been answered.",
    "archived": "This challenge has closed and is in the archive.",
}
_WHY_NOT_TALK = {**_WHY_NOT_IDEAS, "voting only": ""}

_WHY_NOT_ACT = {
    "open": "Only a draft or a scheduled challenge can be opened.",
    "schedule": "Only a draft can be scheduled.",
    "back to draft": "Only a challenge that nobody has answered yet can go back to being a draft.",
    "extend": "Only a challenge that is open can be given more time. Reopen one that has closed.",
    "pause": "Only a challenge that is open can be paused.",
    "resume": "This challenge is not paused.",
    "close": "Only a challenge that is open can be closed.",
    "mark as answered": "Only a challenge in review can be marked as answered. Close it first.",
    "take back answered": "This challenge is not marked as answered.",
    "reopen": "Only a challenge that has closed for ideas can be reopened.",
    "archive": "Close the challenge before you move it to the archive.",
    "bring back": "This challenge is not in the archive.",
    "clone": "This challenge cannot be copied.",
    "edit": "Bring the challenge back from the archive before you change it.",
    "change dates": "This challenge has closed. Reopen it to give it new dates.",
}


class Actor(Protocol):
    """The one who acts, as far as these rules look at them."""

    @property
    def is_moderator(self) -> bool: ...


class ChallengeClosed(Conflict):
    """The challenge's stage does not allow it, or not any more."""


def takes_ideas(challenge: Dated, at: datetime) -> bool:
    """Return whether new ideas are accepted at that moment."""
    return stage_of(challenge, at) in TAKES_IDEAS


def takes_comments(challenge: Dated, at: datetime) -> bool:
    """Return whether comments are accepted at that moment."""
    return stage_of(challenge, at) in TAKES_COMMENTS


def takes_votes(challenge: Dated, at: datetime) -> bool:
    """Return whether votes are accepted at that moment."""
    return stage_of(challenge, at) in TAKES_VOTES


def takes_changes(challenge: Dated, at: datetime) -> bool:
    """Return whether people may edit or withdraw what they wrote at that moment."""
    return stage_of(challenge, at) in TAKES_CHANGES


def takes_decisions(challenge: Dated, at: datetime) -> bool:
    """Return whether moderators may change statuses at that moment."""
    return stage_of(challenge, at) in TAKES_DECISIONS


def ensure_takes_ideas(challenge: Dated, at: datetime) -> None:
    """Raise ChallengeClosed, in words for the author, unless new ideas are accepted."""
    if not takes_ideas(challenge, at):
        raise ChallengeClosed(_WHY_NOT_IDEAS[stage_of(challenge, at)])


def ensure_takes_comments(challenge: Dated, at: datetime) -> None:
    """Raise ChallengeClosed, in words for the author, unless comments are accepted."""
    if not takes_comments(challenge, at):
        raise ChallengeClosed(_WHY_NOT_TALK[stage_of(challenge, at)])


def ensure_takes_votes(challenge: Dated, at: datetime) -> None:
    """Raise ChallengeClosed, in words for the voter, unless votes are accepted."""
    if not takes_votes(challenge, at):
        raise ChallengeClosed(_WHY_NOT_TALK[stage_of(challenge, at)])


def ensure_takes_changes(challenge: Dated, at: datetime) -> None:
    """Raise ChallengeClosed unless people may still change what they wrote."""
    if not takes_changes(challenge, at):
        raise ChallengeClosed(_WHY_NOT_TALK[stage_of(challenge, at)])


def ensure_takes_thanks(challenge: Dated, at: datetime) -> None:
    """Raise ChallengeClosed unless people may still be thanked for their comments."""
    if stage_of(challenge, at) not in TAKES_THANKS:
        raise ChallengeClosed(_WHY_NOT_TALK[stage_of(challenge, at)])


def ensure_takes_decisions(challenge: Dated, at: datetime) -> None:
    """Raise ChallengeClosed unless moderators may change statuses."""
    if not takes_decisions(challenge, at):
        raise ChallengeClosed("Ideas can be answered only once the challenge is open.")


def can_manage(member: Actor) -> bool:
    """Return whether the member may write, open and close challenges."""
    return member.is_moderator


def ensure_can_manage(member: Actor) -> None:
    """Raise NotAllowed unless the member may write, open and close challenges."""
    if not can_manage(member):
        raise NotAllowed("Only moderators can manage challenges.")


def can(act: str, challenge: Dated, at: datetime) -> bool:
    """Return whether the challenge's stage allows a moderator's act."""
    return stage_of(challenge, at) in ACTS[act]


def ensure_can(act: str, challenge: Dated, at: datetime) -> None:
    """Raise Conflict, saying why, unless the challenge's stage allows a moderator's act."""
    if not can(act, challenge, at):
        raise Conflict(_WHY_NOT_ACT[act])
