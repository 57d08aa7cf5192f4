"""For which of their groups a member can pledge, as conditions in SQL on MemberGroup."""

from typing import Any

from sqlalchemy import exists, or_

from talking_together.accounts.models import MemberGroup
from talking_together.rewards.models import RewardGroup, RewardOrganisation


def can_pledge_for(member_id: int, reward_id: int) -> tuple[Any, ...]:
    """Return the conditions that a row is the member's, and its group one that the reward is for.

    Where a reward names groups and no organisations, it is for those groups alone.
    """
    groups = exists().where(RewardGroup.reward_id == reward_id)
    organisations = exists().where(RewardOrganisation.reward_id == reward_id)
    named = exists().where(RewardGroup.reward_id == reward_id, RewardGroup.group_id == MemberGroup.group_id)
    return MemberGroup.member_id == member_id, or_(~groups, organisations, named.correlate(MemberGroup))
