"""Where a challenge stands: a pure function of its dates and the moderator's decisions."""

from datetime import datetime, timedelta
from typing import Protocol

STAGES = ("draft", "scheduled", "open", "voting only", "paused", "in review", "answered", "archived")

# What the audience may do. A stage that is not named allows nothing new.
TAKES_IDEAS = frozenset({"open"})
TAKES_COMMENTS = frozenset({"open", "voting only"})
TAKES_VOTES = frozenset({"open", "voting only"})
# Their own contributions, which people may edit and withdraw.
TAKES_CHANGES = frozenset({"open", "voting only"})
# Thanks of those who wrote an idea for comments on it: also when all has been said.
TAKES_THANKS = frozenset({"open", "voting only", "in review", "answered"})
# Moderators' statuses and responses.
TAKES_DECISIONS = frozenset({"open", "voting only", "paused", "in review", "answered"})

LIVE = frozenset({"open", "voting only"})

# The acts of a moderator, each with the stages it starts from. An act that is not allowed from
# where a challenge stands is refused, and its button is not shown.
ACTS: dict[str, frozenset[str]] = {
    "open": frozenset({"draft", "scheduled"}),
    "schedule": frozenset({"draft"}),
    "back to draft": frozenset({"scheduled", "open"}),
    "extend": frozenset({"open", "voting only", "paused"}),
    "pause": frozenset({"open", "voting only"}),
    "resume": frozenset({"paused"}),
    "close": frozenset({"open", "voting only", "paused"}),
    "mark as answered": frozenset({"in review"}),
    "take back answered": frozenset({"answered"}),
    "reopen": frozenset({"voting only", "in review", "answered"}),
    "archive": frozenset({"draft", "in review", "answered"}),
    "bring back": frozenset({"archived"}),
    "clone": frozenset(STAGES),
    "edit": frozenset(STAGES) - {"archived"},
    # What has closed opens again by reopening it, which its followers are told of.
    "change dates": frozenset({"draft", "scheduled", "open", "voting only", "paused"}),
}

CLOSING_SOON = timedelta(days=7)
NEW_FOR = timedelta(days=3)


class Dated(Protocol):
    """What the stage depends on: a challenge, or a row with these of its columns."""

    @property
    def is_published(self) -> bool: ...

    @property
    def opens_at(self) -> datetime | None: ...

    @property
    def closes_at(self) -> datetime | None: ...

    @property
    def voting_closes_at(self) -> datetime | None: ...

    @property
    def answered_at(self) -> datetime | None: ...

    @property
    def archived_at(self) -> datetime | None: ...

    @property
    def paused_at(self) -> datetime | None: ...


def stage_of(challenge: Dated, at: datetime) -> str:
    """Return the stage at a moment; at the very instant of a closing time it is closed.

    A pause does not stop the clock: what is paused when its time ends is in review.
    """
    if challenge.archived_at is not None:
        return "archived"
    if not challenge.is_published:
        return "draft"
    if challenge.answered_at is not None:
        return "answered"
    if challenge.opens_at is None or at < challenge.opens_at:
        return "scheduled"
    if challenge.closes_at is None or at < challenge.closes_at:
        return "open" if challenge.paused_at is None else "paused"
    if challenge.voting_closes_at is not None and at < challenge.voting_closes_at:
        return "voting only" if challenge.paused_at is None else "paused"
    return "in review"


def ends_at(challenge: Dated, at: datetime) -> datetime | None:
    """Return when the present stage ends by the clock, None when only a person can end it."""
    match stage_of(challenge, at):
        case "scheduled":
            return challenge.opens_at
        case "open":
            return challenge.closes_at
        case "voting only":
            return challenge.voting_closes_at
        case _:
            return None


def is_closing_soon(challenge: Dated, at: datetime) -> bool:
    """Return whether a live challenge's present stage ends within a week."""
    end = ends_at(challenge, at)
    return stage_of(challenge, at) in LIVE and end is not None and end - at <= CLOSING_SOON


def is_new(challenge: Dated, at: datetime) -> bool:
    """Return whether a challenge opened within the last days and still takes ideas."""
    opened = challenge.opens_at
    return stage_of(challenge, at) == "open" and opened is not None and at - opened <= NEW_FOR


def progress_of(challenge: Dated, at: datetime) -> int | None:
    """Return how much of a live challenge's whole time has passed, in per cent."""
    end = challenge.voting_closes_at or challenge.closes_at
    if stage_of(challenge, at) not in LIVE or challenge.opens_at is None or end is None:
        return None
    return int(100 * ((at - challenge.opens_at) / (end - challenge.opens_at)))
