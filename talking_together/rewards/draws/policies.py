"""What can be done with a prize draw at a moment. Pure functions for services and templates alike."""

from datetime import datetime
from typing import Protocol

from talking_together.core.errors import Conflict, NotFound
from talking_together.core.formatting import count_of, moment
from talking_together.rewards.models import DRAW
from talking_together.rewards.policies import CLOSED, DRAFT, ENDED, OPEN, UPCOMING, Staged, reward_stage

# A withdrawn number stays on the page of everybody: one person must not fill it with theirs.
MOST_WITHDRAWN = 10


class DrawnReward(Staged, Protocol):
    """A reward, as far as what can be done with its draw depends on it."""

    @property
    def kind(self) -> str: ...


def takes_entries(reward: DrawnReward, at: datetime) -> bool:
    """Return whether somebody can enter the draw."""
    return reward.kind == DRAW and reward_stage(reward, at) == OPEN


def can_withdraw(reward: DrawnReward, at: datetime) -> bool:
    """Return whether an entry can be taken back: until the draw closes."""
    return takes_entries(reward, at)


def is_due(reward: DrawnReward, at: datetime) -> bool:
    """Return whether the draw is to be made: its time is over, and nobody closed it."""
    return reward.kind == DRAW and reward_stage(reward, at) == ENDED


def is_called_off(reward: DrawnReward, at: datetime) -> bool:
    """Return whether there will be no draw, so that what entering cost comes back."""
    return reward.kind == DRAW and reward_stage(reward, at) == CLOSED


def ensure_takes_entries(reward: DrawnReward, at: datetime) -> None:
    """Raise NotFound for what is no draw, or Conflict unless somebody can enter it."""
    stage = reward_stage(reward, at)
    if reward.kind != DRAW or stage == DRAFT:
        raise NotFound()
    if stage == UPCOMING:
        raise Conflict(f"This draw opens on {moment(reward.starts_at)}.")
    if stage != OPEN:
        raise Conflict("This draw takes no more entries.")


def ensure_can_withdraw(reward: DrawnReward, at: datetime) -> None:
    """Raise Conflict unless an entry can be taken back."""
    if not can_withdraw(reward, at):
        raise Conflict("The draw has closed: the numbers stand as they are.")


def ensure_not_toggled(withdrawn: int) -> None:
    """Raise Conflict for somebody who entered a draw and withdrew from it again and again."""
    if withdrawn >= MOST_WITHDRAWN:
        raise Conflict(
            f"You have withdrawn from this draw {count_of(withdrawn, 'time')}, so you cannot enter it again."
        )


def ensure_not_drawn(drawn_at: datetime | None) -> None:
    """Raise Conflict once the draw was made, also where this server's clock is behind that of another."""
    if drawn_at is not None:
        raise Conflict("The draw has been made: the numbers stand as they are.")
