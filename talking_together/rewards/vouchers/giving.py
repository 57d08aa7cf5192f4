"""Giving a member a voucher: of what is left, within what their organisation allows.

The caller holds the reward's row, then the member's, and commits. Whatever is refused is refused
before anything is written, so that the caller may go on with somebody else.
"""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import update

from talking_together.audit.services import record
from talking_together.extensions import db
from talking_together.rewards.models import Reward, RewardCode, Voucher
from talking_together.rewards.vouchers.cases import case_of, ensure_giveable
from talking_together.rewards.vouchers.codes import new_code
from talking_together.rewards.vouchers.refusals import RewardGone
from talking_together.rewards.vouchers.terms import expiry_of, tax_year_of


class LockedRow(Protocol):
    """A row that the caller holds, of a reward or of a member."""

    @property
    def id(self) -> int: ...


def give_voucher(
    *, reward: LockedRow, member: LockedRow, cost: int, at: datetime, group_id: int | None = None
) -> Voucher:
    """Give the member one of the reward and return the voucher, which has its id.

    `cost` is what this very act takes from the member; `group_id` the staff group that won it
    together: such a gift is nobody's own, and meets no person's ceiling. Whether the reward's period
    allows it is the caller's to know. Raises NotYours, RewardGone, OrganisationOptedOut or
    CeilingReached, the first that holds.
    """
    case = case_of(reward.id, member.id, at=at)
    ensure_giveable(case, at=at, group_id=group_id)
    return write_voucher(case, cost=cost, at=at, group_id=group_id)


def write_voucher(
    case: Any, *, cost: int, at: datetime, group_id: int | None = None, by: Any = None
) -> Voucher:
    """Take one of what is left and write the voucher, as everything is on this day.

    `by` is the member who asked for it, None where it is given by itself. What goes to somebody who
    set the reward up, or changed it, stands in the log.
    """
    taken: Any = db.session.execute(
        update(Reward)
        .where(Reward.id == case.id, Reward.given < Reward.stock)
        .values(given=Reward.given + 1)
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:
        raise RewardGone()
    voucher = Voucher(
        code=new_code(),
        reward_id=case.id,
        kind=case.kind,
        member_id=case.member_id,
        number=case.last_number + 1,
        group_id=group_id,
        organisation_id=case.organisation_id,
        organisation_name=case.organisation_name,
        sponsor_id=case.sponsor_id,
        donor=case.donor,
        reward_title=case.title,
        cost=cost,
        face_value_pence=case.face_value_pence,
        tax_year=tax_year_of(at),
        sponsor_code=case.free_code if case.stock_kind == "codes" else None,
        given_at=at,
        expires_at=expiry_of(at, case.valid_days),
    )
    db.session.add(voucher)
    db.session.flush()
    if voucher.sponsor_code is not None:
        _take_code(case.free_code_id, voucher.id)
    if case.set_up_by_them:
        record(
            by,
            "voucher given to who set it up",
            subject_type="voucher",
            subject_id=voucher.id,
            subject_label=case.title,
            details={"member_id": case.member_id, "reward_id": case.id},
        )
    return voucher


def _take_code(code_id: int, voucher_id: int) -> None:
    taken: Any = db.session.execute(
        update(RewardCode)
        .where(RewardCode.id == code_id, RewardCode.voucher_id.is_(None))
        .values(voucher_id=voucher_id)
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:
        # Only for who came without the reward's lock: nobody gets a code twice.
        raise RewardGone()
