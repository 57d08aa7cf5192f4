"""Under which keys the ledger holds what was paid for what a voucher gives."""

from typing import Any

from sqlalchemy import select

from talking_together.extensions import db
from talking_together.rewards.models import DRAW, DrawWinner

REDEEMED, ENTERED = "reward redeemed", "draw entered"


def spending_key(reward_id: int, member_id: int, number: int) -> str:
    """Return the key under which the ledger holds what a voucher cost."""
    return f"{REDEEMED}:reward:{reward_id}:member:{member_id}:{number}"


def entry_key(reward_id: int, number: int) -> str:
    """Return the key under which the ledger holds what an entry in a draw cost."""
    return f"{ENTERED}:reward:{reward_id}:entry:{number}"


def keys_of_cost(voucher: Any) -> list[str]:
    """Return the keys of what a voucher cost: for one that was won, of the entry that won it."""
    if voucher.kind != DRAW:
        return [spending_key(voucher.reward_id, voucher.member_id, voucher.number)]
    numbers = db.session.scalars(select(DrawWinner.number).where(DrawWinner.voucher_id == voucher.id))
    return [entry_key(voucher.reward_id, number) for number in numbers]
