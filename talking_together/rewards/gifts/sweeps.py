"""Giving gifts to those who came by them, each member once."""

from functools import partial
from typing import NamedTuple

from sqlalchemy import select

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.notifications.services import notify
from talking_together.points.services import hold
from talking_together.rewards.gifts.queries import gifts_being_given, who_comes_by
from talking_together.rewards.locks import lock_reward
from talking_together.rewards.models import Reward
from talking_together.rewards.vouchers.giving import give_voucher
from talking_together.rewards.vouchers.refusals import NotGiven, NotYours, RewardGone

# So few in one transaction that nobody waits long for the rows that are held.
CHUNK = 50


class _Member(NamedTuple):
    """A member whose row is held."""

    id: int


def give_gifts() -> int:
    """Give each gift to everybody who came by it, while there are any; return how many were given."""
    given = 0
    for reward_id in in_transaction(partial(gifts_being_given, clock.now())):
        if not in_transaction(partial(_somebody_comes_by, reward_id)):
            continue
        while some := in_transaction(partial(_give_some, reward_id)):
            given += some
    return given


def _somebody_comes_by(reward_id: int) -> bool:
    """Return whether there is anybody to give it to, without a lock that others would wait for."""
    reward = db.session.execute(select(Reward.__table__).where(Reward.id == reward_id)).one()
    return bool(who_comes_by(reward, at=clock.now(), most=1))


def _give_some(reward_id: int) -> int:
    reward, at = lock_reward(reward_id), clock.now()
    if reward_id not in gifts_being_given(at):
        return 0
    # Under the lock of the reward nobody else gives it, so whoever has none has none.
    members, given = who_comes_by(reward, at=at, most=CHUNK), 0
    hold(members)
    for member_id in members:
        try:
            voucher = give_voucher(reward=reward, member=_Member(member_id), cost=0, at=at)
        except RewardGone:
            return given
        except (NotGiven, NotYours):
            # Something changed before the member's row was held.
            continue
        notify(
            member_id,
            "gift given",
            fact_key=f"gift given:reward:{reward_id}:member:{member_id}",
            reward_id=reward_id,
            voucher_id=voucher.id,
        )
        given += 1
    return given
