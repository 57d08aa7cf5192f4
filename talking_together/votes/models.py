"""Votes: one row a member and thing, by primary key; a withdrawn vote is no row."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, BigId, check_one_of, one_of

VOTE_KINDS = ("ideas", "comments")


class IdeaVote(Base):
    """One member's thumb on one idea: 1 up, -1 down; `cast_at` is when it took this value.

    `moved_from` are the ids of the ideas that the vote stood on before they were merged, with
    commas between them: what it earned there is taken back when it is withdrawn here.
    """

    __tablename__ = "idea_votes"

    idea_id: Mapped[int] = mapped_column(BigId, ForeignKey("ideas.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True, index=True)
    value: Mapped[int] = mapped_column(SmallInteger)
    cast_at: Mapped[datetime]
    moved_from: Mapped[str] = mapped_column(Text, default="", server_default="")

    __table_args__ = (
        CheckConstraint("value IN (-1, 1)", name="value_up_or_down"),
        # What was cast lately is looked at for signs of gaming.
        Index("ix_idea_votes_cast_at", "cast_at"),
    )


class CommentVote(Base):
    """One member's thumb on one comment: 1 up, -1 down; `cast_at` is when it took this value."""

    __tablename__ = "comment_votes"

    comment_id: Mapped[int] = mapped_column(BigId, ForeignKey("comments.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True, index=True)
    value: Mapped[int] = mapped_column(SmallInteger)
    cast_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("value IN (-1, 1)", name="value_up_or_down"),
        Index("ix_comment_votes_cast_at", "cast_at"),
    )


class VoidedVote(Base):
    """A vote that a moderator set aside for a sign of gaming; while it stands the member has none there.

    `keys` are the events of the ledger that were taken back with it, and `kept_back` the thumbs that
    waited and were forgotten, to be given back if it is undone. `reason` is what its member reads, kept
    here since a sign is settled more than once. `activity` is the stored sum behind the
    idea's `trending` as it was, `terms` the exact sum of what it stood for (see `votes.ranks`).
    """

    __tablename__ = "voided_votes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(one_of(VOTE_KINDS))
    thing_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    value: Mapped[int] = mapped_column(SmallInteger)
    cast_at: Mapped[datetime]
    moved_from: Mapped[str] = mapped_column(Text, default="", server_default="")
    keys: Mapped[list[str]] = mapped_column(JSON)
    kept_back: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    activity: Mapped[float | None] = mapped_column(Float)
    terms: Mapped[float | None] = mapped_column(Float)
    sign_id: Mapped[int] = mapped_column(index=True)
    voided_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    restored_at: Mapped[datetime | None]

    __table_args__ = (
        check_one_of("kind", VOTE_KINDS),
        CheckConstraint("value IN (-1, 1)", name="value_up_or_down"),
        Index(
            "uq_voided_votes_standing",
            "kind",
            "thing_id",
            "member_id",
            unique=True,
            postgresql_where=text("restored_at IS NULL"),
            sqlite_where=text("restored_at IS NULL"),
        ),
    )


class KeptBackThumb(Base):
    """Points for a thumb up that wait until everybody may know the count, which they would tell.

    `event_key` is the key of the entry in the ledger that they become. `due_at` is when to try next.
    """

    __tablename__ = "kept_back_thumbs"

    event_key: Mapped[str] = mapped_column(String(100), primary_key=True)
    event: Mapped[str] = mapped_column(ForeignKey("point_rules.event"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    idea_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("comments.id", ondelete="CASCADE"), index=True
    )
    due_at: Mapped[datetime] = mapped_column(index=True)
