"""What a challenge's options say about votes: which thumbs it takes, and who sees how many there are.

Hidden counts are hidden in every way. What is read for a page has none in it (`shown_counts`), and
no list is sorted by them (`ranks_hidden`). Moderators, who have to look after a vote, see them always.
"""

from datetime import datetime
from typing import NamedTuple, Protocol

from talking_together.challenges.stages import Dated, stage_of
from talking_together.core.errors import Conflict

# Where nobody can vote any more, the counts are for everybody to see.
OVER = frozenset({"in review", "answered", "archived"})
# By what a challenge says of its counts: is a thing of which the member's own vote is this hidden?
_HIDDEN_WHILE_LIVE = {
    "always": {1: False, -1: False, 0: False},
    "once voted": {1: False, -1: False, 0: True},
    "once closed": {1: True, -1: True, 0: True},
}
_WHEN_SHOWN = {
    "once voted": "You see how an idea or a comment stands once you have voted on it.",
    "once closed": "How many thumbs there are is shown when voting has closed.",
}


class Options(Dated, Protocol):
    """A challenge, or a row with its dates and what it says about votes."""

    @property
    def allows_down_votes(self) -> bool: ...

    @property
    def counts_shown(self) -> str: ...


class Reader(Protocol):
    """The one who looks, as far as these rules look at them."""

    @property
    def is_moderator(self) -> bool: ...


class DownVotesOff(Conflict):
    """The challenge takes thumbs up only."""

    message = "This challenge takes thumbs up only."


class Counts(NamedTuple):
    """How many thumbs there are, as one person may know it: None where that is hidden from them."""

    up: int | None
    down: int | None


def ensure_takes(challenge: Options, value: int) -> None:
    """Raise DownVotesOff for a thumb down where there are none; one from before can be taken back."""
    if value < 0 and not challenge.allows_down_votes:
        raise DownVotesOff()


def shows_thumb_down(challenge: Options, *, my_vote: int) -> bool:
    """Return whether a thumb down is offered, or stands from before and can be withdrawn."""
    return challenge.allows_down_votes or my_vote < 0


def counts_hidden(reader: Reader, challenge: Options, *, my_vote: int, at: datetime) -> bool:
    """Return whether the reader may not know how many thumbs an idea or comment has.

    Its author cannot vote on it, and so waits until voting has closed: they see no more than others.
    """
    if reader.is_moderator or stage_of(challenge, at) in OVER:
        return False
    return _HIDDEN_WHILE_LIVE[challenge.counts_shown][my_vote]


def shown_counts(
    reader: Reader, challenge: Options, *, up: int, down: int, my_vote: int, at: datetime
) -> Counts:
    """Return the counts as the reader may know them."""
    if counts_hidden(reader, challenge, my_vote=my_vote, at=at):
        return Counts(None, None)
    return Counts(up, down)


def ranks_hidden(reader: Reader, challenge: Options, at: datetime) -> bool:
    """Return whether an order by votes would tell the reader what they may not know."""
    return counts_hidden(reader, challenge, my_vote=0, at=at)


def when_shown(reader: Reader, challenge: Options, at: datetime) -> str:
    """Return the words that say when counts are shown, "" where they are."""
    return _WHEN_SHOWN[challenge.counts_shown] if ranks_hidden(reader, challenge, at) else ""
