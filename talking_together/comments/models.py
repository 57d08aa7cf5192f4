"""Comments under ideas, in threads, and their earlier wordings."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, BigId


class Comment(Base):
    """A threaded reply under an idea.

    `path` sorts a thread in reading order: the ids of its line in fixed width, at most three
    deep, so that a page of comments is one range of an index. `depth` is 0, 1 or 2; `parent_id`
    is the comment replied to however deep the talk went.
    """

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    path: Mapped[str] = mapped_column(String(60))
    depth: Mapped[int] = mapped_column(default=0)
    body_source: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    # When those who follow the idea were told of it.
    told_at: Mapped[datetime | None]
    up_count: Mapped[int] = mapped_column(default=0)
    down_count: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("depth BETWEEN 0 AND 2", name="depth_in_range"),
        CheckConstraint("up_count >= 0", name="up_count_not_negative"),
        CheckConstraint("down_count >= 0", name="down_count_not_negative"),
        Index("ix_comments_thread", "idea_id", "path", unique=True),
        Index("ix_comments_author", "author_id", "id"),
        Index(
            "ix_comments_untold",
            "created_at",
            postgresql_where=text("told_at IS NULL"),
            sqlite_where=text("told_at IS NULL"),
        ),
    )


class CommentRevision(Base):
    """A wording that an edit replaced."""

    __tablename__ = "comment_revisions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    body_source: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime]


class CommentThanks(Base):
    """That the author of an idea marked a comment under it as one that helped."""

    __tablename__ = "comment_thanks"

    comment_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
