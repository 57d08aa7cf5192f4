"""Redeeming points for a voucher: one transaction, under the locks of the reward and the member."""

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from talking_together.core import clock
from talking_together.core.errors import Conflict
from talking_together.extensions import db
from talking_together.points.spending import hold_balance, spend
from talking_together.rewards.locks import lock_reward
from talking_together.rewards.models import Voucher
from talking_together.rewards.vouchers.cases import case_of, ensure_redeemable
from talking_together.rewards.vouchers.costs import REDEEMED, spending_key
from talking_together.rewards.vouchers.giving import write_voucher
from talking_together.rewards.vouchers.refusals import PriceChanged

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer


class Redeemed(NamedTuple):
    """The voucher that a press on the button led to; not new where it was pressed before."""

    voucher_id: int
    is_new: bool


def redeem_reward(member: "Viewer", *, reward_id: int, expected_cost: int, number: int) -> Redeemed:
    """Take the cost from the member's points and give them a voucher.

    `number` is the how many-th of the reward this will be for the member, as their page said: pressed
    twice, the same number leads to the same voucher. Raises NotFound, or what states why not: the
    kinds of NotGiven, or NotEnoughPoints. Nothing is spent then.
    """
    lock_reward(reward_id)
    balance = hold_balance(member.id)
    at = clock.now()
    case = case_of(reward_id, member.id, at=at)
    if 1 <= number <= case.last_number:
        return Redeemed(_with_number(reward_id, member.id, number), is_new=False)
    ensure_redeemable(case, at)
    if case.cost != expected_cost:
        raise PriceChanged(case.cost)
    if number != case.last_number + 1:
        raise Conflict("Load the page again, and press the button once more.")
    key = spending_key(reward_id, member.id, number)
    spend(member.id, event=REDEEMED, key=key, cost=case.cost, reward_id=reward_id, held_balance=balance)
    return Redeemed(write_voucher(case, cost=case.cost, at=at, by=member).id, is_new=True)


def _with_number(reward_id: int, member_id: int, number: int) -> int:
    return db.session.scalars(
        select(Voucher.id).where(
            Voucher.reward_id == reward_id, Voucher.member_id == member_id, Voucher.number == number
        )
    ).one()
