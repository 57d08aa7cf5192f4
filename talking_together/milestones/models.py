"""Milestones: what a member has reached, computed from facts."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.milestones.kinds import KINDS
from talking_together.orm import Base, check_one_of, one_of


class Milestone(Base):
    """That a member reached a milestone, when, and by what; `taken_back_at` says since when no longer."""

    __tablename__ = "milestones"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(one_of(KINDS), primary_key=True)
    reached_at: Mapped[datetime]
    idea_id: Mapped[int | None] = mapped_column(BigInteger)
    comment_id: Mapped[int | None] = mapped_column(BigInteger)
    taken_back_at: Mapped[datetime | None]

    __table_args__ = (check_one_of("kind", KINDS), Index("ix_milestones_kind", "kind", "reached_at"))


class MilestoneCheck(Base):
    """A member whose milestones are to be computed again; an entry in the ledger asks for it by itself."""

    __tablename__ = "milestone_checks"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
