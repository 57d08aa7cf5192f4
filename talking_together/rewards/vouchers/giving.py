"""Giving a member a voucher: of what is left, within what their organisation allows.

The caller holds the reward's row, then the member's, and commits. Whatever is refused is refused
before anything is written, so that the caller may go on with somebody else.
"""

from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Row, and_, func, select, update

from talking_together.accounts.models import Member
from talking_together.core.statements import given, run
from talking_together.extensions import db
from talking_together.organisations.models import Organisation
from talking_together.rewards.eligibility import is_for
from talking_together.rewards.gift_policies.queries import counts_for_person
from talking_together.rewards.models import GiftPolicy, Reward, RewardCode, Sponsor, Voucher
from talking_together.rewards.vouchers.codes import new_code
from talking_together.rewards.vouchers.refusals import (
    CeilingReached,
    NotYours,
    OrganisationOptedOut,
    RewardGone,
)
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


def case_of(reward_id: int, member_id: int, *, at: datetime) -> Row[Any]:
    """Return all that decides whether a member can be given a reward, read once both are held.

    Beside the reward's columns: whether it `is_theirs`, what their organisation allows, how many they
    `had`, those cancelled left out, and the `last_number` of all, and `had_pence`, the worth of
    everything they were given in this tax year. Raises NotYours for nobody who is active.
    """
    values = {"reward": reward_id, "member": member_id, "tax_year": tax_year_of(at)}
    row = run(_case(), values).first()
    if row is None:
        raise NotYours()
    return row


def ensure_giveable(case: Any, *, at: datetime, group_id: int | None = None) -> None:
    """Raise the first reason for which the member of the case cannot be given the reward."""
    if not case.is_theirs:
        raise NotYours()
    if case.given >= case.stock or (case.stock_kind == "codes" and case.free_code_id is None):
        raise RewardGone()
    if case.organisation_id is None or case.opted_out:
        raise OrganisationOptedOut()
    ceiling = case.ceiling_pence
    if ceiling is not None and group_id is None and case.had_pence + case.face_value_pence > ceiling:
        raise CeilingReached(
            ceiling=ceiling, had=case.had_pence, worth=case.face_value_pence, tax_year=tax_year_of(at)
        )


def write_voucher(case: Any, *, cost: int, at: datetime, group_id: int | None = None) -> Voucher:
    """Take one of what is left and write the voucher, as everything is on this day."""
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


@cache
def _case() -> Any:
    free = (
        select(RewardCode.id)
        .where(RewardCode.reward_id == Reward.id, RewardCode.voucher_id.is_(None))
        .order_by(RewardCode.id)
        .limit(1)
        .correlate(Reward)
        .scalar_subquery()
    )
    own = (Voucher.reward_id == Reward.id, Voucher.member_id == Member.id)
    had_pence = select(func.coalesce(func.sum(Voucher.face_value_pence), 0)).where(
        Voucher.member_id == Member.id,
        Voucher.tax_year == given("tax_year", Voucher.tax_year),
        counts_for_person(),
    )
    return (
        select(
            Reward.__table__,
            Sponsor.name.label("donor"),
            Member.id.label("member_id"),
            Member.organisation_id,
            Organisation.name.label("organisation_name"),
            func.coalesce(GiftPolicy.opted_out, False).label("opted_out"),
            GiftPolicy.ceiling_pence,
            is_for(Member.id, Member.organisation_id).label("is_theirs"),
            select(func.count())
            .where(*own, Voucher.cancelled_at.is_(None))
            .correlate(Reward, Member)
            .scalar_subquery()
            .label("had"),
            select(func.coalesce(func.max(Voucher.number), 0))
            .where(*own)
            .correlate(Reward, Member)
            .scalar_subquery()
            .label("last_number"),
            had_pence.correlate(Member).scalar_subquery().label("had_pence"),
            free.label("free_code_id"),
            RewardCode.code.label("free_code"),
        )
        .select_from(Reward)
        .join(Sponsor, Sponsor.id == Reward.sponsor_id)
        .join(Member, and_(Member.id == given("member", Member.id), Member.is_active))
        .outerjoin(Organisation, Organisation.id == Member.organisation_id)
        .outerjoin(GiftPolicy, GiftPolicy.organisation_id == Member.organisation_id)
        .outerjoin(RewardCode, RewardCode.id == free)
        .where(Reward.id == given("reward", Reward.id))
    )
