"""Ideas, their earlier wordings, and the decisions made on them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.ideas.statuses import STATUSES
from talking_together.orm import Base, BigId, check_one_of, one_of


class Idea(Base):
    """A member's answer to a challenge.

    `listed` says whether its status shows it to the audience. The counts, and the values that
    the orders of a list stand on (`wilson`, `trending`, `shuffle_key`; see `ideas.ranking`), are
    kept with every write. `activity` is the undecayed sum behind `trending`.
    """

    __tablename__ = "ideas"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    title: Mapped[str] = mapped_column(String(150))
    body_source: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(String(320))
    status: Mapped[str] = mapped_column(one_of(STATUSES))
    listed: Mapped[bool]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    edited_at: Mapped[datetime | None]
    up_count: Mapped[int] = mapped_column(default=0)
    down_count: Mapped[int] = mapped_column(default=0)
    votes_count: Mapped[int] = mapped_column(default=0)
    comments_count: Mapped[int] = mapped_column(default=0)
    wilson: Mapped[float] = mapped_column(default=0.0)
    activity: Mapped[float] = mapped_column(default=1.0)
    trending: Mapped[float] = mapped_column(default=0.0)
    shuffle_key: Mapped[int] = mapped_column(BigInteger, default=0)
    imported_id: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        check_one_of("status", STATUSES),
        CheckConstraint("up_count >= 0", name="up_count_not_negative"),
        CheckConstraint("down_count >= 0", name="down_count_not_negative"),
        CheckConstraint("votes_count = up_count + down_count", name="votes_count_is_sum"),
        CheckConstraint("comments_count >= 0", name="comments_count_not_negative"),
        CheckConstraint("NOT listed OR published_at IS NOT NULL", name="listed_is_published"),
        UniqueConstraint("challenge_id", "imported_id"),
        Index("ix_ideas_trending", "challenge_id", "listed", "trending", "id"),
        Index("ix_ideas_top", "challenge_id", "listed", "wilson", "id"),
        Index("ix_ideas_new", "challenge_id", "listed", "published_at", "id"),
        Index("ix_ideas_discussed", "challenge_id", "listed", "comments_count", "id"),
        Index("ix_ideas_needs_votes", "challenge_id", "listed", "votes_count", "shuffle_key"),
        Index("ix_ideas_author", "author_id", "id"),
        # For moderators: which ideas have waited longest, and how many wait in each challenge.
        Index("ix_ideas_unanswered", "status", "published_at", "id", "challenge_id"),
    )


class IdeaRevision(Base):
    """A wording that an edit replaced."""

    __tablename__ = "idea_revisions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(150))
    body_source: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime]


class IdeaDecision(Base):
    """A change of an idea's status, with the response in words where one was given."""

    __tablename__ = "idea_decisions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    from_status: Mapped[str] = mapped_column(one_of(STATUSES))
    to_status: Mapped[str] = mapped_column(one_of(STATUSES))
    response_source: Mapped[str] = mapped_column(Text, default="")
    response_html: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    __table_args__ = (
        check_one_of("from_status", STATUSES),
        check_one_of("to_status", STATUSES),
    )
