"""Challenges and the audiences they are put to."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, check_one_of, one_of

AUDIENCES = ("everyone", "chosen")
# When people see how many thumbs an idea has.
COUNTS_SHOWN = ("always", "once voted", "once closed")
MOST_PROMPTS = 5
NEWS = ("dates changed", "paused", "reopened", "results published")


class Challenge(Base):
    """A question put to an audience; where it stands is `stages.stage_of`, never stored.

    `answer_votes` is the number of thumbs up from which an idea is owed an answer within
    `answer_days` days. `answered_count` and `answer_median_hours` tell how that goes; they are kept
    with each answer.
    """

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
    paused_at: Mapped[datetime | None]
    sponsor_name: Mapped[str] = mapped_column(String(100), default="", server_default="")
    sponsor_role: Mapped[str] = mapped_column(String(120), default="", server_default="")
    sponsor_photo_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("files.id", ondelete="SET NULL", use_alter=True)
    )
    cover_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("files.id", ondelete="SET NULL", use_alter=True)
    )
    allows_down_votes: Mapped[bool] = mapped_column(default=True, server_default=true())
    counts_shown: Mapped[str] = mapped_column(one_of(COUNTS_SHOWN), default="always", server_default="always")
    needs_approval: Mapped[bool] = mapped_column(default=False, server_default=false())
    names_may_be_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    answer_votes: Mapped[int | None]
    answer_days: Mapped[int] = mapped_column(SmallInteger, default=14, server_default="14")
    answered_count: Mapped[int] = mapped_column(default=0, server_default="0")
    answer_median_hours: Mapped[int | None]
    cloned_from: Mapped[int | None] = mapped_column(ForeignKey("challenges.id", ondelete="SET NULL"))

    __table_args__ = (
        check_one_of("audience", AUDIENCES),
        check_one_of("counts_shown", COUNTS_SHOWN),
        CheckConstraint("answer_votes > 0", name="answer_votes_positive"),
        CheckConstraint("answer_days BETWEEN 1 AND 365", name="answer_days_in_range"),
        CheckConstraint("answered_count >= 0", name="answered_count_not_negative"),
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


class ChallengePrompt(Base):
    """A question that shapes the form of an idea, as in "Who would it help?"."""

    __tablename__ = "challenge_prompts"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(SmallInteger)
    words: Mapped[str] = mapped_column(String(150))

    __table_args__ = (
        UniqueConstraint("challenge_id", "place"),
        CheckConstraint(f"place BETWEEN 1 AND {MOST_PROMPTS}", name="place_in_range"),
    )


class ChallengeTheme(Base):
    """What ideas of a challenge are filed under."""

    __tablename__ = "challenge_themes"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))

    __table_args__ = (UniqueConstraint("challenge_id", "name"),)


class ChallengeModerator(Base):
    """A moderator who looks after a challenge: answers its ideas and is told what waits in it."""

    __tablename__ = "challenge_moderators"

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("challenges.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ChallengeNews(Base):
    """Something about a challenge that its followers are told once; `told_at` is when they were."""

    __tablename__ = "challenge_news"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(one_of(NEWS))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]

    __table_args__ = (
        check_one_of("kind", NEWS),
        Index(
            "ix_challenge_news_untold",
            "at",
            postgresql_where=text("told_at IS NULL"),
            sqlite_where=text("told_at IS NULL"),
        ),
    )
