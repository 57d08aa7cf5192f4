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


def lock_voucher(*conditions: Any) -> Row[Any]:
    """Lock and return the voucher that meets the conditions; raises NotFound."""
    return _first(select(Voucher.__table__).where(*conditions))


def _first(statement: Any) -> Row[Any]:
    row: Row[Any] | None = db.session.execute(locked(statement)).first()
    if row is None:
        raise NotFound()
    return row
