"""The rows that a write on rewards holds: the reward, then the member, then the voucher."""

from typing import Any

from sqlalchemy import Row, select

from talking_together.core.database import locked
from talking_together.core.errors import NotFound
from talking_together.extensions import db
from talking_together.rewards.models import MAX_ID, Reward, Voucher


def lock_reward(reward_id: int) -> Row[Any]:
    """Lock and return a reward; raises NotFound."""
    if reward_id > MAX_ID:
        raise NotFound()
    return _first(select(Reward.__table__).where(Reward.id == reward_id))


def lock_reward_of(*conditions: Any) -> int:
    """Lock the reward of the voucher that meets the conditions, and return its member; raises NotFound.

    Which reward and whose it is never changes for a voucher, whose own row is not locked.
    """
    reward = locked(select(Voucher.member_id).join(Reward, Reward.id == Voucher.reward_id), of=Reward)
    member_id: int | None = db.session.scalar(reward.where(*conditions))
    if member_id is None:
        raise NotFound()
    return member_id


def lock_voucher(*conditions: Any) -> Row[Any]:
    """Lock and return the voucher that meets the conditions; raises NotFound."""
    return _first(select(Voucher.__table__).where(*conditions))


def _first(statement: Any) -> Row[Any]:
    row: Row[Any] | None = db.session.execute(locked(statement)).first()
    if row is None:
        raise NotFound()
    return row
