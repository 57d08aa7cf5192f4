"""Votes: one row a member and thing, by primary key; a withdrawn vote is no row."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, BigId


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

    __table_args__ = (CheckConstraint("value IN (-1, 1)", name="value_up_or_down"),)


class CommentVote(Base):
    """One member's thumb on one comment: 1 up, -1 down; `cast_at` is when it took this value."""

    __tablename__ = "comment_votes"

    comment_id: Mapped[int] = mapped_column(BigId, ForeignKey("comments.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True, index=True)
    value: Mapped[int] = mapped_column(SmallInteger)
    cast_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("value IN (-1, 1)", name="value_up_or_down"),)


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
