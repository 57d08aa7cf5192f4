"""Pictures and attachments that belong to challenges and ideas."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base, BigId, check_one_of, one_of

KINDS = ("picture", "attachment")


class File(Base):
    """A picture made anew from what was sent, or an attachment as it was sent.

    What it belongs to says who may see it: a challenge (`challenge_id`), or an idea (`idea_id`).
    What belongs to nothing yet is seen by the one who sent it, and is cleared away in time.
    """

    __tablename__ = "files"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(one_of(KINDS))
    media_type: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(150), default="")
    alternative_text: Mapped[str] = mapped_column(String(300), default="")
    width: Mapped[int | None]
    height: Mapped[int | None]
    size: Mapped[int]
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"), index=True)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    sent_at: Mapped[datetime]
    # Last: SQLite reads through what stands before the column that is asked for.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    small: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        check_one_of("kind", KINDS),
        CheckConstraint("challenge_id IS NULL OR idea_id IS NULL", name="belongs_to_one"),
        Index("ix_files_challenge", "challenge_id", "kind", "id"),
        Index("ix_files_sent_by", "sent_by", "sent_at"),
        # What the sweep looks at: files that belong to nothing.
        Index(
            "ix_files_unclaimed",
            "sent_at",
            postgresql_where=text("challenge_id IS NULL AND idea_id IS NULL"),
            sqlite_where=text("challenge_id IS NULL AND idea_id IS NULL"),
        ),
    )
