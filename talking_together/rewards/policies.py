"""Where a reward stands, and what may be done with it. Pure functions for services and templates alike."""

from datetime import datetime
from typing import Protocol

DRAFT, UPCOMING, OPEN, ENDED, GONE, CLOSED = "draft", "upcoming", "open", "ended", "gone", "closed"
STAGES = (DRAFT, UPCOMING, OPEN, ENDED, GONE, CLOSED)
# Above this, a gift to staff may be taxed: HMRC, Employment Income Manual, EIM06600.
MOST_UNTAXED_PENCE = 2_500


class Staged(Protocol):
    """A reward, as far as its stage depends on it."""

    @property
    def state(self) -> str: ...

    @property
    def starts_at(self) -> datetime | None: ...

    @property
    def ends_at(self) -> datetime | None: ...

    @property
    def stock(self) -> int: ...

    @property
    def given(self) -> int: ...


def reward_stage(reward: Staged, at: datetime) -> str:
    """Return where a reward stands: draft, upcoming, open, gone (none left), ended or closed (by hand)."""
    if reward.state != "published":
        return DRAFT if reward.state == "draft" else CLOSED
    if reward.ends_at is not None and reward.ends_at <= at:
        return ENDED
    if reward.starts_at is not None and reward.starts_at > at:
        return UPCOMING
    return GONE if reward.given >= reward.stock else OPEN


def can_see_reward(reward: Staged, at: datetime) -> bool:
    """Return whether a reward has been published: who it is for sees it, also when it is over."""
    return reward_stage(reward, at) != DRAFT


def may_be_taxed(face_value_pence: int) -> bool:
    """Return whether a face value is above what an encouragement award may be worth untaxed."""
    return face_value_pence > MOST_UNTAXED_PENCE
