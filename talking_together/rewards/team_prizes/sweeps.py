"""What happens to team prizes by the clock."""

from functools import partial
from typing import Any

from sqlalchemy import select

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.notifications.services import notify_many
from talking_together.rewards.locks import lock_reward
from talking_together.rewards.models import Pledge, TeamPrize, Voucher
from talking_together.rewards.team_prizes import policies
from talking_together.rewards.team_prizes.queries import unfinished_prizes
from talking_together.rewards.team_prizes.services import has_won, return_pledges

# So few in one transaction that nobody waits long for the rows that are held.
CHUNK = 200


def return_pledges_that_did_not_win() -> int:
    """Give back what was pledged for prizes that are over by groups that did not win; return how many."""
    returned = 0
    for reward_id, group_id in in_transaction(partial(unfinished_prizes, clock.now())):
        while some := in_transaction(partial(_return_some, reward_id, group_id)):
            returned += some
    return returned


def _return_some(reward_id: int, group_id: int) -> int:
    reward, at = lock_reward(reward_id), clock.now()
    # Again under the lock: the group may have won, or more time been given.
    if not _come_back(reward, group_id):
        return 0
    pledges = db.session.execute(
        select(Pledge.id, Pledge.points)
        .where(Pledge.reward_id == reward_id, Pledge.group_id == group_id, Pledge.returned_at.is_(None))
        .order_by(Pledge.id)
        .limit(CHUNK)
    ).all()
    if not pledges:
        return 0
    returned = return_pledges(reward_id, group_id, [(row.id, row.points) for row in pledges], at=at)
    notify_many(
        returned,
        "points came back",
        fact_key_of=lambda member_id: f"points came back:pledge:{pledges[0].id}:member:{member_id}",
        reward_id=reward_id,
    )
    return len(pledges)


def _come_back(reward: Any, group_id: int) -> bool:
    """Return whether what the group pledged stands for nothing; the reward's row is held."""
    cancelled = db.session.scalar(
        select(Voucher.cancelled_at)
        .join(TeamPrize, TeamPrize.voucher_id == Voucher.id)
        .where(TeamPrize.reward_id == reward.id, TeamPrize.group_id == group_id)
    )
    won = has_won(reward.id, group_id)
    return cancelled is not None or (not won and policies.is_over(reward, clock.now()))
