"""What can be done with a team prize at a moment. Pure functions for services and templates alike."""

from datetime import datetime
from typing import Protocol

from talking_together.core.errors import Conflict, NotFound
from talking_together.core.formatting import moment
from talking_together.rewards.models import TEAM
from talking_together.rewards.policies import DRAFT, OPEN, UPCOMING, Staged, reward_stage


class TeamReward(Staged, Protocol):
    """A reward, as far as what can be done with its pledges depends on it."""

    @property
    def kind(self) -> str: ...


def takes_pledges(reward: TeamReward, at: datetime) -> bool:
    """Return whether points can be pledged, and be taken back by a group that is not there yet."""
    return reward.kind == TEAM and reward_stage(reward, at) == OPEN


def is_over(reward: TeamReward, at: datetime) -> bool:
    """Return whether no group can win any more, so that what others pledged comes back."""
    return reward.kind == TEAM and reward_stage(reward, at) not in (DRAFT, UPCOMING, OPEN)


def ensure_takes_pledges(reward: TeamReward, at: datetime) -> None:
    """Raise NotFound for what is no team prize, or Conflict unless points can be pledged for it."""
    stage = reward_stage(reward, at)
    if reward.kind != TEAM or stage == DRAFT:
        raise NotFound()
    if stage == UPCOMING:
        raise Conflict(f"Points can be pledged from {moment(reward.starts_at)}.")
    if stage != OPEN:
        raise Conflict("This takes no more pledges. What did not win comes back to those who pledged.")
