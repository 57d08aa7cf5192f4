"""Cancelling a voucher before it is used: the points come back, and mostly the stock.

Of a prize that was won, what the winning number cost comes back: its holder has neither the prize nor
anything else for it. It is not drawn again. A sponsor's own code is not given to anybody else after that,
since whoever has seen it may use it.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, update

from talking_together.audit import services as audit
from talking_together.core import clock
from talking_together.core.access import ensure_role
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.extensions import db
from talking_together.notifications.services import notify
from talking_together.points.services import hold
from talking_together.points.spending import return_spent
from talking_together.rewards.locks import lock_reward_of, lock_voucher
from talking_together.rewards.models import MAX_ID, Reward, Voucher
from talking_together.rewards.vouchers.costs import keys_of_cost
from talking_together.rewards.vouchers.policies import can_cancel_own, why_not_cancelled
from talking_together.rewards.vouchers.refusals import WasCancelled, WasUsed

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MAX_REASON = 500


def cancel_own_voucher(member: "Viewer", *, voucher_id: int) -> int:
    """Cancel a voucher that the member redeemed points for, and return the points that came back.

    Raises NotFound for somebody else's, WasUsed, WasCancelled, or Conflict where it is too late.
    """
    voucher = _held(voucher_id, Voucher.member_id == member.id)
    _ensure_unused(voucher)
    at = clock.now()
    if not can_cancel_own(member.id, voucher, at):
        raise Conflict(why_not_cancelled(voucher, at))
    return _cancel(voucher, by=member, reason="")


def cancel_voucher(admin: "Viewer", *, voucher_id: int, reason: str) -> int:
    """Cancel anybody's unused voucher, for a reason they are told; return the points that came back.

    Raises NotFound, WasUsed, WasCancelled, and InvalidInput without a reason.
    """
    ensure_role(admin, "admin")
    if not reason:
        raise InvalidInput("Enter why you cancel it: its member reads it", field="reason")
    voucher = _held(voucher_id)
    _ensure_unused(voucher)
    points = _cancel(voucher, by=admin, reason=reason)
    audit.record(
        admin,
        "cancelled a voucher",
        subject_type="voucher",
        subject_id=voucher.id,
        subject_label=voucher.reward_title,
        reason=reason,
        details={"member_id": voucher.member_id, "points": points},
    )
    notify(
        voucher.member_id,
        "voucher cancelled",
        fact_key=f"voucher cancelled:{voucher.id}",
        reward_id=voucher.reward_id,
        voucher_id=voucher.id,
    )
    return points


def _held(voucher_id: int, *conditions: Any) -> Row[Any]:
    """Lock the reward, the member and the voucher, in the order of all; raises NotFound."""
    if voucher_id > MAX_ID:
        raise NotFound()
    hold([lock_reward_of(Voucher.id == voucher_id, *conditions)])
    return lock_voucher(Voucher.id == voucher_id)


def _ensure_unused(voucher: Any) -> None:
    if voucher.used_at is not None:
        raise WasUsed(voucher.used_at)
    if voucher.cancelled_at is not None:
        raise WasCancelled(voucher.cancelled_at)


def _cancel(voucher: Any, *, by: "Viewer", reason: str) -> int:
    db.session.execute(
        update(Voucher)
        .where(Voucher.id == voucher.id)
        .values(cancelled_at=clock.now(), cancelled_by_id=by.id, cancel_reason=reason)
        .execution_options(synchronize_session=False)
    )
    if voucher.sponsor_code is None:
        db.session.execute(
            update(Reward)
            .where(Reward.id == voucher.reward_id)
            .values(given=Reward.given - 1)
            .execution_options(synchronize_session=False)
        )
    return return_spent(keys_of_cost(voucher), are_held=True).get(voucher.member_id, 0)
