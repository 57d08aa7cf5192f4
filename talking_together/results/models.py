"""What came of challenges, as moderators wrote it down and published it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, check_one_of, one_of

# The parts in words, in the order of the page, and the lists of ideas.
SECTIONS = ("asked", "people", "heard", "next")
LISTS = ("supported", "will do", "will not")


class ChallengeResults(Base):
    """The results of a challenge: for moderators alone until `published_at`, then for its audience.

    `published_at` is the moment from which they are seen; it may lie ahead. `figures` are the numbers
    as they were counted when that moment was set. Followers hear of it once it has come
    (`announced_at`). `updated_at` tells one wording from a later one.
    """

    __tablename__ = "challenge_results"

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("challenges.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    updated_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    counted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    corrected_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("published_at IS NULL OR counted_at IS NOT NULL", name="published_are_counted"),
        Index(
            "ix_challenge_results_unannounced",
            "published_at",
            postgresql_where=text("published_at IS NOT NULL AND announced_at IS NULL"),
            sqlite_where=text("published_at IS NOT NULL AND announced_at IS NULL"),
        ),
    )


class ChallengeResultSection(Base):
    """A part of the results in words.

    `filled` is what the facts wrote into it; `replaced` is what a person had written there when it
    was filled in again.
    """

    __tablename__ = "challenge_result_sections"

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("challenge_results.challenge_id", ondelete="CASCADE"), primary_key=True
    )
    section: Mapped[str] = mapped_column(one_of(SECTIONS), primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    filled: Mapped[str] = mapped_column(Text, default="")
    replaced: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (check_one_of("section", SECTIONS),)


class ChallengeResultIdea(Base):
    """An idea in one of the lists of the results; the counts are those of the day of counting."""

    __tablename__ = "challenge_result_ideas"

    challenge_id: Mapped[int] = mapped_column(
        ForeignKey("challenge_results.challenge_id", ondelete="CASCADE"), primary_key=True
    )
    list: Mapped[str] = mapped_column(one_of(LISTS), primary_key=True)
    idea_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    place: Mapped[int] = mapped_column(SmallInteger)
    shown: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    filled: Mapped[str] = mapped_column(Text, default="")
    by_whom: Mapped[str] = mapped_column(String(120), default="")
    by_when: Mapped[str] = mapped_column(String(60), default="")
    status: Mapped[str] = mapped_column(String(24), default="")
    up_count: Mapped[int] = mapped_column(default=0)
    down_count: Mapped[int] = mapped_column(default=0)
    comments_count: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        check_one_of("list", LISTS),
        CheckConstraint("place > 0", name="place_positive"),
    )
