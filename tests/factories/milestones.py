"""Milestones as their sweeps find and keep them."""

from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.extensions import db
from talking_together.milestones.models import Milestone
from talking_together.milestones.sweeps import settle_due_milestones


def reached_by(member: Member) -> set[str]:
    """Let what is due be settled, and return the milestones that stand for the member."""
    db.session.commit()
    settle_due_milestones()
    db.session.expire_all()
    standing = select(Milestone.kind).where(
        Milestone.member_id == member.id, Milestone.taken_back_at.is_(None)
    )
    return set(db.session.scalars(standing))
