"""Ideas that members left for another time."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from talking_together.orm import Base


class IdeaSkip(Base):
    """An idea that a member was shown by itself and did not vote on, last at that moment."""

    __tablename__ = "idea_skips"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    idea_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    skipped_at: Mapped[datetime]
