"""Vouchers as they stand once given."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.organisations.models import Organisation
from talking_together.rewards.models import Reward, Sponsor, Voucher
from talking_together.rewards.vouchers.codes import new_code
from talking_together.rewards.vouchers.terms import tax_year_of
from tests.factories.members import make_member
from tests.factories.rewards import make_reward
from tests.factories.rows import saved


def make_voucher(
    reward: Reward | None = None, member: Member | None = None, *, at: datetime | None = None, **values: Any
) -> Voucher:
    """Return a voucher that a member was given at a moment, good for 90 days."""
    reward, member, at = reward or make_reward(), member or make_member(), at or clock.now()
    organisation = db.session.scalar(
        select(Organisation.name).where(Organisation.id == member.organisation_id)
    )
    donor = db.session.scalar(select(Sponsor.name).where(Sponsor.id == reward.sponsor_id))
    last = db.session.scalar(
        select(func.max(Voucher.number)).where(Voucher.reward_id == reward.id, Voucher.member_id == member.id)
    )
    return saved(
        Voucher(
            **{
                "code": new_code(),
                "reward_id": reward.id,
                "kind": reward.kind,
                "member_id": member.id,
                "number": (last or 0) + 1,
                "organisation_id": member.organisation_id,
                "organisation_name": organisation or "",
                "sponsor_id": reward.sponsor_id,
                "donor": donor,
                "reward_title": reward.title,
                "cost": reward.cost,
                "face_value_pence": reward.face_value_pence,
                "tax_year": tax_year_of(at),
                "given_at": at,
                "expires_at": at + timedelta(days=90),
                **values,
            }
        )
    )
