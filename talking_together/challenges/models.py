"""Challenges and the audiences they are put to."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, check_one_of, one_of

AUDIENCES = ("everyone", "chosen")


class Challenge(Base):
    """A question put to an audience; where it stands is `stages.stage_of`, never stored."""

    __tablename__ = "challenges"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(150))
    summary: Mapped[str] = mapped_column(String(300))
    brief_source: Mapped[str] = mapped_column(Text)
    brief_html: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    audience: Mapped[str] = mapped_column(one_of(AUDIENCES), default="everyone")
    is_published: Mapped[bool] = mapped_column(default=False)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    voting_closes_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    ideas_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    imported_from: Mapped[str | None] = mapped_column(String(200), unique=True)

    __table_args__ = (
        check_one_of("audience", AUDIENCES),
        CheckConstraint("ideas_count >= 0", name="ideas_count_not_negative"),
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        CheckConstraint("voting_closes_at > closes_at", name="voting_closes_after_ideas"),
        CheckConstraint("NOT is_published OR opens_at IS NOT NULL", name="published_has_opening"),
        Index("ix_challenges_opens", "is_published", "opens_at", "id"),
    )


class ChallengeOrganisation(Base):
    """An organisation whose staff a challenge is put to."""

    __tablename__ = "challenge_organisations"

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("challenges.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True, index=True)


class ChallengeGroup(Base):
    """A staff group that a challenge is put to."""

    __tablename__ = "challenge_groups"

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("challenges.id", ondelete="CASCADE"), primary_key=True
    )
    group_id: Mapped[int] = mapped_column(ForeignKey("staff_groups.id"), primary_key=True, index=True)
