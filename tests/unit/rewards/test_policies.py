"""Where a reward stands at a moment."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from talking_together.rewards.policies import can_see_reward, may_be_taxed, reward_stage

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SOON, BEFORE = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)


@dataclass(frozen=True)
class Reward:
    """A reward as the policies see it."""

    state: str = "published"
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    stock: int = 3
    given: int = 2


@pytest.mark.parametrize(
    ("reward", "stage"),
    [
        (Reward(), "open"),
        (Reward(state="draft"), "draft"),
        (Reward(state="draft", ends_at=BEFORE), "draft"),
        (Reward(state="closed"), "closed"),
        (Reward(state="closed", starts_at=SOON), "closed"),
        (Reward(starts_at=NOW), "open"),
        (Reward(starts_at=SOON), "upcoming"),
        (Reward(starts_at=SOON, given=3), "upcoming"),
        (Reward(ends_at=SOON), "open"),
        (Reward(ends_at=NOW), "ended"),
        (Reward(ends_at=NOW, given=3), "ended"),
        (Reward(given=3), "gone"),
        (Reward(stock=0, given=0), "gone"),
    ],
    ids=str,
)
def test_a_reward_stands_in_one_stage(reward: Reward, stage: str) -> None:
    assert reward_stage(reward, NOW) == stage
    assert can_see_reward(reward, NOW) == (stage != "draft")


def test_twenty_five_pounds_are_not_too_much() -> None:
    assert [may_be_taxed(pence) for pence in (0, 2_500, 2_501)] == [False, False, True]
