"""All that decides whether a member can be given a reward, in one statement, and the refusals in order."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, and_, func, select

from talking_together.accounts.models import Member
from talking_together.core.formatting import moment
from talking_together.core.statements import given, run
from talking_together.organisations.models import Organisation
from talking_together.rewards.eligibility import had_a_hand_in, is_for
from talking_together.rewards.gift_policies.queries import counts_for_person
from talking_together.rewards.models import REDEEM, GiftPolicy, Reward, RewardCode, Sponsor, Voucher
from talking_together.rewards.policies import CLOSED, DRAFT, ENDED, UPCOMING, reward_stage
from talking_together.rewards.vouchers.refusals import (
    CeilingReached,
    LimitMet,
    NotGiven,
    NotYours,
    OrganisationOptedOut,
    RewardGone,
)
from talking_together.rewards.vouchers.terms import tax_year_of


def case_of(reward_id: int, member_id: int, *, at: datetime) -> Row[Any]:
    """Return all that decides whether a member can be given a reward, read once both are held.

    Beside the reward's columns: whether it `is_theirs`, what their organisation allows, how many they
    `had`, those cancelled left out, and the `last_number` of all, `had_pence`, the worth of
    everything they were given in this tax year, and whether it was `set_up_by_them`. Raises NotYours
    for nobody who is active.
    """
    values = {"reward": reward_id, "member": member_id, "tax_year": tax_year_of(at)}
    row = run(_case(), values).first()
    if row is None:
        raise NotYours()
    return row


def reasons_among(
    members: Any, *, reward_id: int, at: datetime
) -> dict[int, type[NotGiven] | type[NotYours]]:
    """Return who of the members, a SELECT of ids, could not be given the reward, and the first reason.

    Read in one statement without holding anybody, for who passes over thousands: whoever is not
    among them is held and looked at again before they are given anything. How many are left is not
    asked here.
    """
    values = {"reward": reward_id, "tax_year": tax_year_of(at)}
    reasons: dict[int, type[NotGiven] | type[NotYours]] = {}
    for row in run(_cases_among(members), values):
        if reason := _reason_of(row):
            reasons[row.member_id] = reason
    return reasons


def ensure_giveable(case: Any, *, at: datetime, group_id: int | None = None) -> None:
    """Raise the first reason for which the member of the case cannot be given the reward."""
    reason = _reason_of(case, group_id=group_id)
    if reason is NotYours:
        raise NotYours()
    if case.given >= case.stock or (case.stock_kind == "codes" and case.free_code_id is None):
        raise RewardGone()
    if reason is OrganisationOptedOut:
        raise OrganisationOptedOut()
    if reason is CeilingReached:
        raise CeilingReached(
            ceiling=case.ceiling_pence,
            had=case.had_pence,
            worth=case.face_value_pence,
            tax_year=tax_year_of(at),
        )


def _reason_of(case: Any, *, group_id: int | None = None) -> type[NotGiven] | type[NotYours] | None:
    """Return the first reason that lies with the member of the case or their organisation."""
    if not case.is_theirs or case.organisation_id is None:
        return NotYours
    if case.opted_out:
        return OrganisationOptedOut
    ceiling = case.ceiling_pence
    if ceiling is not None and group_id is None and case.had_pence + case.face_value_pence > ceiling:
        return CeilingReached
    return None


def ensure_redeemable(case: Any, at: datetime) -> None:
    """Raise the first reason for which the member of the case cannot redeem points for the reward.

    What they have and what it costs is left to who takes the points.
    """
    stage = reward_stage(case, at)
    if case.kind != REDEEM or stage == DRAFT or not case.is_theirs:
        raise NotYours()
    if stage == CLOSED:
        raise RewardGone("This is no longer given.")
    if stage == ENDED:
        raise RewardGone(f"This ended on {moment(case.ends_at)}.")
    if stage == UPCOMING:
        raise RewardGone(f"You can have this from {moment(case.starts_at)}.")
    if case.per_member is not None and case.had >= case.per_member:
        raise LimitMet(case.per_member)
    ensure_giveable(case, at=at)


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
    return (
        select(
            Reward.__table__,
            Sponsor.name.label("donor"),
            *_allowed(),
            Organisation.name.label("organisation_name"),
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
            had_a_hand_in(Member.id, Reward.id).label("set_up_by_them"),
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


def _cases_among(members: Any) -> Any:
    return (
        select(
            Reward.face_value_pence,
            *_allowed(),
            and_(Member.is_active, is_for(Member.id, Member.organisation_id)).label("is_theirs"),
        )
        .select_from(Member)
        .join(Reward, Reward.id == given("reward", Reward.id))
        .outerjoin(GiftPolicy, GiftPolicy.organisation_id == Member.organisation_id)
        .where(Member.id.in_(members))
    )


def _allowed() -> tuple[Any, ...]:
    """Return the columns of what a member's organisation allows, and of what they had in the tax year."""
    had_pence = select(func.coalesce(func.sum(Voucher.face_value_pence), 0)).where(
        Voucher.member_id == Member.id,
        Voucher.tax_year == given("tax_year", Voucher.tax_year),
        counts_for_person(),
    )
    return (
        Member.id.label("member_id"),
        Member.organisation_id,
        func.coalesce(GiftPolicy.opted_out, False).label("opted_out"),
        GiftPolicy.ceiling_pence,
        had_pence.correlate(Member).scalar_subquery().label("had_pence"),
    )
