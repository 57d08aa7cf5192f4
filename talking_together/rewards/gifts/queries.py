"""Reads of gifts: who has come by one, and whom their organisation's rules leave out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from talking_together.accounts.models import Member
from talking_together.core.access import ROLES
from talking_together.extensions import db
from talking_together.milestones.models import Milestone
from talking_together.rewards.eligibility import is_for, takes_part
from talking_together.rewards.gift_policies.queries import counts_for_person
from talking_together.rewards.models import GIFT, GiftPolicy, Reward, Voucher
from talking_together.rewards.vouchers.terms import tax_year_of

JOINED = "joined"
# What was reached in the last moments may be known only after the period is over.
GRACE = timedelta(days=1)


def gifts_being_given(at: datetime) -> Sequence[int]:
    """Return the gifts that are given now, or whose period ended so lately that some may be missing."""
    statement = (
        select(Reward.id)
        .where(
            Reward.kind == GIFT,
            Reward.state == "published",
            or_(Reward.starts_at.is_(None), Reward.starts_at <= at),
            or_(Reward.ends_at.is_(None), Reward.ends_at > at - GRACE),
            Reward.given < Reward.stock,
        )
        .order_by(Reward.id)
    )
    return db.session.scalars(statement).all()


def who_comes_by(reward: Any, *, at: datetime, most: int) -> Sequence[int]:
    """Return members who joined or reached the milestone within the gift's period and can be given it."""
    statement = (
        select(Member.id)
        .where(*_have_come_by(reward), _is_allowed(reward, at))
        .order_by(Member.id)
        .limit(most)
    )
    return db.session.scalars(statement).all()


def left_out_count(reward_id: int, *, at: datetime) -> int:
    """Return how many came by a gift and are not given it, by their organisation's rules."""
    reward = db.session.execute(select(Reward.__table__).where(Reward.id == reward_id)).one()
    statement = select(func.count(Member.id)).where(*_have_come_by(reward), ~_is_allowed(reward, at))
    return int(db.session.scalars(statement).one())


def _have_come_by(reward: Any) -> tuple[Any, ...]:
    """Return the conditions that a gift is for a member who came by it and has not had it."""
    begins = reward.starts_at or reward.created_at
    if reward.given_for == JOINED:
        reached: ColumnElement[bool] = and_(Member.joined_at >= begins, _before(Member.joined_at, reward))
    else:
        # From the milestones of the period to their members, of whom there are more.
        reached = Member.id.in_(
            select(Milestone.member_id).where(
                Milestone.kind == reward.given_for,
                Milestone.reached_at >= begins,
                _before(Milestone.reached_at, reward),
                Milestone.taken_back_at.is_(None),
            )
        )
    had = exists().where(Voucher.reward_id == reward.id, Voucher.member_id == Member.id)
    theirs = exists().where(Reward.id == reward.id, is_for(Member.id, Member.organisation_id))
    return (
        reached,
        Member.is_active,
        Member.role.in_(ROLES),
        Member.organisation_id.is_not(None),
        ~had.correlate(Member),
        theirs.correlate(Member),
    )


def _before(moment: Any, reward: Any) -> ColumnElement[bool]:
    return moment < reward.ends_at if reward.ends_at is not None else moment.is_not(None)


def _is_allowed(reward: Any, at: datetime) -> ColumnElement[bool]:
    """Return the condition that a member's organisation takes part, and its ceiling is not met."""
    had_pence = (
        select(func.coalesce(func.sum(Voucher.face_value_pence), 0))
        .where(
            Voucher.member_id == Member.id,
            Voucher.tax_year == tax_year_of(at),
            counts_for_person(),
        )
        .correlate(Member)
        .scalar_subquery()
    )
    too_much = exists().where(
        GiftPolicy.organisation_id == Member.organisation_id,
        GiftPolicy.ceiling_pence < had_pence + reward.face_value_pence,
    )
    return and_(takes_part(Member.organisation_id), ~too_much.correlate(Member))
