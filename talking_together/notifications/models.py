"""What a member is told within the site."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, BigId, check_one_of, one_of

KINDS = ("comment on your idea", "reply to your comment", "status of your idea")


class Notification(Base):
    """One thing a member is told once; `fact_key` keeps it to once."""

    __tablename__ = "notifications"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(one_of(KINDS, 40))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    fact_key: Mapped[str] = mapped_column(String(100), unique=True)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        check_one_of("kind", KINDS),
        Index("ix_notifications_member", "member_id", "id"),
        Index(
            "ix_notifications_unread",
            "member_id",
            postgresql_where=text("read_at IS NULL"),
            sqlite_where=text("read_at IS NULL"),
        ),
    )
